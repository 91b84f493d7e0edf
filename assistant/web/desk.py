"""What the addresses of the library have in common: who may change it, how an act is told of, the page.

Whoever may not change the library sees it without forms and is refused each act. An act that is done, or
refused by the library, leads back (303) to the view, which tells of it in one sentence.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.curation import Curation
from assistant.deals.ledger.book import DealBook
from assistant.errors import AccordError
from assistant.library.ingest import Files, Report
from assistant.web.intake import WORKING, Intake, Progress
from assistant.web.texts import FRESH, Texts, texts_for
from assistant.web.troubles import sentence_of, status_of
from assistant.web.views.frame import trouble_html, view_page
from assistant.web.views.library import HEAD
from assistant.web.views.words import Html, held_safe, told

Told = tuple[str, dict[str, str]]
"""A key of the texts and its values."""

_NOTES_AT_MOST = 200


class LibraryAssistant(Protocol):
    """What the library on the page needs. Called from many threads at once; refuses with AccordError."""

    @property
    def curation(self) -> Curation: ...

    def book(self) -> DealBook: ...

    def ingest(self, paths: Files, progress: Progress = ...) -> Report:
        """Take in files and folders, then bring everything up to date."""
        ...

    def ingest_seeds(self, progress: Progress = ...) -> Report: ...


class Notes:
    """What was done, for the page that is shown next, in whatever language that is in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[str, dict[str, str]]] = OrderedDict()

    def keep(self, key: str, **values: str) -> str:
        """`key` of the texts, or "" for a sentence that is told as it is; returns its name."""
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._held[name] = key, values
            while len(self._held) > _NOTES_AT_MOST:
                self._held.popitem(last=False)
        return name

    def words(self, texts: Texts, name: str) -> str:
        with self._lock:
            key, values = self._held.get(name, ("", {}))
        if not key:
            return "".join(held_safe(sentence) for sentence in values.values())
        return told(texts, key, **{field: held_safe(value) for field, value in values.items()})


class Desk:
    """What the routes have in common."""

    def __init__(self, assistant: LibraryAssistant, allowed: bool) -> None:
        self.assistant, self.allowed = assistant, allowed
        self.intake = Intake()
        self.notes = Notes()

    def back(self, path: str, key: str, **values: str) -> Response:
        name = self.notes.keep(key, **values)
        return RedirectResponse(f"{path}?told={name}", status_code=303)

    def act(self, request: Request, path: str, do: Callable[[], Told]) -> Response:
        """Does it, unless articles are being taken in; tells of it, or of why not, where it leads back to.

        `do` returns the key of what is told and its values.
        """
        if self.intake.stand().state == WORKING:
            return self.back(path, "library.busy")
        try:
            key, values = do()
        except AccordError as error:
            return self.back(path, "", sentence=sentence_of(error))
        except Exception as error:  # noqa: BLE001 - a door
            return trouble(request, sentence_of(error), status_of(error))
        self.intake.forget()
        return self.back(path, key, **values)


# Pages


def door(request: Request, make: Callable[[Texts], Response]) -> Response:
    """The response, or a page that says in one sentence why there is none."""
    try:
        return make(texts_for(request))
    except Exception as error:  # noqa: BLE001 - a door
        return trouble(request, sentence_of(error), status_of(error))


def trouble(request: Request, sentence: str, status: int) -> Response:
    texts = texts_for(request)
    return page_of_view(texts, texts("trouble.title"), trouble_html(texts, sentence), "", status)


def page_of_view(texts: Texts, title: str, article: Html, path: str, status: int = 200) -> Response:
    body = view_page(texts, title, article, path, head=HEAD).encode("utf-8", "replace")
    return HTMLResponse(body, status_code=status, headers=FRESH)


def page_number(request: Request) -> int:
    told = request.query_params.get("page", "")
    return max(1, int(told)) if told.isdecimal() and told.isascii() and len(told) < 6 else 1
