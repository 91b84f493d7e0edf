"""The words of the interface in the language of the browser, from `texts.json` beside this file.

An unknown key is an error of the program, and tests find it: nothing falls back to another language.
Knows nothing of HTML; whoever writes a page escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

LANGUAGES = ("en", "de", "es", "fr", "zh")
"""The first is for a browser that wants none of them."""

_FILE = Path(__file__).with_name("texts.json")
_FIELD = re.compile(r"\{(\w+)\}")
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*[qQ]=([01](?:\.\d*)?)\s*)?")


FRESH = {"Cache-Control": "private, no-store", "Vary": "Accept-Language"}
"""Headers of what is told in the reader's language and as things stand now."""


class Asking(Protocol):
    """A request, FastAPI's or Gradio's."""

    @property
    def headers(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language; `language` is what a page says in its `lang`."""

    language: str
    _held: Mapping[str, str] = field(repr=False)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its `{fields}` filled. Raises KeyError for a key or a field not known."""
        return _FIELD.sub(lambda found: str(values[found[1]]), self._held[key])

    def lines(self, prefix: str) -> dict[str, str]:
        """The texts whose keys begin with a prefix, unfilled: what a script of the page is given."""
        return {key: text for key, text in self._held.items() if key.startswith(prefix)}


def choose_texts(accept_language: str = "") -> Texts:
    """For the value of the header `Accept-Language`: of the languages there are, the one wanted most."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        found = _RANGE.fullmatch(part)
        if found:
            language = LANGUAGES[0] if found[1] == "*" else found[1].lower()
            wanted.append((float(found[2] or 1), language))
    held = [(weight, lang) for weight, lang in wanted if weight > 0 and lang in LANGUAGES]
    # Of those wanted alike, the first named: max() keeps it.
    return _texts_in(max(held, key=lambda one: one[0])[1] if held else LANGUAGES[0])


def texts_for(request: Asking) -> Texts:
    """Those in the language of the browser that asks."""
    return choose_texts(request.headers.get("accept-language", ""))


@cache
def _texts_in(language: str) -> Texts:
    table: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
    return Texts(language, {key: words[language] for key, words in table.items()})
