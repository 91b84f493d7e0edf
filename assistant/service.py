"""The composition root: settings in, an assistant out.

Heavy parts are opened when they are first needed, so that each command pays for what it uses.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.curation import Curation
from assistant.domain import (
    Answer,
    Article,
    Conversation,
    Delta,
    Exchange,
    Finished,
    Passage,
    Span,
    Status,
)
from assistant.errors import (
    AccordError,
    LibraryError,
    QuestionRefused,
    SettingsError,
)
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database, shown_address
from assistant.library.feedback import FeedbackStore
from assistant.library.ingest import Files, Report, ingest_files
from assistant.library.ownership import own_folder
from assistant.resources import shipped
from assistant.settings import Settings
from assistant.text import cut_passages

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.answer.conversations import Conversations
    from assistant.answer.material import Writer
    from assistant.answer.reader import AnswerReader
    from assistant.answer.rewriting import ModelRewriter
    from assistant.deals.ledger.book import DealBook
    from assistant.deals.ledger.ledger import Ledger
    from assistant.deals.ledger.readings import Reader
    from assistant.deals.model.library import LibraryRun
    from assistant.search.embedding import Embedder
    from assistant.search.indexes import Indexes

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_log = logging.getLogger(__name__)

EXAMPLES = 6


def build(settings: Settings) -> Assistant:
    """An assistant on the data folder of `settings`, which it owns until `close`.

    Raises LibraryLocked when another process owns the folder.
    """
    # Nothing is traced to LangSmith's servers, whatever the environment says.
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    return Assistant(settings)


class Assistant:
    """What the doors use. Safe to call from several threads; taking in and indexing take turns."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._data = settings.data_folder
        self._owner = own_folder(self._data)
        try:
            self._engine = open_database(settings.database)
        except LibraryError:
            self._owner.release()
            raise
        self._store = ArticleStore(self._engine)
        self.feedback = FeedbackStore(self._engine)
        self._talks: Conversations | None = None
        self._writing = threading.RLock()
        self._opening = threading.Lock()
        self._indexes: Indexes | None = None
        self.curation = Curation(self._store, self._writing, self, settings.max_file_mb)

    def close(self) -> None:
        """Give the data folder back."""
        with self._writing:
            if self._indexes is not None:
                self._indexes.close()
                self._indexes = None
            if self._talks is not None:
                self._talks.close()
            self._engine.dispose()
            self._owner.release()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Taking in

    def ingest(self, paths: Files, progress: Progress = lambda _w, _d, _t: None) -> Report:
        """Take in files and folders, then bring the indexes up to date."""
        with self._writing:
            indexes = self.open_indexes(progress)
            with indexes.following():
                report = ingest_files(
                    paths,
                    self._store,
                    self._cut,
                    self._settings.max_file_mb * 1_000_000,
                    lambda done, total: progress("reading", done, total),
                )
            indexes.catch_up(progress)
            self.open_ledger(progress)
        return report

    def ingest_seeds(self, progress: Progress = lambda _w, _d, _t: None) -> Report:
        """Take in the starter articles that come with Accord."""
        return self.ingest([shipped("seeds")], progress)

    def open_indexes(self, progress: Progress = lambda _w, _d, _t: None) -> Indexes:
        """The indexes, at first use opened and brought up to date with the database."""
        with self._writing:
            if self._indexes is None:
                # The weights load on another core while Chroma and LangChain are imported (2 s).
                embedder = self.embedder
                threading.Thread(target=_load, args=(embedder,), daemon=True).start()
                from assistant.search.indexes import open_indexes

                self._indexes = open_indexes(self._data, embedder, self._store, progress)
                self.open_ledger(progress)
            return self._indexes

    def open_ledger(self, progress: Progress = lambda _w, _d, _t: None) -> Ledger:
        """The ledger of deals, brought up to date with the articles."""
        with self._writing:
            for unread in self.ledger.catch_up(
                self.reader, lambda done, total: progress("reading deals", done, total)
            ):
                _log.warning("no deals were read of %s: %s", unread.article_id, unread.why)
            return self.ledger

    def model_run(self) -> LibraryRun:
        """What the configured model has still to read. Raises SettingsError where there is none."""
        s = self._settings
        if not s.generative:
            raise SettingsError(
                "no model is configured; set OPENAI_API_KEY or OPENAI_BASE_URL to read deals with one"
            )
        from assistant.deals.model.cost import Prices
        from assistant.deals.model.library import LibraryRun
        from assistant.deals.model.reading import ModelReader

        return LibraryRun(
            self.open_ledger(),
            ModelReader(self._chat_model(), s.model),
            self.reader,
            Prices(s.price_in, s.price_out),
            s.model_workers,
        )

    def reindex(self, progress: Progress = lambda _w, _d, _t: None) -> None:
        """Throw both indexes away and build them anew from the database."""
        from assistant.search.indexes import rebuild_indexes

        with self._writing:
            if self._indexes is not None:
                self._indexes.close()
            self._indexes = rebuild_indexes(self._data, self.embedder, self._store, progress)

    def _cut(self, article: Article) -> list[tuple[Span, ...]]:
        first = len(article.source.title) + 1
        return cut_passages(article.content, first, self.embedder.count_tokens)

    # Asking

    def ask(
        self,
        question: str,
        earlier: tuple[str, ...] = (),
        conversation: str = "",
        person: str = "",
    ) -> Answer:
        """The whole answer. `earlier` are questions asked before, where no conversation holds them."""
        answer = None
        for part in self._answering(question, earlier, conversation, person):
            if isinstance(part, Finished):
                answer = part.answer
        assert answer is not None, "the chain ends with an answer"  # noqa: S101
        return answer

    def stream(
        self, question: str, conversation: str, person: str = ""
    ) -> Iterator[Delta | Finished]:
        """The answer while it is written."""
        return self._answering(question, (), conversation, person)

    def _answering(
        self, question: str, earlier: tuple[str, ...], conversation: str, person: str
    ) -> Iterator[Delta | Finished]:
        from assistant.answer.chain import stream_answer

        if not question.strip():
            raise QuestionRefused("there is no question; ask one in words")
        if conversation:
            return self._kept.stream(question, conversation, person)
        return stream_answer(self.chain, question, earlier)

    # Conversations: a person's own; "" is nobody in particular

    def conversations(self, person: str = "", words: str = "") -> list[Conversation]:
        """The last asked first; with `words`, those in which each of them stands."""
        return self._kept.of(person, words)

    def conversation(self, conversation: str, person: str = "") -> list[Exchange]:
        """What was asked and answered, in order. Raises ConversationMissing, also for another's."""
        return self._kept.exchanges(conversation, person)

    def rename_conversation(self, conversation: str, name: str, person: str = "") -> None:
        """Raises ConversationMissing, NameRefused."""
        self._kept.rename(conversation, person, name)

    def find_conversation(self, conversation: str, person: str = "") -> Conversation:
        """Its line in the list. Raises ConversationMissing."""
        return self._kept.find(conversation, person)

    def delete_conversation(self, conversation: str, person: str = "") -> None:
        """For good, with the feedback on it. Raises ConversationMissing."""
        self._kept.delete(conversation, person)
        self.feedback.forget(conversation, person)

    def drop_last_exchange(
        self, conversation: str, person: str = "", exchange: int | None = None
    ) -> bool:
        """Whether the last one was forgotten, see `PageAssistant`. Raises ConversationMissing."""
        return self._kept.drop_last(conversation, person, exchange)

    def give_feedback(
        self, conversation: str, exchange: int, verdict: str, words: str = "", person: str = ""
    ) -> None:
        """A word on an answer, kept with it. Raises ConversationMissing, FeedbackRefused."""
        self.feedback.keep(self._kept.judged(conversation, person, exchange, verdict, words))

    # Looking

    def article(self, article_id: str) -> Article:
        """Raises ArticleMissing."""
        return self._store.get(article_id)

    def book(self) -> DealBook:
        """All deals as they stand; the same object until one changes."""
        return self.ledger.book()

    def passages(self) -> list[tuple[Passage, Article]]:
        """Every passage with its article."""
        return self._store.passages(self._store.passage_ids())

    def status(self) -> Status:
        held = self._store.holdings()
        counts = self.ledger.counts()
        return Status(
            articles=held.articles,
            passages=held.passages,
            deals=counts.deals,
            companies=counts.companies,
            in_step=self.indexes.in_step() and self.ledger.in_step(self.reader),
            embedder=self.embedder.name,
            writer=self._settings.model if self._settings.generative else "offline",
            first_date=held.first_date,
            last_date=held.last_date,
            updated_at=held.updated_at,
            database=shown_address(self._settings.database),
            data=str(self._data),
        )

    def examples(self) -> list[str]:
        """Up to six questions for a start."""
        from assistant.answer.examples import start_questions

        return start_questions(self._store.sources(), self.book(), EXAMPLES)

    # Parts

    @cached_property
    def embedder(self) -> Embedder:
        from assistant.search.embedding import build_embedder

        s = self._settings
        return build_embedder(
            s.embedder,
            self._data / "cache",
            model=s.embedding_model,
            api_key=s.api_key,
            base_url=s.base_url,
            timeout_s=s.model_timeout_s,
            retries=s.model_retries,
        )

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger as it stands; `open_ledger` brings it up to date."""
        from assistant.deals.ledger.ledger import Ledger

        return Ledger(self._engine)

    @cached_property
    def reader(self) -> Reader:
        """Who reads the deals of articles."""
        from assistant.deals.reading.reader import OfflineReader

        return OfflineReader(self._data / "cache")

    @cached_property
    def answer_reader(self) -> AnswerReader:
        """Who reads which sentences answer a question."""
        from assistant.answer.reader import AnswerReader

        return AnswerReader(self._data / "cache")

    @property
    def indexes(self) -> Indexes:
        return self._indexes or self.open_indexes()

    @cached_property
    def chain(self) -> Any:
        return self._build_chain(None)

    @cached_property
    def conversing_chain(self) -> Any:
        return self._build_chain(self._kept.saver)

    @property
    def _kept(self) -> Conversations:
        # One for all threads: it knows who of them has which conversation.
        with self._opening:
            if self._talks is None:
                from assistant.answer.conversations import open_conversations

                path = self._data / "accord.db"
                self._talks = open_conversations(path, lambda: self.conversing_chain)
            return self._talks

    def _build_chain(self, checkpointer: Any) -> Any:
        from assistant.answer.chain import build_chain
        from assistant.answer.offline import OfflineWriter
        from assistant.answer.sources import LibrarySources

        return build_chain(
            LibrarySources(lambda: self.indexes, lambda: self.ledger, self.answer_reader),
            self._model_writer(),
            OfflineWriter(lambda: self.indexes.words, self.answer_reader),
            checkpointer,
            self._model_rewriter(),
        )

    def _model_writer(self) -> Writer | None:
        s = self._settings
        if not s.generative:
            return None
        from assistant.answer.generative import GenerativeWriter

        return GenerativeWriter(self._chat_model(), s.model)

    def _model_rewriter(self) -> ModelRewriter | None:
        if not self._settings.generative:
            return None
        from assistant.answer.rewriting import ModelRewriter

        return ModelRewriter(self._chat_model())

    def _chat_model(self) -> BaseChatModel:
        from assistant.language.chat import build_chat_model

        s = self._settings
        return build_chat_model(s.model, s.api_key, s.base_url, s.model_timeout_s, s.model_retries)


def _load(embedder: Embedder) -> None:
    # Whoever embeds first meets the same error and tells it.
    with suppress(AccordError):
        embedder.load()
