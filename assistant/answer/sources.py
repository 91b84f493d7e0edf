"""Where the evidence for an answer comes from: passages found, deals known, words counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from assistant.answer.ranking import Reads
from assistant.answer.sentences import Words
from assistant.deals.ledger.book import DealBook
from assistant.domain import Evidence
from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.deals.ledger.ledger import Ledger
    from assistant.search.indexes import Indexes


class Sources(Protocol):
    """Everything it gives is inside the walls."""

    def find(self, query: str) -> tuple[list[Evidence], str | None]:
        """Passages, and what to tell when they had to be found in a poorer way."""
        ...

    def book(self) -> DealBook: ...

    def words(self) -> Words: ...

    def reader(self) -> Reads | None:
        """Who reads which sentence answers, beside their weights; None where they alone are to tell."""
        ...


class LibrarySources:
    """The indexes and the ledger of a library, asked for each time since they can be rebuilt."""

    def __init__(
        self,
        indexes: Callable[[], Indexes],
        ledger: Callable[[], Ledger],
        reader: Reads | None = None,
    ) -> None:
        self._indexes = indexes
        self._ledger = ledger
        self._reader = reader

    def find(self, query: str) -> tuple[list[Evidence], str | None]:
        retriever = self._indexes().retriever
        try:
            return retriever.find(query), None
        except ModelError as error:
            told = f"{str(error).rstrip('.')}; passages were found by their words alone."
            return retriever.find_by_words(query), told

    def book(self) -> DealBook:
        return self._ledger().book()

    def words(self) -> Words:
        return self._indexes().words

    def reader(self) -> Reads | None:
        return self._reader
