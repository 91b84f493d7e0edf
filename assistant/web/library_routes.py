"""The addresses of the library on the page: what is held, taking in, removing. Thin."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.requests import ClientDisconnect

from assistant.deals.ledger.book import DealBook
from assistant.errors import AccordError
from assistant.library.ingest import Report
from assistant.web.desk import (
    Desk,
    LibraryAssistant,
    Told,
    door,
    page_number,
    page_of_view,
    trouble,
)
from assistant.web.intake import WORKING, Progress, Reception, receive
from assistant.web.merge_routes import add_merges
from assistant.web.texts import FRESH, Texts, texts_for
from assistant.web.troubles import sentence_of
from assistant.web.views.frame import LIBRARY
from assistant.web.views.library import PAGE, Shelf, doing_words, library_html, title_of


def build_library_routes(assistant: LibraryAssistant, allowed: bool) -> APIRouter:
    """`allowed`: whether those who reach the page may change the library."""
    router = APIRouter()
    desk = Desk(assistant, allowed)
    _add_views(router, desk)
    add_merges(router, desk)
    if allowed:
        _add_taking_in(router, desk)
        _add_removing(router, desk)
    else:
        _refuse_all(router)
    return router


def _refuse_all(router: APIRouter) -> None:
    @router.post(f"{LIBRARY}/{{act:path}}")
    def refuse(request: Request) -> Response:
        return trouble(request, texts_for(request)("library.refused"), 403)


# Looking


def _add_views(router: APIRouter, desk: Desk) -> None:
    @router.get(LIBRARY)
    def library(request: Request) -> Response:
        return door(request, lambda texts: _library(request, texts, desk))

    @router.get(f"{LIBRARY}/progress")
    def progress(request: Request) -> Response:
        if not desk.allowed:
            message = texts_for(request)("library.refused")
            return JSONResponse({"error": {"code": "refused", "message": message}}, 403)
        stand = desk.intake.stand()
        what = doing_words(texts_for(request), stand) if stand.state == WORKING else ""
        shown = {"state": stand.state, "what": what, "done": stand.done, "total": stand.total}
        return JSONResponse(shown, headers=FRESH)


def _library(request: Request, texts: Texts, desk: Desk) -> Response:
    curation, book = desk.assistant.curation, desk.assistant.book()
    words = request.query_params.get("words", "").strip()[:200]
    wanted = page_number(request)
    listed = curation.articles(words, (wanted - 1) * PAGE, PAGE)
    page = min(wanted, max(1, -(-listed.total // PAGE)))
    if page != wanted:
        listed = curation.articles(words, (page - 1) * PAGE, PAGE)
    shelf = Shelf(
        holdings=curation.holdings(),
        listed=listed,
        articles=curation.held([source.article_id for source in listed.sources]),
        deals=_told_by_article(book),
        deals_held=len(book.deals),
        stand=desk.intake.stand(),
        words=words,
        page=page,
        max_mb=curation.max_file_bytes // 1_000_000,
    )
    note = desk.notes.words(texts, request.query_params.get("told", ""))
    article = library_html(texts, shelf, desk.allowed, note)
    return page_of_view(texts, texts("library.title"), article, LIBRARY)


def _told_by_article(book: DealBook) -> Counter[str]:
    """How many deals each article tells of."""
    return Counter(
        article_id
        for deal in book.deals
        for article_id in {telling.source.article_id for telling in deal.tellings}
    )


# Taking in


def _add_taking_in(router: APIRouter, desk: Desk) -> None:
    @router.post(f"{LIBRARY}/files")
    async def files(request: Request) -> Response:
        folder = TemporaryDirectory(prefix="accord-received-")
        try:
            reception = await receive(
                request.stream(),
                request.headers.get("content-type", ""),
                Path(folder.name),
                desk.assistant.curation.max_file_bytes,
            )
        except ClientDisconnect:
            folder.cleanup()
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001 - a door
            folder.cleanup()
            return trouble(
                request, sentence_of(error), 400 if isinstance(error, AccordError) else 500
            )
        return _take_in(desk, reception, folder)

    @router.post(f"{LIBRARY}/seeds")
    def seeds() -> Response:
        if not desk.intake.start(desk.assistant.ingest_seeds):
            return desk.back(LIBRARY, "library.busy")
        return RedirectResponse(LIBRARY, status_code=303)


def _take_in(desk: Desk, reception: Reception, folder: TemporaryDirectory[str]) -> Response:
    """Begins to take in what was received; the folder goes when that is done, or is not begun."""
    if not reception.files and not reception.skipped:
        folder.cleanup()
        return desk.back(LIBRARY, "library.nothing_sent")

    def work(progress: Progress) -> Report:
        left_out = Report(skipped=reception.skipped)
        if not reception.files:
            return left_out
        return left_out.plus(desk.assistant.ingest(reception.files, progress))

    if not desk.intake.start(work, folder.cleanup):
        folder.cleanup()
        return desk.back(LIBRARY, "library.busy")
    return RedirectResponse(LIBRARY, status_code=303)


def _add_removing(router: APIRouter, desk: Desk) -> None:
    @router.post(f"{LIBRARY}/articles/{{article_id:path}}/remove")
    def remove(request: Request, article_id: str) -> Response:
        def do() -> Told:
            article = desk.assistant.curation.remove(article_id)
            return "library.removed", {"title": title_of(article.source, article)}

        return desk.act(request, LIBRARY, do)
