from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from assistant.errors import LibraryError
from assistant.library import database
from assistant.library.database import SCHEMA, metadata, open_database, shown_address

MIGRATIONS = Path(database.__file__).parent / "migrations" / "versions"


def _address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'accord.db'}"


def _pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_migrations_make_exactly_the_tables_the_code_describes(tmp_path: Path) -> None:
    engine = open_database(_address(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_schema_the_code_knows() -> None:
    newest = max(path.name for path in MIGRATIONS.glob("[0-9]*.py"))
    assert newest.startswith(f"{SCHEMA}_")
    assert f'revision = "{SCHEMA}"' in (MIGRATIONS / newest).read_text()


def test_each_migration_follows_the_one_before() -> None:
    files = sorted(MIGRATIONS.glob("[0-9]*.py"))
    revisions = [re.findall(r'^revision = "(\d+)"', path.read_text(), re.M)[0] for path in files]
    downs = [re.findall(r"^down_revision = (.+)$", path.read_text(), re.M)[0] for path in files]
    assert downs == ["None", *(f'"{revision}"' for revision in revisions[:-1])]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    open_database(_address(tmp_path)).dispose()
    engine = open_database(_address(tmp_path))
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
        assert list(versions) == [SCHEMA]
    engine.dispose()


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'accord.db'}").dispose()
    assert (tmp_path / "a" / "b" / "accord.db").is_file()


def test_sqlite_keeps_references_and_lets_readers_and_a_writer_work(tmp_path: Path) -> None:
    engine = open_database(_address(tmp_path))
    assert _pragma(engine, "foreign_keys") == 1
    assert _pragma(engine, "journal_mode") == "wal"
    engine.dispose()


def test_a_database_of_a_newer_accord_is_refused_with_advice(tmp_path: Path) -> None:
    engine = open_database(_address(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(LibraryError, match=r"newer Accord.*install the newer version"):
        open_database(_address(tmp_path))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "accord.db"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(LibraryError, match=re.escape(str(path))):
        open_database(f"sqlite:///{path}")


def test_a_database_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    path = tmp_path / "file" / "sub" / "accord.db"
    with pytest.raises(LibraryError, match=re.escape(str(path))):
        open_database(f"sqlite:///{path}")


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "nonsense://u:hush@h/x",
        "postgres//u:hush@h",
        "postgresql://u:hush@h:abc/db",
        "mysql://u:hush@127.0.0.1/db",
        "sqlite://u:hush@//tmp/x.db",
    ],
)
def test_an_address_that_is_none_is_refused_by_name_without_its_password(address: str) -> None:
    with pytest.raises(LibraryError, match="ACCORD_DATABASE_URL") as caught:
        open_database(address)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sqlite:////srv/accord.db", "sqlite:////srv/accord.db"),
        ("postgresql://reader:hush@host/db", "postgresql://host/db"),
        ("postgresql+psycopg://reader:hush@host:5432/db", "postgresql://host:5432/db"),
        ("postgresql://reader:hush:x@host/db", "postgresql://host/db"),
        ("postgresql://:hush@host/db", "postgresql://host/db"),
        ("postgresql://reader:hu/sh@host/db", "postgresql://host/db"),
        ("postgresql://host/db?user=reader&password=hu/sh", "postgresql://host/db"),
    ],
)
def test_an_address_is_shown_without_who_opens_it_and_with_what(address: str, shown: str) -> None:
    assert shown_address(address) == shown


@pytest.mark.parametrize(
    "address", ["postgresql://reader:xx@hu/sh@host/db", "postgresql://reader:xx@hu:1/sh@host/db"]
)
def test_no_part_of_a_password_that_was_not_encoded_is_shown(address: str) -> None:
    shown = shown_address(address)
    assert "hu" not in shown
    assert "sh@" not in shown
