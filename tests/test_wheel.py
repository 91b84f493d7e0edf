"""The wheel: what is in it, and that it works where there is no clone.

It is built once, unpacked beside the dependencies that are installed already, and run by a Python
that sees neither the clone nor what stands in the environment's `.pth` files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parent.parent
HEAD = """
import sys
sys.path[:0] = [{wheel!r}, {installed!r}]
import assistant
assert assistant.__file__.startswith({wheel!r}), assistant.__file__
"""
ACCORD = "from assistant.cli import main; main(prog_name='accord')"
PAGE_AND_PROMPTS = """
from assistant.language.prompts import load_prompt
from assistant.web.routes import STATIC
assert load_prompt("answer", {})
print(*sorted(path.name for path in STATIC.iterdir()))
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run(
        [*build, str(CLONE)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs code on the unpacked wheel, in an empty folder and with a data folder of its own."""
    site, here = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    head = HEAD.format(wheel=str(site), installed=sysconfig.get_path("purelib"))
    environ = {"PATH": os.environ["PATH"], "HOME": str(here), "ACCORD_DATA": str(here / "data")}

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # -I hides the current folder and PYTHONPATH, -S the editable installation.
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", head + code, *arguments],
            cwd=here,
            env=environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    return run


def test_holds_every_file_the_code_reads(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {
        path.relative_to(CLONE).as_posix()
        for path in (CLONE / "assistant").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    shipped = {
        f"assistant/shipped/{path.relative_to(CLONE).as_posix()}"
        for folder in ("prompts", "seeds")
        for path in (CLONE / folder).iterdir()
    }
    assert package | shipped <= held
    assert "assistant/library/migrations/versions/0001_articles.py" in held
    assert "assistant/web/static/page.js" in held
    assert "assistant/answer/weights.json" in held


def test_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    strange = [name for name in names if not name.startswith(("assistant/", "accord-"))]
    assert strange == []
    assert not any("__pycache__" in name for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_names_the_command_and_no_training_library(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name: name for name in archive.namelist() if ".dist-info/" in name}
        commands = archive.read(names["entry_points.txt"]).decode()
        about = archive.read(names["METADATA"]).decode()
    assert "accord = assistant.cli:main" in commands
    assert "Requires-Dist: torch" not in about
    assert "Requires-Dist: sentence-transformers" not in about


def test_answers_outside_the_clone(run: Run) -> None:
    taken = run(ACCORD, "ingest", "--seeds")
    assert taken.returncode == 0, taken.stderr
    seeds = len(list((CLONE / "seeds").iterdir()))
    assert taken.stdout == f"{seeds} added, 0 updated, 0 unchanged, 0 skipped\n"
    asked = run(ACCORD, "ask", "--json", "How much did eBay agree to pay for Skype?")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert "$2.6 billion" in answer["answer"]
    assert answer["citations"][0]["article_id"] == "seed-2005-09-ebay-buys-skype"


def test_knows_its_version(run: Run, wheel: Path) -> None:
    version = wheel.name.split("-")[1]
    assert run(ACCORD, "--version").stdout == f"accord, version {version}\n"


def test_finds_its_page_and_its_prompts(run: Run) -> None:
    done = run(PAGE_AND_PROMPTS)
    assert done.returncode == 0, done.stderr
    static = sorted(path.name for path in (CLONE / "assistant/web/static").iterdir())
    assert done.stdout.split() == static
