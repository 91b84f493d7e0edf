"""The plain routes of the views beside the chat: deals, a deal, timeline, map, companies, and files.

Thin: reads the address, asks the assistant for its book, hands both to the rendering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.companies import Join
from assistant.deals.ledger.histories import Deal
from assistant.domain import Citation
from assistant.errors import ArticleMissing, FilterRefused
from assistant.ledger_formats import deals_csv, write_xlsx
from assistant.web.protocol import ViewAssistant
from assistant.web.texts import FRESH, Texts, texts_for
from assistant.web.troubles import code_of, sentence_of, status_of
from assistant.web.views.companies import (
    companies_html,
    company_html,
    find_company,
    proofs_of,
)
from assistant.web.views.deals import deals_html, ordered
from assistant.web.views.filters import Shown, choose, read_shown
from assistant.web.views.frame import COMPANIES, DEALS, MAP, TIMELINE, trouble_html, view_page
from assistant.web.views.map import map_html
from assistant.web.views.record import find_deal, record_html
from assistant.web.views.timeline import timeline_html
from assistant.web.views.words import Html

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALL = Shown()


def build_view_routes(assistant: ViewAssistant) -> APIRouter:
    router = APIRouter()
    _add_choices(router, assistant)
    _add_records(router, assistant)
    _add_files(router, assistant)
    return router


def _add_choices(router: APIRouter, assistant: ViewAssistant) -> None:
    """The three views of a choice of deals."""

    def add(path: str, render: Callable[[Texts, DealBook, Shown], Html], title: str) -> None:
        @router.get(path)
        def view(request: Request) -> Response:
            def make(texts: Texts) -> Response:
                shown, book = _shown(request), assistant.book()
                status = 400 if choose(book, shown).refused else 200
                return _page(texts, texts(title), render(texts, book, shown), path, status, shown)

            return _door(request, make)

    add(DEALS, deals_html, "deals.title")
    add(TIMELINE, timeline_html, "timeline.title")
    add(MAP, map_html, "map.title")


def _add_records(router: APIRouter, assistant: ViewAssistant) -> None:
    @router.get(f"{DEALS}/{{deal_id}}")
    def record(request: Request, deal_id: str) -> Response:
        return _door(request, lambda texts: _record(texts, assistant, deal_id))

    @router.get(f"{COMPANIES}/{{company_id}}")
    def company(request: Request, company_id: str) -> Response:
        return _door(request, lambda texts: _company(texts, assistant, company_id))

    @router.get(COMPANIES)
    def companies(request: Request) -> Response:
        name = request.query_params.get("name", "").strip()[:200]

        def make(texts: Texts) -> Response:
            article = companies_html(texts, assistant.book(), name, _shown(request).page)
            return _page(texts, texts("companies.title"), article, COMPANIES)

        return _door(request, make)


def _record(texts: Texts, assistant: ViewAssistant, deal_id: str) -> Response:
    deal, title = find_deal(assistant.book(), deal_id), texts("record.title")
    if deal is None:
        return _missing(texts, title, texts("record.missing", id=deal_id[:40]), DEALS)
    return _page(texts, title, record_html(texts, deal), "")


def _company(texts: Texts, assistant: ViewAssistant, company_id: str) -> Response:
    book = assistant.book()
    found, title = find_company(book, company_id), texts("companies.company")
    if found is None:
        return _missing(texts, title, texts("companies.missing", id=company_id[:40]), COMPANIES)
    return _page(
        texts, title, company_html(texts, book, found, _proofs(assistant, found.joins)), ""
    )


def _add_files(router: APIRouter, assistant: ViewAssistant) -> None:
    @router.get(f"{DEALS}.csv")
    def csv(request: Request) -> Response:
        return _file(request, assistant, _sheet, "csv", _CSV)

    @router.get(f"{DEALS}.xlsx")
    def xlsx(request: Request) -> Response:
        return _file(request, assistant, _workbook, "xlsx", _XLSX)


def _file(
    request: Request,
    assistant: ViewAssistant,
    write: Callable[[list[Deal]], bytes],
    form: str,
    media: str,
) -> Response:
    """Exactly the deals that the table shows at the same address, on all its pages."""
    try:
        choice = choose(assistant.book(), _shown(request))
        if choice.refused:
            one, texts = choice.refused[0], texts_for(request)
            raise FilterRefused(
                texts(f"filter.{one.reason}", value=one.value, since=one.value, until=one.other)
            )
        content = write(ordered(choice))
    except Exception as error:  # noqa: BLE001 - a door
        status = 400 if isinstance(error, FilterRefused) else status_of(error)
        refusal = {"code": code_of(error), "message": sentence_of(error)}
        return JSONResponse({"error": refusal}, status_code=status)
    headers = {**FRESH, "Content-Disposition": f'attachment; filename="accord-deals.{form}"'}
    return Response(content, media_type=media, headers=headers)


def _sheet(found: list[Deal]) -> bytes:
    # Spreadsheets take a file for UTF-8 only where it begins with this mark.
    return ("\ufeff" + deals_csv(found)).encode("utf-8", "replace")


def _workbook(found: list[Deal]) -> bytes:
    with TemporaryDirectory(prefix="accord-") as folder:
        path = Path(folder) / "deals.xlsx"
        write_xlsx(found, path)
        return path.read_bytes()


def _proofs(assistant: ViewAssistant, joins: Sequence[Join]) -> dict[Join, Citation]:
    """The words that say why two names are one; those of an article that has gone are not."""
    articles = {}
    for article_id in {join.article_id for join in joins if join.article_id}:
        with suppress(ArticleMissing):
            articles[article_id] = assistant.article(article_id)
    return proofs_of(joins, articles)


def _door(request: Request, make: Callable[[Texts], Response]) -> Response:
    """The response, or a page that says in one sentence why there is none."""
    texts = texts_for(request)
    try:
        return make(texts)
    except Exception as error:  # noqa: BLE001 - a door
        article = trouble_html(texts, sentence_of(error))
        return _page(texts, texts("trouble.title"), article, "", status_of(error))


def _shown(request: Request) -> Shown:
    return read_shown(request.query_params.multi_items())


def _missing(texts: Texts, title: str, sentence: str, path: str) -> Response:
    name = "companies.title" if path == COMPANIES else "deals.title"
    link = f'<p><a class="view-link act" href="{path}">{texts(name)}</a></p>'
    return _page(texts, title, trouble_html(texts, sentence, link), "", 404)


def _page(
    texts: Texts, title: str, article: Html, path: str, status: int = 200, shown: Shown = _ALL
) -> Response:
    body = view_page(texts, title, article, path, shown).encode("utf-8", "replace")
    return HTMLResponse(body, status_code=status, headers=FRESH)
