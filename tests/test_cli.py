"""The command line in processes of its own, on copies of the library."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from conftest import HELD, Accord, Opener, copy_library
from loopback_model import LoopbackModel, breaks_off, fails, hangs, says

from assistant import cli
from assistant.web.server import catching_up

Finished = subprocess.CompletedProcess[str]

KEYS = [
    "id",
    "question",
    "answer",
    "abstained",
    "abstention",
    "writer",
    "notice",
    "citations",
    "strength",
    "deals",
    "companies",
    "next_questions",
    "took_ms",
]
CITATION_KEYS = ["n", "article_id", "title", "publisher", "date", "url", "quote", "start", "end"]
ASKED = "How much did Halvora invest in Pixelbarn?"
BAD = {
    "empty.txt": b"",
    "binary.txt": b"\x00\x01\x02",
    "latin.md": "café".encode("latin-1"),
    "report.pdf": b"%PDF-1.4",
    "lines.jsonl": b'{"id": "a", "text": "One."}\n{oops\n{"id": "b", "text": "Two."}\n',
}
QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "question": ASKED},
    {"id": 2, "question": "And why?", "previous": "Which unit did Tolmar sell to Vitrea?"},
    {"id": "q3", "question": "Did Xiaomi buy Tesla?"},
]


SECRET = "sk-cli-secret"
OFFER = json.dumps(
    {
        "sentence": "Halvora gave it 12 million pounds.",
        "evidence": [{"source": 1, "quote": "invested 12 million pounds"}],
    }
)
LIE = json.dumps(
    {"sentence": "It paid 90.", "evidence": [{"source": 1, "quote": "nowhere to be read"}]}
)
TROUBLES = [
    says(LIE),
    hangs(),
    fails(401),
    fails(429),
    fails(500),
    says('{"sentence": "It paid'),
    breaks_off(OFFER * 3),
    says(OFFER),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def runs(folder: Path, library: Path, cache: Path, accord: Accord) -> Iterator[dict[str, Any]]:
    """The slow commands, each run once, two at a time, each on a data folder of its own."""
    bad, new = folder / "bad", folder / "new"
    bad.mkdir()
    new.mkdir()
    (new / "cache").symlink_to(cache)
    for name, content in BAD.items():
        (bad / name).write_bytes(content)
    with (bad / "huge.txt").open("wb") as huge:
        huge.truncate(50_000_000)
    lines = [json.dumps(question) for question in QUESTIONS]
    (folder / "in.jsonl").write_text("\n".join([*lines, "", "{oops", '{"id": "x"}']), "utf-8")
    data = {
        name: copy_library(library, folder / name)
        for name in ("asked", "batched", "broken", "troubled")
    }
    batch = ["ask", "--batch", str(folder / "in.jsonl"), "--out", str(folder / "out.jsonl")]
    (data["broken"] / "words" / "w1" / "position.json").unlink()
    asking = [json.dumps({"id": n, "question": ASKED}) for n in range(len(TROUBLES))]
    (folder / "troubles.jsonl").write_text("\n".join(asking))
    with LoopbackModel(TROUBLES) as server, ThreadPoolExecutor(2) as pool:

        def asked_twice() -> list[Finished]:
            first = ["ask", "Which unit did Tolmar sell to Vitrea?", "--conversation", "c"]
            second = ["ask", "And why?", "--conversation", "c", "--json"]
            return [accord(data["asked"], *first), accord(data["asked"], *second)]

        def troubled() -> Finished:
            return accord(
                data["troubled"],
                "ask",
                "--batch",
                str(folder / "troubles.jsonl"),
                "--out",
                str(folder / "troubled.jsonl"),
                OPENAI_BASE_URL=server.base_url,
                OPENAI_API_KEY=SECRET,
                ACCORD_MODEL="loopback-model",
                ACCORD_MODEL_TIMEOUT_S="5",
                ACCORD_MODEL_RETRIES="0",
            )

        def took_in() -> list[Finished]:
            return [
                accord(new, "ingest", str(bad), str(folder / "missing.txt")),
                accord(new, "status", "--json"),
            ]

        begun: dict[str, Future[Any]] = {
            "asked": pool.submit(asked_twice),
            "troubled": pool.submit(troubled),
            "ingested": pool.submit(took_in),
            "batch": pool.submit(accord, data["batched"], *batch, ACCORD_MODLE="x"),
            "reindex": pool.submit(accord, data["broken"], "reindex"),
        }
        yield {name: future.result() for name, future in begun.items()}


@pytest.fixture(scope="module")
def troubles(runs: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    return _records(folder / "troubled.jsonl")


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- ask ---------------------------------------------------------------------------------------


def test_an_answer_is_printed_with_its_quotes_and_where_they_are_from(runs: dict[str, Any]) -> None:
    finished: Finished = runs["asked"][0]
    assert (finished.returncode, finished.stderr) == (0, "")
    answer, _, quotes = finished.stdout.partition("\n\n")
    assert "Vitrea" in answer
    assert "[1]" in answer
    assert quotes.startswith(
        "[1] Tolmar sells its glass unit to Vitrea, Northern Wire, 2019\n    “"
    )


def test_a_conversation_goes_on_in_another_process(runs: dict[str, Any]) -> None:
    finished: Finished = runs["asked"][1]
    assert (finished.returncode, finished.stderr) == (0, "")
    record = json.loads(finished.stdout)
    assert list(record) == KEYS
    assert record["question"] == "And why?"
    assert {c["article_id"] for c in record["citations"]} == {"wire-4"}


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "loopback-model gave a first sentence that its quotes do not prove;"),
        (1, "did not answer within 5 s;"),
        (2, "refused the key; check OPENAI_API_KEY;"),
        (3, "takes no more requests now"),
        (4, "reported an error 500"),
        (5, "did not answer in the form asked;"),
        (6, "broke off in the middle of its answer;"),
    ],
)
def test_a_model_in_trouble_is_told_and_answered_offline(
    troubles: list[dict[str, Any]], number: int, told: str
) -> None:
    record = troubles[number]
    assert record["writer"] == "offline"
    assert "12 million pounds" in record["answer"]
    assert "90" not in record["answer"]
    assert told in record["notice"]
    assert record["notice"].endswith("; this answer was written offline.")


def test_a_model_that_answers_is_named(troubles: list[dict[str, Any]]) -> None:
    record = troubles[7]
    assert (record["writer"], record["notice"]) == ("loopback-model", None)
    assert record["answer"] == "Halvora gave it 12 million pounds [1]."
    assert record["citations"][0]["quote"] == "invested 12 million pounds"


def test_a_key_is_never_printed(runs: dict[str, Any], troubles: list[dict[str, Any]]) -> None:
    finished: Finished = runs["troubled"]
    assert (finished.returncode, finished.stdout) == (0, "")
    assert SECRET not in finished.stderr + json.dumps(troubles)


# --- ask --batch -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(runs: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    return _records(folder / "out.jsonl")


def test_a_batch_answers_each_question_in_order(answers: list[dict[str, Any]]) -> None:
    assert [a["id"] for a in answers] == ["q1", "2", "q3"]
    assert [a["question"] for a in answers] == [q["question"] for q in QUESTIONS]
    assert [a["abstained"] for a in answers] == [False, False, True]
    assert [a["abstention"] for a in answers] == [None, None, "company_unknown"]
    assert [a["strength"] for a in answers] == ["one", "one", None]
    assert answers[0]["deals"]
    assert answers[0]["companies"]
    assert answers[0]["next_questions"]
    assert {a["writer"] for a in answers} == {"offline"}
    assert all(isinstance(a["took_ms"], int | float) for a in answers)


def test_a_batch_answer_has_exactly_the_keys_of_the_contract(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        assert list(answer) == KEYS
        for citation in answer["citations"]:
            assert list(citation) == CITATION_KEYS


def test_quotes_in_a_batch_stand_verbatim_at_their_places(
    answers: list[dict[str, Any]], library: Path, tmp_path: Path, open_assistant: Opener
) -> None:
    assistant = open_assistant(copy_library(library, tmp_path / "data"))
    citations = [citation for answer in answers for citation in answer["citations"]]
    assert citations
    for citation in citations:
        article = assistant.article(citation["article_id"])
        content = article.source.title + "\n" + article.text
        assert content[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["title"] == article.source.title


def test_previous_says_what_a_question_of_a_batch_follows(answers: list[dict[str, Any]]) -> None:
    assert {c["article_id"] for c in answers[1]["citations"]} == {"wire-4"}


def test_lines_of_a_batch_that_cannot_be_read_are_named(runs: dict[str, Any], folder: Path) -> None:
    finished: Finished = runs["batch"]
    assert finished.returncode == 1
    assert finished.stdout == ""
    told = finished.stderr.splitlines()
    assert [line.split(": ")[0] for line in told[1:]] == [
        f"skipped {folder / 'in.jsonl'}:5",
        f"skipped {folder / 'in.jsonl'}:6",
    ]


def test_a_misspelt_setting_is_told(runs: dict[str, Any]) -> None:
    finished: Finished = runs["batch"]
    assert "ACCORD_MODLE is no setting of Accord" in finished.stderr.splitlines()[0]


# --- ingest, status, reindex -------------------------------------------------------------------


def test_what_is_skipped_is_named_and_the_rest_goes_in(runs: dict[str, Any], folder: Path) -> None:
    finished: Finished = runs["ingested"][0]
    assert finished.returncode == 1
    assert finished.stdout == "2 added, 0 updated, 0 unchanged, 7 skipped\n"
    named = [line.removeprefix("skipped ").split(": ")[0] for line in finished.stderr.splitlines()]
    files = [name for name in BAD if name != "lines.jsonl"]
    bad = [folder / "bad" / name for name in (*files, "huge.txt", "lines.jsonl:2")]
    assert sorted(named) == sorted(str(path) for path in [*bad, folder / "missing.txt"])


def test_the_status_is_an_object_of_figures(runs: dict[str, Any]) -> None:
    finished: Finished = runs["ingested"][1]
    assert (finished.returncode, finished.stderr) == (0, "")
    status = json.loads(finished.stdout)
    assert status["in_step"] is True
    assert (status["articles"], status["passages"]) == (2, 2)
    assert (status["deals"], status["companies"]) == (0, 0)
    assert status["writer"] == "offline"
    assert status["embedder"].startswith("all-MiniLM-L6-v2")


def test_reindexing_says_what_was_indexed(runs: dict[str, Any]) -> None:
    finished: Finished = runs["reindex"]
    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"of {HELD} articles indexed" in finished.stdout


# --- errors ------------------------------------------------------------------------------------


def test_a_folder_in_use_is_told_in_one_line(
    copied: Path, open_assistant: Opener, accord: Accord
) -> None:
    open_assistant(copied)
    finished = accord(copied, "ask", ASKED)
    assert finished.returncode == 1
    (line,) = finished.stderr.splitlines()
    assert line.startswith(f"accord: another Accord is using {copied}")


def test_a_bad_setting_is_told_in_one_line(tmp_path: Path, accord: Accord) -> None:
    finished = accord(tmp_path, "status", ACCORD_PORT="http", OPENAI_API_KEY=SECRET)
    assert finished.returncode == 1
    assert finished.stderr == "accord: ACCORD_PORT='http': needs a whole number from 1 to 65535\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest"],
        ["ask"],
        ["ask", " "],
        ["ask", "Who?", "--out", "x"],
        ["ask", "--batch", "missing.jsonl", "--out", "x"],
        ["nonsense"],
    ],
)
def test_wrong_usage_ends_with_2_and_touches_nothing(
    tmp_path: Path, accord: Accord, arguments: list[str]
) -> None:
    finished = accord(tmp_path / "data", *arguments)
    assert finished.returncode == 2
    assert "Error: " in finished.stderr
    assert not (tmp_path / "data").exists()


def test_an_out_file_in_a_missing_folder_is_wrong_usage(tmp_path: Path, accord: Accord) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "question": "Relunol?"}')
    out = tmp_path / "no" / "out.jsonl"
    finished = accord(
        tmp_path / "data", "ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(out)
    )
    assert finished.returncode == 2
    assert f"there is no folder {out.parent}" in finished.stderr
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_is_told_in_one_line(tmp_path: Path, accord: Accord) -> None:
    (tmp_path / "data").write_text("x")
    finished = accord(tmp_path / "data", "status")
    assert finished.returncode == 1
    (line,) = finished.stderr.splitlines()
    assert line.startswith(f"accord: the data folder {tmp_path / 'data'} cannot be used")


def test_a_database_address_that_is_none_is_told_in_one_line(
    tmp_path: Path, accord: Accord
) -> None:
    finished = accord(tmp_path, "status", ACCORD_DATABASE_URL="nonsense://u:hush@127.0.0.1/db")
    assert finished.returncode == 1
    (line,) = finished.stderr.splitlines()
    assert line.startswith("accord: ACCORD_DATABASE_URL")
    assert "hush" not in line


def test_nothing_is_written_to_the_home_folder(runs: dict[str, Any], home: Path) -> None:
    """The telemetry of onnxruntime would write below ~/.cache and send from there."""
    assert list(home.rglob("*")) == []


def test_a_model_behind_a_proxy_setting_prints_nothing_of_its_library(runs: dict[str, Any]) -> None:
    """langchain-openai tells on standard error of a transport of its own when NO_PROXY is set."""
    finished: Finished = runs["troubled"]
    assert finished.stderr == ""


def test_every_command_has_its_help(accord: Accord, tmp_path: Path) -> None:
    finished = accord(tmp_path, "--help")
    assert finished.returncode == 0
    for command in ("ingest", "ask", "status", "serve", "reindex"):
        assert f"  {command} " in finished.stdout


# Serving


def fetch(address: str, accept: str) -> tuple[int, str, Message]:
    asked = urllib.request.Request(address, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(asked, timeout=30) as response:
            return response.status, response.read().decode(), response.headers
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_while_the_library_catches_up_every_address_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with catching_up(listener) as progress:
            progress("reading deals", 5, 20)
            code, page, headers = fetch(f"{address}/chat/", "text/html")
            assert (code, headers["refresh"]) == (503, "3")
            assert "Accord is catching up with its library" in page
            assert "reading deals, 25%" in page
            code, told, _ = fetch(f"{address}/health", "*/*")
            assert (code, json.loads(told)["error"]["code"]) == (503, "catching_up")
            code, told, _ = fetch(f"{address}/alive", "*/*")
            assert code == 503
            with pytest.raises(ValueError, match="Expecting"):
                json.loads(told)
            assert fetch(f"{address}/static/page.css", "text/css")[0] == 200
        # The next server goes on at the same socket: nobody is refused in between.
        with socket.create_connection(listener.getsockname(), timeout=5):
            listener.accept()[0].close()


SERVE = """
import sys
from browser.scripted import ScriptedAssistant
from assistant.web.server import serve

def prepare(progress):
    print("preparing", flush=True)
    assert sys.stdin.readline()

serve(ScriptedAssistant(), "127.0.0.1", int(sys.argv[1]), prepare=prepare)
"""


def test_serving_listens_before_the_library_is_up_to_date() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    tests = Path(__file__).parent
    path = os.pathsep.join((str(tests.parent), str(tests)))
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        stop = threading.Timer(90, process.kill)
        stop.start()
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "preparing\n"
        health = f"http://127.0.0.1:{port}/health"
        assert fetch(health, "*/*")[0] == 503
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.stdout.readline() == f"Accord is at http://127.0.0.1:{port}\n"
        assert fetch(health, "*/*")[0] == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        stop.cancel()
    assert process.returncode == 0
    assert errors == f"Accord brings its library up to date for http://127.0.0.1:{port}\n"


def test_progress_without_a_terminal_is_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("assistant.cli.time.monotonic", lambda: now[0])
    tell = cli._Lines()
    tell("embedding", 3, 3)
    for done, at in ((16, 0), (32, 4), (48, 11), (1779, 30)):
        now[0] = at
        tell("reading deals", done, 1779)
    assert capsys.readouterr().err.splitlines() == [
        "Reading the deals of 1,779 articles; this can take some minutes.",
        "reading deals: 48 of 1,779",
    ]
