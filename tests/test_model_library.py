"""A library read with a model: a real database, a real server on loopback, the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledger_sagas import ScriptedReader, article, mention
from loopback_model import Behaviour, LoopbackModel, Request, fails, says

from assistant.cli import main
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.model.cost import Prices
from assistant.deals.model.library import LibraryRun
from assistant.deals.model.reading import ModelReader
from assistant.deals.records import Kind, Role
from assistant.domain import Article
from assistant.language.chat import build_chat_model
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database
from assistant.settings import Settings

BOUGHT = article("n-1", "Tolmar Foods bought Grell Mills for 7 million euros.")
QUIET = article("n-2", "Nothing was sold in Brask.")
SIDES = {"Tolmar Foods": Role.ACQUIRER, "Grell Mills": Role.TARGET}
PACT = {"Tolmar Foods": Role.PARTNER, "Grell Mills": Role.PARTNER}


@pytest.fixture
def server() -> Iterator[LoopbackModel]:
    with LoopbackModel() as model:
        model.behave(answer)
        yield model


def answer(request: Request) -> Behaviour:
    deal = {
        "evidence": ["Tolmar Foods bought Grell Mills"],
        "kind": "acquisition",
        "main": True,
        "parties": [{"name": name, "role": role} for name, role in SIDES.items()],
        "status": "completed",
        "status_quote": "bought",
        "values": [],
        "dates": [],
        "stake": None,
        "subject": None,
        "reasons": [],
    }
    told = BOUGHT.text in request.messages.rsplit("title:", 1)[-1]
    return says(json.dumps({"deals": [deal] if told else []}), piece_chars=200)


@pytest.fixture
def offline() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def data(tmp_path: Path, offline: ScriptedReader) -> Path:
    store = _store(tmp_path)
    offline.tell(store, BOUGHT, mention(BOUGHT, PACT, kind=Kind.PARTNERSHIP))
    offline.tell(store, QUIET)
    _ledger(tmp_path).catch_up(offline)
    return tmp_path


def _store(data: Path) -> ArticleStore:
    return ArticleStore(open_database(Settings(data=data).database))


def _ledger(data: Path) -> Ledger:
    return Ledger(open_database(Settings(data=data).database))


def _run(data: Path, server: LoopbackModel, offline: ScriptedReader) -> LibraryRun:
    model = build_chat_model("m", "key", server.base_url, 10.0, 0)
    return LibraryRun(_ledger(data), ModelReader(model, "m"), offline, Prices(1.0, 2.0), 2)


def _kinds(data: Path) -> list[Kind]:
    return [deal.kind for deal in _ledger(data).deals()]


def test_a_model_s_reading_takes_the_place_of_the_offline_one(
    data: Path, server: LoopbackModel, offline: ScriptedReader
) -> None:
    assert _kinds(data) == [Kind.PARTNERSHIP]
    run = _run(data, server, offline)
    assert run.articles == 2
    report = run.run()
    assert (report.read, report.deals) == (2, 1)
    assert _kinds(data) == [Kind.ACQUISITION]


def test_where_the_readings_differ_is_kept(
    data: Path, server: LoopbackModel, offline: ScriptedReader
) -> None:
    _run(data, server, offline).run()
    differs = _ledger(data).disagreements(["n-1", "n-2"])
    assert list(differs) == ["n-1"]
    assert "kind is partnership offline, acquisition by the model" in differs["n-1"][0]


def test_what_a_model_has_read_is_read_again_by_nobody_until_it_changes(
    data: Path, server: LoopbackModel, offline: ScriptedReader
) -> None:
    _run(data, server, offline).run()
    asked = len(server.chats)
    assert _run(data, server, offline).run().read == 0
    offline.version = "scripted-2"
    _ledger(data).catch_up(offline)
    assert (len(server.chats), _kinds(data)) == (asked, [Kind.ACQUISITION])
    assert _ledger(data).in_step(offline)
    edited = article("n-1", f"{BOUGHT.text} It said so.")
    offline.tell(_store(data), edited, mention(edited, PACT, kind=Kind.PARTNERSHIP))
    _ledger(data).catch_up(offline)
    assert _kinds(data) == [Kind.PARTNERSHIP]
    assert _run(data, server, offline).articles == 1


def test_a_run_that_was_stopped_goes_on_where_it_stopped(
    data: Path, server: LoopbackModel, offline: ScriptedReader
) -> None:
    server.behave([answer_of(BOUGHT), fails(401)])
    model = build_chat_model("m", "key", server.base_url, 10.0, 0)
    run = LibraryRun(_ledger(data), ModelReader(model, "m"), offline, Prices(), 1)
    report = run.run()
    assert report.read == 1
    assert "refused the key" in report.stopped
    assert _kinds(data) == [Kind.ACQUISITION]
    assert _run(data, server, offline).articles == 1


def answer_of(told: Article) -> Behaviour:
    return answer(Request("POST", "", {}, {"messages": [{"content": f"title: {told.text}"}]}))


def test_a_reading_of_an_article_edited_meanwhile_is_not_kept(data: Path) -> None:
    stale = article("n-1", "Tolmar Foods bought Grell Mills. Long ago.")
    assert not _ledger(data).keep(stale, [mention(stale, SIDES)], "model m", ())
    assert _kinds(data) == [Kind.PARTNERSHIP]


def _accord(data: Path, server: LoopbackModel | None, *arguments: str, said: str = "") -> Result:
    env = {"ACCORD_DATA": str(data), "ACCORD_MODEL_RETRIES": "0"}
    if server is not None:
        env |= {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "key", "ACCORD_MODEL": "m"}
    return CliRunner().invoke(main, list(arguments), env=env, input=said)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch, offline: ScriptedReader) -> None:
    monkeypatch.setattr("assistant.deals.reading.reader.OfflineReader", lambda *_: offline)


@pytest.mark.usefixtures("wired")
def test_the_command_tells_the_cost_and_asks_before_it_sends(
    data: Path, server: LoopbackModel
) -> None:
    result = _accord(data, server, "read", "--model", said="n\n")
    assert result.exit_code == 0
    assert result.stdout.startswith("2 to read: 2 requests, about ")
    assert server.chats == []


@pytest.mark.usefixtures("wired")
def test_the_command_reads_and_tells_what_it_used(data: Path, server: LoopbackModel) -> None:
    result = _accord(data, server, "read", "--model", "--yes")
    assert result.exit_code == 0, result.output
    assert "2 read, 1 deals: 2 requests, " in result.stdout
    shown = _accord(data, server, "deal", _ledger(data).deals()[0].id)
    assert "readings of n-1 differ:" in shown.stdout
    again = _accord(data, server, "read", "--model", "--yes")
    assert again.stdout == "the model has read every article as it stands\n"


@pytest.mark.usefixtures("wired")
def test_the_command_names_what_was_not_read_and_ends_with_1(
    data: Path, server: LoopbackModel
) -> None:
    server.behave(lambda _: fails(500))
    result = _accord(data, server, "read", "--model", "--yes")
    assert result.exit_code == 1
    assert "not read n-1: " in result.stderr


@pytest.mark.usefixtures("wired")
def test_without_a_model_the_command_says_how_to_have_one(data: Path) -> None:
    result = _accord(data, None, "read", "--model")
    assert result.exit_code == 1
    assert "OPENAI_BASE_URL" in result.stderr
