"""The rules of the house that a reader would check by eye, checked by machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant

PACKAGE = Path(assistant.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
HOMES = {
    "chromadb": ("search.vectors",),
    "onnxruntime": ("encoder.minilm",),
    "tantivy": ("search.lexical",),
    "gradio": ("web.",),
    "networkx": ("web.views.network",),
    "openai": ("language.", "voice.speech", "search.embedding"),
    "langchain_openai": ("language.", "voice.speech", "search.embedding"),
}
LIGHT = ("chromadb", "gradio", "networkx", "openai", "langgraph", "onnxruntime")
SHAPELESS = re.compile(r"utils?|helpers?|common|managers?|misc")


def _imports(path: Path) -> Iterator[str]:
    """Top-level names of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_there_are_modules_to_check() -> None:
    assert {"cli", "service", "search.vectors", "library.database"} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_longer_than_60_lines(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    lengths = {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_400_lines(module: str) -> None:
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_called_by_a_noun_of_the_field(module: str) -> None:
    assert not [part for part in module.split(".") if SHAPELESS.fullmatch(part)]


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_is_imported_in_its_home_alone(library: str) -> None:
    importing = [module for module, path in MODULES.items() if library in _imports(path)]
    assert importing
    assert [module for module in importing if not module.startswith(HOMES[library])] == []


@pytest.mark.parametrize("module", ["assistant.cli", "assistant.service", "assistant.settings"])
def test_starting_pays_for_no_heavy_library(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({LIGHT!r}) & set(sys.modules)))"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert finished.stdout.strip() == ""


def test_only_the_settings_read_the_environment() -> None:
    """Others may set a variable, to forbid a library something, as `os.environ[...] = ...`."""
    read = re.compile(r"getenv|os\.environ(?!\.update\(|\[\"\w+\"\] = )")
    reading = [name for name, path in MODULES.items() if read.search(path.read_text("utf-8"))]
    assert reading == ["settings"]
