"""The documents say what the program is: settings, commands, options, modules, links, and the README's
commands, which are run as they stand.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assistant.cli import main
from assistant.settings import setting_rows

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

NOT_RUN = {
    "make": "installs or serves",
    ".": "the environment that runs the tests is active already",
    "export": "names a model that is not there",
    "OPENAI_BASE_URL=http://127.0.0.1:11434/v1": "names a model that is not there",
    "pip": "installs",
}
"""First words of the README's commands that need more than this machine has offline, and why."""


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(README) if kind == language]


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def example_files() -> dict[str, str]:
    """Files the README shows: a paragraph that ends with the name of one, then its text."""
    shown = re.compile(
        r"`([\w-]+/?[\w-]+\.(?:txt|md|jsonl))`[^\n]*:\n\n```\w+\n(.*?)^```$", re.S | re.M
    )
    return dict(shown.findall(README))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The README's commands, run in order in a folder with its example files: the folder, the outputs."""
    here = tmp_path_factory.mktemp("readme")
    for name, text in example_files().items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, "utf-8")
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(here),
        "ACCORD_DATA": str(here / "data"),
    }
    printed = {}
    for command in commands():
        if shlex.split(command)[0] in NOT_RUN:
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=here,
            env=environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        printed[command] = done.stdout
    return here, printed


def test_every_setting_has_its_row() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|(?: `(.*)`)? \| (.*) \|$", text, re.MULTILINE)
    assert rows == setting_rows()


@pytest.mark.parametrize(("name", "command"), list(main.commands.items()))
def test_every_command_has_a_row_with_its_options(name: str, command: click.Command) -> None:
    row = re.search(rf"^\| `accord {name}[ `].*$", README, re.MULTILINE)
    assert row, f"the README has no row for accord {name}"
    options = [p.opts[0] for p in command.params if isinstance(p, click.Option)]
    named = set(re.findall(r"--[a-z-]+", row[0]))
    assert named == set(options)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_general_options_are_named(option: str) -> None:
    assert f"`accord {option}`" in README


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    named = set(re.findall(r"(?:`|^|\w )make ([a-z]+)(?=[`\s])", text, re.MULTILINE))
    assert {"run", "test", "install", "check"} <= named <= targets


def test_every_command_of_the_readme_is_run_or_has_a_reason() -> None:
    first = {shlex.split(command)[0] for command in commands()}
    assert first - set(NOT_RUN) == {"accord"}
    assert set(NOT_RUN) <= first


def test_the_readme_takes_in_its_example_articles(followed: tuple[Path, dict[str, str]]) -> None:
    _, printed = followed
    assert printed["accord ingest my-articles"] == "4 added, 0 updated, 0 unchanged, 0 skipped\n"
    assert "in step      yes" in printed["accord status"]


def test_the_readme_shows_the_form_of_an_answer(followed: tuple[Path, dict[str, str]]) -> None:
    here, printed = followed
    (asked,) = (text for command, text in printed.items() if "--json" in command)
    lines = (here / "answers.jsonl").read_text("utf-8").splitlines()
    (shown,) = (json.loads(block) for block in blocks("json") if block.startswith("{\n"))
    for answer in [json.loads(asked), *map(json.loads, lines)]:
        assert list(answer) == list(shown)
        for citation in answer["citations"]:
            assert list(citation) == list(shown["citations"][0])
    assert [json.loads(line)["id"] for line in lines] == ["1", "2"]


def test_the_readme_counts_its_quote_as_it_says() -> None:
    (shown,) = (json.loads(block) for block in blocks("json") if block.startswith("{\n"))
    citation = shown["citations"][0]
    articles = map(json.loads, example_files()["my-articles/wire.jsonl"].splitlines())
    (article,) = (a for a in articles if a["id"] == citation["article_id"])
    content = f"{article['title']}\n{article['text']}"
    assert content[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = FENCE.sub("", document.read_text("utf-8"))
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    inside = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_every_module_has_its_row() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(assistant/[\w/]+\.py)`", text, re.MULTILINE))
    held = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "assistant").rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    }
    assert named == held


def test_every_folder_of_the_readme_is_there() -> None:
    rows = re.findall(r"^\| `([\w/]+/|app\.py)` \|", README, re.MULTILINE)
    assert len(rows) >= 8
    assert [row for row in rows if not (ROOT / row).exists()] == []


def test_versions_are_fixed_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+", line)] == []
    names = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    assert len(names) == len(lines)
    assert not names & {"torch", "sentence-transformers", "accord"}
