"""The SQL database: its tables, and an engine brought to the newest schema.

Knows SQLite and any other address SQLAlchemy takes. The tables of the conversation checkpointer
are LangGraph's own and are not described here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
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
    event,
    inspect,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import LibraryError

SCHEMA = "0001"
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
