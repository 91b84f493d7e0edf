"""How an index follows the database: what it must offer, and the one loop that brings it up to date.

Knows nothing of vectors or words. The order of the loop makes it safe to be killed anywhere: removals
first, then passages in the order of the log, and the position only after what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from assistant.domain import Article, Passage
from assistant.library.articles import ArticleStore, Change

_CHUNK = 256
"""Passages handed over at once: enough for length-sorted batches, little enough to lose."""

Progress = Callable[[int, int], None]


class Projection(Protocol):
    """An index that holds passages by id and remembers how far in the change log it has come."""

    @property
    def position(self) -> int: ...

    def count(self) -> int: ...

    def ids(self) -> set[int]: ...

    def remove(self, ids: Sequence[int]) -> None:
        """Ids that are not held are passed over."""
        ...

    def add(self, passages: Sequence[tuple[Passage, Article]]) -> None:
        """Passages that are held already are passed over: an id never changes its text."""
        ...

    def advance(self, position: int) -> None: ...

    def clear(self) -> None:
        """Empty the index and forget the position."""
        ...


def catch_up(
    store: ArticleStore, index: Projection, progress: Progress = lambda _done, _total: None
) -> None:
    """Bring `index` to the end of the change log; `progress` counts articles.

    An index that does not hold what its position says, after a crash or a loss, starts from nothing.
    """
    astray = index.position > store.holdings().last_change
    if astray or (index.position == 0 and index.count()):
        index.clear()
    follow(store, index, progress)
    if index.count() != store.holdings().passages:
        index.clear()
        follow(store, index, progress)


def follow(
    store: ArticleStore,
    index: Projection,
    progress: Progress = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Go along the change log as it stands now, or until `stop` after some passages.

    Articles may be taken in meanwhile; whether the index then holds what it should is for `catch_up`.
    """
    pending = store.changes_after(index.position)
    if not pending:
        return
    if index.position:
        index.remove([passage_id for change in pending for passage_id in change.removed])
    newest = {change.article_id: change for change in pending}
    changes = sorted(newest.values(), key=lambda change: change.seq)
    done = 0
    for chunk, passages in _chunks(store, changes):
        index.add(passages)
        index.advance(chunk[-1].seq)
        done += len(chunk)
        progress(done, len(changes))
        if stop():
            return


def in_step(store: ArticleStore, index: Projection) -> bool:
    """Whether the index holds exactly the passages of the database."""
    at_end = index.position == store.holdings().last_change
    return at_end and index.ids() == set(store.passage_ids())


def _chunks(
    store: ArticleStore, changes: Iterable[Change]
) -> Iterator[tuple[list[Change], list[tuple[Passage, Article]]]]:
    """Runs of changes with the passages their articles have now, about `_CHUNK` at a time."""
    chunk: list[Change] = []
    passages: list[tuple[Passage, Article]] = []
    for change in changes:
        chunk.append(change)
        if len(chunk) % 32 == 0:
            passages += store.passages_of(c.article_id for c in chunk[-32:])
            if len(passages) >= _CHUNK:
                yield chunk, passages
                chunk, passages = [], []
    rest = len(chunk) % 32
    if rest:
        passages += store.passages_of(c.article_id for c in chunk[-rest:])
    if chunk:
        yield chunk, passages
