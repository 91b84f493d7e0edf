"""Reading an article's deals with no model but what is shipped: names, links between them, details.

Most sentences hold no deal word and are only counted past. Knows nothing of how records are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from assistant.deals.reading.cores import (
    read_cores,
    sentences_to_show,
)
from assistant.deals.reading.details import complete
from assistant.deals.reading.names import find_actors
from assistant.deals.reading.pairs import ADAPTER_SHA256 as PAIRS
from assistant.deals.reading.pairs import PairReader
from assistant.deals.reading.references import resolve_references
from assistant.deals.reading.sentences import sentences_of
from assistant.deals.reading.tagger import ADAPTER_SHA256 as NAMES
from assistant.deals.reading.tagger import NameTagger
from assistant.deals.records import Core, DealMention
from assistant.domain import Article, Span

RULES = 4
"""Goes up whenever rules or small weights change what is read, so that libraries are read again."""

_RIVALS = 8
"""Deals told before and after one whose prices and dates are held against its own: more are too far
off, and in a list of thousands the work would grow with their square."""

_STRETCH = 120
"""Sentences read together, the title aside. The work grows with their square; news has 20 to 60."""


def _stretches(article: Article) -> Iterator[tuple[Span, ...]]:
    """All sentences of an article of usual length; a book in parts, each with the title before it."""
    head, *rest = sentences_of(article) or (None,)
    if head is not None:
        for start in range(0, max(1, len(rest)), _STRETCH):
            yield (head, *rest[start : start + _STRETCH])


class OfflineReader:
    """A `Reader` whose weights load when the first article with a deal word is read.

    Safe for several threads. Raises WeightsMissing.
    """

    version = f"offline-{RULES}-{NAMES[:8]}-{PAIRS[:8]}"

    def __init__(self, cache_folder: Path, threads: int | None = None) -> None:
        self._cache_folder = cache_folder
        self._threads = threads

    def read(self, article: Article) -> list[DealMention]:
        """The deals in the order in which the article tells them."""
        cores = [core for part in _stretches(article) for core in self._cores(article, part)]
        return [
            complete(article, core, cores[max(0, i - _RIVALS) : i + _RIVALS + 1])
            for i, core in enumerate(cores)
        ]

    def _cores(self, article: Article, sentences: Sequence[Span]) -> list[Core]:
        shown = [sentences[i] for i in sentences_to_show(article, sentences)]
        if not shown:
            return []
        actors = find_actors(article, shown, self._names)
        references = resolve_references(article, actors, shown)
        return read_cores(article, actors, self._pairs, references, sentences)

    @cached_property
    def _names(self) -> NameTagger:
        return NameTagger(self._cache_folder, self._threads)

    @cached_property
    def _pairs(self) -> PairReader:
        return PairReader(self._cache_folder, self._threads)
