"""What the page asks of the assistant behind it.

Knows the domain and the book of deals; the assistant that answers is built elsewhere and handed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from assistant.deals.ledger.book import DealBook
from assistant.domain import Article, Delta, Finished, Status


class PageAssistant(Protocol):
    """Everything the page needs. Called from many threads at once; refuses with AccordError."""

    def stream(self, question: str, conversation: str) -> Iterator[Delta | Finished]:
        """The answer while it is written: any number of deltas, then one `Finished`.

        `conversation` names the exchange the question belongs to; a name not met before opens one.
        """
        ...

    def article(self, article_id: str) -> Article:
        """The article as it is held now. Raises ArticleMissing when there is none."""
        ...

    def book(self) -> DealBook:
        """All deals as they stand now; the same object until one changes."""
        ...

    def status(self) -> Status: ...

    def examples(self) -> list[str]:
        """Up to six questions the articles held can answer; none when there are no articles."""
        ...
