"""The SQL database: its tables, and an engine brought to the newest schema.

Knows SQLite and any other address SQLAlchemy takes. The tables of the conversation checkpointer
are LangGraph's own and are not described here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import LibraryError

SCHEMA = "0003"
"""Newest migration; a test holds it to the folder migrations/versions."""

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("id", String(512), primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("date", String(10)),
    Column("publisher", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Index("ix_articles_digest", "digest"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", JSON, nullable=False),
    Index("ix_passages_article_id", "article_id"),
    sqlite_autoincrement=True,
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("article_id", String(512), nullable=False),
    Column("removed", JSON, nullable=False),
    Column("at", String(32), nullable=False),
    sqlite_autoincrement=True,
)

sentence_vectors = Table(
    "sentence_vectors",
    metadata,
    Column(
        "passage_id",
        ForeignKey("passages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("embedder", String(128), nullable=False),
    Column("vectors", LargeBinary, nullable=False),
)

pointers = Table(
    "pointers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("reader", String(128), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sketch", JSON, nullable=False),
    Column("failure", Text),
    Column("disagreement", JSON),
)
"""What was read of each article, by which version of the reader; `digest` is that of the text read."""

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("main", Boolean, nullable=False),
    Column("record", Text, nullable=False),
    # No reference: a mention remembers its deal while the deals are written anew.
    Column("deal_id", Integer),
    Index("ix_mentions_article_id", "article_id"),
    Index("ix_mentions_deal_id", "deal_id"),
    sqlite_autoincrement=True,
)

namings = Table(
    "namings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("surface", Text, nullable=False),
    Column("country", String(16), nullable=False),
    Column("trade", String(16), nullable=False),
    Column("company_id", Integer),
    Index("ix_namings_article_id", "article_id"),
    Index("ix_namings_company_id", "company_id"),
    sqlite_autoincrement=True,
)

ties = Table(
    "ties",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Index("ix_ties_article_id", "article_id"),
    sqlite_autoincrement=True,
)

companies = Table(
    "companies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

company_names = Table(
    "company_names",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("key", String(200), nullable=False),
    Column("articles", Integer, nullable=False),
    Index("ix_company_names_company_id", "company_id"),
    Index("ix_company_names_key", "key"),
    sqlite_autoincrement=True,
)

company_joins = Table(
    "company_joins",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("why", String(128), nullable=False),
    Column("article_id", String(512), nullable=False),
    Column("start", Integer),
    Column("end", Integer),
    Column("reason", Text, nullable=False),
    Index("ix_company_joins_company_id", "company_id"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("act", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("article_id", String(512), nullable=False),
    Column("other_article_id", String(512), nullable=False),
    Column("articles", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("undone_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
"""The owner's word on names. It names names and articles, not rows, so that re-reading keeps it."""

deals = Table(
    "deals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
)
"""One line a deal, to choose by; what a deal is comes from its mentions."""

deal_parties = Table(
    "deal_parties",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("deal_id", ForeignKey("deals.id", ondelete="CASCADE"), nullable=False),
    Column("company_id", Integer, nullable=False),
    Column("role", String(16), nullable=False),
    Index("ix_deal_parties_deal_id", "deal_id"),
    Index("ix_deal_parties_company_id", "company_id"),
    sqlite_autoincrement=True,
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("asked", String(32), nullable=False),
    Column("before", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("writer", Text, nullable=False),
    Column("abstention", String(32)),
    Column("evidence", JSON, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
"""What persons say of answers. A copy of what was judged: conversations lie elsewhere."""


def open_database(address: str) -> Engine:
    """Engine on a database with the newest schema, made or migrated where needed.

    Raises LibraryError when it cannot be opened, saying where it is but never its password.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise LibraryError(
            "ACCORD_DATABASE_URL is no address of a database, or its driver is not installed "
            f"({type(error).__name__}); write one such as postgresql+psycopg://user:word@host/name"
        ) from None
    except OSError as error:
        raise LibraryError(
            f"the database {shown_address(address)} cannot be made: {error.strerror}"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    try:
        if _schema(engine) != SCHEMA:
            _migrate(engine)
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or type(error).__name__
        raise LibraryError(
            f"the database {shown_address(address)} cannot be opened: {reason}"
        ) from None
    return engine


def read_pointer(connection: Connection, name: str) -> str | None:
    """A remembered value, inside the caller's transaction."""
    query = select(pointers.c.value).where(pointers.c.name == name)
    return connection.execute(query).scalar()


def write_pointer(connection: Connection, name: str, value: str) -> None:
    """Remember a value, inside the caller's transaction."""
    connection.execute(delete(pointers).where(pointers.c.name == name))
    connection.execute(insert(pointers).values(name=name, value=value))


def shown_address(address: str) -> str:
    """Where a database is, without who opens it and with what."""
    # A password may hold an "@" or "/" that was not encoded: what stands before the last "@" goes.
    scheme, _, rest = address.partition("://")
    url = make_url(f"{scheme}://{rest.rpartition('@')[2]}")
    place = f"{url.host or ''}{f':{url.port}' if url.port else ''}/{url.database or ''}"
    return f"{url.get_backend_name()}://{place}"


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _schema(engine: Engine) -> str | None:
    version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(select(version.c.version_num)).scalar()


def _migrate(engine: Engine) -> None:
    # Alembic takes 0.3 s to import: only where the schema is not the newest.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise LibraryError(
                f"the database was written by a newer Accord and cannot be read by this one ({error}); "
                "install the newer version"
            ) from error
