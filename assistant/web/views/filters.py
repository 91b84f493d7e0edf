"""What the address of a view asks for, and which deals of a book that is.

Pure. The same query means the same in every view. What cannot be understood is kept as it was written,
with the reason, and then no deal is chosen: showing more than was asked for would mislead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.company_names import company_key
from assistant.deals.ledger.histories import Deal, days_between, happens_on
from assistant.deals.ledger.joining import Days, days_of
from assistant.deals.ledger.register import Company
from assistant.deals.ledger.topics import is_about
from assistant.deals.records import Kind, Stage

COLUMNS = ("date", "deal", "kind", "status", "value", "sources")
NEWEST = "-date"
PAGE = 100
"""Deals, or companies, a page."""

_LENGTH = 200
"""Characters of a value that are read."""
_MOST = 500
"""Ids that an address may name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that cannot be used: `reason` is a key of the texts under `filter.`."""

    reason: str
    value: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A choice of deals as an address makes it; what is empty chooses all.

    `companies` are ids or names: a deal is in where one of them is a party. `deals` are ids. `since` and
    `until` are as in the ledger's Filter. `sort` is a column, after a minus for the other way round.
    """

    companies: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    kind: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    topic: str = ""
    sort: str = NEWEST
    page: int = 1

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return replace(self, sort=NEWEST, page=1) != Shown()

    @property
    def between(self) -> Days | None:
        """The days to look at; None for all."""
        return days_between(self.since, self.until) if self.since or self.until else None

    def href(self, path: str) -> str:
        """The address of a view that shows this choice."""
        fields: list[tuple[str, str]] = [("company", c) for c in self.companies]
        fields += [("deal", d) for d in self.deals]
        for name in ("kind", "status", "since", "until", "topic"):
            fields += [(name, value)] if (value := getattr(self, name)) else []
        fields += [("sort", self.sort)] if self.sort != NEWEST else []
        fields += [("page", str(self.page))] if self.page > 1 else []
        return f"{path}?{urlencode(fields)}" if fields else path


@dataclass(frozen=True, slots=True)
class Choice:
    """The deals a `Shown` means in a book, by first known date, and the companies it names."""

    shown: Shown
    deals: tuple[Deal, ...]
    companies: tuple[Company, ...] = ()
    refused: tuple[Refused, ...] = ()


def read_shown(query: Iterable[tuple[str, str]]) -> Shown:
    """Of the names and values of an address; names not known are left alone."""
    fields: dict[str, list[str]] = {}
    for name, value in query:
        if value.strip():
            fields.setdefault(name, []).append(value.strip()[:_LENGTH])
    last = {name: values[-1] for name, values in fields.items()}
    sort = last.get("sort", NEWEST)
    page = last.get("page", "")
    return Shown(
        companies=tuple(dict.fromkeys(fields.get("company", ())))[:_MOST],
        deals=tuple(dict.fromkeys(fields.get("deal", ())))[:_MOST],
        kind=last.get("kind", ""),
        status=last.get("status", ""),
        since=last.get("since", ""),
        until=last.get("until", ""),
        topic=last.get("topic", ""),
        sort=sort if sort.removeprefix("-") in COLUMNS else NEWEST,
        page=int(page) if page.isdecimal() and page.isascii() and 0 < len(page) < 6 else 1,
    )


def choose(book: DealBook, shown: Shown) -> Choice:
    """The deals of a book that fit, by first known date."""
    refused = _unusable(shown)
    companies: dict[str, Company] = {}
    for name in shown.companies:
        meant = companies_meant(book, name)
        companies |= {company.id: company for company in meant}
        refused += () if meant else (Refused("bad_company", name),)
    if refused:
        return Choice(shown, (), tuple(companies.values()), refused)
    deals: Sequence[Deal] = book.of(companies) if companies else book.deals
    between = shown.between
    fitting = (
        deal
        for deal in deals
        if (not shown.deals or deal.id in shown.deals)
        and (not shown.kind or deal.kind == shown.kind)
        and (not shown.status or deal.stage == shown.status)
        and happens_on(deal, between)
        and is_about(deal, shown.topic)
    )
    return Choice(shown, tuple(fitting), tuple(companies.values()))


def companies_meant(book: DealBook, name: str) -> list[Company]:
    """By id, by any of its names, else all with a name that begins so."""
    exact = [c for c in book.companies if c.id == name.lower()]
    if exact:
        return exact
    key, start = company_key(name), name.casefold()
    named = [c for c in book.companies if key in {company_key(n) for n in (c.name, *c.names)}]
    return named or [
        c for c in book.companies if any(n.casefold().startswith(start) for n in (c.name, *c.names))
    ]


def sort_deals(deals: Sequence[Deal], sort: str) -> list[Deal]:
    """By a column. What a deal has none of comes last either way; equals stay in order of time."""
    column, down = sort.removeprefix("-"), sort.startswith("-")
    currencies = Counter(price.currency for deal in deals for price in deal.values[:1])
    common = {code: i for i, (code, _) in enumerate(currencies.most_common())}
    having: list[tuple[tuple[object, ...], Deal]] = []
    lacking: list[Deal] = []
    for deal in deals:
        key = _key(deal, column)
        having += [(key, deal)] if key else []
        lacking += [] if key else [deal]
    having.sort(key=lambda one: one[0], reverse=down)
    if column == "value":
        # Amounts of two currencies are not compared: the commonest currency comes first, both ways.
        having.sort(key=lambda one: common[one[1].values[0].currency])
    return [deal for _, deal in having] + lacking


def _key(deal: Deal, column: str) -> tuple[object, ...]:
    match column:
        case "deal":
            return tuple(party.name.casefold() for party in deal.parties)
        case "kind":
            return (list(Kind).index(deal.kind),)
        case "status":
            return (list(Stage).index(deal.stage),)
        case "value":
            return (deal.values[0].amount,) if deal.values else ()
        case "sources":
            return (deal.independent,)
        case _:
            days = days_of(deal.date)
            return (days.first,) if days else ()


def _unusable(shown: Shown) -> tuple[Refused, ...]:
    dates = [date for date in (shown.since, shown.until) if date and days_of(date) is None]
    refused = [Refused("bad_date", date) for date in dates]
    if shown.kind and shown.kind not in list(Kind):
        refused.append(Refused("bad_kind", shown.kind))
    if shown.status and shown.status not in list(Stage):
        refused.append(Refused("bad_status", shown.status))
    if not dates and (between := shown.between) and between.first > between.last:
        refused.append(Refused("too_late", shown.since, shown.until))
    return tuple(refused)
