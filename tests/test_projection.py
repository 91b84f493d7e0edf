"""Both indexes follow the database: a real Chroma folder, a real tantivy index, a real SQLite file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest
from conftest import Opener, TinyEmbeddings, write_articles

from assistant.domain import Article, Passage, Source, Span
from assistant.encoder.minilm import Vectors
from assistant.errors import ModelUnreachable
from assistant.library.articles import ArticleStore
from assistant.search.indexes import Indexes
from assistant.search.lexical import LexicalIndex
from assistant.search.projection import Projection, catch_up, in_step
from assistant.search.vectors import VectorIndex, open_vectors

KINDS = ["vectors", "words"]


class Killed(Exception):
    """Stands for a process that ends here."""


class Open(Protocol):
    """Opens an index of the kind under test; the same folder each time."""

    def __call__(self) -> Projection: ...


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_index(kind: str, tmp_path: Path, store: ArticleStore) -> Iterator[Open]:
    opened: list[VectorIndex] = []

    def opener() -> Projection:
        if kind == "words":
            return LexicalIndex(tmp_path / "words")
        while opened:
            opened.pop().close()
        opened.append(open_vectors(tmp_path / "vectors", TinyEmbeddings(), store))
        return opened[0]

    yield opener
    while opened:
        opened.pop().close()


@pytest.fixture
def index(open_index: Open) -> Projection:
    return open_index()


class Dying:
    """A projection whose process ends at one of its calls, before or after it is done."""

    def __init__(self, index: Projection, at: str, *, done: bool = False, call: int = 1) -> None:
        self._index = index
        self._at = at
        self._done = done
        self._left = call

    @property
    def position(self) -> int:
        return self._index.position

    def count(self) -> int:
        return self._index.count()

    def ids(self) -> set[int]:
        return self._index.ids()

    def remove(self, ids: Sequence[int]) -> None:
        with self._dying("remove"):
            self._index.remove(ids)

    def add(self, passages: Sequence[tuple[Passage, Article]]) -> None:
        with self._dying("add"):
            self._index.add(passages)

    def advance(self, position: int) -> None:
        with self._dying("advance"):
            self._index.advance(position)

    def clear(self) -> None:
        with self._dying("clear"):
            self._index.clear()

    def _dying(self, at: str) -> _Death:
        self._left -= at == self._at
        return _Death(at == self._at and self._left == 0, self._done)


class _Death:
    def __init__(self, now: bool, done: bool) -> None:
        self._now = now
        self._done = done

    def __enter__(self) -> None:
        if self._now and not self._done:
            raise Killed

    def __exit__(self, *_: object) -> None:
        if self._now:
            raise Killed


def _put(store: ArticleStore, name: str, words: str = "Kestrel bids", passages: int = 2) -> None:
    sentence = f"{words} for {name}. "
    article = Article(Source(name, name.upper()), sentence * passages)
    first = len(name) + 1
    step = len(sentence)
    spans = [[Span(first + i * step, first + (i + 1) * step)] for i in range(passages)]
    store.put(article, spans)


def _put_many(store: ArticleStore, count: int) -> None:
    for n in range(count):
        _put(store, f"n{n}", passages=4)


def test_an_empty_library_has_empty_indexes_in_step(store: ArticleStore, index: Projection) -> None:
    catch_up(store, index)
    assert (index.position, index.count(), index.ids()) == (0, 0, set())
    assert in_step(store, index)


def test_additions_updates_and_removals_are_followed(
    store: ArticleStore, index: Projection
) -> None:
    for name in ("a", "b", "c"):
        _put(store, name)
    catch_up(store, index)
    assert index.ids() == set(store.passage_ids())
    _put(store, "a", "Kestrel withdraws", passages=3)
    store.remove("b")
    _put(store, "d")
    assert not in_step(store, index)
    catch_up(store, index)
    assert index.ids() == set(store.passage_ids())
    assert index.count() == 7
    assert in_step(store, index)


def test_an_article_changed_many_times_between_is_held_once(
    store: ArticleStore, index: Projection
) -> None:
    _put(store, "a")
    catch_up(store, index)
    for words in ("One", "Two", "Three"):
        _put(store, "a", words)
    store.remove("a")
    _put(store, "a", "Four")
    catch_up(store, index)
    assert in_step(store, index)
    assert index.count() == 2


def test_what_is_held_survives_closing(
    store: ArticleStore, index: Projection, open_index: Open
) -> None:
    _put(store, "a")
    catch_up(store, index)
    again = open_index()
    assert again.position == store.holdings().last_change
    assert in_step(store, again)


def test_nothing_is_done_twice(store: ArticleStore, index: Projection) -> None:
    _put(store, "a")
    catch_up(store, index)
    catch_up(store, Dying(index, "add"))
    catch_up(store, Dying(index, "advance"))


def test_progress_counts_articles_to_the_last(store: ArticleStore, index: Projection) -> None:
    _put_many(store, 70)
    told: list[tuple[int, int]] = []
    catch_up(store, index, lambda done, total: told.append((done, total)))
    assert len(told) > 1
    assert told[-1] == (70, 70)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("at", "done", "call"),
    [
        ("add", False, 1),
        ("add", True, 1),
        ("advance", True, 1),
        ("add", True, 2),
        ("advance", True, 2),
    ],
)
def test_killed_anywhere_while_adding_heals(
    store: ArticleStore, open_index: Open, at: str, done: bool, call: int
) -> None:
    _put_many(store, 70)
    with pytest.raises(Killed):
        catch_up(store, Dying(open_index(), at, done=done, call=call))
    index = open_index()
    catch_up(store, index)
    assert in_step(store, index)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", ["remove", "add", "advance"])
def test_killed_anywhere_while_following_edits_heals(
    store: ArticleStore, open_index: Open, at: str, done: bool
) -> None:
    for name in ("a", "b", "c"):
        _put(store, name)
    catch_up(store, open_index())
    _put(store, "a", "Kestrel withdraws")
    store.remove("b")
    with pytest.raises(Killed):
        catch_up(store, Dying(open_index(), at, done=done))
    index = open_index()
    catch_up(store, index)
    assert in_step(store, index)


def test_killed_then_edited_then_killed_again_heals(store: ArticleStore, open_index: Open) -> None:
    _put(store, "a")
    catch_up(store, open_index())
    for words in ("One", "Two", "Three"):
        _put(store, "a", words)
        _put(store, words.lower())
        with pytest.raises(Killed):
            catch_up(store, Dying(open_index(), "advance"))
    index = open_index()
    catch_up(store, index)
    assert in_step(store, index)


def test_lost_rows_are_noticed_and_built_anew(store: ArticleStore, index: Projection) -> None:
    for name in ("a", "b"):
        _put(store, name)
    catch_up(store, index)
    index.remove(store.passage_ids()[:1])
    index.advance(index.position)
    assert not in_step(store, index)
    catch_up(store, index)
    assert in_step(store, index)


def test_killed_while_building_anew_heals(store: ArticleStore, open_index: Open) -> None:
    _put(store, "a")
    index = open_index()
    catch_up(store, index)
    index.remove(store.passage_ids())
    index.advance(index.position)
    with pytest.raises(Killed):
        catch_up(store, Dying(index, "clear", done=True))
    index = open_index()
    catch_up(store, index)
    assert in_step(store, index)


def test_an_index_ahead_of_the_database_is_built_anew(
    store: ArticleStore, index: Projection
) -> None:
    """As after a database is put back from a backup."""
    _put(store, "a")
    catch_up(store, index)
    index.advance(index.position + 5)
    catch_up(store, index)
    assert in_step(store, index)


# --- a whole process, killed -------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import TinyEmbeddings
from assistant.library.articles import ArticleStore
from assistant.search.lexical import LexicalIndex
from assistant.search.vectors import VectorIndex
from assistant.service import build
from assistant.settings import Settings

def die_at(kind, name, call, after):
    method, calls = getattr(kind, name), []
    def dying(self, *arguments):
        calls.append(name)
        if len(calls) == call and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(self, *arguments)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(kind, name, dying)

kinds = {kind.__name__: kind for kind in (ArticleStore, LexicalIndex, VectorIndex)}
die_at(kinds[sys.argv[4]], sys.argv[5], int(sys.argv[6]), sys.argv[7] == "after")
with build(Settings(data=Path(sys.argv[2]))) as assistant:
    assistant.embedder = TinyEmbeddings()
    assistant.ingest([Path(sys.argv[3])])
"""

POINTS = [
    ("ArticleStore", "put", "5", "after"),
    ("VectorIndex", "add", "1", "after"),
]


def _kill_while_ingesting(data: Path, articles: Path, *point: str) -> None:
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED,
            str(Path(__file__).parent),
            str(data),
            str(articles),
            *point,
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(data / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert finished.returncode == -signal.SIGKILL, finished.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("point", POINTS, ids=[" ".join(point) for point in POINTS])
def test_a_process_killed_while_taking_in_heals_at_the_next_start(
    point: tuple[str, ...], tmp_path: Path, open_assistant: Opener
) -> None:
    articles, data = tmp_path / "articles", tmp_path / "data"
    articles.mkdir()
    write_articles(articles)
    _kill_while_ingesting(data, articles, *point)
    assistant = open_assistant(data, TinyEmbeddings())
    assert assistant.status().in_step
    report = assistant.ingest([articles])
    held = assistant.status()
    assert report.skipped == []
    assert held.in_step
    assert held.articles == report.added + report.unchanged
    assert assistant.indexes.retriever.find("Velmora Tarnbeck")[0].article.id.startswith("velmora")


def test_an_index_follows_an_edit_of_what_it_holds_by_words_and_by_meaning(
    tmp_path: Path, open_assistant: Opener
) -> None:
    path = tmp_path / "a.txt"
    assistant = open_assistant(tmp_path / "data", TinyEmbeddings())
    path.write_text("News\n\nKestrel bought Marrow.")
    assistant.ingest([path])
    path.write_text("News\n\nHalvora bought Pixelbarn.")
    report = assistant.ingest([path])
    assert report.updated == 1
    indexes = assistant.indexes
    assert indexes.words.best("Kestrel", 5) == []
    found = indexes.retriever.find("Kestrel")
    assert [evidence.passage.text for evidence in found] == ["Halvora bought Pixelbarn."]


def test_killed_in_the_first_chunk_and_edited_before_the_next_start_heals(
    store: ArticleStore, open_index: Open
) -> None:
    _put(store, "a")
    with pytest.raises(Killed):
        catch_up(store, Dying(open_index(), "advance"))
    _put(store, "a", "Edited")
    index = open_index()
    catch_up(store, index)
    assert in_step(store, index)


def test_lost_rows_are_noticed_though_the_log_went_on(
    store: ArticleStore, open_index: Open
) -> None:
    _put(store, "a")
    _put(store, "b")
    index = open_index()
    catch_up(store, index)
    index.remove(store.passage_ids()[:1])
    index.advance(index.position)
    _put(store, "c")
    catch_up(store, index)
    assert in_step(store, index)


def test_what_is_taken_in_is_embedded_meanwhile(tmp_path: Path, store: ArticleStore) -> None:
    vectors = open_vectors(tmp_path / "vectors", TinyEmbeddings(), store)
    indexes = Indexes(store, vectors, LexicalIndex(tmp_path / "words"))
    with closing(indexes), indexes.following():
        _put(store, "a")
        deadline = time.monotonic() + 60
        while not in_step(store, vectors) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert in_step(store, vectors)


class Unreachable(TinyEmbeddings):
    def embed_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[Vectors, list[Vectors]]:
        raise ModelUnreachable("the embedding server cannot be reached")


def test_an_embedder_that_fails_meanwhile_is_told_after_all_was_taken_in(
    tmp_path: Path, open_assistant: Opener
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"News {name}\n\nKestrel bought Marrow.")
    assistant = open_assistant(tmp_path / "data", Unreachable())
    with pytest.raises(ModelUnreachable):
        assistant.ingest([tmp_path])
    assert len(assistant.passages()) == 2
