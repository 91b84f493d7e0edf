"""Mentions that tell of the same deal, brought together.

Pure: companies are numbers here, which `companies` settled before. Mentions are laid down in the order
of time, each beside the nearest deal it fits; blocks by pair of companies keep that quick. What does
not fit becomes a deal of its own: a second attempt years later, or one after a break-off, is another.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from assistant.deals.records import Basis, DealMention, Kind, Role, Stage

FAMILIES = {
    Kind.ACQUISITION: "control",
    Kind.MERGER: "control",
    Kind.DIVESTITURE: "control",
    Kind.INVESTMENT: "control",
    Kind.PARTNERSHIP: "pact",
    Kind.JOINT_VENTURE: "pact",
    Kind.LICENSING: "licence",
    Kind.SUPPLY: "supply",
}
"""Kinds between which articles waver when they tell of one deal."""

_SIDES = {
    Role.ACQUIRER: "buyer",
    Role.INVESTOR: "buyer",
    Role.TARGET: "target",
    Role.INVESTEE: "target",
    Role.SELLER: "seller",
    Role.LICENSOR: "giver",
    Role.SUPPLIER: "giver",
    Role.LICENSEE: "taker",
    Role.CUSTOMER: "taker",
    Role.PARTNER: "",
}
"""The same part under the names it has in kinds of one family; "" goes with every part."""

LONGEST_DAYS = {"control": 540, "pact": 365, "licence": 365, "supply": 365}
"""Between two tellings of one deal. Takeovers under review have taken a year and a half."""

_STAKE_DAYS = 120
"""Between tellings of which one says investment and the other acquisition: a stake, and a takeover later."""

_AFTER_END_DAYS = {
    Stage.TERMINATED: 30,
    Stage.WITHDRAWN: 30,
    Stage.REJECTED: 180,
    Stage.COMPLETED: 90,
}
"""After such an end a new start is another deal. A bid refused is often raised within months."""

_STARTS = frozenset({Stage.RUMOURED, Stage.PROPOSED, Stage.ANNOUNCED})


@dataclass(frozen=True, slots=True)
class Told:
    """A mention, the company of each of its parties in their order, and its article's date."""

    id: int
    mention: DealMention
    companies: tuple[int, ...]
    told_on: str | None


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day that words such as "in March 2014" allow, as ordinals."""

    first: int
    last: int

    def apart(self, other: Days) -> int:
        """Days between the two, 0 where they overlap."""
        return max(0, self.first - other.last, other.first - self.last)


def days_of(text: str | None) -> Days | None:
    """Of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None for anything else."""
    try:
        parts = [int(part) for part in (text or "").split("-")]
        match parts:
            case [year]:
                return Days(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
            case [year, month]:
                last = calendar.monthrange(year, month)[1]
                first = date(year, month, 1).toordinal()
                return Days(first, first + last - 1)
            case [year, month, day]:
                ordinal = date(year, month, day).toordinal()
                return Days(ordinal, ordinal)
    except ValueError:
        return None
    return None


def join_mentions(told: Iterable[Told]) -> list[tuple[int, ...]]:
    """Ids of the mentions of each deal; the groups and the ids in them come in the order of time."""
    blocks: dict[tuple[str, int, int], list[_Deal]] = defaultdict(list)
    deals: list[_Deal] = []
    for one in sorted((_Placed.of(t) for t in told), key=_order):
        near = {id(deal): deal for pair in one.pairs for deal in blocks[one.family, *pair]}
        fitting = [(deal.distance(one), deal.number, deal) for deal in near.values()]
        fitting = [item for item in fitting if item[0] is not None]
        if fitting:
            _, _, deal = min(fitting, key=lambda item: (item[0], -item[1]))
        else:
            deal = _Deal(len(deals), one.family)
            deals.append(deal)
        new = [pair for pair in one.pairs if pair not in deal.pairs]
        deal.add(one)
        for pair in new:
            blocks[one.family, *pair].append(deal)
    return [tuple(one.told.id for one in deal.mentions) for deal in deals]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mention in time: `when` it says its deal was, else when a main deal was told of."""

    told: Told
    family: str
    when: Days | None
    bound: Days | None
    parts: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, told: Told) -> _Placed:
        mention, bound = told.mention, days_of(told.told_on)
        stated = [d for d in (days_of(moment.date) for moment in mention.dates) if d]
        when = bound if mention.main else None
        if stated:
            when = Days(min(d.first for d in stated), max(d.last for d in stated))
        parts = zip(told.companies, (_SIDES[party.role] for party in mention.parties), strict=True)
        family = FAMILIES[mention.kind]
        return cls(told, family, when, bound, tuple(dict.fromkeys(parts)))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return list(combinations(sorted({company for company, _ in self.parts}), 2))


def _order(one: _Placed) -> tuple[bool, int, bool, str, int]:
    """What has a time of its own first, in its order; then what was told of in passing."""
    when = one.when or one.bound
    mention = one.told.mention
    told = when.first if when else 0
    return one.when is None, told, not mention.main, mention.article_id, one.told.id


@dataclass(slots=True)
class _Deal:
    """A deal while its mentions are gathered."""

    number: int
    family: str
    mentions: list[_Placed] = field(default_factory=list)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    sides: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    times: set[Days] = field(default_factory=set)
    ends: set[tuple[Stage, Days]] = field(default_factory=set)
    by_article: dict[str, list[_Placed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: _Placed) -> None:
        self.mentions.append(one)
        self.by_article[one.told.mention.article_id].append(one)
        self.pairs.update(one.pairs)
        stage = one.told.mention.standing.stage
        if one.when:
            self.times.add(one.when)
            if stage in _AFTER_END_DAYS:
                self.ends.add((stage, one.when))
        for company, side in one.parts:
            self.sides[company].add(side)

    def distance(self, one: _Placed) -> int | None:
        """Days to the nearest telling, or None where `one` is of another deal."""
        if not self._parties_fit(one) or not all(_agree(one, held) for held in self._alike(one)):
            return None
        gap = self._gap(one)
        if gap is None or gap > LONGEST_DAYS[self.family] or self._had_ended(one):
            return None
        return gap

    def _alike(self, one: _Placed) -> list[_Placed]:
        """The tellings to compare with: those of the same article, and the nearest ones in time."""
        return self.by_article.get(one.told.mention.article_id, []) + self.mentions[-5:]

    def _parties_fit(self, one: _Placed) -> bool:
        mine, theirs = set(self.sides), {company for company, _ in one.parts}
        shared = mine & theirs
        if len(shared) < 2 or not all(self._same_part(c, side) for c, side in one.parts):
            return False
        if all(side == "" for _, side in one.parts) and not any(map(any, self.sides.values())):
            return shared in (mine, theirs)
        return all(self._side_fits(side, one) for side in ("buyer", "target", "giver", "taker"))

    def _same_part(self, company: int, side: str) -> bool:
        held = self.sides.get(company)
        return not held or not side or side in held or held == {""}

    def _side_fits(self, side: str, one: _Placed) -> bool:
        """Two buyers, or two targets, that share nobody are of two deals."""
        mine = {company for company, sides in self.sides.items() if side in sides}
        theirs = {company for company, part in one.parts if part == side}
        return not mine or not theirs or bool(mine & theirs)

    def _gap(self, one: _Placed) -> int | None:
        times = self.times
        if one.when and times:
            return min(one.when.apart(time) for time in times)
        if one.when is None and one.bound and times:
            # Told of in passing: it happened before it was told, nobody says how long.
            before = [one.bound.last - time.first for time in times if time.first <= one.bound.last]
            return min(*before, LONGEST_DAYS[self.family]) if before else None
        return LONGEST_DAYS[self.family]

    def _had_ended(self, one: _Placed) -> bool:
        """Whether `one` tells of a start long after this deal had come to an end."""
        stage = one.told.mention.standing.stage
        if one.when is None or stage not in _STARTS:
            return False
        first = one.when.first
        return any(first - when.last > _AFTER_END_DAYS[end] for end, when in self.ends)


def _agree(a: _Placed, b: _Placed) -> bool:
    """Whether nothing the two say makes them two deals."""
    left, right = a.told.mention, b.told.mention
    gap = a.when.apart(b.when) if a.when and b.when else 0
    kinds = {left.kind, right.kind}
    if len(kinds) == 2 and Kind.INVESTMENT in kinds and gap > _STAKE_DAYS:
        return False
    if left.article_id == right.article_id:
        # One reader, one article, two records: they are one deal only when told under two kinds.
        return (
            len(kinds) == 2
            and gap == 0
            and not _values_differ(left, right)
            and not _stakes_differ(left, right)
        )
    if kinds == {Kind.INVESTMENT} and gap > 60 and _values_differ(left, right):
        return False
    return not (gap > 30 and _stakes_differ(left, right))


def _values_differ(left: DealMention, right: DealMention) -> bool:
    pairs = [
        (a.amount, b.amount)
        for a in left.values
        for b in right.values
        if a.currency == b.currency and a.basis == b.basis == Basis.TOTAL
    ]
    return bool(pairs) and all(abs(a - b) > 0.2 * max(a, b) for a, b in pairs)


def _stakes_differ(left: DealMention, right: DealMention) -> bool:
    if left.stake is None or right.stake is None:
        return False
    a, b = left.stake.percent, right.stake.percent
    return a is not None and b is not None and abs(a - b) > 5


def inherit(
    groups: Sequence[Sequence[int]], held: dict[int, int], next_number: int
) -> tuple[list[int], int]:
    """A number for each group: the one most of its members had (`held`), each given once, else a new one.

    Returns the numbers and the next free one. Groups that share a number contest it by members.
    """
    votes: list[tuple[int, int, int]] = []
    for i, members in enumerate(groups):
        counts: dict[int, int] = defaultdict(int)
        for member in members:
            if member in held:
                counts[held[member]] += 1
        votes += [(-count, number, i) for number, count in counts.items()]
    numbers: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, i in sorted(votes):
        if i not in numbers and number not in taken:
            numbers[i] = number
            taken.add(number)
    for i in range(len(groups)):
        if i not in numbers:
            numbers[i] = next_number
            next_number += 1
    return [numbers[i] for i in range(len(groups))], next_number
