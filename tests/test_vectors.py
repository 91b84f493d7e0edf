from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import TinyEmbeddings

from assistant.domain import Article, Passage, Source, Span
from assistant.errors import IndexBroken
from assistant.library.articles import ArticleStore
from assistant.search.projection import catch_up, in_step
from assistant.search.vectors import (
    POINTER,
    VectorIndex,
    embedded_text,
    flip,
    open_vectors,
)

Open = Callable[..., VectorIndex]
TEXTS = {
    "velmora": "Velmora bought Tarnbeck for cash.",
    "halvora": "Halvora invested in studio Pixelbarn.",
    "dunmore": "Dunmore ordered forty jets.",
}


@pytest.fixture
def open_index(tmp_path: Path, store: ArticleStore) -> Iterator[Open]:
    """Opens the one folder, after closing it."""
    opened: list[VectorIndex] = []

    def opener(name: str = "tiny") -> VectorIndex:
        while opened:
            opened.pop().close()
        opened.append(open_vectors(tmp_path / "vectors", TinyEmbeddings(name), store))
        return opened[0]

    yield opener
    while opened:
        opened.pop().close()


@pytest.fixture
def filled(store: ArticleStore) -> ArticleStore:
    for name, text in TEXTS.items():
        store.put(Article(Source(name, name.title()), text), [[_whole(name, text)]])
    return store


def _whole(title: str, text: str) -> Span:
    return Span(len(title) + 1, len(title) + 1 + len(text))


def _live(store: ArticleStore, index: VectorIndex) -> VectorIndex:
    catch_up(store, index)
    flip(store, index)
    return index


def _nearest(index: VectorIndex, text: str, k: int = 5) -> list[tuple[int, float]]:
    return index.nearest(index.embed_question(text), k)


@pytest.mark.parametrize(
    ("date", "head"), [("2014-03", "Kestrel bids (2014-03)"), (None, "Kestrel bids")]
)
def test_title_and_date_stand_before_what_is_embedded(date: str | None, head: str) -> None:
    article = Article(Source("a", "Kestrel bids", date=date), "It bids.")
    passage = Passage(1, "a", 0, Span(13, 21), "It bids.")
    assert embedded_text(passage, article) == f"{head}\nIt bids."


def test_the_nearest_passage_comes_first_with_its_cosine(
    filled: ArticleStore, open_index: Open
) -> None:
    index = _live(filled, open_index())
    found = _nearest(index, "Dunmore\nDunmore ordered forty jets.")
    ((passage, _),) = filled.passages_of(["dunmore"])
    assert found[0][0] == passage.id
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert [cosine for _, cosine in found] == sorted((c for _, c in found), reverse=True)
    assert all(-1.00001 <= cosine <= 1.00001 for _, cosine in found)


def test_more_are_asked_for_than_there_are(filled: ArticleStore, open_index: Open) -> None:
    index = _live(filled, open_index())
    assert len(_nearest(index, "jets", 100)) == 3
    assert len(_nearest(index, "jets", 2)) == 2


def test_an_empty_index_finds_nothing(store: ArticleStore, open_index: Open) -> None:
    assert _nearest(_live(store, open_index()), "jets") == []


def test_sentences_have_cosines_of_their_own(filled: ArticleStore, open_index: Open) -> None:
    index = _live(filled, open_index())
    ((passage, _),) = filled.passages_of(["dunmore"])
    vector = index.embed_question("Dunmore ordered forty jets.")
    title, sentence = index.sentence_cosines(vector, [passage.id, 999])[passage.id]
    assert sentence == pytest.approx(1.0, abs=0.02)
    assert title < sentence


def test_chroma_holds_no_text(filled: ArticleStore, open_index: Open, tmp_path: Path) -> None:
    index = _live(filled, open_index())
    held = index._collection.get(include=["documents", "metadatas", "uris"])
    assert len(held["ids"]) == 3
    assert not any(held["documents"] or [])
    assert not any(held["metadatas"] or [])
    index.close()
    tables = list((tmp_path / "vectors").glob("chroma.sqlite3*"))
    assert tables
    for path in tables:
        assert b"Pixelbarn" not in path.read_bytes(), path.name


def test_the_collection_is_made_for_recall(store: ArticleStore, open_index: Open) -> None:
    _live(store, open_index())
    hnsw = open_index()._collection._model.configuration_json["hnsw"]
    assert hnsw["space"] == "cosine"
    assert (hnsw["max_neighbors"], hnsw["ef_construction"], hnsw["ef_search"]) == (32, 200, 200)


def test_a_changed_embedder_builds_a_new_collection_and_the_old_one_goes(
    filled: ArticleStore, open_index: Open
) -> None:
    before = _live(filled, open_index("first")).name
    index = open_index("second")
    assert index.name != before
    assert index.count() == 0
    assert filled.pointer(POINTER) == before
    _live(filled, index)
    assert filled.pointer(POINTER) == index.name
    assert [c.name for c in index._client.list_collections()] == [index.name]
    assert in_step(filled, index)


def test_until_the_new_collection_is_built_the_old_one_stays(
    filled: ArticleStore, open_index: Open
) -> None:
    before = _live(filled, open_index("first")).name
    catch_up(filled, open_index("second"))
    index = open_index("first")
    assert index.name == before
    assert index.count() == 3


def test_going_back_to_a_former_embedder_makes_yet_another_collection(
    filled: ArticleStore, open_index: Open
) -> None:
    names = [_live(filled, open_index(name)).name for name in ("first", "second", "first")]
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    "name", ["openai-BAAI/bge-m3", "openai-nomic-embed-text:latest", "openai-mod\u00e8le"]
)
def test_an_embedder_may_have_any_name(filled: ArticleStore, open_index: Open, name: str) -> None:
    _live(filled, open_index(name))
    again = open_index(name)
    assert again.name == filled.pointer(POINTER)
    assert again.count() == 3


def test_two_embedders_never_share_a_collection(store: ArticleStore, open_index: Open) -> None:
    one, two = (open_index(name).name for name in ("openai-a/b", "openai-a_b"))
    assert one != two


def test_more_rows_than_one_call_takes_are_held_and_listed(
    store: ArticleStore, open_index: Open
) -> None:
    text = "abcdefghij" * 201
    store.put(Article(Source("a", "T"), text), [[Span(2 + i, 3 + i)] for i in range(2010)])
    index = open_index()
    catch_up(store, index)
    assert index.count() == 2010
    assert index.ids() == set(store.passage_ids())
    index.remove(store.passage_ids()[:2005])
    assert index.ids() == set(store.passage_ids()[2005:])


def test_adding_what_is_held_changes_nothing(filled: ArticleStore, open_index: Open) -> None:
    index = _live(filled, open_index())
    index.add(filled.passages(filled.passage_ids()))
    assert index.count() == 3


def test_a_folder_that_chroma_cannot_read_is_told_with_advice(
    store: ArticleStore, tmp_path: Path
) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"not a database " * 1000)
    with pytest.raises(IndexBroken, match="accord reindex"):
        open_vectors(tmp_path / "vectors", TinyEmbeddings(), store)


def test_vectors_are_those_of_the_embedder(filled: ArticleStore, open_index: Open) -> None:
    index = _live(filled, open_index())
    ((passage, article),) = filled.passages_of(["velmora"])
    held = index._collection.get(ids=[str(passage.id)], include=["embeddings"])["embeddings"][0]
    expected = TinyEmbeddings().embed_query(embedded_text(passage, article))
    np.testing.assert_allclose(held, expected, atol=1e-6)
