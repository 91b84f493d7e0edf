"""The articles of a library read with a model, into the ledger: what is still to be read, and the run.

What a model has read stays until its article changes; where it differs from the offline reading is
kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.deals.ledger.ledger import Ledger
from assistant.deals.ledger.readings import Reader
from assistant.deals.model.cost import Prices, Usage, told_cost
from assistant.deals.model.disagreement import compare_readings, told_disagreement
from assistant.deals.model.reading import CloseReading, ModelReader
from assistant.deals.model.run import RunReport, estimate_run, read_articles
from assistant.domain import Article

Progress = Callable[[int, int], None]


class LibraryRun:
    """Reads with `reader` what it has not read yet; one that was stopped goes on where it stopped."""

    def __init__(
        self, ledger: Ledger, reader: ModelReader, offline: Reader, prices: Prices, workers: int
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._offline = offline
        self._prices = prices
        self._workers = workers
        self.articles = sum(1 for _ in ledger.pending(reader.version))

    def estimate(self) -> str:
        """What the run will use and cost, in words."""
        pending = self._ledger.pending(self._reader.version)
        return self.told(estimate_run(self._reader, pending))

    def told(self, usage: Usage) -> str:
        return told_cost(usage, self._prices)

    def run(self, progress: Progress = lambda _done, _total: None) -> RunReport:
        """Deals are made of what was read, however the run ends."""
        try:
            return read_articles(
                self._reader,
                self._ledger.pending(self._reader.version),
                self._keep,
                workers=self._workers,
                progress=lambda done: progress(done, self.articles),
            )
        finally:
            self._ledger.regroup()

    def _keep(self, article: Article, reading: CloseReading) -> None:
        comparison = compare_readings(self._offline.read(article), reading.mentions)
        differs = told_disagreement(comparison)
        self._ledger.keep(article, reading.mentions, self._reader.version, differs)
