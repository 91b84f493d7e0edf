"""What the tests share: a small library of invented deals, its embedder, and the command line.

The library is built once a session and never written to; a test that changes one gets a copy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from loopback_model import vector_of

from assistant.encoder.minilm import MiniLMEmbeddings, Vectors
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database
from assistant.search.embedding import Embedder
from assistant.service import Assistant, build
from assistant.settings import Settings

MARKDOWN = {
    "velmora-tarnbeck": """---
id: velmora-tarnbeck
title: Velmora to buy Tarnbeck Castings
date: 2014-03-12
publisher: Harbour Post
url: https://harbour.example/velmora
---
Velmora, a maker of wind turbines, agreed on Wednesday to buy Tarnbeck Castings for 340 million \
euros in cash. “Tarnbeck gives us a foundry of our own,” said Ilse Quandt, chief executive of \
Velmora. She said deliveries of hubs had been late for two years.

Tarnbeck employs 1,200 people in Norrby. Its owners, the Lund family, had looked for a buyer since \
the autumn. The companies expect regulators to approve the purchase before the end of summer.
""",
    "velmora-tarnbeck-closed": """---
id: velmora-tarnbeck-closed
title: Velmora completes purchase of Tarnbeck
date: 2014-09-02
publisher: Harbour Post
---
Velmora completed its purchase of Tarnbeck Castings on Tuesday after the competition authority \
cleared it without conditions. All 1,200 jobs in Norrby stay. Henrik Lund leaves the board.
""",
    "oskeld-quillon": """---
id: oskeld-quillon
title: Oskeld and Quillon form alliance for battery trains
date: 2016
publisher: Rail Gazette
---
# Battery trains

Train builder Oskeld and battery maker Quillon signed a partnership to develop battery trains. \
Oskeld wanted the partnership because lines without overhead wires still run on diesel, its \
engineer Mats Ekbom said. Quillon will supply the cells from its plant in Varga.
""",
    "oskeld-quillon-ends": """---
id: oskeld-quillon-ends
title: Oskeld leaves alliance with Quillon
date: 2018-06
publisher: Rail Gazette
---
Oskeld ended its battery alliance with Quillon on Friday. The cells aged faster than Quillon had \
promised, Oskeld said. Quillon denied that and said it would look for another train builder.
""",
    "corvane": """Corvane Pharma licensed the asthma drug Relunol from Benholt Labs. Corvane pays 25 \
million dollars at once and a royalty of eight percent.

Benholt keeps the rights in Asia.
""",
}
TEXT = {
    "pellam-brightwater": """Brightwater Foods rejects Pellam's offer

The board of Brightwater Foods rejected a takeover offer of 78 crowns a share from Pellam Group. \
The offer undervalues the company, chairman Otto Reiss said. Pellam, which holds nine percent of \
the shares, said it would speak to other shareholders.
""",
    "dunmore": """Dunmore Air orders forty jets

Dunmore Air ordered forty jets from planemaker Skarland for 3.1 billion dollars. The first is to be \
delivered in May. Dunmore chose Skarland because its jets burn less fuel, the airline said.
""",
}
LINES = (
    {
        "id": "wire-1",
        "title": "Halvora invests in Pixelbarn",
        "date": "2015-05-20",
        "publisher": "Northern Wire",
        "url": "https://wire.example/1",
        "text": "Media group Halvora invested 12 million pounds in games studio Pixelbarn. Halvora "
        "gets a stake of 30 percent. Pixelbarn founder Tess Marlow said the money would pay for two "
        "new games.",
    },
    {
        "id": "wire-2",
        "title": "Ravensund and Kelpie Bank call off merger",
        "date": "2012-11-08",
        "publisher": "Northern Wire",
        "text": "Ravensund Bank and Kelpie Bank called off their merger on Thursday. The banks could "
        "not agree on where the head office should be, Ravensund president Liv Storm said.",
    },
    {
        "id": "wire-3",
        "title": "Ravensund and Kelpie Bank plan merger",
        "date": "2012-04-16",
        "publisher": "Northern Wire",
        "text": "Ravensund Bank and Kelpie Bank announced a merger of equals. The merged bank would "
        "have assets of 90 billion crowns. Shareholders vote in June.",
    },
    {
        "id": "wire-4",
        "title": "Tolmar sells its glass unit to Vitrea",
        "date": "2019",
        "publisher": "Northern Wire",
        "text": "Tolmar sold its glass unit to Vitrea for 54 million dollars. Tolmar sold the unit to "
        "pay back debt, finance chief Rune Dahl said.",
    },
    {
        "id": "wire-5",
        "title": "Zenkai and Morrow Motors start joint venture",
        "date": "2017-02",
        "publisher": "Northern Wire",
        "text": "Zenkai and Morrow Motors started a joint venture for charging stations. Each company "
        "owns half of the venture. It plans 500 stations by the end of the year.",
    },
)
HELD = len(MARKDOWN) + len(TEXT) + len(LINES)


class TinyEmbeddings(Embeddings):
    """Hashed bags of words: an embedder without weights, whose name can be any."""

    def __init__(self, name: str = "tiny") -> None:
        self.name = name

    def load(self) -> None:
        pass

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector_of(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return vector_of(text)

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        return np.array([vector_of(text) for text in texts], dtype=np.float32)

    def embed_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[Vectors, list[Vectors]]:
        pieces = [
            [text[start:end] for start, end in ranges]
            for text, ranges in zip(texts, parts, strict=True)
        ]
        return self.embed_array(texts), [self.embed_array(some) for some in pieces]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class Opener(Protocol):
    """Opens an assistant that is closed at the end of the test; None leaves its embedder to itself."""

    def __call__(
        self, data: Path, embedder: Embedder | None = ..., settings: Settings | None = ...
    ) -> Assistant: ...


class Accord(Protocol):
    """Runs the command line in a process of its own."""

    def __call__(
        self, data: Path, *arguments: str, **environ: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the person who runs the tests, and no home folder by accident."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("ACCORD_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_")):
                patch.delenv(name)
        patch.setenv("ACCORD_DATA", str(tmp_path_factory.mktemp("unnamed")))
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield


@pytest.fixture(scope="session")
def articles_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented articles as a person would keep them: Markdown, text, JSON Lines."""
    folder = tmp_path_factory.mktemp("articles")
    write_articles(folder)
    return folder


def write_articles(folder: Path) -> None:
    for name, text in MARKDOWN.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    for name, text in TEXT.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    lines = "\n".join(json.dumps(line) for line in LINES)
    (folder / "wire.jsonl").write_text(lines + "\n", "utf-8")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's one file of the embedding graph lies: 90 MB, not to be copied."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def embedder(cache: Path) -> MiniLMEmbeddings:
    """The real weights, loaded once."""
    return MiniLMEmbeddings(cache)


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory,
    cache: Path,
    embedder: MiniLMEmbeddings,
    articles_folder: Path,
) -> Path:
    """A closed data folder that holds the invented articles, in step. Copy it, do not open it."""
    data = tmp_path_factory.mktemp("library")
    (data / "cache").symlink_to(cache)
    with build(Settings(data=data)) as assistant:
        assistant.embedder = embedder
        report = assistant.ingest([articles_folder])
    assert (report.added, report.skipped) == (HELD, [])
    return data


@pytest.fixture
def copied(library: Path, tmp_path: Path) -> Path:
    """A copy of the library, for a test that changes it."""
    return copy_library(library, tmp_path / "data")


def copy_library(library: Path, to: Path) -> Path:
    shutil.copytree(library, to, symlinks=True)
    return to


@pytest.fixture(scope="session")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, library: Path, embedder: MiniLMEmbeddings
) -> Iterator[Assistant]:
    """An assistant with the offline writer on a library that no test changes."""
    data = copy_library(library, tmp_path_factory.mktemp("asked") / "data")
    with build(Settings(data=data)) as opened:
        opened.embedder = embedder
        yield opened


@pytest.fixture
def open_assistant(embedder: MiniLMEmbeddings) -> Iterator[Opener]:
    opened: list[Assistant] = []

    def opener(
        data: Path, embedder: Embedder | None = embedder, settings: Settings | None = None
    ) -> Assistant:
        assistant = build(replace(settings or Settings(), data=data))
        opened.append(assistant)
        if embedder is not None:
            assistant.embedder = embedder
        return assistant

    yield opener
    for assistant in opened:
        assistant.close()


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleStore]:
    """An empty library's articles, in a SQLite file."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('store') / 'accord.db'}")
    yield ArticleStore(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of every `accord` the tests run; it stays empty."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def accord(home: Path) -> Accord:
    def run(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "NO_PROXY") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli", *arguments],
            env=kept | {"HOME": str(home), "ACCORD_DATA": str(data)} | environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    return run
