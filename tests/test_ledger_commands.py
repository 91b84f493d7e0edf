"""The commands over the ledger, on a library whose reader is written down."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledger_sagas import BUYS, ScriptedReader, article, mention, tell_saga

from assistant.cli import main
from assistant.deals.records import Role
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database
from assistant.settings import Settings


class Runner:
    """Runs a command on one data folder, whose articles `reader` reads."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.reader = ScriptedReader()

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            main, list(arguments), env={"ACCORD_DATA": str(self.data), "COLUMNS": "200"}
        )

    def store(self) -> ArticleStore:
        return ArticleStore(open_database(Settings(data=self.data).database))


@pytest.fixture
def accord_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    runner = Runner(tmp_path / "data")
    monkeypatch.setattr("assistant.deals.reading.reader.OfflineReader", lambda *_: runner.reader)
    tell_saga(runner.store(), runner.reader)
    return runner


def _lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def test_deals_are_listed_as_a_table(accord_in: Runner) -> None:
    heads, *rows = _lines(accord_in("deals"))
    assert heads.split() == ["id", "date", "kind", "status", "parties", "value", "subject"]
    assert rows[0].startswith("d1  2014-01-20  acquisition")
    assert "340 million EUR" in rows[0]
    assert "Oskeld (partner); Quillon (partner)" in rows[1]


def test_choices_narrow_the_list(accord_in: Runner) -> None:
    chosen = ["--company", "Velmora", "--kind", "acquisition", "--status", "completed"]
    chosen += ["--since", "2014", "--until", "2014-12-31", "--topic", "foundry"]
    assert len(_lines(accord_in("deals", *chosen))) == 2
    none = accord_in("deals", "--kind", "supply")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "0 deals\n")


def test_csv_has_a_line_of_headings_and_all_deals(accord_in: Runner) -> None:
    rows = list(csv.DictReader(io.StringIO(accord_in("deals", "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == ["d1", "d2"]
    assert rows[0]["sources"] == "a-rumour b-agreed c-copy d-closed"


def test_json_lines_hold_quotes_that_stand_in_their_articles(accord_in: Runner) -> None:
    store = accord_in.store()
    deals = [json.loads(line) for line in _lines(accord_in("deals", "--format", "jsonl"))]
    assert deals[0]["values_disputed"] is True
    assert [event["status"] for event in deals[0]["history"]] == [
        "rumoured",
        "announced",
        "completed",
    ]
    for quote in [q for value in deals[0]["values"] for q in value["quotes"]]:
        content = store.get(quote["article_id"]).content
        assert content[quote["start"] : quote["end"]] == quote["quote"]


def test_mentions_are_one_line_an_article_in_the_form_that_is_scored(accord_in: Runner) -> None:
    told = [json.loads(s) for s in _lines(accord_in("deals", "--mentions", "--format", "jsonl"))]
    assert [one["article_id"] for one in told] == [
        "a-rumour",
        "b-agreed",
        "c-copy",
        "d-closed",
        "e-pact",
    ]
    assert told[1] == {
        "article_id": "b-agreed",
        "kind": "acquisition",
        "status": "announced",
        "parties": [
            {"name": "Velmora", "role": "acquirer"},
            {"name": "Tarnbeck Castings", "role": "target"},
        ],
        "value": {"amount": 340e6, "currency": "EUR"},
        "date": "2014-03-12",
        "date_stated": True,
        "rationale": ["The foundry would make hubs cheaper"],
        "evidence": ["Velmora agreed on 12 March to buy Tarnbeck Castings"],
    }
    chosen = accord_in("deals", "--mentions", "--format", "jsonl", "--kind", "partnership")
    assert len(_lines(chosen)) == 1


def test_no_cell_becomes_a_formula(accord_in: Runner, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    told = article("bad", '=CMD("x") makes @SUM(A1) for Velmora and -Tarn\x07beck.', "2018")
    roles = {"Velmora": Role.ACQUIRER, "beck": Role.TARGET}
    found = mention(told, roles, subject='=CMD("x")', reason="@SUM(A1)")
    accord_in.reader.tell(accord_in.store(), told, found)
    rows = list(csv.reader(io.StringIO(accord_in("deals", "--format", "csv").stdout)))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    out = tmp_path / "deals.xlsx"
    assert accord_in("deals", "--format", "xlsx", "--out", str(out)).exit_code == 0
    sheet = load_workbook(out).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(list(sheet.iter_rows())) == 4
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert '\'=CMD("x")' in [cell.value for cell in cells]


def test_a_deal_is_shown_with_its_history_and_quotes(accord_in: Runner) -> None:
    shown = "\n".join(_lines(accord_in("deal", "d1")))
    for words in (
        "d1  acquisition, completed 2014-09-02",
        "Velmora (acquirer, c",
        "2014-01-20  rumoured (reported)",
        "“Velmora is in talks to buy Tarnbeck Castings.” [a-rumour]",
        "value  340 million EUR, 1 independent source",
        "The sources disagree about the value.",
        "reason  (reporter)",
        "3 independent sources:",
    ):
        assert words in shown
    assert json.loads(accord_in("deal", "d1", "--json").stdout)["id"] == "d1"


def test_control_characters_of_an_article_do_not_reach_the_terminal(accord_in: Runner) -> None:
    told = article("esc", "Velmora\x1b[2J agrees to buy Tarnbeck Castings\u202e again.", "2018")
    accord_in.reader.tell(accord_in.store(), told, mention(told, BUYS))
    shown = _lines(accord_in("deals", "--since", "2018", "--company", "Velmora"))
    text = "\n".join(_lines(accord_in("deal", shown[1].split()[0])))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "again" in text


def test_companies_are_listed_shown_merged_split_and_put_back(accord_in: Runner) -> None:
    assert len(_lines(accord_in("companies"))) == 4
    shown = "\n".join(_lines(accord_in("companies", "tarnbeck")))
    assert "Tarnbeck = Tarnbeck Castings, since both are told of" in shown
    merged = _lines(accord_in("companies", "merge", "Oskeld", "Quillon", "--reason", "one owner"))
    assert merged[0].startswith("   1  ")
    assert "merge Oskeld with Quillon: one owner" in merged[0]
    assert "since the owner said so: one owner" in accord_in("companies", "Oskeld").stdout
    assert accord_in("companies", "split", "Tarnbeck", "--reason", "a town").exit_code == 0
    assert len(_lines(accord_in("companies"))) == 4
    assert "undone" in _lines(accord_in("companies", "undo", "1"))[0]
    assert accord_in("companies", "undo", "2").exit_code == 0
    assert len(_lines(accord_in("companies"))) == 4
    assert len(_lines(accord_in("companies", "decisions"))) == 2


def test_a_split_can_name_articles(accord_in: Runner) -> None:
    split = ["companies", "split", "Velmora", "--article", "a-rumour", "--reason", "a bakery"]
    assert "in a-rumour: a bakery" in _lines(accord_in(*split))[0]
    assert len(_lines(accord_in("companies"))) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["deal", "d99"], "no deal has the id 'd99'"),
        (["deal", "nonsense"], "no deal has the id 'nonsense'"),
        (["deals", "--since", "soon"], "'soon' is no date"),
        (["deals", "--company", "Nobody"], "a party called 'Nobody'"),
        (["companies", "Nobody"], "a party called 'Nobody'"),
        (["companies", "c99"], "a party called 'c99'"),
        (["companies", "merge", "Velmora", "Nobody", "--reason", "x"], "called 'Nobody'"),
        (["companies", "merge", "Velmora", "Oskeld", "--reason", ""], "needs its reason"),
        (["companies", "split", "Velmora", "--reason", "x"], "no other name"),
        (["companies", "undo", "9"], "no decision that stands has the number 9"),
    ],
)
def test_bad_input_is_told_in_one_line(accord_in: Runner, arguments: list[str], told: str) -> None:
    result = accord_in(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("accord: ")
    assert told in line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["deals", "--kind", "theft"], "'theft' is not one of"),
        (["deals", "--status", "lost"], "'lost' is not one of"),
        (["deals", "--format", "xlsx"], "--format xlsx goes with --out"),
        (["deals", "--mentions"], "--mentions goes with --format jsonl"),
        (["deals", "--format", "csv", "--out", "/nowhere/at/all.csv"], "there is no folder"),
        (["deal"], "Missing argument"),
        (["companies", "merge", "a", "b"], "Missing option '--reason'"),
        (["companies", "undo", "first"], "is not a valid integer"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(
    accord_in: Runner, arguments: list[str], told: str
) -> None:
    result = accord_in(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
