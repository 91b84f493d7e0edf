"""The commands over conversations, on a library that was asked something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Opener

from assistant.cli import main

FIRST = "Which unit did Tolmar sell to Vitrea?"


class Runner:
    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env={"ACCORD_DATA": str(self.data)})


@pytest.fixture
def accord_in(copied: Path, open_assistant: Opener) -> Runner:
    assistant = open_assistant(copied)
    assistant.ask(FIRST, conversation="glass")
    assistant.ask("And why?", conversation="glass")
    assistant.ask("Who ordered jets from Skarland?", conversation="jets")
    assistant.ask("Who owns Gazprom?", conversation="hers", person="ann")
    assistant.close()
    return Runner(copied)


def test_conversations_are_listed_shown_renamed_and_deleted(accord_in: Runner) -> None:
    heads, jets, glass = accord_in("conversations").stdout.splitlines()
    assert heads.split() == ["id", "last", "asked", "(UTC)", "questions", "name"]
    assert re.fullmatch(r"jets   \d{4}-\d\d-\d\d \d\d:\d\d +1  Who ordered jets.*", jets)
    assert re.fullmatch(r"glass  \d{4}-\d\d-\d\d \d\d:\d\d +2  Which unit did Tolmar.*", glass)
    assert len(accord_in("conversations", "--words", "tolmar DEBT").stdout.splitlines()) == 2

    shown = accord_in("conversations", "show", "glass").stdout
    assert re.search(rf"^\d{{4}}-\S+ \S+  {re.escape(FIRST)}\n\n.*Vitrea", shown)
    assert re.search(r"\n\n\S+ \S+  And why\?\n\n.*debt", shown)
    assert "[1] Tolmar sells its glass unit to Vitrea, Northern Wire, 2019\n    “" in shown

    assert accord_in("conversations", "rename", "glass", "The glass unit").exit_code == 0
    assert "The glass unit" in accord_in("conversations").stdout
    assert accord_in("conversations", "delete", "glass").stdout == "deleted glass\n"
    assert "glass" not in accord_in("conversations").stdout


@pytest.mark.parametrize("command", [["show"], ["delete"], ["rename", "x"]])
def test_a_conversation_that_is_not_there_is_told_in_a_line(
    accord_in: Runner, command: list[str]
) -> None:
    for missing in ("nothing", "hers"):
        result = accord_in("conversations", command[0], missing, *command[1:])
        assert result.exit_code == 1
        assert result.stderr == (
            f"accord: there is no conversation '{missing}'; `accord conversations` lists them\n"
        )


def test_a_library_that_was_asked_nothing_has_no_conversations(tmp_path: Path) -> None:
    result = Runner(tmp_path)("conversations")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
