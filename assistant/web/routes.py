"""The plain routes beside the chat: health, a source, the static files.

Thin: reads the request, asks the assistant, hands the answer to the rendering.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
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
from assistant.web.troubles import code_of, sentence_of, status_of

CHAT_PATH = "/chat"
STATIC = Path(__file__).parent / "static"


def build_routes(assistant: PageAssistant) -> APIRouter:
    router = APIRouter()
    _add_files(router)

    @router.get("/health")
    def health() -> JSONResponse:
        try:
            status = assistant.status()
        except Exception as error:  # noqa: BLE001 - a door
            return _refusal(error)
        return JSONResponse({"status": "ok", "in_step": status.in_step})

    @router.get(SOURCE_PATH)
    def source(
        article: Annotated[str, Query(max_length=2000)],
        start: Annotated[int, Query(ge=0)],
        end: Annotated[int, Query(ge=1)],
        check: Annotated[str, Query(max_length=64)],
    ) -> Response:
        if start >= end:
            return _page(400, source_trouble_html("The address of this source is damaged."))
        return _source(assistant, Place(article, Span(start, end), check))

    return router


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


def _source(assistant: PageAssistant, place: Place) -> Response:
    try:
        return _page(200, source_html(assistant.article(place.article_id), place))
    except Exception as error:  # noqa: BLE001 - a door
        return _page(status_of(error), source_trouble_html(sentence_of(error)))


def _page(status: int, article_html: str) -> Response:
    body = source_page(article_html).encode("utf-8", "replace")
    headers = {"Cache-Control": "private, no-store"}
    return HTMLResponse(body, status_code=status, headers=headers)


def _refusal(error: Exception) -> JSONResponse:
    told = {"code": code_of(error), "message": sentence_of(error)}
    return JSONResponse({"error": told}, status_code=status_of(error))
