"""Both indexes of a library together: opened, brought up to date, rebuilt.

Knows how they lie in the data folder; what each holds is their own affair.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from assistant.errors import AccordError, IndexBroken
from assistant.library.articles import ArticleStore
from assistant.search import projection
from assistant.search.embedding import Embedder
from assistant.search.lexical import LexicalIndex
from assistant.search.retriever import HybridRetriever
from assistant.search.vectors import VectorIndex, flip, open_vectors

Progress = Callable[[str, int, int], None]

_LOOK_S = 0.2
"""How often the change log is looked at while articles are taken in."""

_log = logging.getLogger(__name__)


class Indexes:
    """Vectors and words over one store, and the retriever over both."""

    def __init__(self, store: ArticleStore, vectors: VectorIndex, words: LexicalIndex) -> None:
        self._store = store
        self.vectors = vectors
        self.words = words
        self.retriever = HybridRetriever(store=store, vectors=vectors, words=words)

    def catch_up(self, progress: Progress) -> None:
        """Follow the change log to its end, then make this collection of vectors the live one."""
        projection.catch_up(
            self._store, self.words, lambda done, total: progress("indexing words", done, total)
        )
        projection.catch_up(
            self._store, self.vectors, lambda done, total: progress("embedding", done, total)
        )
        flip(self._store, self.vectors)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Embed in a thread what is taken in meanwhile, so that neither waits for the other.

        What is left at the end, and any trouble, is for `catch_up`.
        """
        done = threading.Event()

        def embed() -> None:
            with suppress(AccordError):
                while not done.wait(_LOOK_S):
                    projection.follow(self._store, self.vectors, stop=done.is_set)

        with ThreadPoolExecutor(max_workers=1) as executor:
            embedding = executor.submit(embed)
            try:
                yield
            finally:
                done.set()
            embedding.result()

    def close(self) -> None:
        """Let go of Chroma's folder."""
        self.vectors.close()

    def in_step(self) -> bool:
        """Whether both hold exactly what the database holds."""
        return projection.in_step(self._store, self.words) and projection.in_step(
            self._store, self.vectors
        )


def open_indexes(
    data: Path, embedder: Embedder, store: ArticleStore, progress: Progress
) -> Indexes:
    """The indexes in a data folder, up to date; one that cannot be read is built anew."""

    def vectors() -> VectorIndex:
        return open_vectors(data / "vectors", embedder, store)

    def words() -> LexicalIndex:
        return LexicalIndex(data / "words")

    indexes = Indexes(store, _opened(vectors, data / "vectors"), _opened(words, data / "words"))
    indexes.catch_up(progress)
    return indexes


def rebuild_indexes(
    data: Path, embedder: Embedder, store: ArticleStore, progress: Progress
) -> Indexes:
    """Delete both without opening them (a truncated file can crash Chroma), and build them anew."""
    for name in ("vectors", "words"):
        shutil.rmtree(data / name, ignore_errors=True)
    return open_indexes(data, embedder, store, progress)


_Index = TypeVar("_Index")


def _opened(opening: Callable[[], _Index], folder: Path) -> _Index:
    try:
        return opening()
    except IndexBroken as error:
        _log.warning("%s; building it anew from the database", error)
        shutil.rmtree(folder, ignore_errors=True)
        return opening()
