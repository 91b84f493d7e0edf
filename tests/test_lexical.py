from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.domain import Article, Passage, Source, Span
from assistant.errors import IndexBroken
from assistant.search.lexical import STOP_WORDS, LexicalIndex

TEXTS = {
    1: ("Velmora buys Tarnbeck", "Velmora agreed to purchase the foundry for 340 million euros."),
    2: ("Halvora invests", "Halvora invested 12 million pounds in the studio Pixelbarn."),
    3: ("Jets", "Dunmore Air ordered forty jets. Société Générale lends the money."),
    4: ("Strange", "Nothing of interest. 东京电力 made an offer to Müller & Söhne."),
}


def _rows(*ids: int) -> list[tuple[Passage, Article]]:
    rows = []
    for i in ids:
        title, text = TEXTS[i]
        span = Span(len(title) + 1, len(title) + 1 + len(text))
        rows.append((Passage(i, str(i), 0, span, text), Article(Source(str(i), title), text)))
    return rows


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex(tmp_path / "words")
    index.add(_rows(1, 2, 3, 4))
    index.advance(4)
    return index


def _ids(index: LexicalIndex, text: str, k: int = 10) -> list[int]:
    return [i for i, _ in index.best(text, k)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("purchasing foundries", 1),
        ("PIXELBARN", 2),
        ("Who ordered jets?", 3),
        ("societe generale", 3),
        ("Müller", 4),
        ("muller sohne", 4),
        ("(“Tarnbeck”)", 1),
        ("12 million pounds", 2),
    ],
)
def test_words_are_found_by_stem_in_any_case_with_or_without_accents(
    index: LexicalIndex, query: str, first: int
) -> None:
    assert _ids(index, query)[0] == first


def test_words_of_the_title_count_for_the_passage(index: LexicalIndex) -> None:
    assert _ids(index, "Tarnbeck") == [1]


def test_scores_fall_and_at_most_k_come(index: LexicalIndex) -> None:
    found = index.best("million Halvora Velmora jets", 10)
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
    assert len(index.best("million Halvora Velmora jets", 2)) == 2


@pytest.mark.parametrize(
    "query",
    ["", "  ", "?", "who did the", "zanzar", "body:jets OR", '"', "a" * 10_000, "\x00", "\ud7ff"],
)
def test_a_query_without_known_words_finds_nothing_and_never_fails(
    index: LexicalIndex, query: str
) -> None:
    assert _ids(index, query) in ([], [3])


def test_stop_words_are_no_terms(index: LexicalIndex) -> None:
    assert index.terms(" ".join(sorted(STOP_WORDS))) == []
    assert index.terms("Who bought the Foundries, and who bought jets?") == [
        "bought",
        "foundri",
        "jet",
    ]


def test_a_rare_word_tells_more_than_a_common_one(index: LexicalIndex) -> None:
    assert index.rarity("zanzar") == 1.0
    assert 0.0 <= index.rarity("million") < index.rarity("pixelbarn") < 1.0


def test_in_an_empty_index_every_word_is_rare_and_nothing_is_found(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "words")
    assert index.rarity("million") == 1.0
    assert index.best("million", 5) == []
    assert (index.position, index.count(), index.ids()) == (0, 0, set())


def test_what_is_added_is_seen_and_kept_when_the_position_moves(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "words")
    index.add(_rows(1, 2))
    index.advance(7)
    again = LexicalIndex(tmp_path / "words")
    for opened in (index, again):
        assert (opened.position, opened.count(), opened.ids()) == (7, 2, {1, 2})
        assert _ids(opened, "Pixelbarn") == [2]


def test_a_removed_passage_is_gone(index: LexicalIndex) -> None:
    index.remove([3])
    index.advance(5)
    assert index.ids() == {1, 2, 4}
    assert index.count() == 3
    assert index.best("jets", 5) == []


def test_adding_what_is_held_changes_nothing(index: LexicalIndex) -> None:
    index.add(_rows(1))
    index.advance(5)
    assert (index.count(), index.ids()) == (4, {1, 2, 3, 4})


def test_clearing_empties_and_forgets(index: LexicalIndex, tmp_path: Path) -> None:
    index.clear()
    assert (index.position, index.count()) == (0, 0)
    index.add(_rows(3))
    index.advance(1)
    assert LexicalIndex(tmp_path / "words").ids() == {3}


@pytest.mark.parametrize("content", ["", "{", "not json", "[1, 2]"])
def test_a_corrupted_index_is_told_with_advice(
    index: LexicalIndex, tmp_path: Path, content: str
) -> None:
    (tmp_path / "words" / "w1" / "meta.json").write_text(content)
    with pytest.raises(IndexBroken, match="accord reindex"):
        LexicalIndex(tmp_path / "words")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "not json",
        "{}",
        "[]",
        json.dumps({"position": "x"}),
        json.dumps({"position": None}),
    ],
)
def test_a_corrupted_position_is_told_with_advice(
    index: LexicalIndex, tmp_path: Path, content: str
) -> None:
    (tmp_path / "words" / "w1" / "position.json").write_text(content)
    with pytest.raises(IndexBroken, match="accord reindex"):
        LexicalIndex(tmp_path / "words")


def test_a_lost_segment_file_is_told_with_advice(index: LexicalIndex, tmp_path: Path) -> None:
    for path in (tmp_path / "words" / "w1").glob("*.idx"):
        path.unlink()
    with pytest.raises(IndexBroken, match="accord reindex"):
        LexicalIndex(tmp_path / "words").best("jets", 1)


def test_many_threads_may_ask_while_one_adds(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "words")
    index.add(_rows(1))
    index.advance(1)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(_ids, index, "Tarnbeck") for _ in range(50)]
        for position, i in enumerate((2, 3, 4), 2):
            index.add(_rows(i))
            index.advance(position)
        assert [future.result() for future in asked] == [[1]] * 50
    assert index.ids() == {1, 2, 3, 4}
