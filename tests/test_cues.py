"""Sentences worth reading for deals, by their words alone."""

from __future__ import annotations

import time

import pytest

from assistant.deals.reading.cues import sentences_worth_reading


def _read(sentence: str) -> bool:
    """Whether it is read in the text of an article."""
    return sentences_worth_reading(["It rained in Norrby.", sentence]) == [1]


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmora acquired Tarnbeck.",
        "Tarnbeck is to be bought by Velmora.",
        "Its bid for Tarnbeck was snapped up by the owners, Velmora said.",
        "The takeover of Tarnbeck by iVelmora was blocked.",
        "velmora acquired tarnbeck.",
        "VELMORA ACQUIRED TARNBECK.",
        "Oskeld and Quillon teamed up on battery trains.",
        "Oskeld signed a pact with Quillon on Monday.",
        "The two have joined hands, Oskeld and Quillon said.",
        "Corvane swallowed its smaller rival.",
        "Corvane sold its paint arm to Benholt.",
        "Harrowgate spun off its ferries.",
        "Quillon supplies cells to Oskeld.",
        "Corvane licensed the drug from Benholt.",
        "Velmora denied that it would buy Tarnbeck.",
        "The talks between Velmora and Tarnbeck have failed.",
        "A stake in Östra Bryggeri changed hands, 4iG said.",
        "The company sold it.",
        "The companies formed a joint venture.",
        "The airlines' code-share ends in May.",
        "Velmora, Tarnbeck in tie-up",
        "Velmora's Quillon was sold.",
        "The merger of the two banks is off.",
        "Both airlines co-operate on engines.",
    ],
)
def test_a_sentence_with_a_deal_word_is_read(sentence: str) -> None:
    assert _read(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The bank must deal with inflation.",
        "It took a good deal of patience.",
        "It is no big deal, she said.",
        "It rained in Norrby on Tuesday.",
        "Profits rose by a fifth in the quarter.",
        "The takeover was blocked.",
        "Sales of cars rose in August.",
        "The deal was signed in Norrby on Tuesday.",
        "Oskeld and Quillon are under investigation.",
        "",
        "12345 !!! …",
    ],
)
def test_a_sentence_without_one_is_passed_over(sentence: str) -> None:
    assert not _read(sentence)


def test_a_vague_word_counts_in_a_title_and_beside_two_names() -> None:
    assert sentences_worth_reading(["Oskeld will work with Quillon"]) == [0]
    assert sentences_worth_reading(["We will work until Friday"]) == []


def test_a_line_of_200_000_characters_is_looked_at_within_a_second() -> None:
    started = time.process_time()
    for line in ("Deal " * 40_000, "A" * 200_000, "A. " * 60_000, "The two it " * 20_000):
        sentences_worth_reading(["Deal", line])
    assert time.process_time() - started < 1.0


def test_a_vague_word_is_enough_in_a_title_and_not_in_the_text() -> None:
    vague, plain = "Oskeld will work with Quillon.", "Velmora acquired Tarnbeck."
    assert sentences_worth_reading([vague, vague, plain]) == [0, 2]
    assert sentences_worth_reading(["It rained in Norrby.", vague]) == []
