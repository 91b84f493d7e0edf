"""The plain routes beside the chat: health, a source, the words of the interface, the static files.

Thin: reads the request, asks the assistant, hands the answer to the rendering.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.domain import Span
from assistant.web.protocol import PageAssistant
from assistant.web.sources import (
    SOURCE_PATH,
    Place,
    source_html,
    source_page,
    source_trouble_html,
)
from assistant.web.texts import FRESH, Texts, texts_for
from assistant.web.troubles import code_of, sentence_of, status_of, told

CHAT_PATH = "/chat"
STATIC = Path(__file__).parent / "static"
_SCRIPTED = (
    "app.",
    "chat.",
    "conversation.",
    "feedback.",
    "filter.",
    "panel.",
    "rail.",
    "source.",
    "tab.",
    "trouble.",
)
"""Groups of texts that the page's script is given."""


def build_routes(assistant: PageAssistant, *, library: bool = False) -> APIRouter:
    """`library`: whether the library may be changed on the page."""
    router = APIRouter()
    _add_files(router)
    _add_words(router, library=library)

    @router.get("/health")
    def health() -> JSONResponse:
        try:
            status = assistant.status()
        except Exception as error:  # noqa: BLE001 - a door
            return _refusal(error)
        return JSONResponse({"status": "ok", "in_step": status.in_step})

    _add_source(router, assistant)
    return router


def _add_source(router: APIRouter, assistant: PageAssistant) -> None:
    @router.get(SOURCE_PATH)
    def source(
        request: Request,
        article: Annotated[str, Query(max_length=2000)],
        start: Annotated[int, Query(ge=0)],
        end: Annotated[int, Query(ge=1)],
        check: Annotated[str, Query(max_length=64)],
    ) -> Response:
        texts = texts_for(request)
        if start >= end:
            return _page(400, source_trouble_html(texts("source.damaged"), texts), texts)
        return _source(assistant, Place(article, Span(start, end), check), texts)


def _add_words(router: APIRouter, *, library: bool) -> None:
    started = uuid4().hex

    @router.get("/texts")
    def texts(request: Request) -> JSONResponse:
        """The words that the page's script needs, and what may be done on this page."""
        words = texts_for(request)
        held = {key: text for prefix in _SCRIPTED for key, text in words.lines(prefix).items()}
        told = {"language": words.language, "texts": held, "library": library, "started": started}
        return JSONResponse(told, headers=FRESH)

    @router.get("/alive")
    def alive() -> JSONResponse:
        """Another value after another start: the page asks now and then."""
        return JSONResponse({"started": started}, headers={"Cache-Control": "no-store"})


def _add_files(router: APIRouter) -> None:
    @router.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse(f"{CHAT_PATH}/")

    @router.get("/favicon.ico")
    def favicon() -> FileResponse:
        return FileResponse(STATIC / "mark.svg", media_type="image/svg+xml")

    @router.get("/manifest.json")
    def manifest() -> FileResponse:
        return FileResponse(STATIC / "manifest.json", media_type="application/manifest+json")


def _source(assistant: PageAssistant, place: Place, texts: Texts) -> Response:
    try:
        return _page(200, source_html(assistant.article(place.article_id), place, texts), texts)
    except Exception as error:  # noqa: BLE001 - a door
        return _page(status_of(error), source_trouble_html(told(error, texts), texts), texts)


def _page(status: int, article_html: str, texts: Texts) -> Response:
    body = source_page(article_html, texts).encode("utf-8", "replace")
    return HTMLResponse(body, status_code=status, headers=FRESH)


def _refusal(error: Exception) -> JSONResponse:
    told = {"code": code_of(error), "message": sentence_of(error)}
    return JSONResponse({"error": told}, status_code=status_of(error))
