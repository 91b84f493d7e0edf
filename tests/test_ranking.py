from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.answer.question import Aspect, read_aspect
from assistant.answer.ranking import (
    SIGNS,
    WEIGHTS,
    heed,
    load_heeded,
    load_weights,
    rank_sentences,
)
from assistant.answer.reader import Judged
from assistant.answer.sentences import FEATURES, Asked, Candidate, list_candidates
from assistant.service import Assistant


def _rank(assistant: Assistant, question: str) -> tuple[list[str], list[float], float]:
    evidence = assistant.indexes.retriever.find(question)
    asked = Asked(question, read_aspect(question), assistant.indexes.words)
    ranking = rank_sentences(asked, list_candidates(evidence), load_weights())
    return [c.text for c in ranking.candidates], ranking.scores, ranking.answerable


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much did Halvora invest in Pixelbarn?", "12 million pounds"),
        ("Who bought Tarnbeck Castings?", "Velmora"),
        ("Why did Dunmore choose Skarland?", "burn less fuel"),
        ("Why did Tolmar sell its glass unit?", "pay back debt"),
        ("When did Velmora complete its purchase of Tarnbeck?", "Tuesday"),
    ],
)
def test_a_sentence_that_answers_is_among_the_first_two(
    assistant: Assistant, question: str, words: str
) -> None:
    texts, _, _ = _rank(assistant, question)
    assert any(words in text for text in texts[:2])


def test_scores_fall_and_every_candidate_is_ranked(assistant: Assistant) -> None:
    question = "Who bought Tarnbeck Castings?"
    texts, scores, odds = _rank(assistant, question)
    candidates = list_candidates(assistant.indexes.retriever.find(question))
    assert sorted(texts) == sorted(c.text for c in candidates)
    assert scores == sorted(scores, reverse=True)
    assert all(math.isfinite(value) for value in (*scores, odds))


def test_the_order_is_the_same_each_time(assistant: Assistant) -> None:
    question = "Why did Ravensund and Kelpie Bank call off their merger?"
    assert _rank(assistant, question) == _rank(assistant, question)


def test_one_candidate_can_be_ranked(assistant: Assistant) -> None:
    evidence = assistant.indexes.retriever.find("Relunol")[:1]
    candidate = list_candidates(evidence)[-1:]
    asked = Asked("Relunol?", Aspect.WHAT, assistant.indexes.words)
    assert rank_sentences(asked, candidate, load_weights()).candidates == candidate


def test_an_answered_question_has_better_odds_than_one_about_nothing_here(
    assistant: Assistant,
) -> None:
    _, _, answered = _rank(assistant, "How much did Halvora invest in Pixelbarn?")
    _, _, foreign = _rank(assistant, "Who wrote the national anthem of a small island?")
    assert answered > 0 > foreign


def test_the_weights_know_every_feature_and_every_sign() -> None:
    weights = load_weights()
    assert weights.order.shape == (len(FEATURES),)
    assert weights.answerable.shape == weights.centre.shape == weights.scale.shape == (len(SIGNS),)
    assert all(weights.scale > 0)
    held = json.loads(WEIGHTS.read_text("utf-8"))
    assert set(held["order"]) == set(FEATURES)
    assert set(held["answerable"]) == set(SIGNS)


def test_weights_that_lack_a_feature_are_not_taken(tmp_path: Path) -> None:
    held = json.loads(WEIGHTS.read_text("utf-8"))
    del held["order"]["covers"]
    (tmp_path / "weights.json").write_text(json.dumps(held))
    with pytest.raises(KeyError, match="covers"):
        load_weights(tmp_path / "weights.json")


class _Scripted:
    """Says of each candidate what is written for its text, and has room for the first three."""

    def __init__(self, odds: dict[str, float]) -> None:
        self.odds = odds

    def read(
        self, question: str, earlier: str, candidates: Sequence[Candidate]
    ) -> list[Judged | None]:
        said = [
            Judged(self.odds.get(c.text, -6.0), self.odds.get(c.text, -6.0), (0, 1))
            for c in candidates[:3]
        ]
        return [*said, *[None] * (len(candidates) - len(said))]


def test_what_the_reader_is_sure_of_comes_first_and_makes_an_answer_likelier(
    assistant: Assistant,
) -> None:
    question = "Who bought Tarnbeck Castings?"
    candidates = list_candidates(assistant.indexes.retriever.find(question))
    asked = Asked(question, read_aspect(question), assistant.indexes.words)
    plain = rank_sentences(asked, candidates, load_weights())
    third = plain.candidates[2]
    sure = heed(asked, plain, _Scripted({third.text: 40.0}), load_heeded())
    unsure = heed(asked, plain, _Scripted({}), load_heeded())
    assert sure.candidates[0] == third
    assert sure.answerable > unsure.answerable
    assert len(sure.candidates) == len(candidates)
    assert sure.scores == sorted(sure.scores, reverse=True)


def test_what_is_far_behind_is_not_given_to_the_reader(assistant: Assistant) -> None:
    offered: list[Candidate] = []

    class Watching:
        def read(
            self, question: str, earlier: str, candidates: Sequence[Candidate]
        ) -> list[Judged | None]:
            offered.extend(candidates)
            return [None] * len(candidates)

    question = "Who bought Tarnbeck Castings?"
    candidates = list_candidates(assistant.indexes.retriever.find(question))
    asked = Asked(question, read_aspect(question), assistant.indexes.words)
    plain = rank_sentences(asked, candidates, load_weights())
    heed(asked, plain, Watching(), load_heeded())
    behind = [plain.scores[0] - score for score in plain.scores]
    assert offered == plain.candidates[: len(offered)]
    assert behind[len(offered) - 1] <= 2.0 < behind[len(offered)]


def test_a_reader_with_room_for_nothing_changes_nothing(assistant: Assistant) -> None:
    class Full:
        def read(
            self, question: str, earlier: str, candidates: Sequence[Candidate]
        ) -> list[Judged | None]:
            return [None] * len(candidates)

    question = "Who bought Tarnbeck Castings?"
    candidates = list_candidates(assistant.indexes.retriever.find(question))
    asked = Asked(question, read_aspect(question), assistant.indexes.words)
    plain = rank_sentences(asked, candidates, load_weights())
    assert heed(asked, plain, Full(), load_heeded()) == plain
