"""What an article says of a deal, as a record in which every field carries the words that prove it.

A field that cannot be quoted is left out. Knows nothing of how records are read or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.domain import Quote


class Kind(StrEnum):
    ACQUISITION = "acquisition"
    MERGER = "merger"
    PARTNERSHIP = "partnership"
    JOINT_VENTURE = "joint_venture"
    INVESTMENT = "investment"
    LICENSING = "licensing"
    SUPPLY = "supply"
    DIVESTITURE = "divestiture"


PACTS = frozenset({Kind.PARTNERSHIP, Kind.JOINT_VENTURE, Kind.LICENSING, Kind.SUPPLY})
"""Kinds in which nobody is bought; once completed they are in force."""


class Role(StrEnum):
    ACQUIRER = "acquirer"
    TARGET = "target"
    SELLER = "seller"
    PARTNER = "partner"
    INVESTOR = "investor"
    INVESTEE = "investee"
    LICENSOR = "licensor"
    LICENSEE = "licensee"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"


ROLES: dict[Kind, tuple[Role, ...]] = {
    Kind.ACQUISITION: (Role.ACQUIRER, Role.TARGET, Role.SELLER),
    Kind.MERGER: (Role.PARTNER,),
    Kind.PARTNERSHIP: (Role.PARTNER,),
    Kind.JOINT_VENTURE: (Role.PARTNER,),
    Kind.INVESTMENT: (Role.INVESTOR, Role.INVESTEE),
    Kind.LICENSING: (Role.LICENSOR, Role.LICENSEE),
    Kind.SUPPLY: (Role.SUPPLIER, Role.CUSTOMER),
    Kind.DIVESTITURE: (Role.SELLER, Role.ACQUIRER, Role.TARGET),
}
"""The roles that parties of a kind of deal can have."""


class Stage(StrEnum):
    """How far a deal has come. A pact in force is `completed`, a new one `announced`."""

    RUMOURED = "rumoured"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


class Voice(StrEnum):
    """Who gives a reason."""

    PARTY = "party"
    OBSERVER = "observer"
    REPORTER = "reporter"


class Basis(StrEnum):
    """What an amount is. A range holds its low end in `amount` and its high end in `high`."""

    TOTAL = "total"
    PER_SHARE = "per_share"
    RANGE = "range"
    ESTIMATE = "estimate"


class Milestone(StrEnum):
    ANNOUNCED = "announced"
    AGREED = "agreed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Party:
    """`name` is the fullest form the article gives; `quote` is a place that names the party."""

    name: str
    role: Role
    quote: Quote


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in whole units of `currency` (ISO 4217), such as 13_900_000_000 USD."""

    amount: float
    currency: str
    basis: Basis
    quote: Quote
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """`date` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as the words of `quote` allow."""

    milestone: Milestone
    date: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Stake:
    """Percent of the shares, 0-100; None where the words give none ("a minority stake")."""

    percent: float | None
    quote: Quote


@dataclass(frozen=True, slots=True)
class Subject:
    """Product, technology or field the deal is about, in the article's words."""

    text: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in the article's words; `who` says it where a name is given, else is empty."""

    quote: Quote
    voice: Voice
    who: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The stage of a deal as the article leaves it."""

    stage: Stage
    quote: Quote


@dataclass(frozen=True, slots=True)
class Core:
    """Who did what: the part of a record that everything else hangs on. At least two parties.

    `evidence` are the clauses or sentences that tell of the deal, the plainest first; `confidence`
    is in 0..1.
    """

    kind: Kind
    parties: tuple[Party, ...]
    evidence: tuple[Quote, ...]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class DealMention:
    """One deal in one article. `main`: the article is about this deal, not only touching on it."""

    article_id: str
    core: Core
    standing: Standing
    main: bool = False
    values: tuple[Money, ...] = ()
    dates: tuple[Moment, ...] = ()
    stake: Stake | None = None
    subject: Subject | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.core.kind

    @property
    def parties(self) -> tuple[Party, ...]:
        return self.core.parties
