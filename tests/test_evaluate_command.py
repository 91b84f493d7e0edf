"""`accord evaluate` in processes of its own, on copies of the library, and its usage."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Accord, copy_library

from assistant.cli import main
from assistant.evaluation.gold import read_gold

Finished = subprocess.CompletedProcess[str]

GOLD = [
    {
        "article_id": "velmora-tarnbeck",
        "questions": [
            {
                "id": "v1",
                "question": "How much did Velmora pay for Tarnbeck Castings?",
                "type": "howmuch",
                "answerable": True,
                "must": [["340 million"]],
                "quotes": ["for 340 million euros in cash"],
            },
            {"id": "v2", "question": "Who runs Velmora?", "type": "who", "must": [["nobody"]]},
        ],
    },
    {
        "question": "And why?",
        "previous": "Which unit did Tolmar sell to Vitrea?",
        "type": "why",
        "must": [["debt"]],
        "article_id": "wire-4",
    },
    {"question": "Who advised Zanzarbi?", "type": "null", "answerable": False},
    {"question": "Who built the Moon?", "must": [["us"]], "article_id": "not-held"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluate")


@pytest.fixture(scope="module")
def scored(folder: Path, library: Path, accord: Accord) -> Finished:
    """A file with a bad line, scored as a table."""
    lines = "\n".join([*map(json.dumps, GOLD), "{oops"])
    (folder / "gold.jsonl").write_text(lines, "utf-8")
    kept = ["--answers", str(folder / "answers.jsonl")]
    data = copy_library(library, folder / "scored")
    return accord(data, "evaluate", str(folder / "gold.jsonl"), *kept)


@pytest.fixture(scope="module")
def made(folder: Path, library: Path, accord: Accord) -> Finished:
    """Questions made from the ledger, scored as JSON."""
    out = ["--out", str(folder / "made.jsonl"), "--most", "7", "--format", "json"]
    return accord(copy_library(library, folder / "made"), "evaluate", "--from-ledger", *out)


def test_scores_are_printed_as_a_table(scored: Finished) -> None:
    rows = scored.stdout.splitlines()
    assert rows[0].split() == ["share", "95", "%", "range", "of"]
    assert rows[1].startswith("right answers and right abstentions   0.600")
    assert rows[2].startswith("right, of the answerable              0.500")
    assert [row.split()[0] for row in rows[rows.index("by type") + 1 :]] == [
        "howmuch",
        "null",
        "untyped",
        "who",
        "why",
    ]


def test_a_bad_line_is_named_and_the_rest_is_scored(scored: Finished, folder: Path) -> None:
    assert scored.returncode == 1
    assert f"skipped {folder / 'gold.jsonl'}:5: is not valid JSON" in scored.stderr
    assert "5 questions" in scored.stderr


def test_articles_that_are_not_held_are_told(scored: Finished) -> None:
    assert "1 of 5 questions are about articles that are not held, such as not-held" in (
        scored.stderr
    )


def test_what_was_answered_is_kept_with_its_verdict(scored: Finished, folder: Path) -> None:
    assert scored.stdout
    answers: list[dict[str, Any]] = [
        json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(a["id"], a["right"]) for a in answers] == [
        ("v1", True),
        ("v2", False),
        ("2", True),
        ("3", True),
        ("4", False),
    ]
    assert answers[0]["supported"]
    assert "340 million" in answers[0]["citations"][0]["quote"]
    assert answers[3]["abstained"]


def test_questions_made_from_the_ledger_are_scored_and_kept(made: Finished, folder: Path) -> None:
    assert made.returncode == 0, made.stderr
    figures = json.loads(made.stdout)
    kept = read_gold(folder / "made.jsonl")
    assert kept.left_out == ()
    assert 0 < figures["questions"] == len(kept.questions) <= 7
    assert figures["quotes_verbatim"]["share"] == 1.0
    assert sum(share["of"] for share in figures["by_type"].values()) == len(kept.questions)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name a file of questions, or use --from-ledger"),
        (["gold.jsonl", "--from-ledger"], "and not both"),
        (["gold.jsonl", "--most", "3"], "go with --from-ledger"),
        (["gold.jsonl", "--out", "x.jsonl"], "go with --from-ledger"),
        (["--from-ledger", "--most", "0"], "is not in the range"),
        (["--from-ledger", "--out", "/nowhere/at/all.jsonl"], "there is no folder"),
        (["gold.jsonl", "--answers", "gold.jsonl"], "is GOLD.jsonl already"),
        (["--from-ledger", "--out", "x.jsonl", "--answers", "x.jsonl"], "is --out already"),
        (["missing.jsonl"], "does not exist"),
        (["gold.jsonl", "--format", "pdf"], "is not one of"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gold.jsonl").write_text(json.dumps(GOLD[2]), "utf-8")
    result = CliRunner().invoke(main, ["evaluate", *arguments])
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("text", ["", "{oops", '{"question": "Who?"}'])
def test_a_file_without_a_usable_question_is_refused(tmp_path: Path, text: str) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(text, "utf-8")
    data = {"ACCORD_DATA": str(tmp_path / "data")}
    result = CliRunner().invoke(main, ["evaluate", str(gold)], env=data)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"accord: {gold} holds no question that can be scored" in result.stderr


def test_an_empty_ledger_is_told(tmp_path: Path) -> None:
    data = {"ACCORD_DATA": str(tmp_path / "data")}
    result = CliRunner().invoke(main, ["evaluate", "--from-ledger"], env=data)
    assert result.exit_code == 1
    assert "no deal of the ledger is told plainly enough" in result.stderr
