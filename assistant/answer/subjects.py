"""Which deals and companies an answer is about, told by the words it cites.

A deal of the question whose record holds a quote comes first, then one that a cited article tells of,
then whatever deal the quotes tell. Knows only the book that the writer was given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answer.asking import Form
from assistant.answer.facts import deals_between
from assistant.answer.material import Material
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.company_names import company_key
from assistant.deals.ledger.directory import NamedCompany
from assistant.deals.ledger.histories import Deal, Telling
from assistant.domain import Citation, Quote

_MARKED = re.compile(r"(?P<text>.+?)(?P<marks>(?:\[\d+\])+)", re.DOTALL)
_PAIR = 2
"""Parties that a sentence has to name to tell a deal that was not asked for."""

_FEW = 3
"""Deals up to which a question that is not answered is about them, and not only about a company."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a row of an answer, without its marks, and the quotes it cites."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What an answer is about, the nearest first. `companies` are ids: those of the question, then
    the parties of the deals.
    """

    deals: tuple[Deal, ...] = ()
    companies: tuple[str, ...] = ()


def sentences_of(text: str, citations: Sequence[Citation]) -> list[Said]:
    """The sentences of an answer's text that cite something, in order."""
    quotes = {citation.n: citation.quote for citation in citations}
    found = []
    for match in _MARKED.finditer(text):
        numbers = [int(n) for n in re.findall(r"\d+", match["marks"])]
        cited = tuple(quotes[n] for n in numbers if n in quotes)
        found.append(Said(match["text"].lstrip(" .\n-"), cited))
    return [said for said in found if said.quotes]


def subjects_of(material: Material, said: Sequence[Said], abstained: bool) -> Subjects:
    """`said` are the sentences of the answer; an abstention's tell of something beside the question."""
    deals = _asked_about(material) if abstained else []
    if not deals and not (abstained and material.asking.companies):
        deals = _told(material, said)
    asked = (placed.named for placed in material.asking.companies)
    named = [i for company in asked for i in _meant(company, deals, material.book)]
    parties = [party.company_id for deal in deals for party in deal.parties]
    companies = tuple(dict.fromkeys((*named, *parties)))
    return Subjects(tuple(deals), companies or tuple(_companies_in(material, said)))


def _asked_about(material: Material) -> list[Deal]:
    """The deals that a question which is not answered asks of, where it is about few."""
    asking = material.asking
    fitting = list(material.deals)
    if not fitting and len(asking.companies) > 1:
        fitting = deals_between(material.book, asking)
    return fitting if len(fitting) <= _FEW else []


def _told(material: Material, said: Sequence[Said]) -> list[Deal]:
    fitting = {deal.id for deal in material.deals}
    holding = _Holding(material)
    asked: list[Deal] = []
    others: list[tuple[Deal, bool]] = []
    for one in said:
        held = holding.of(one)
        mine = [deal for deal in held if deal.id in fitting]
        asked += _plainest(mine, one)
        if not mine:
            others += [(deal, _named(deal, one) >= _PAIR) for deal in _plainest(held, one)]
    asked = asked or _in_the_same_articles(material, said)
    told = [deal for deal, is_named in others if is_named or not asked]
    return distinct((*asked, *told))


def distinct(deals: Iterable[Deal]) -> list[Deal]:
    """Each deal once, in order; by its id, since to hash all that a deal holds takes long."""
    return list({deal.id: deal for deal in deals}.values())


class _Holding:
    """Deals by the articles that tell of them: those of the question and of its companies first, and
    others only where a sentence is from none of these.
    """

    def __init__(self, material: Material) -> None:
        self._book = material.book
        self._near: dict[str, list[tuple[Deal, Telling]]] = defaultdict(list)
        self._added: set[str] = set()
        ids = dict.fromkeys(i for p in material.asking.companies for i in p.named.company_ids)
        self._add((*material.deals, *(d for i in ids for d in material.book.of((i,)))))

    def _add(self, deals: Iterable[Deal]) -> None:
        for deal in deals:
            if deal.id not in self._added:
                self._added.add(deal.id)
                for telling in deal.tellings:
                    self._near[telling.source.article_id].append((deal, telling))

    def of(self, said: Said) -> list[Deal]:
        """The deals whose records hold words that a sentence cites."""
        found = list(self._overlapping(said.quotes))
        if not found:
            self._add(self._around(said.quotes))
            found = list(self._overlapping(said.quotes))
        return distinct(found)

    def _overlapping(self, quotes: Sequence[Quote]) -> Iterator[Deal]:
        for quote in quotes:
            for deal, telling in self._near.get(quote.article_id, ()):
                if any(overlap(quote, held) for held in _quotes_of(telling)):
                    yield deal

    def _around(self, quotes: Sequence[Quote]) -> Iterator[Deal]:
        """Deals of the companies that quotes name, and of those bought in their articles."""
        for quote in quotes:
            source = self._book.source(quote.article_id)
            if source is None:
                continue
            ids = {i for pair in self._book.bought_in(quote.article_id) for i in pair}
            for named in self._book.directory.find(f"{source.title}\n{quote.text}"):
                ids.update(named.company_ids)
            for i in sorted(ids):
                told = self._book.of((i,))
                yield from (deal for deal in told if source in deal.sources)


def overlap(one: Quote, other: Quote) -> bool:
    """Whether two quotes share a character."""
    same = one.article_id == other.article_id
    return same and one.span.start < other.span.end and other.span.start < one.span.end


def _quotes_of(telling: Telling) -> Iterator[Quote]:
    """The words of a record; not where its parties are named, which may be anywhere."""
    mention = telling.mention
    yield from mention.core.evidence
    yield mention.standing.quote
    for some in (mention.values, mention.dates, mention.reasons):
        yield from (field.quote for field in some)
    if mention.stake:
        yield mention.stake.quote


def _plainest(deals: Sequence[Deal], said: Said) -> list[Deal]:
    """Of deals told in one sentence, those that most of its names are parties of."""
    if len(deals) < _PAIR:
        return list(deals)
    named = [_named(deal, said) for deal in deals]
    return [deal for deal, n in zip(deals, named, strict=True) if n == max(named)]


def _named(deal: Deal, said: Said) -> int:
    """Parties of a deal that a sentence names, as the ledger or the article has them."""
    here = {quote.article_id for quote in said.quotes}
    names: dict[str, set[str]] = {party.company_id: {party.name} for party in deal.parties}
    for telling in deal.tellings:
        if telling.source.article_id in here:
            for company, party in zip(telling.companies, telling.mention.parties, strict=True):
                names.setdefault(company.company_id, set()).update((party.name, party.quote.text))
    return sum(any(name in said.text for name in some) for some in names.values())


def _in_the_same_articles(material: Material, said: Sequence[Said]) -> list[Deal]:
    """Deals of the question that cited articles tell, where it asks for a deal and not for a company."""
    asking = material.asking
    if asking.form is not Form.PLAIN or not (asking.kinds or len(asking.companies) > 1):
        return []
    cited = {quote.article_id for one in said for quote in one.quotes}
    asked = material.deals
    if not asked and len(asking.companies) > 1:
        asked = tuple(deals_between(material.book, asking))
    fitting = (d for d in asked if cited & {s.article_id for s in d.sources})
    return sorted(fitting, key=lambda deal: (not deal.main, -deal.independent))[:_FEW]


def _meant(named: NamedCompany, deals: Sequence[Deal], book: DealBook) -> Iterator[str]:
    """Of the companies that have a name the one that the deals are of, else the one called just so:
    a first word that several share means none of them.
    """
    ids = named.company_ids
    parties = [party.company_id for deal in deals for party in deal.parties]
    mine = next((i for i in parties if i in ids), "")
    if not mine and len(ids) > 1:
        key = company_key(named.text)
        called = (c for c in book.companies if c.id in ids and company_key(c.name) == key)
        mine = next((company.id for company in called), "")
    if mine or len(ids) == 1:
        yield mine or ids[0]


def _companies_in(material: Material, said: Sequence[Said]) -> Iterator[str]:
    """Companies of the words cited, for a question that names none."""
    for one in said:
        for quote in one.quotes:
            found = material.book.directory.find(quote.text)
            yield from (named.company_ids[0] for named in found)
