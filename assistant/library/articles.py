"""Articles and passages in the database, and the log of what changed.

Every change of an article is one transaction: the article, its passages and one line of the log.
Passage ids are never reused, so an index that holds an id holds the right text for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from assistant.domain import Article, Passage, Source, Span
from assistant.errors import ArticleMissing
from assistant.library import database as db

_BATCH = 500
"""Ids a statement: SQLite of older builds takes 999 parameters."""


class Put(StrEnum):
    """What taking in an article did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """What an index must do to follow: drop `removed`, hold the article's passages if it has any."""

    seq: int
    article_id: str
    removed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts and dates of what is held; `last_change` is 0 for a library that never changed."""

    articles: int
    passages: int
    first_date: str | None
    last_date: str | None
    updated_at: str | None
    last_change: int


def digest(article: Article) -> str:
    """Fingerprint of everything a reader can see of an article."""
    source = article.source
    parts = (source.title, source.publisher, source.date or "", source.url, article.text)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class ArticleStore:
    """The library's articles. Safe to share between threads; one process writes at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_held(self, article: Article) -> bool:
        """Whether exactly this article stands under its id already."""
        with self._engine.connect() as connection:
            held = select(db.articles.c.digest).where(db.articles.c.id == article.id)
            return connection.execute(held).scalar() == digest(article)

    def put(self, article: Article, passages: Sequence[Sequence[Span]], origin: str = "") -> Put:
        """Add or replace an article; an identical one is left alone.

        `passages` are the spans of each passage's sentences.
        """
        source, print_ = article.source, digest(article)
        values = {
            "title": source.title,
            "text": article.text,
            "date": source.date,
            "publisher": source.publisher,
            "url": source.url,
            "origin": origin,
            "digest": print_,
            "updated_at": _now(),
        }
        with self._engine.begin() as connection:
            held = connection.execute(
                select(db.articles.c.digest).where(db.articles.c.id == article.id)
            ).scalar()
            if held == print_:
                return Put.UNCHANGED
            if held is None:
                connection.execute(insert(db.articles).values(id=article.id, **values))
            else:
                connection.execute(
                    update(db.articles).where(db.articles.c.id == article.id).values(**values)
                )
            removed = self._drop_passages(connection, article.id) if held else []
            self._add_passages(connection, article.id, passages, removed)
            return Put.ADDED if held is None else Put.UPDATED

    def remove(self, article_id: str) -> None:
        """Forget an article and its passages. Raises ArticleMissing."""
        with self._engine.begin() as connection:
            removed = self._drop_passages(connection, article_id)
            self._add_passages(connection, article_id, (), removed)
            gone = connection.execute(delete(db.articles).where(db.articles.c.id == article_id))
            if not gone.rowcount:
                raise ArticleMissing(f"no article has the id {article_id!r}")

    def _drop_passages(self, connection: Connection, article_id: str) -> list[int]:
        mine = db.passages.c.article_id == article_id
        removed = list(connection.execute(select(db.passages.c.id).where(mine)).scalars())
        connection.execute(delete(db.passages).where(mine))
        return removed

    def _add_passages(
        self,
        connection: Connection,
        article_id: str,
        passages: Sequence[Sequence[Span]],
        removed: list[int],
    ) -> None:
        """New passages, and the line of the log that tells of them and of those removed."""
        if passages:
            connection.execute(
                insert(db.passages),
                [
                    {
                        "article_id": article_id,
                        "ordinal": ordinal,
                        "start": sentences[0].start,
                        "end": sentences[-1].end,
                        "sentences": [[s.start, s.end] for s in sentences],
                    }
                    for ordinal, sentences in enumerate(passages)
                ],
            )
        connection.execute(
            insert(db.changes).values(article_id=article_id, removed=removed, at=_now())
        )

    def get(self, article_id: str) -> Article:
        """Raises ArticleMissing."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(db.articles).where(db.articles.c.id == article_id)
            ).first()
        if row is None:
            raise ArticleMissing(f"no article has the id {article_id!r}")
        return article_of(row)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """Articles by id; ids that are not held are left out."""
        return {row.id: article_of(row) for row in self._rows(db.articles, db.articles.c.id, ids)}

    def holds(self, article_id: str) -> bool:
        """Whether some article stands under this id."""
        with self._engine.connect() as connection:
            found = select(db.articles.c.id).where(db.articles.c.id == article_id)
            return connection.execute(found).first() is not None

    def same_text(self, article: Article) -> str | None:
        """Id of an article that reads exactly like this one, whatever its own id."""
        with self._engine.connect() as connection:
            found = select(db.articles.c.id).where(db.articles.c.digest == digest(article))
            return connection.execute(found).scalar()

    def sources(self) -> list[Source]:
        """All articles without their text, newest first, undated ones last."""
        a = db.articles.c
        query = select(a.id, a.title, a.publisher, a.date, a.url)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(a.date.desc().nulls_last(), a.id)).all()
        return [Source(r.id, r.title, r.publisher, r.date, r.url) for r in rows]

    def passages(self, ids: Iterable[int]) -> list[tuple[Passage, Article]]:
        """Passages with their articles, in the order of `ids`; ids that are not held are left out."""
        wanted = list(ids)
        rows = {row.id: row for row in self._rows(db.passages, db.passages.c.id, wanted)}
        articles = self.get_many({row.article_id for row in rows.values()})
        found = (rows[i] for i in wanted if i in rows)
        return [(_passage(r, articles[r.article_id]), articles[r.article_id]) for r in found]

    def passages_of(self, article_ids: Iterable[str]) -> list[tuple[Passage, Article]]:
        """All passages of some articles, in the order of their ids."""
        ids = list(article_ids)
        articles = self.get_many(ids)
        rows = self._rows(db.passages, db.passages.c.article_id, ids)
        rows.sort(key=lambda row: row.id)
        return [
            (_passage(row, articles[row.article_id]), articles[row.article_id])
            for row in rows
            if row.article_id in articles
        ]

    def passage_ids(self) -> list[int]:
        """Ids of all passages, ascending."""
        with self._engine.connect() as connection:
            return list(
                connection.execute(select(db.passages.c.id).order_by(db.passages.c.id)).scalars()
            )

    def changes_after(self, seq: int) -> list[Change]:
        """The log after `seq`, oldest first."""
        query = select(db.changes).where(db.changes.c.seq > seq).order_by(db.changes.c.seq)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Change(r.seq, r.article_id, tuple(r.removed)) for r in rows]

    def holdings(self) -> Holdings:
        a = db.articles.c
        with self._engine.connect() as connection:
            row = connection.execute(
                select(func.count(), func.min(a.date), func.max(a.date), func.max(a.updated_at))
            ).one()
            count = connection.execute(select(func.count()).select_from(db.passages)).scalar_one()
            last = connection.execute(select(func.max(db.changes.c.seq))).scalar() or 0
        return Holdings(row[0], count, row[1], row[2], row[3], last)

    def keep_sentence_vectors(self, embedder: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what an embedder made of the sentences of passages, by passage id.

        A projection like the indexes: it goes with its passage and can be made again.
        """
        if not vectors:
            return
        with self._engine.begin() as connection:
            held = db.sentence_vectors.c.passage_id
            ids = list(vectors)
            for i in range(0, len(ids), _BATCH):
                connection.execute(delete(db.sentence_vectors).where(held.in_(ids[i : i + _BATCH])))
            connection.execute(
                insert(db.sentence_vectors),
                [{"passage_id": i, "embedder": embedder, "vectors": vectors[i]} for i in ids],
            )

    def sentence_vectors(self, embedder: str, ids: Iterable[int]) -> dict[int, bytes]:
        """What this embedder made of the sentences of passages; others' and missing ones are left out."""
        rows = self._rows(db.sentence_vectors, db.sentence_vectors.c.passage_id, ids)
        return {row.passage_id: row.vectors for row in rows if row.embedder == embedder}

    def pointer(self, name: str) -> str | None:
        """A remembered choice, such as which collection of vectors is the live one."""
        with self._engine.connect() as connection:
            return connection.execute(
                select(db.pointers.c.value).where(db.pointers.c.name == name)
            ).scalar()

    def set_pointer(self, name: str, value: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(db.pointers).where(db.pointers.c.name == name))
            connection.execute(insert(db.pointers).values(name=name, value=value))

    def _rows(self, table: Any, column: Any, ids: Iterable[Any]) -> list[Row[Any]]:
        wanted = list(ids)
        rows: list[Row[Any]] = []
        with self._engine.connect() as connection:
            for i in range(0, len(wanted), _BATCH):
                query = select(table).where(column.in_(wanted[i : i + _BATCH]))
                rows.extend(connection.execute(query).all())
        return rows


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def article_of(row: Row[Any]) -> Article:
    """The article in a row of the table."""
    return Article(Source(row.id, row.title, row.publisher, row.date, row.url), row.text)


def _passage(row: Row[Any], article: Article) -> Passage:
    span = Span(row.start, row.end)
    return Passage(
        id=row.id,
        article_id=row.article_id,
        ordinal=row.ordinal,
        span=span,
        text=article.content[span.start : span.end],
        sentences=tuple(Span(start, end) for start, end in row.sentences),
    )
