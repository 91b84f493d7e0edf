"""What the page asks of the assistant behind it.

Knows the domain and the book of deals; the assistant that answers is built elsewhere and handed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from assistant.curation import Curation
from assistant.deals.ledger.book import DealBook
from assistant.domain import Article, Conversation, Delta, Exchange, Finished, Status
from assistant.library.ingest import Files, Report
from assistant.web.intake import Progress


class ViewAssistant(Protocol):
    """What the views show."""

    def article(self, article_id: str) -> Article:
        """The article as it is held now. Raises ArticleMissing when there is none."""
        ...

    def book(self) -> DealBook:
        """All deals as they stand now; the same object until one changes."""
        ...


class ConversationAssistant(Protocol):
    """Conversations kept, and what is said of their answers. Another person's are missing."""

    def conversations(self, person: str = "", words: str = "") -> list[Conversation]:
        """The last asked first; with `words`, those in which each of them stands."""
        ...

    def conversation(self, conversation: str, person: str = "") -> list[Exchange]:
        """What was asked and answered, in order. Raises ConversationMissing."""
        ...

    def find_conversation(self, conversation: str, person: str = "") -> Conversation:
        """Its line in the list. Raises ConversationMissing."""
        ...

    def rename_conversation(self, conversation: str, name: str, person: str = "") -> None:
        """Raises ConversationMissing, NameRefused."""
        ...

    def delete_conversation(self, conversation: str, person: str = "") -> None:
        """For good, with the feedback on it. Raises ConversationMissing."""
        ...

    def drop_last_exchange(
        self, conversation: str, person: str = "", exchange: int | None = None
    ) -> bool:
        """The last question and its answer are forgotten; with `exchange`, only where it has this
        number, from 0. Whether it was forgotten. Raises ConversationMissing.
        """
        ...

    def give_feedback(
        self, conversation: str, exchange: int, verdict: str, words: str = "", person: str = ""
    ) -> None:
        """A word on an answer, by the number of its exchange from 0; the last word on it counts.

        Raises ConversationMissing, FeedbackRefused.
        """
        ...


class PageAssistant(ViewAssistant, ConversationAssistant, Protocol):
    """Everything the page needs. Called from many threads at once; refuses with AccordError."""

    def stream(self, question: str, conversation: str) -> Iterator[Delta | Finished]:
        """The answer while it is written: any number of deltas, then one `Finished`.

        `conversation` names the exchange the question belongs to; a name not met before opens one.
        """
        ...

    @property
    def curation(self) -> Curation: ...

    def ingest(self, paths: Files, progress: Progress = ...) -> Report:
        """Take in files and folders, then bring everything up to date."""
        ...

    def ingest_seeds(self, progress: Progress = ...) -> Report: ...

    def status(self) -> Status: ...

    def examples(self) -> list[str]:
        """Up to six questions the articles held can answer; none when there are no articles."""
        ...
