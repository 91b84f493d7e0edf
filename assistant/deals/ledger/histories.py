"""One deal as many articles tell it: parties, history, prices and reasons, each with its sources.

Pure: mentions and their articles in, a `Deal` out. Nothing is averaged: two prices or two dates stand
side by side with who says which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.deals.ledger.copies import originals
from assistant.deals.ledger.joining import Days, days_of
from assistant.deals.records import (
    ROLES,
    Basis,
    DealMention,
    Kind,
    Milestone,
    Reason,
    Role,
    Stage,
    Stake,
    Subject,
)
from assistant.domain import Quote, Source

_RANK = {stage: rank for rank, stage in enumerate(Stage)}
_ENDS = frozenset({Stage.COMPLETED, Stage.TERMINATED, Stage.WITHDRAWN})
FAR = 10_000_000
"""An ordinal after every day: what has no date comes last."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A company in a deal; `company_id` is `c` and a number."""

    company_id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Telling:
    """An article that tells of a deal. `original` is the article it is a copy of, or its own id."""

    source: Source
    mention: DealMention
    companies: tuple[Participant, ...]
    original: str


@dataclass(frozen=True, slots=True)
class Event:
    """A stage a deal reached. `stated`: the articles give the date; else it is that of the first
    article about the deal that reports it, and None where it is only touched on. `date_quotes` are the
    words that state it.
    """

    stage: Stage
    date: str | None
    stated: bool
    quotes: tuple[Quote, ...]
    independent: int
    date_quotes: tuple[Quote, ...] = ()

    @property
    def article_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(quote.article_id for quote in self.quotes))


@dataclass(frozen=True, slots=True)
class Price:
    """An amount that articles give, alike within 1 percent. `independent` copies counted once."""

    amount: float
    currency: str
    basis: Basis
    high: float | None
    quotes: tuple[Quote, ...]
    independent: int

    @property
    def article_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(quote.article_id for quote in self.quotes))


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal over all articles that tell of it. `id` is `d` and a number and outlives re-reading.

    `stage` is the latest known and `stage_date` when it was reached; `date` is the first date known,
    by which lists are ordered. `history` is in order of time, `values` by how many sources give them.
    `independent` counts sources, copies of one story once. `main`: an article is about this deal.
    """

    id: str
    kind: Kind
    parties: tuple[Participant, ...]
    stage: Stage
    stage_date: str | None
    date: str | None
    history: tuple[Event, ...]
    values: tuple[Price, ...]
    stakes: tuple[Stake, ...]
    subjects: tuple[Subject, ...]
    reasons: tuple[Reason, ...]
    tellings: tuple[Telling, ...]
    independent: int
    main: bool

    @property
    def sources(self) -> tuple[Source, ...]:
        """Articles that tell of it, oldest first."""
        return tuple({t.source.article_id: t.source for t in self.tellings}.values())

    @property
    def evidence(self) -> tuple[Quote, ...]:
        """The words that tell of the deal, the articles about it first."""
        told = sorted(self.tellings, key=lambda t: not t.mention.main)
        return tuple(dict.fromkeys(q for t in told for q in t.mention.core.evidence))

    @property
    def disputed_values(self) -> tuple[Price, ...]:
        """Totals in one currency that contradict each other; empty where none do."""
        totals: dict[str, list[Price]] = defaultdict(list)
        for price in self.values:
            if price.basis is Basis.TOTAL:
                totals[price.currency].append(price)
        return tuple(p for some in totals.values() if len(some) > 1 for p in some)

    @property
    def disputed_dates(self) -> tuple[Event, ...]:
        """Events of one stage for which articles state dates that contradict each other."""
        stated: dict[Stage, list[Event]] = defaultdict(list)
        for event in self.history:
            if event.stated:
                stated[event.stage].append(event)
        return tuple(e for some in stated.values() if len(some) > 1 for e in some)

    def named(self, *roles: Role) -> tuple[Participant, ...]:
        """The parties in one of some roles."""
        return tuple(party for party in self.parties if party.role in roles)


def days_between(since: str, until: str) -> Days:
    """From the first day of `since` to the last of `until`, without end where one is empty or no date."""
    first, last = days_of(since), days_of(until)
    return Days(first.first if first else 0, last.last if last else FAR)


def happens_on(deal: Deal, between: Days | None) -> bool:
    """Whether an event falls on these days, as far as its own date tells; None for all."""
    times = [days for event in deal.history if (days := days_of(event.date))]
    return between is None or any(days.apart(between) == 0 for days in times)


def assemble_deal(
    deal_id: str,
    told: Sequence[tuple[Source, DealMention, tuple[Participant, ...]]],
    sketches: Mapping[str, tuple[int, ...]],
) -> Deal:
    """The deal that some mentions tell of; `told` gives a company for each party, in their order.

    Whoever may see only some articles gives only their mentions: nothing else shows in the result.
    """
    article_ids = {source.article_id for source, _, _ in told}
    first = originals({a: sketches.get(a, ()) for a in article_ids})
    tellings = tuple(
        Telling(source, mention, companies, first[source.article_id])
        for source, mention, companies in sorted(told, key=_by_date)
    )
    kind = _kind(tellings)
    history = _history(tellings, first)
    now = _latest(history, tellings)
    dated = [event.date for event in history if event.date]
    return Deal(
        id=deal_id,
        kind=kind,
        parties=_parties(tellings, kind),
        stage=now.stage,
        stage_date=now.date,
        date=min(dated, key=_first_day, default=None),
        history=history,
        values=_prices(tellings, first),
        stakes=tuple(dict.fromkeys(t.mention.stake for t in tellings if t.mention.stake)),
        subjects=tuple(dict.fromkeys(t.mention.subject for t in tellings if t.mention.subject)),
        reasons=_reasons(tellings),
        tellings=tellings,
        independent=len(set(first.values())),
        main=any(t.mention.main for t in tellings),
    )


def _by_date(told: tuple[Source, DealMention, tuple[Participant, ...]]) -> tuple[int, str]:
    return _first_day(told[0].date), told[0].article_id


def _first_day(date: str | None) -> int:
    days = days_of(date)
    return days.first if days else FAR


def _weight(telling: Telling) -> int:
    """An article about the deal knows three times as well as one that touches on it."""
    return 3 if telling.mention.main else 1


def _kind(tellings: Sequence[Telling]) -> Kind:
    votes: Counter[Kind] = Counter()
    for telling in tellings:
        votes[telling.mention.kind] += _weight(telling)
    return max(votes, key=lambda kind: (votes[kind], -list(Kind).index(kind)))


_SAME_PART = {
    Role.ACQUIRER: Role.INVESTOR,
    Role.INVESTOR: Role.ACQUIRER,
    Role.TARGET: Role.INVESTEE,
    Role.INVESTEE: Role.TARGET,
}


def _parties(tellings: Sequence[Telling], kind: Kind) -> tuple[Participant, ...]:
    """Each company once, in the part that most articles give it, in the terms of the deal's kind."""
    allowed = ROLES[kind]
    votes: dict[str, Counter[Role]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for telling in tellings:
        for party in telling.companies:
            role = party.role if party.role in allowed else _SAME_PART.get(party.role, party.role)
            role = Role.PARTNER if allowed == (Role.PARTNER,) else role
            # A part the kind does not have, such as a merger's "partner", counts where nothing else does.
            votes[party.company_id][role] += 10 * _weight(telling) if role in allowed else 1
            names[party.company_id] = party.name
    order = {role: i for i, role in enumerate(allowed)}
    parties = [
        Participant(company_id, names[company_id], max(roles, key=lambda r: (roles[r], r)))
        for company_id, roles in votes.items()
    ]
    return tuple(sorted(parties, key=lambda p: (order.get(p.role, 9), p.name, p.company_id)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one article says of one stage."""

    stage: Stage
    date: str | None
    stated: bool
    quote: Quote
    telling: Telling
    dated_by: Quote | None = None


def _claims(telling: Telling) -> list[_Claim]:
    mention = telling.mention
    stage, quote = mention.standing.stage, mention.standing.quote
    moments = {m.milestone: m for m in reversed(mention.dates)}
    opened = moments.get(Milestone.ANNOUNCED) or moments.get(Milestone.AGREED)
    closed = moments.get(Milestone.CLOSED)
    if stage is Stage.COMPLETED:
        # "bought it in 2006", in passing: the only date there is, whatever it is called.
        moment = closed or (None if mention.main else opened)
    else:
        moment = None if stage in _ENDS or stage is Stage.REJECTED else opened
    reported = telling.source.date if mention.main else None
    date, dated_by = (moment.date, moment.quote) if moment else (reported, None)
    claims = [_Claim(stage, date, bool(moment), quote, telling, dated_by)]
    if opened and moment is not opened and (stage in _ENDS or stage is Stage.REJECTED):
        began = Stage.PROPOSED if stage is Stage.REJECTED else Stage.ANNOUNCED
        claims.append(_Claim(began, opened.date, True, opened.quote, telling, opened.quote))
    return claims


def _history(tellings: Sequence[Telling], first: Mapping[str, str]) -> tuple[Event, ...]:
    claims: dict[Stage, list[_Claim]] = defaultdict(list)
    for telling in tellings:
        for claim in _claims(telling):
            claims[claim.stage].append(claim)
    events = [event for some in claims.values() for event in _events(some, first)]
    return tuple(sorted(events, key=lambda e: (_first_day(e.date), _RANK[e.stage], e.date or "")))


def _events(claims: Sequence[_Claim], first: Mapping[str, str]) -> list[Event]:
    """One event, or one for each date that is stated and fits no other."""
    dates: list[str] = []
    for claim in sorted(
        (c for c in claims if c.stated and c.date), key=lambda c: -len(c.date or "")
    ):
        if not any(date.startswith(claim.date or "") for date in dates):
            dates.append(claim.date or "")
    dates.sort(key=_first_day)
    groups: dict[str, list[_Claim]] = {date: [] for date in dates}
    for claim in claims:
        mine = [d for d in dates if claim.stated and d.startswith(claim.date or "")]
        groups.setdefault((mine or dates or [""])[0], []).append(claim)
    events = []
    for date, some in groups.items():
        reported = min((c.date for c in some if c.date), key=_first_day, default=None)
        quotes = tuple(dict.fromkeys(claim.quote for claim in some))
        independent = len({first[claim.telling.source.article_id] for claim in some})
        stating = tuple(dict.fromkeys(c.dated_by for c in some if c.dated_by and c.date == date))
        events.append(
            Event(some[0].stage, date or reported, bool(date), quotes, independent, stating)
        )
    return events


def _latest(history: Sequence[Event], tellings: Sequence[Telling]) -> Event:
    """Where the deal stands: its end where it came to one, else what was last told."""
    told = {t.source.article_id: _first_day(t.source.date) for t in tellings}

    def when(event: Event) -> tuple[int, int]:
        last = max(told[article_id] for article_id in event.article_ids)
        return (_first_day(event.date) if event.date else last), _RANK[event.stage]

    ends = [event for event in history if event.stage in _ENDS]
    return max(ends or history, key=when)


def _prices(tellings: Iterable[Telling], first: Mapping[str, str]) -> tuple[Price, ...]:
    prices: list[Price] = []
    for telling in tellings:
        for money in telling.mention.values:
            new = Price(money.amount, money.currency, money.basis, money.high, (money.quote,), 1)
            for i, held in enumerate(prices):
                if _same_price(held, new):
                    prices[i] = _with_quote(held, money.quote, first)
                    break
            else:
                prices.append(new)
    return tuple(sorted(prices, key=lambda p: (p.basis is not Basis.TOTAL, -p.independent)))


def _same_price(held: Price, new: Price) -> bool:
    alike = (held.currency, held.basis) == (new.currency, new.basis)
    return alike and all(
        abs(a - b) <= 0.01 * max(a, b)
        for a, b in ((held.amount, new.amount), (held.high or held.amount, new.high or new.amount))
    )


def _with_quote(held: Price, quote: Quote, first: Mapping[str, str]) -> Price:
    quotes = tuple(dict.fromkeys((*held.quotes, quote)))
    independent = len({first[q.article_id] for q in quotes})
    return Price(held.amount, held.currency, held.basis, held.high, quotes, independent)


def _reasons(tellings: Iterable[Telling]) -> tuple[Reason, ...]:
    """Each reason once, though copies repeat it; those of articles about the deal first."""
    told = sorted(tellings, key=lambda t: not t.mention.main)
    kept: dict[str, Reason] = {}
    for telling in told:
        for reason in telling.mention.reasons:
            kept.setdefault(" ".join(reason.quote.text.lower().split()), reason)
    return tuple(kept.values())
