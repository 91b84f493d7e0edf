"""What a person does to a library beside filling it: lists and removes articles, says which companies are
one.

Every act is whole when it returns: the database, the indexes and the ledger say the same. Acts take
turns with taking in, on the lock of the assistant whose library this is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from assistant.domain import Article, Source
from assistant.library.articles import ArticleStore, Holdings

if TYPE_CHECKING:
    from assistant.deals.ledger.companies import Decision
    from assistant.deals.ledger.ledger import Ledger
    from assistant.deals.ledger.register import Company, CompanyRegister
    from assistant.search.indexes import Indexes

_T = TypeVar("_T")


class Opened(Protocol):
    """What follows a library: its indexes and its ledger, each brought up to date as it is handed out."""

    @property
    def ledger(self) -> Ledger: ...

    def open_indexes(self) -> Indexes: ...

    def open_ledger(self) -> Ledger: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Some articles of a list, without their texts, and how many the whole list has."""

    sources: tuple[Source, ...]
    total: int


class Curation:
    """The acts on one library. Safe to call from several threads."""

    def __init__(
        self, store: ArticleStore, writing: threading.RLock, opened: Opened, max_file_mb: int
    ) -> None:
        self.max_file_bytes = max_file_mb * 1_000_000
        self._store = store
        self._writing = writing
        self._opened = opened

    # Articles

    def holdings(self) -> Holdings:
        return self._store.holdings()

    def articles(self, words: str = "", first: int = 0, count: int = 50) -> Listed:
        """Newest first; with `words`, those in whose title or publisher each of them stands."""
        wanted = words.casefold().split()
        found = [
            source
            for source in self._store.sources()
            if all(word in f"{source.title} {source.publisher}".casefold() for word in wanted)
        ]
        return Listed(tuple(found[first : first + count]), len(found))

    def held(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """Articles by id; those that are not held are left out."""
        return self._store.get_many(article_ids)

    def remove(self, article_id: str) -> Article:
        """Forget an article with its passages, its deals and what was decided for it alone.

        Raises ArticleMissing.
        """
        with self._writing:
            article = self._store.get(article_id)
            self._store.remove(article_id)
            self._opened.open_indexes().catch_up(lambda _what, _done, _total: None)
            self._opened.open_ledger()
        return article

    # Companies; each of these raises CompanyMissing or DecisionRefused

    def companies(self) -> list[Company]:
        return self._opened.ledger.companies()

    def decisions(self) -> list[Decision]:
        """All of them, also those undone, the last first."""
        return self._opened.ledger.register.decisions()[::-1]

    def merge(self, left: str, right: str, reason: str) -> Decision:
        """Make one company of two, given by id."""
        return self._deciding(lambda register: register.merge(left, right, reason))

    def part(self, left: str, right: str, reason: str) -> Decision:
        """Remember that two companies, given by id, are two."""
        return self._deciding(lambda register: register.part(left, right, reason))

    def confirm(self, company_id: str, name: str, other: str, reason: str) -> Decision:
        """Hold two names of a company together, whatever the rules say later."""
        return self._deciding(lambda register: register.confirm(company_id, name, other, reason))

    def split(self, name: str, reason: str) -> Decision:
        """Make a company of its own of a name."""
        return self._deciding(lambda register: register.split(name, reason))

    def undo(self, number: int) -> Decision:
        return self._deciding(lambda register: register.undo(number))

    def _deciding(self, act: Callable[[CompanyRegister], _T]) -> _T:
        with self._writing:
            return act(self._opened.ledger.register)
