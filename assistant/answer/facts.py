"""The deals of the ledger that a question asks about.

Pure: a book of deals and a reading of the question in, deals out, by first known date. Parts are
compared as they are told, but those who merge may also be told as buyer and target.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assistant.answer.asking import PART_ROLES, Asking, Form, Part, Placed
from assistant.answer.periods import Period
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal, Participant, days_between, happens_on
from assistant.deals.ledger.joining import Days, days_of
from assistant.deals.records import Role, Stage

_PAIRED = {
    Part.BUYER: frozenset({Role.PARTNER}),
    Part.TARGET: frozenset({Role.PARTNER}),
    Part.PARTNER: frozenset(Role),
    Part.PROVIDER: frozenset({Role.PARTNER}),
    Part.RECEIVER: frozenset({Role.PARTNER}),
}
"""Roles that go with a part where articles waver between kinds."""

BROKEN = frozenset({Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED})


def fitting_deals(book: DealBook, asking: Asking) -> list[Deal]:
    """Deals with every company of the question in its part, of the kinds and in the time it names."""
    if not asking.companies:
        return []
    found = _fitting(book, asking)
    if found or asking.form not in (Form.LIST, Form.COUNT) or not asking.by_verb:
        return found
    # "Which firms did A buy since B became its chief?": a list is of one company, the plainest placed.
    for placed in sorted(asking.companies, key=lambda p: p.part is Part.ANY):
        if found := _fitting(book, replace(asking, companies=(placed,))):
            return found
    return []


def deals_in(book: DealBook, asking: Asking) -> list[Deal]:
    """Deals of the kinds that the question names, with an event in its time, whoever has part in them."""
    between = days_between(asking.period.since, asking.period.until)
    return [
        deal
        for deal in book.deals
        if (not asking.kinds or deal.kind in asking.kinds) and happens_on(deal, between)
    ]


def _fitting(book: DealBook, asking: Asking) -> list[Deal]:
    return [
        deal
        for deal in _with_all(book, asking)
        if (not asking.kinds or deal.kind in asking.kinds) and happens_in(deal, asking.period)
    ]


def deals_between(book: DealBook, asking: Asking) -> list[Deal]:
    """Deals with every company of the question, whatever their parts, the kind and the time."""
    loose = tuple(replace(placed, part=Part.ANY) for placed in asking.companies)
    return _with_all(book, replace(asking, companies=loose))


def _with_all(book: DealBook, asking: Asking) -> list[Deal]:
    first, *others = asking.companies
    return [
        deal
        for deal in book.of(first.named.company_ids)
        if plays(deal, first) and all(plays(deal, other) for other in others)
    ]


def plays(deal: Deal, placed: Placed) -> bool:
    """Whether the company has that part in the deal."""
    allowed = PART_ROLES[placed.part] | _PAIRED.get(placed.part, frozenset())
    return any(p.company_id in placed.named.company_ids and p.role in allowed for p in deal.parties)


def happens_in(deal: Deal, period: Period) -> bool:
    """Whether the deal, from its first known day to its last, meets the period."""
    if period.is_open:
        return True
    between = days_between(period.since, period.until)
    days = [d for event in deal.history if (d := days_of(event.date))]
    if not days:
        return False
    lasting = Days(min(d.first for d in days), max(d.last for d in days))
    return lasting.apart(between) == 0


def others_in(deal: Deal, asking: Asking) -> list[Participant]:
    """The parties that are asked for: those in the part asked, else all whom the question does not name."""
    named = {i for placed in asking.companies for i in placed.named.company_ids}
    rest = [party for party in deal.parties if party.company_id not in named]
    wanted = PART_ROLES[asking.asked] | _PAIRED.get(asking.asked, frozenset())
    return [p for p in rest if p.role in wanted] or ([] if asking.asked is Part.SELLER else rest)


def links(book: DealBook, one: Iterable[str], other: Iterable[str]) -> list[tuple[Deal, Deal]]:
    """Pairs of deals by which two companies have a third in common, the best known third first."""
    ones, others = set(one), set(other)
    mine: dict[str, list[Deal]] = {}
    for deal in book.of(ones):
        for party in deal.parties:
            if party.company_id not in ones | others:
                mine.setdefault(party.company_id, []).append(deal)
    found = [
        (deal, mine[party.company_id][0], party.company_id)
        for deal in book.of(others)
        for party in deal.parties
        if party.company_id in mine and deal not in mine[party.company_id]
    ]
    found.sort(key=lambda f: -(f[0].independent + f[1].independent))
    thirds = dict.fromkeys(third for _, _, third in found)
    return [next((b, a) for a, b, t in found if t == third) for third in thirds]
