"""Where two readings of one article differ, such as the offline reader's and a model's.

Says what differs and not who is right. Knows nothing of how either reading was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.deals.records import DealMention, Money, Party, Role

_FORMS = re.compile(
    r"\b(?:the|inc|incorporated|corp|corporation|co|company|ltd|limited|plc|llc|group|holdings?|"
    r"ag|sa|nv|ab|oy|asa|gmbh|spa|kk)\b"
)
_SAME_AMOUNT = 0.01
_GIVERS = frozenset({Role.ACQUIRER, Role.INVESTOR, Role.LICENSEE, Role.CUSTOMER})
_TAKERS = frozenset({Role.TARGET, Role.INVESTEE, Role.LICENSOR, Role.SUPPLIER})


class Aspect(StrEnum):
    """What two records of one deal can differ in."""

    KIND = "kind"
    STATUS = "status"
    VALUE = "value"
    DIRECTION = "direction"


@dataclass(frozen=True, slots=True)
class Difference:
    """`offline` and `model` are what each says, for a person to read; empty where it says nothing."""

    aspect: Aspect
    offline: str
    model: str


@dataclass(frozen=True, slots=True)
class Match:
    """One deal found by both, with what they tell differently."""

    offline: DealMention
    model: DealMention
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two readings of one article side by side; every record of either stands in it once."""

    matches: tuple[Match, ...]
    only_offline: tuple[DealMention, ...]
    only_model: tuple[DealMention, ...]

    @property
    def agreed(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if not match.differences)

    @property
    def differing(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.differences)


def compare_readings(offline: Sequence[DealMention], model: Sequence[DealMention]) -> Comparison:
    """Pair the records that share two parties, the likest first, and tell where the pairs differ."""
    likeness = {
        (i, j): near
        for i, one in enumerate(offline)
        for j, other in enumerate(model)
        if (near := _likeness(one, other))
    }
    pairs: dict[int, int] = {}
    for i, j in sorted(likeness, key=lambda pair: (*(-n for n in likeness[pair]), *pair)):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    matches = [
        Match(offline[i], model[j], _differences(offline[i], model[j]))
        for i, j in sorted(pairs.items())
    ]
    return Comparison(
        tuple(matches),
        tuple(one for i, one in enumerate(offline) if i not in pairs),
        tuple(other for j, other in enumerate(model) if j not in pairs.values()),
    )


def told_disagreement(comparison: Comparison) -> list[str]:
    """A line for each thing the readings do not agree on, for a person to look at the article."""
    lines = [
        f"{_sides(match.offline)}: {one.aspect} is {one.offline or 'not told'} offline, "
        f"{one.model or 'not told'} by the model"
        for match in comparison.differing
        for one in match.differences
    ]
    for who, alone in (("offline", comparison.only_offline), ("model", comparison.only_model)):
        lines += [f"{one.kind}, {_sides(one)}: only {who}" for one in alone]
    return lines


def _likeness(one: DealMention, other: DealMention) -> tuple[int, ...]:
    """How alike two records are, or nothing when they share fewer than two parties."""
    shared = len(_shared_parties(one, other))
    if shared < 2:
        return ()
    alike = (one.kind == other.kind, shared, _overlap(one, other), not _inverted(one, other))
    return tuple(int(part) for part in alike)


def _overlap(one: DealMention, other: DealMention) -> bool:
    """Whether some of their evidence is the same stretch of the article."""
    return any(
        a.span.start < b.span.end and b.span.start < a.span.end
        for a in one.core.evidence
        for b in other.core.evidence
    )


def _shared_parties(one: DealMention, other: DealMention) -> list[tuple[Party, Party]]:
    shared: list[tuple[Party, Party]] = []
    left = list(other.parties)
    for party in one.parties:
        hit = next((p for p in left if _same_name(party.name, p.name)), None)
        if hit:
            left.remove(hit)
            shared.append((party, hit))
    return shared


def _same_name(one: str, other: str) -> bool:
    """Within one article a name and a shorter form of it are the same; forms of company aside."""
    first, second = (frozenset(_key(name).split()) for name in (one, other))
    return first <= second or second <= first


def _key(name: str) -> str:
    plain = re.sub(r"['’]s?\b|[^\w& ]", " ", name.casefold().replace(".", ""))
    return _FORMS.sub(" ", plain).strip() or plain.strip() or name


def _inverted(one: DealMention, other: DealMention) -> bool:
    """Whether some party gives the money in one record and takes it in the other."""
    return any(
        (a.role in _GIVERS and b.role in _TAKERS) or (a.role in _TAKERS and b.role in _GIVERS)
        for a, b in _shared_parties(one, other)
    )


def _differences(offline: DealMention, model: DealMention) -> tuple[Difference, ...]:
    found = []
    if offline.kind != model.kind:
        found.append(Difference(Aspect.KIND, offline.kind, model.kind))
    if offline.standing.stage != model.standing.stage:
        found.append(Difference(Aspect.STATUS, offline.standing.stage, model.standing.stage))
    if not _same_values(offline.values, model.values):
        found.append(Difference(Aspect.VALUE, _told(offline.values), _told(model.values)))
    if _inverted(offline, model):
        found.append(Difference(Aspect.DIRECTION, _sides(offline), _sides(model)))
    return tuple(found)


def _same_values(some: Sequence[Money], others: Sequence[Money]) -> bool:
    """Whether both tell no price, or one price in common: the rest are the same in other units."""
    if not some or not others:
        return bool(some) == bool(others)
    return any(_same_money(a, b) for a in some for b in others)


def _same_money(one: Money, other: Money) -> bool:
    apart = abs(one.amount - other.amount)
    return one.currency == other.currency and apart <= _SAME_AMOUNT * abs(one.amount)


def _told(values: Sequence[Money]) -> str:
    return ", ".join(f"{value.amount:,.15g} {value.currency}" for value in values)


def _sides(mention: DealMention) -> str:
    return ", ".join(f"{party.name} ({party.role})" for party in mention.parties)
