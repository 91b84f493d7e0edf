"""The addresses of which companies are one: the view, and the owner's word on each pair. Thin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from assistant.curation import Curation
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.candidates import (
    Candidate,
    Portrait,
    portray,
    possible_merges,
    told_in,
)
from assistant.web.desk import Desk, Told, door, page_number, page_of_view
from assistant.web.texts import Texts
from assistant.web.views.companies import proofs_of
from assistant.web.views.library import MERGES, PAGE
from assistant.web.views.merges import Merges, joined_by_rules, merges_html

_REASON = "decided on the page"
_Field = Annotated[str, Form(max_length=2000)]


def add_merges(router: APIRouter, desk: Desk) -> None:
    """The view for everybody, the acts for those who may."""

    @router.get(MERGES)
    def merges(request: Request) -> Response:
        return door(request, lambda texts: _merges(request, texts, desk))

    if desk.allowed:
        _add_pairs(router, desk)
        _add_names(router, desk)


def _merges(request: Request, texts: Texts, desk: Desk) -> Response:
    curation, book = desk.assistant.curation, desk.assistant.book()
    decisions = curation.decisions()
    joined = joined_by_rules(curation.companies())
    page = min(page_number(request), max(1, -(-len(joined) // PAGE)))
    shown = joined[(page - 1) * PAGE : page * PAGE]
    possible = possible_merges(book, decisions)
    telling = curation.held(list({one.join.article_id for one in shown if one.join.article_id}))
    merges = Merges(
        possible,
        shown,
        len(joined),
        decisions,
        page,
        _portraits(curation, book, possible),
        proofs_of((one.join for one in shown), telling),
    )
    note = desk.notes.words(texts, request.query_params.get("told", ""))
    article = merges_html(texts, merges, desk.allowed, note)
    return page_of_view(texts, texts("library.merges"), article, MERGES)


def _portraits(
    curation: Curation, book: DealBook, possible: Sequence[Candidate]
) -> dict[str, Portrait]:
    """What tells each company of a pair from the other, by id."""
    companies = {side.id: side for one in possible for side in (one.left, one.right)}
    ids = {article_id for company in companies.values() for article_id in told_in(book, company)}
    articles = curation.held(sorted(ids))
    return {name: portray(book, company, articles) for name, company in companies.items()}


def _add_pairs(router: APIRouter, desk: Desk) -> None:
    curation = desk.assistant.curation

    @router.post(f"{MERGES}/accept")
    def accept(
        request: Request, left: _Field, left_name: _Field, right: _Field, right_name: _Field
    ) -> Response:
        named = {left: left_name, right: right_name}
        return desk.act(request, MERGES, lambda: _settle(curation, "accept", named))

    @router.post(f"{MERGES}/reject")
    def reject(
        request: Request, left: _Field, left_name: _Field, right: _Field, right_name: _Field
    ) -> Response:
        named = {left: left_name, right: right_name}
        return desk.act(request, MERGES, lambda: _settle(curation, "reject", named))


def _add_names(router: APIRouter, desk: Desk) -> None:
    curation = desk.assistant.curation

    @router.post(f"{MERGES}/keep")
    def keep(request: Request, company: _Field, name: _Field, other: _Field) -> Response:
        def do() -> Told:
            curation.confirm(company, name, other, _REASON)
            return "merges.told_keep", {"name": name, "other": other}

        return desk.act(request, MERGES, do)

    @router.post(f"{MERGES}/split")
    def split(request: Request, name: _Field) -> Response:
        def do() -> Told:
            curation.split(name, _REASON)
            return "merges.told_split", {"name": name}

        return desk.act(request, MERGES, do)

    @router.post(f"{MERGES}/undo")
    def undo(request: Request, number: Annotated[int, Form(ge=1, le=10**9)]) -> Response:
        def do() -> Told:
            return "merges.told_undo", {"name": curation.undo(number).name}

        return desk.act(request, MERGES, do)


def _settle(curation: Curation, act: str, named: Mapping[str, str]) -> Told:
    """Decides on two companies by id, unless an id has come to mean another than was shown."""
    titles = {company.id: company.name for company in curation.companies()}
    if len(named) != 2 or any(titles.get(one) != name for one, name in named.items()):
        return "merges.changed", {}
    decide = curation.merge if act == "accept" else curation.part
    (left, name), (right, other) = named.items()
    decide(left, right, _REASON)
    return f"merges.told_{act}", {"name": name, "other": other}
