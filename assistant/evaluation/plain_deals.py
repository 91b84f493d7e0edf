"""The deals of a ledger that are told plainly enough to be asked about, and how their parties are called.

A question with a wrong key measures nothing, so few deals are taken: an article is about it, the reader
was sure of it, one side deals with one other, a clause of the article names both, and no second deal of
the article stands on the same words. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.company_names import first_word_alone
from assistant.deals.ledger.histories import Deal, Participant, Telling
from assistant.deals.records import Kind, Role, Stage
from assistant.domain import Quote, Span
from assistant.text import split_sentences

SURE = 0.95
"""Confidence of the reader from which on a deal is asked about."""

_LONGEST_PROOF = 60
"""Words of a clause that names both sides: longer ones tell of much else."""

_COUNTED = r"\b(?!(?:19|20)\d\d\b)(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|dozens?|score)"
_MODEL = re.compile(r"\b[A-Z]+-?\d{2,}")
"""What is counted, or named by letter and number, is a product: "22 new Skarland jets", "the K320"."""


class Act(StrEnum):
    """What sides do, alike over the kinds asked about alike. A bid is a takeover not agreed on."""

    TAKEOVER = "takeover"
    BID = "bid"
    MERGER = "merger"
    PACT = "pact"
    INVESTMENT = "investment"
    LICENCE = "licence"
    SUPPLY = "supply"


ACTS = {
    Kind.ACQUISITION: Act.TAKEOVER,
    Kind.DIVESTITURE: Act.TAKEOVER,
    Kind.MERGER: Act.MERGER,
    Kind.PARTNERSHIP: Act.PACT,
    Kind.JOINT_VENTURE: Act.PACT,
    Kind.INVESTMENT: Act.INVESTMENT,
    Kind.LICENSING: Act.LICENCE,
    Kind.SUPPLY: Act.SUPPLY,
}
_SIDES = {
    Act.TAKEOVER: (Role.ACQUIRER, Role.TARGET),
    Act.BID: (Role.ACQUIRER, Role.TARGET),
    Act.INVESTMENT: (Role.INVESTOR, Role.INVESTEE),
    Act.LICENCE: (Role.LICENSEE, Role.LICENSOR),
    Act.SUPPLY: (Role.CUSTOMER, Role.SUPPLIER),
}
"""Who pays, and for what; the acts that are not here have partners."""

DONE = frozenset({Stage.ANNOUNCED, Stage.COMPLETED})


@dataclass(frozen=True, slots=True)
class Side:
    """A company in a deal: as a question calls it, and all its names."""

    company_id: str
    called: str
    names: tuple[str, ...]

    def named_in(self, text: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self.names)


@dataclass(frozen=True, slots=True)
class PlainDeal:
    """`payer` buys, invests, orders or takes a licence; of partners it is the first. `proof` names both."""

    deal: Deal
    act: Act
    payer: Side
    other: Side
    telling: Telling
    proof: Quote

    @property
    def article_id(self) -> str:
        return self.telling.source.article_id

    @property
    def is_done(self) -> bool:
        return self.deal.stage in DONE


def plain_deals(book: DealBook) -> list[PlainDeal]:
    """In the order of the book."""
    parties = _Parties(book)
    found = [plain for deal in book.deals for plain in _plain(deal, parties)]
    by_article: dict[str, list[PlainDeal]] = defaultdict(list)
    for plain in found:
        by_article[plain.article_id].append(plain)
    return [p for p in found if not any(_mixed_up(p, o) for o in by_article[p.article_id])]


def _mixed_up(one: PlainDeal, other: PlainDeal) -> bool:
    """Whether two deals may be one read twice, as "Marl and Haas" is when it is one company."""
    if one is other:
        return False
    a, b = one.proof.span, other.proof.span
    same = {one.payer.company_id, one.other.company_id} & {
        other.payer.company_id,
        other.other.company_id,
    }
    return bool(same) and (
        one.payer.company_id not in same or (a.start < b.end and b.start < a.end)
    )


class _Parties:
    """How the companies of a book can be called so that the name means no other."""

    def __init__(self, book: DealBook) -> None:
        self._names = {c.id: _all_names((c.name, *c.names)) for c in book.companies}
        self._directory = book.directory

    def side(self, party: Participant) -> Side | None:
        """None where no name of the company means it alone."""
        names = self._names[party.company_id]
        for name in (party.name, *names):
            found = self._directory.find(name)
            alone = len(found) == 1 and found[0].company_ids == (party.company_id,)
            first = name.split()[0]
            if alone and found[0].text == name.rstrip(".") and first != first.lower():
                return Side(party.company_id, found[0].text, names)
        return None


def _all_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, and the first words that stand for them, as "Dunmore" does for "Dunmore Airlines"."""
    first = (word for name in names if (word := first_word_alone(name)))
    return tuple(dict.fromkeys((*names, *first)))


def _plain(deal: Deal, parties: _Parties) -> Iterator[PlainDeal]:
    """The deal, where it is plain; nothing else."""
    act = ACTS[deal.kind]
    if act is Act.TAKEOVER and deal.stage not in DONE:
        act = Act.BID
    sides = [side for party in _pair(deal, act) if (side := parties.side(party))]
    if len(sides) != 2 or _overlapping(*sides) or any(_MODEL.search(s.called) for s in sides):
        return
    payer, other = sides
    for telling in sorted(deal.tellings, key=lambda t: -t.mention.core.confidence):
        core = telling.mention.core
        if not telling.mention.main or core.confidence < SURE or core.kind is not deal.kind:
            continue
        proofs = [q for q in core.evidence if payer.named_in(q.text) and other.named_in(q.text)]
        short = [q for q in proofs if len(q.text.split()) <= _LONGEST_PROOF]
        publisher = telling.source.publisher
        if short and publisher not in (payer.called, other.called) and not _counted(other, short):
            yield PlainDeal(deal, act, payer, other, telling, short[0])
            return


def _counted(side: Side, proofs: Sequence[Quote]) -> bool:
    """Whether the words speak of things that a company makes, not of the company."""
    counted = re.compile(rf"{_COUNTED} (?:[a-z][\w-]* ){{0,2}}{re.escape(side.called)}\b")
    return any(counted.search(q.text) for q in proofs)


def _pair(deal: Deal, act: Act) -> list[Participant]:
    """One of each side; empty where a side has several or none."""
    if act not in _SIDES:
        partners = deal.named(Role.PARTNER)
        return list(partners) if len(deal.parties) == 2 else []
    payers, others = (deal.named(role) for role in _SIDES[act])
    return [*payers, *others] if len(payers) == len(others) == 1 else []


def _overlapping(one: Side, other: Side) -> bool:
    """Whether the name of one side stands in the other's: an answer could not tell them apart."""
    return one.named_in(other.called) or other.named_in(one.called)


def sentence_of(quote: Quote, content: str) -> str:
    """The sentence of the article in which a quote begins."""
    return next(
        (content[s.start : s.end] for s in _sentences(content) if quote.span.start < s.end),
        quote.text,
    )


def _sentences(content: str) -> Iterator[Span]:
    title = content.partition("\n")[0]
    if title:
        yield Span(0, len(title))
    for span in split_sentences(content[len(title) :]):
        yield Span(span.start + len(title), span.end + len(title))
