"""Taking in files: each article into the database with its passages, and an account of what happened.

Knows nothing of the indexes: they follow the change log by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.domain import Article, Span
from assistant.library.articles import ArticleStore, Put, digest
from assistant.library.formats import Read, Received, Skipped, list_files, read_file

Files = Sequence[Path | Received]
"""What is taken in: files and folders where they lie, and files that were sent."""

Cut = Callable[[Article], list[tuple[Span, ...]]]
"""An article to its passages, each as the spans of its sentences in the article's content."""


@dataclass(slots=True)
class Report:
    """Counts of articles, and what was skipped."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    def count(self, put: Put) -> None:
        match put:
            case Put.ADDED:
                self.added += 1
            case Put.UPDATED:
                self.updated += 1
            case Put.UNCHANGED:
                self.unchanged += 1

    def plus(self, other: Report) -> Report:
        """Both accounts together."""
        return Report(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.skipped + other.skipped,
        )


def ingest_files(
    paths: Files,
    store: ArticleStore,
    cut: Cut,
    max_bytes: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Take in every article under `paths`. `cut` gives an article's passages.

    `progress(done, total)` counts bytes of files. Never raises for a bad file.
    """
    report = Report()
    found = list(list_files(paths))
    report.skipped += [item for item in found if isinstance(item, Skipped)]
    files = [item for item in found if not isinstance(item, Skipped)]
    sizes = [_size(path) for path in files]
    done, total = 0, sum(sizes)
    seen: dict[str, tuple[str, str]] = {}
    for path, size in zip(files, sizes, strict=True):
        inside = 0
        for item in read_file(path, max_bytes):
            if isinstance(item, Skipped):
                report.skipped.append(item)
                continue
            print_ = digest(item.article)
            first, origin = seen.setdefault(item.article.id, (print_, item.origin))
            if first != print_:
                report.skipped.append(_taken(item, origin))
            else:
                report.count(_take_in(item, store, cut))
            inside = min(inside + len(item.article.text), size)
            progress(done + inside, total)
        done += size
        progress(done, total)
    return report


def _taken(item: Read, origin: str) -> Skipped:
    why = f"its id {item.article.id!r} is that of {origin}; give each article one of its own"
    return Skipped(item.origin, why)


def _take_in(item: Read, store: ArticleStore, cut: Cut) -> Put:
    article = item.article
    if store.is_held(article):
        return Put.UNCHANGED
    # A file that was moved: its own id comes from where it lay.
    if not item.own_id and not store.holds(article.id) and store.same_text(article):
        return Put.UNCHANGED
    return store.put(article, cut(article), item.origin)


def _size(file: Path | Received) -> int:
    try:
        return (file.path if isinstance(file, Received) else file).stat().st_size
    except OSError:
        return 0
