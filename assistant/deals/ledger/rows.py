"""Rows of the ledger's tables to records and back. One transaction is the caller's affair.

Knows nothing of how companies are told apart or mentions joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from assistant.deals.ledger.companies import Act, Decision, Join, Why
from assistant.deals.ledger.company_names import company_key
from assistant.deals.ledger.histories import Participant
from assistant.deals.ledger.joining import FAMILIES
from assistant.deals.ledger.readings import Reading
from assistant.deals.ledger.statements import Marks, Naming, Tie, TieKind
from assistant.deals.records import DealMention, Role
from assistant.domain import Source, Span
from assistant.library import database as db

BATCH = 500
"""Ids a statement: SQLite of older builds takes 999 parameters."""

KEY_LENGTH = 200
"""Characters of a name's key that are kept to find it by."""


@dataclass(frozen=True, slots=True)
class HeldMention:
    """A mention as it is kept, with its article and, once joined, its deal."""

    id: int
    source: Source
    mention: DealMention
    deal_id: int | None


@dataclass(frozen=True, slots=True)
class HeldNaming:
    """A name in an article, with its company once it is settled."""

    id: int
    naming: Naming
    company_id: int | None


@lru_cache(maxsize=1)
def _form() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(DealMention)


def write_reading(connection: Connection, reading: Reading, reader: str, digest: str) -> None:
    """Replace what is kept of an article. New mentions and names remember the deal and the company of
    the old ones they resemble, so that ids outlive a re-reading.
    """
    article_id = reading.article_id
    deals = _DealMemory(connection, article_id)
    old = connection.execute(
        select(db.namings.c.name, db.namings.c.company_id).where(
            db.namings.c.article_id == article_id
        )
    )
    companies = {company_key(row.name): row.company_id for row in old}
    for table in (db.mentions, db.namings, db.ties, db.readings):
        connection.execute(delete(table).where(table.c.article_id == article_id))
    connection.execute(
        insert(db.readings).values(
            article_id=article_id,
            reader=reader,
            digest=digest,
            sketch=list(reading.sketch),
            failure=reading.failure or None,
            disagreement=list(reading.disagreement) or None,
        )
    )
    _insert(
        connection,
        db.mentions,
        [_mention_row(i, m, deals.recall(m)) for i, m in enumerate(reading.mentions)],
    )
    _insert(
        connection,
        db.namings,
        [_naming_row(n, companies.get(company_key(n.name))) for n in reading.namings],
    )
    _insert(connection, db.ties, [_tie_row(tie) for tie in reading.ties])


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


def _mention_row(ordinal: int, mention: DealMention, deal_id: int | None) -> dict[str, Any]:
    return {
        "article_id": mention.article_id,
        "ordinal": ordinal,
        "kind": mention.kind,
        "stage": mention.standing.stage,
        "main": mention.main,
        "record": _form().dump_json(mention).decode(),
        "deal_id": deal_id,
    }


def _naming_row(naming: Naming, company_id: int | None) -> dict[str, Any]:
    return {
        "article_id": naming.article_id,
        "name": naming.name,
        "surface": naming.surface,
        "country": naming.marks.country,
        "trade": naming.marks.trade,
        "company_id": company_id,
    }


def _tie_row(tie: Tie) -> dict[str, Any]:
    fields = {"article_id": tie.article_id, "name": tie.name, "other": tie.other, "kind": tie.kind}
    return fields | {"start": tie.span.start, "end": tie.span.end}


class _DealMemory:
    """Which deals an article's mentions were of, before it is read again."""

    def __init__(self, connection: Connection, article_id: str) -> None:
        mine = db.mentions.c.article_id == article_id
        self._held = [
            (row.deal_id, _family_and_keys(_form().validate_json(row.record)))
            for row in connection.execute(select(db.mentions).where(mine).order_by("id"))
            if row.deal_id is not None
        ]

    def recall(self, mention: DealMention) -> int | None:
        """The deal of the old mention most like this one, each used once."""
        family, keys = _family_and_keys(mention)
        alike = [
            (len(keys & held_keys), -i)
            for i, (_, (held_family, held_keys)) in enumerate(self._held)
            if held_family == family and keys & held_keys
        ]
        return self._held.pop(-max(alike)[1])[0] if alike else None


def _family_and_keys(mention: DealMention) -> tuple[str, frozenset[str]]:
    return FAMILIES[mention.kind], frozenset(company_key(party.name) for party in mention.parties)


def load_mentions(
    connection: Connection, deal_ids: Iterable[int] | None = None
) -> list[HeldMention]:
    """Mentions of some deals, or all, by date of article, its id and their place in it."""
    a = db.articles.c
    columns = (a.title, a.publisher, a.date, a.url)
    query = select(db.mentions, *columns).join(db.articles, a.id == db.mentions.c.article_id)
    rows: list[Row[Any]] = []
    if deal_ids is None:
        rows = list(connection.execute(query))
    else:
        for some in batches(sorted(deal_ids)):
            rows += connection.execute(query.where(db.mentions.c.deal_id.in_(some)))
    rows.sort(key=lambda r: (r.date is None, r.date or "", r.article_id, r.ordinal))
    read = _form().validate_json
    return [
        HeldMention(
            r.id,
            Source(r.article_id, r.title, r.publisher, r.date, r.url),
            read(r.record),
            r.deal_id,
        )
        for r in rows
    ]


def load_namings(
    connection: Connection, article_ids: Iterable[str] | None = None
) -> list[HeldNaming]:
    """Names in some articles, or all."""
    return [
        HeldNaming(
            r.id, Naming(r.article_id, r.name, r.surface, Marks(r.country, r.trade)), r.company_id
        )
        for r in _of_articles(connection, db.namings, article_ids)
    ]


def load_ties(connection: Connection) -> list[Tie]:
    return [
        Tie(r.article_id, r.name, r.other, TieKind(r.kind), Span(r.start, r.end))
        for r in connection.execute(select(db.ties))
    ]


def load_sketches(
    connection: Connection, article_ids: Iterable[str] | None = None
) -> dict[str, tuple[int, ...]]:
    """Sketches of some articles, or all, by article id."""
    rows = _of_articles(connection, db.readings, article_ids)
    return {r.article_id: tuple(r.sketch) for r in rows}


def _of_articles(
    connection: Connection, table: Table, article_ids: Iterable[str] | None
) -> list[Row[Any]]:
    if article_ids is None:
        return list(connection.execute(select(table)))
    rows: list[Row[Any]] = []
    for some in batches(sorted(set(article_ids))):
        rows += connection.execute(select(table).where(table.c.article_id.in_(some)))
    return rows


def batches(ids: Sequence[Any]) -> list[Sequence[Any]]:
    return [ids[i : i + BATCH] for i in range(0, len(ids), BATCH)]


def set_column(
    connection: Connection, table: Table, column: str, values: Mapping[int, int]
) -> None:
    """Set one column of rows given by id."""
    if values:
        statement = update(table).where(table.c.id == bindparam("row"))
        connection.execute(
            statement.values({column: bindparam("value")}),
            [{"row": row, "value": value} for row, value in values.items()],
        )


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """A company to be written: `names` with the number of articles that use each."""

    id: int
    name: str
    names: tuple[tuple[str, int], ...]
    joins: tuple[Join, ...]


def replace_companies(connection: Connection, lines: Sequence[CompanyLine]) -> None:
    for table in (db.company_joins, db.company_names, db.companies):
        connection.execute(delete(table))
    _insert(connection, db.companies, [{"id": line.id, "name": line.name} for line in lines])
    _insert(
        connection,
        db.company_names,
        [
            {
                "company_id": line.id,
                "name": name,
                "key": company_key(name)[:KEY_LENGTH],
                "articles": count,
            }
            for line in lines
            for name, count in line.names
        ],
    )
    _insert(
        connection, db.company_joins, [_join_row(line.id, j) for line in lines for j in line.joins]
    )


def _join_row(company_id: int, join: Join) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "name": join.name,
        "other": join.other,
        "why": join.why,
        "article_id": join.article_id,
        "start": join.span.start if join.span else None,
        "end": join.span.end if join.span else None,
        "reason": join.reason,
    }


def join_of(row: Row[Any]) -> Join:
    """A kept reason for a merge."""
    span = None if row.start is None else Span(row.start, row.end)
    return Join(row.name, row.other, Why(row.why), row.article_id, span, row.reason)


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal to be written: what lists are chosen by."""

    id: int
    kind: str
    stage: str
    parties: tuple[tuple[int, Role], ...]


def replace_deals(connection: Connection, lines: Sequence[DealLine]) -> None:
    for table in (db.deal_parties, db.deals):
        connection.execute(delete(table))
    fields = [{"id": line.id, "kind": line.kind, "stage": line.stage} for line in lines]
    _insert(connection, db.deals, fields)
    parties = [
        {"deal_id": line.id, "company_id": company_id, "role": role}
        for line in lines
        for company_id, role in line.parties
    ]
    _insert(connection, db.deal_parties, parties)


def participants(
    held: Iterable[HeldMention], namings: Iterable[HeldNaming], names: Mapping[int, str]
) -> dict[int, tuple[Participant, ...]]:
    """The company of each party, by mention; `names` are those of companies by number.

    Mentions of which a company is not settled yet, while articles are being read, are left out.
    """
    by_place: dict[str, dict[str, int]] = defaultdict(dict)
    for item in namings:
        if item.company_id is not None:
            by_place[item.naming.article_id][item.naming.name] = item.company_id
    told = {}
    for one in held:
        places = by_place[one.source.article_id]
        numbers = [places.get(party.name, 0) for party in one.mention.parties]
        if all(number in names for number in numbers):
            told[one.id] = tuple(
                Participant(f"c{number}", names[number], party.role)
                for number, party in zip(numbers, one.mention.parties, strict=True)
            )
    return told


def load_decisions(connection: Connection) -> list[Decision]:
    """All of them, also those undone, oldest first."""
    return [
        Decision(
            id=r.id,
            act=Act(r.act),
            name=r.name,
            reason=r.reason,
            other=r.other,
            article_id=r.article_id,
            other_article_id=r.other_article_id,
            articles=tuple(r.articles),
            at=r.at,
            undone_at=r.undone_at,
        )
        for r in connection.execute(select(db.decisions).order_by(db.decisions.c.id))
    ]


def add_decision(connection: Connection, decision: Decision) -> int:
    """Keep a decision; its number is given here."""
    fields = asdict(decision) | {"articles": list(decision.articles)}
    del fields["id"]
    added = connection.execute(insert(db.decisions).values(**fields))
    key = added.inserted_primary_key
    assert key is not None, "an insert of one row has a key"  # noqa: S101
    return int(key[0])
