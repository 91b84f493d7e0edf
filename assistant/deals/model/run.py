"""Reads many articles with a model at once, a few at a time, and hands on each as it is done.

What is done is with the caller before the next is asked for, so a crash loses at most the articles
in flight; which are still to be read the caller knows. An article that fails is tried once more,
then named and passed over; a model that refuses everybody ends the run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Protocol

from assistant.deals.model.cost import Usage, total
from assistant.deals.model.reading import CloseReading
from assistant.domain import Article
from assistant.errors import ModelDenied, ModelError, ModelOverQuota

WORKERS = 4
"""Articles read at once unless told otherwise: what hosted models allow a new customer."""

HOPELESS = 5
"""Articles that fail one after the other until the model itself is taken to be down."""

THREAD_NAME = "model-reading"

_FINAL = (ModelDenied, ModelOverQuota)


class CloseReader(Protocol):
    """What a run needs of a reader; `ModelReader` is one. Called from several threads."""

    def read_closely(self, article: Article) -> CloseReading: ...

    def estimate(self, article: Article) -> Usage: ...


Sink = Callable[[Article, CloseReading], None]
"""Keeps what came of an article; called in the thread that runs, one article after the other."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that could not be read, and the error's one sentence."""

    article_id: str
    why: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did. `stopped` says why it ended early, and is empty when it came to the end.

    `usage` leaves out failed tries, of which servers count nothing that reaches us.
    """

    read: int
    deals: int
    failures: tuple[Failure, ...]
    usage: Usage
    stopped: str = ""


@dataclass(slots=True)
class _Tally:
    read: int = 0
    deals: int = 0
    failures: list[Failure] = field(default_factory=list)
    usage: Usage = Usage()
    failed_in_a_row: int = 0
    stopped: str = ""

    def report(self) -> RunReport:
        return RunReport(self.read, self.deals, tuple(self.failures), self.usage, self.stopped)


def estimate_run(reader: CloseReader, articles: Iterable[Article]) -> Usage:
    """What reading these articles will use; nothing is sent."""
    return total(reader.estimate(article) for article in articles)


def read_articles(
    reader: CloseReader,
    articles: Iterable[Article],
    sink: Sink,
    *,
    workers: int = WORKERS,
    progress: Callable[[int], None] = lambda _done: None,
) -> RunReport:
    """Read articles in their order, at most `workers` at once, and give each to `sink` when done.

    `articles` is drawn from as workers come free, never far ahead. `progress` hears how many are
    settled, read or failed. After a refused key, a spent quota or `HOPELESS` failures in a row no
    more are begun, those in flight are finished and kept, and the report says why. What `sink`
    raises ends the run at once.
    """
    tally = _Tally()
    waiting = iter(articles)
    outcomes: SimpleQueue[_Outcome] = SimpleQueue()
    flying = 0
    while True:
        if not tally.stopped:
            flying += _begin(reader, waiting, outcomes, workers - flying)
        if not flying:
            return tally.report()
        outcome = outcomes.get()
        flying -= 1
        _settle(outcome, sink, tally)
        progress(tally.read + len(tally.failures))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a thread has to tell of its article: one of the two is there."""

    article: Article
    reading: CloseReading | None = None
    error: Exception | None = None


def _begin(
    reader: CloseReader, waiting: Iterator[Article], outcomes: SimpleQueue[_Outcome], free: int
) -> int:
    """Begin as many articles as there are free workers; how many there were.

    Each in a thread that nobody waits for at the end of the program: a person who stops the run
    has it stopped, though a model still thinks.
    """
    for begun in range(free):
        article = next(waiting, None)
        if article is None:
            return begun
        threading.Thread(
            target=_read_into, args=(reader, article, outcomes), name=THREAD_NAME, daemon=True
        ).start()
    return free


def _read_into(reader: CloseReader, article: Article, outcomes: SimpleQueue[_Outcome]) -> None:
    try:
        outcomes.put(_Outcome(article, reading=_read_or_retry(reader, article)))
    except Exception as error:  # noqa: BLE001 not swallowed: the thread that runs raises it
        outcomes.put(_Outcome(article, error=error))


def _read_or_retry(reader: CloseReader, article: Article) -> CloseReading:
    """Once more after a time-out, a cut or an answer in no form: those pass, and nonsense varies."""
    try:
        return reader.read_closely(article)
    except _FINAL:
        raise
    except ModelError:
        return reader.read_closely(article)


def _settle(outcome: _Outcome, sink: Sink, tally: _Tally) -> None:
    """Keep what came of an article, or note that nothing did; a bug is raised."""
    error = outcome.error
    if isinstance(error, _FINAL):
        # Not a failure of the article: it stays to be read.
        tally.stopped = tally.stopped or str(error)
    elif isinstance(error, ModelError):
        tally.failures.append(Failure(outcome.article.id, str(error)))
        tally.failed_in_a_row += 1
        if tally.failed_in_a_row >= HOPELESS:
            tally.stopped = tally.stopped or f"{HOPELESS} articles in a row failed: {error}"
    elif error is not None:
        raise error
    elif outcome.reading is not None:
        sink(outcome.article, outcome.reading)
        tally.read += 1
        tally.deals += len(outcome.reading.mentions)
        tally.usage += outcome.reading.usage
        tally.failed_in_a_row = 0
