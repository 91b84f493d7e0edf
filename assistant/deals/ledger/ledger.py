"""The ledger: every deal of the articles as a record with its proof, and the companies in them.

It follows the articles by itself. What was read of an article is written in one transaction, so it is
there whole or not at all, and a stopped catch-up goes on where it stopped. Companies and deals are
worked out from the records in another, with the position that says so. Knows no reader of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select

from assistant.deals.ledger.book import DealBook, make_book
from assistant.deals.ledger.grouping import grouping_number, regroup
from assistant.deals.ledger.histories import FAR, Deal, assemble_deal, days_between, happens_on
from assistant.deals.ledger.joining import Days, days_of
from assistant.deals.ledger.readings import MODEL, Reader, Unread, reading_of, take_reading
from assistant.deals.ledger.register import Company, CompanyRegister, company_titles, number_of
from assistant.deals.ledger.rows import (
    HeldMention,
    load_mentions,
    load_namings,
    load_sketches,
    participants,
    write_reading,
)
from assistant.deals.ledger.topics import is_about
from assistant.deals.records import DealMention, Kind, Stage
from assistant.domain import Article
from assistant.errors import DealMissing, FilterRefused
from assistant.library import database as db
from assistant.library.articles import article_of, digest
from assistant.library.database import read_pointer, write_pointer

Progress = Callable[[int, int], None]

_POSITION = "ledger"
_CHUNK = 32
"""Articles a transaction: seconds of reading at most to lose."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deals; what is empty chooses all. `company` is a name or an id such as `c12`.

    `since` and `until` are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, both included: a deal is in when one of
    its events falls between them. `topic`: each of its words stands in what the deal is about.
    """

    company: str = ""
    kind: Kind | None = None
    status: Stage | None = None
    since: str = ""
    until: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of what the ledger holds; `unread` are articles the reader failed at."""

    mentions: int
    deals: int
    companies: int
    unread: int


class Ledger:
    """Deals of one database, and in `register` its companies. Safe to share between threads; one process writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.register = CompanyRegister(engine)
        self._book: tuple[int, DealBook] = (-1, DealBook())

    # Following the articles

    def catch_up(
        self, reader: Reader, progress: Progress = lambda _done, _total: None
    ) -> list[Unread]:
        """Read what is new, edited, or was read by another version; drop what is gone.

        Returns the articles that were read now and failed; they are tried again when they change.
        """
        with self._engine.connect() as connection:
            position = self._end_of_log(connection)
            pending = self._pending(connection, reader.version)
            done = read_pointer(connection, _POSITION)
        failed: list[Unread] = []
        for i in range(0, len(pending), _CHUNK):
            failed += self._read(pending[i : i + _CHUNK], reader)
            progress(min(i + _CHUNK, len(pending)), len(pending))
        reached = json.dumps({"position": position, "reader": reader.version})
        if pending or done != reached:
            with self._engine.begin() as connection:
                regroup(connection)
                write_pointer(connection, _POSITION, reached)
        return failed

    # Reading by somebody who is paid for it

    def pending(self, version: str) -> Iterator[Article]:
        """The articles that this version has not read as they stand, by id."""
        with self._engine.connect() as connection:
            ids = self._pending(connection, version)
        for i in range(0, len(ids), _CHUNK):
            yield from (article for article, _ in self._articles(ids[i : i + _CHUNK]))

    def keep(
        self,
        article: Article,
        mentions: Sequence[DealMention],
        version: str,
        differs: Sequence[str],
    ) -> bool:
        """Keep a reading in place of the one there is; False where the article has changed meanwhile.

        `differs` tells where the reading before it says otherwise. `regroup` makes deals of it.
        """
        print_ = digest(article)
        with self._engine.begin() as connection:
            held = select(db.articles.c.digest).where(db.articles.c.id == article.id)
            if connection.execute(held).scalar() != print_:
                return False
            write_reading(connection, reading_of(article, mentions, differs), version, print_)
        return True

    def regroup(self) -> None:
        """Companies and deals anew from all that has been read."""
        with self._engine.begin() as connection:
            regroup(connection)

    def in_step(self, reader: Reader) -> bool:
        """Whether every article as it stands was read by this version, and deals say so."""
        with self._engine.connect() as connection:
            position = self._end_of_log(connection)
            reached = json.dumps({"position": position, "reader": reader.version})
            same = read_pointer(connection, _POSITION) == reached
            return same and not self._pending(connection, reader.version)

    def _end_of_log(self, connection: Connection) -> int:
        return connection.execute(select(func.max(db.changes.c.seq))).scalar() or 0

    def _pending(self, connection: Connection, version: str) -> list[str]:
        a, r = db.articles.c, db.readings.c
        older = r.reader != version
        if not version.startswith(MODEL):
            older = and_(older, r.reader.not_like(f"{MODEL}%"))
        behind = or_(r.article_id.is_(None), older, r.digest != a.digest)
        query = select(a.id).outerjoin(db.readings, a.id == r.article_id).where(behind)
        return list(connection.execute(query.order_by(a.id)).scalars())

    def _read(self, article_ids: list[str], reader: Reader) -> list[Unread]:
        # Read outside the transaction: a slow reader keeps no lock.
        articles = self._articles(article_ids)
        readings = [(take_reading(article, reader), print_) for article, print_ in articles]
        with self._engine.begin() as connection:
            for reading, digest in readings:
                write_reading(connection, reading, reader.version, digest)
        return [Unread(r.article_id, r.failure) for r, _ in readings if r.failure]

    def _articles(self, ids: list[str]) -> list[tuple[Article, str]]:
        """Articles, each with the digest it is kept under."""
        query = select(db.articles).where(db.articles.c.id.in_(ids)).order_by("id")
        with self._engine.connect() as connection:
            return [(article_of(row), row.digest) for row in connection.execute(query)]

    # Looking

    def deals(self, chosen: Filter = Filter()) -> list[Deal]:
        """All deals that fit, by first known date, then id; those without a date last.

        Raises CompanyMissing for a company that no article names, FilterRefused for a bad date.
        """
        between = _between(chosen)
        with self._engine.connect() as connection:
            found = self._assemble(connection, self._chosen(connection, chosen))
        fitting = [
            deal for deal in found if happens_on(deal, between) and is_about(deal, chosen.topic)
        ]
        return sorted(fitting, key=_deal_order)

    def book(self) -> DealBook:
        """All deals and their companies; the same object until one changes."""
        with self._engine.connect() as connection:
            number = grouping_number(connection)
        if self._book[0] != number:
            self._book = (number, make_book(self.deals(), self.companies()))
        return self._book[1]

    def deal(self, deal_id: str) -> Deal:
        """Raises DealMissing."""
        number = number_of(deal_id, "d")
        with self._engine.connect() as connection:
            found = self._assemble(connection, [number] if number else [])
        if not found:
            raise DealMissing(f"no deal has the id {deal_id!r}; `accord deals` lists them")
        return found[0]

    def mentions(self) -> list[HeldMention]:
        """What each article tells, by date of article, its id and the order in it."""
        with self._engine.connect() as connection:
            return load_mentions(connection)

    def unread(self) -> list[Unread]:
        """Articles the reader failed at, by id."""
        r = db.readings.c
        query = select(r.article_id, r.failure).where(r.failure.is_not(None))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(r.article_id)).all()
        return [Unread(row.article_id, row.failure) for row in rows]

    def disagreements(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """Where two readings of an article differ, a line each, by article id."""
        r = db.readings.c
        query = select(r.article_id, r.disagreement).where(r.article_id.in_(list(article_ids)))
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query) if row[1]}

    def counts(self) -> Counts:
        with self._engine.connect() as connection:
            mentions, deals, companies = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (db.mentions, db.deals, db.companies)
            )
            failed = select(func.count()).where(db.readings.c.failure.is_not(None))
            unread = connection.execute(failed).scalar_one()
        return Counts(mentions, deals, companies, unread)

    def companies(self, name: str = "") -> list[Company]:
        """As `CompanyRegister.find`."""
        return self.register.find(name)

    def _chosen(self, connection: Connection, chosen: Filter) -> list[int]:
        query = select(db.deals.c.id)
        if chosen.kind:
            query = query.where(db.deals.c.kind == chosen.kind)
        if chosen.status:
            query = query.where(db.deals.c.stage == chosen.status)
        numbers = set(connection.execute(query).scalars())
        if chosen.company:
            mine = select(db.deal_parties.c.deal_id).where(
                db.deal_parties.c.company_id.in_(self.register.meant(connection, chosen.company))
            )
            numbers &= set(connection.execute(mine).scalars())
        return sorted(numbers)

    def _assemble(self, connection: Connection, numbers: list[int]) -> list[Deal]:
        held = load_mentions(connection, numbers)
        article_ids = {one.source.article_id for one in held}
        companies = participants(
            held, load_namings(connection, article_ids), company_titles(connection)
        )
        sketches = load_sketches(connection, article_ids)
        tellings: dict[int, list[Any]] = {}
        for one in held:
            if one.id in companies and one.deal_id is not None:
                told = (one.source, one.mention, companies[one.id])
                tellings.setdefault(one.deal_id, []).append(told)
        return [assemble_deal(f"d{n}", tellings[n], sketches) for n in numbers if n in tellings]


def _deal_order(deal: Deal) -> tuple[int, int]:
    days = days_of(deal.date)
    return (days.first if days else FAR), int(deal.id[1:])


def _between(chosen: Filter) -> Days | None:
    """The days to look at; None for all."""
    for text in (chosen.since, chosen.until):
        if text and days_of(text) is None:
            raise FilterRefused(f"{text!r} is no date; write it as 2014, 2014-03 or 2014-03-12")
    return days_between(chosen.since, chosen.until) if chosen.since or chosen.until else None
