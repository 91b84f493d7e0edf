"""The rows that the pair reader is shown, the forms of grammar, and the reader itself on real weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.deals.reading.grammar import Finding, find_forms, listed, masked
from assistant.deals.reading.pairs import ADAPTER, Link, Marked, PairReader
from assistant.deals.reading.windows import MARKS, ROW_TOKENS, Sighting, build_row, plan_rows
from assistant.domain import Span
from assistant.encoder.adapted import Pieces


def _words(text: str) -> Pieces:
    """One piece a word, its id the word's length."""
    ids, offsets, at = [], [], 0
    for word in text.split(" "):
        ids.append(len(word))
        offsets.append((at, at + len(word)))
        at += len(word) + 1
    return Pieces(tuple(ids), tuple(offsets))


def _sightings(content: str, *names: str) -> list[Sighting]:
    found = []
    for actor, name in enumerate(names):
        at = content.find(name)
        while at >= 0:
            found.append(Sighting(actor, Span(at, at + len(name))))
            at = content.find(name, at + 1)
    return found


def _forms(text: str, *names: str) -> set[tuple[int, int, Link]]:
    marked = masked(text, Span(0, len(text)), _sightings(text, *names))
    return {(f.first, f.second, f.link) for f in find_forms(marked)}


def test_a_mark_stands_before_every_name_and_is_the_same_for_one_actor() -> None:
    text = "Velmora buys Tarnbeck and Velmora pays"
    row = build_row(
        [Span(0, len(text))], [_words(text)], _sightings(text, "Velmora", "Tarnbeck"), [0], [0]
    )
    assert row.ids == (MARKS[0], 7, 4, MARKS[1], 8, 3, MARKS[0], 7, 4)
    assert [m.actor for m in row.marks] == [0, 1, 0]
    assert all(row.ids[m.position] in MARKS for m in row.marks)


def test_actors_beyond_the_24th_get_no_mark() -> None:
    names = [f"N{i:02}" for i in range(30)]
    text = " ".join(names)
    row = build_row([Span(0, len(text))], [_words(text)], _sightings(text, *names), [0], [0])
    assert {m.actor for m in row.marks} == set(range(24))


def test_sentences_near_each_other_are_read_in_one_row() -> None:
    assert plan_rows([10] * 8, [2, 3]) == [([0, 1, 2, 3], [2, 3])]
    assert plan_rows([10] * 8, [5]) == [([0, 4, 5], [5])]


def test_every_wanted_sentence_is_read_once_whatever_its_length() -> None:
    lengths = [20, 150, 90, 5, 300, 40, 60]
    plans = plan_rows(lengths, [1, 2, 4, 6])
    assert [i for _, read in plans for i in read] == [1, 2, 4, 6]
    assert all(0 in shown and set(read) <= set(shown) for shown, read in plans)
    assert all(
        len(read) == 1 or sum(lengths[i] for i in shown) <= ROW_TOKENS for shown, read in plans
    )


V, T, S = "Velmora", "Tarnbeck", "Lund"


@pytest.mark.parametrize(
    "text",
    [
        "Velmora acquired Tarnbeck.",
        "Velmora, a maker of turbines, has agreed to buy foundry Tarnbeck.",
        "Velmora, which bought Tarnbeck in 2009, is based in Norrby.",
        "Tarnbeck was acquired by Velmora in 2009.",
        "Tarnbeck is to be bought by Velmora.",
        "Tarnbeck, bought by Velmora in 2009, makes hubs.",
        "Tarnbeck was later taken over by its rival Velmora.",
        "Velmora's acquisition of Tarnbeck is complete.",
        "The takeover of Tarnbeck by Velmora is complete.",
        "Velmora's hostile bid for Tarnbeck failed.",
        "Tarnbeck agreed to be acquired by Velmora.",
        "Tarnbeck rejected an offer from Velmora.",
        "The sale of Tarnbeck to Velmora is off.",
        "Holders of Tarnbeck stock will receive 0.69 shares of Velmora stock for each.",
        "It offered Tarnbeck's unsecured creditors $4 billion and 78.5 million Velmora shares.",
    ],
)
def test_a_form_of_buying_tells_who_buys_whom(text: str) -> None:
    assert _forms(text, V, T) == {(0, 1, Link.ACQUIRES)}


@pytest.mark.parametrize(
    "text",
    [
        "Lund sold Tarnbeck to Velmora.",
        "Velmora bought Tarnbeck from Lund.",
        "Tarnbeck was sold by Lund to Velmora.",
    ],
)
def test_a_form_of_selling_tells_all_three_parts(text: str) -> None:
    assert {(0, 1, Link.ACQUIRES), (0, 2, Link.BUYS_FROM), (2, 1, Link.SELLS)} == _forms(
        text, V, T, S
    )


def test_a_list_of_targets_is_bought_by_the_one_buyer() -> None:
    found = _forms(
        "Velmora's purchases of Tarnbeck, Oskeld and Quillon.", V, T, "Oskeld", "Quillon"
    )
    assert found == {(0, i, Link.ACQUIRES) for i in (1, 2, 3)}


def test_a_minority_is_held_and_a_majority_acquired() -> None:
    assert _forms("Velmora invested in Tarnbeck.", V, T) == {(0, 1, Link.INVESTS_IN)}
    assert _forms("Velmora is currently Tarnbeck's largest single shareholder.", V, T) == {
        (0, 1, Link.INVESTS_IN)
    }
    assert _forms("Lund sold a 20 percent stake in Tarnbeck to Velmora.", V, T, S) >= {
        (0, 1, Link.INVESTS_IN)
    }


def test_nothing_is_bought_where_goods_are() -> None:
    assert (0, 1, Link.ACQUIRES) not in _forms("Velmora buys its hubs from Tarnbeck.", V, T)


def test_names_in_one_list_are_told_from_names_in_two_clauses() -> None:
    assert listed("‹1› bought ‹2›, the foundry ‹3› and ‹4›.", 2, 4)
    assert not listed("‹1› bought ‹2›, which competes with ‹3›.", 2, 3)
    assert not listed("‹1› bought ‹2›.", 1, 2)


def test_forms_end_on_odd_text() -> None:
    assert find_forms("‹1› " * 5_000) == []
    assert isinstance(find_forms("‹1› bought, and, and, " * 2_000 + "‹2›"), list)
    assert Finding(1, 2, Link.SELLS) == Finding(1, 2, Link.SELLS)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PairReader:
    return PairReader(tmp_path_factory.mktemp("cache"), threads=1)


def test_the_reader_tells_direction_whatever_the_order_of_names(reader: PairReader) -> None:
    for text in (
        "Velmora agreed to buy Tarnbeck for $30 million.",
        "Tarnbeck was bought by Velmora.",
    ):
        content = f"Foundry news\n{text}"
        sightings = tuple(_sightings(content, V, T))
        spans = (Span(0, 12), Span(13, len(content)))
        hits = reader.read(Marked(content, spans, sightings, (1,)))
        assert [(h.first, h.second, h.link) for h in hits] == [(0, 1, Link.ACQUIRES)]
        assert hits[0].score > 0.8


def test_the_weights_are_small() -> None:
    assert ADAPTER.stat().st_size < 3_000_000
    assert isinstance(ADAPTER, Path)
