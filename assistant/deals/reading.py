"""Reading an article's deals with no model but what is shipped: names, links between them, details.

Most sentences hold no deal word and are only counted past. Knows nothing of how records are kept.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from assistant.deals.cores import read_cores, sentences_of, sentences_to_read, sentences_to_show
from assistant.deals.details import complete
from assistant.deals.names import find_actors
from assistant.deals.names_references import resolve_references
from assistant.deals.names_tagger import ADAPTER_SHA256 as NAMES
from assistant.deals.names_tagger import NameTagger
from assistant.deals.pairs import ADAPTER_SHA256 as PAIRS
from assistant.deals.pairs import PairReader
from assistant.deals.records import DealMention
from assistant.domain import Article

RULES = 1
"""Goes up whenever rules or small weights change what is read, so that libraries are read again."""


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
        sentences = sentences_of(article)
        if not sentences_to_read(article, sentences):
            return []
        shown = [sentences[i] for i in sentences_to_show(article, sentences)]
        actors = find_actors(article, shown, self._names)
        references = resolve_references(article, actors, shown)
        cores = read_cores(article, actors, self._pairs, references, sentences)
        return [complete(article, core, cores) for core in cores]

    @cached_property
    def _names(self) -> NameTagger:
        return NameTagger(self._cache_folder, self._threads)

    @cached_property
    def _pairs(self) -> PairReader:
        return PairReader(self._cache_folder, self._threads)
