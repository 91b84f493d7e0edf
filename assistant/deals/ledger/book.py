"""All deals of a ledger at one moment, ready to be looked through in memory.

Pure: made by `Ledger.book`, which makes a new one when a deal or a company changes. Whoever may see
only some articles gets a book of those alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.deals.ledger.directory import CompanyDirectory
from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.register import Company
from assistant.deals.records import Role
from assistant.domain import Source

_BUYERS = frozenset({Role.ACQUIRER, Role.INVESTOR})
_TARGETS = frozenset({Role.TARGET, Role.INVESTEE})


@dataclass(frozen=True)
class DealBook:
    """`deals` by first known date; `companies` by name, each in at least one deal."""

    deals: tuple[Deal, ...] = ()
    companies: tuple[Company, ...] = ()
    _by_company: Mapping[str, tuple[Deal, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[Deal]] = defaultdict(list)
        for deal in self.deals:
            for company_id in dict.fromkeys(party.company_id for party in deal.parties):
                found[company_id].append(deal)
        by_company = {company_id: tuple(deals) for company_id, deals in found.items()}
        object.__setattr__(self, "_by_company", by_company)

    def of(self, company_ids: Iterable[str]) -> tuple[Deal, ...]:
        """The deals in which one of these companies is a party, by first known date."""
        ids = tuple(company_ids)
        if len(ids) == 1:
            return self._by_company.get(ids[0], ())
        mine = {deal.id for i in ids for deal in self._by_company.get(i, ())}
        return tuple(deal for deal in self.deals if deal.id in mine)

    def source(self, article_id: str) -> Source | None:
        """The source of an article that tells of one of the deals."""
        return self._sources.get(article_id)

    def meant_in(self, article_id: str, words: str) -> frozenset[str]:
        """Companies that these words of an article name in its own way: "Universal" for one known as
        "NBC Universal".
        """
        return frozenset(
            company_id for name, company_id in self._namings.get(article_id, ()) if name in words
        )

    def bought_in(self, article_id: str) -> frozenset[tuple[str, str]]:
        """Buyer and target, by id, of every deal that an article tells."""
        return frozenset(self._bought.get(article_id, ()))

    @cached_property
    def _bought(self) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for deal in self.deals:
            for told in deal.tellings:
                buyers = [c.company_id for c in told.companies if c.role in _BUYERS]
                targets = [c.company_id for c in told.companies if c.role in _TARGETS]
                found[told.source.article_id] |= {(b, t) for b in buyers for t in targets}
        return dict(found)

    @cached_property
    def _namings(self) -> dict[str, set[tuple[str, str]]]:
        """Names of parties as each article has them, with the company meant."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for deal in self.deals:
            for told in deal.tellings:
                for party, company in zip(told.mention.parties, told.companies, strict=True):
                    names = {(n, company.company_id) for n in (party.name, party.quote.text)}
                    found[told.source.article_id] |= names
        return dict(found)

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {source.article_id: source for deal in self.deals for source in deal.sources}

    @cached_property
    def directory(self) -> CompanyDirectory:
        """Finds the companies of this book in a text, by any of their names."""
        return CompanyDirectory(
            (company.id, name, company.articles)
            for company in self.companies
            for name in dict.fromkeys((company.name, *company.names))
        )


def make_book(deals: Sequence[Deal], companies: Sequence[Company]) -> DealBook:
    """Only companies that stand in one of the deals are in the book."""
    parties = {party.company_id for deal in deals for party in deal.parties}
    return DealBook(tuple(deals), tuple(c for c in companies if c.id in parties))
