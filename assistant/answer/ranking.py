"""Which sentences answer a question, and whether any does, by learned weights.

Two linear models over the features of `sentences`: one orders the candidates, one judges from the
best of them whether the articles answer at all. training/train_sentences.py learned both. Where there
is a reader, what it says of the first candidates is weighed beside them: `Heeded`, learned by
training/train_answers.py on texts that the reader was not trained on.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.answer.question import Aspect
from assistant.answer.reader import Judged
from assistant.answer.sentences import FEATURES, Asked, Candidate

WEIGHTS = Path(__file__).with_name("weights.json")

SIGNS = (
    "score", "share", "gap", "missing", "most_missing", "nearness", "words",
    *(f"best_{name}" for name in FEATURES),
    *(f"asks_{aspect}" for aspect in Aspect),
)  # fmt: skip
"""What answerability is judged by: the order's own confidence, words of the question that the best
article lacks, and the features of its best sentence."""


READ = 12
"""Candidates offered to a reader, which takes those that it has room for."""

_BEHIND = 2.0
"""Log-odds behind the first at which a candidate is not offered: reading takes half of an answer's time,
and with a fifth less to read as many answers are right (DealQA visible: .765 against .760 with all)."""

HEEDED = ("odds", "certain", "unread")
"""What orders candidates beside the linear score, once a reader has read the first of them."""

READ_SIGNS = (
    "linear", "odds", "certain", "first_odds", "first_certain", "read_share", "any", *SIGNS
)  # fmt: skip
"""What answerability is judged by then: the linear log-odds, the best that the reader said, what it
said of the first, how far the first stands out, and the signs of the linear judgement once more."""


class Reads(Hashable, Protocol):
    """A reader of candidates; `AnswerReader` is the learned one."""

    def read(
        self, question: str, earlier: str, candidates: Sequence[Candidate]
    ) -> list[Judged | None]: ...


@dataclass(frozen=True, slots=True)
class Heeded:
    """How far a reader is trusted: `order` goes with HEEDED, `answerable` with READ_SIGNS."""

    order: npt.NDArray[np.float64]
    linear: float
    answerable: npt.NDArray[np.float64]
    bias: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Weights:
    """`order` goes with FEATURES; `answerable` with SIGNS, which are centred and scaled first."""

    order: npt.NDArray[np.float64]
    answerable: npt.NDArray[np.float64]
    centre: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    bias: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates best first with their scores; `answerable` is the log-odds that the best answers.

    `signs` are those of SIGNS, centred and scaled.
    """

    candidates: list[Candidate]
    scores: list[float]
    answerable: float
    signs: npt.NDArray[np.float64]


@cache
def load_weights(path: Path = WEIGHTS) -> Weights:
    """Weights by name, so that a feature the file does not know fails here."""
    held = json.loads(path.read_text("utf-8"))
    return Weights(
        order=np.array([held["order"][name] for name in FEATURES]),
        answerable=np.array([held["answerable"][name][0] for name in SIGNS]),
        centre=np.array([held["answerable"][name][1] for name in SIGNS]),
        scale=np.array([held["answerable"][name][2] for name in SIGNS]),
        bias=held["bias"],
        threshold=held["threshold"],
    )


@cache
def load_heeded(path: Path = WEIGHTS) -> Heeded:
    """How far the reader is trusted, by name, so that an unknown sign fails here."""
    held = json.loads(path.read_text("utf-8"))["reading"]
    return Heeded(
        order=np.array([held["order"][name] for name in HEEDED]),
        linear=held["order"]["linear"],
        answerable=np.array([held["answerable"][name] for name in READ_SIGNS]),
        bias=held["bias"],
        threshold=held["threshold"],
    )


def rank_sentences(asked: Asked, candidates: Sequence[Candidate], weights: Weights) -> Ranking:
    """`candidates` must not be empty."""
    table = np.array(asked.table(candidates))
    scores = table @ weights.order
    order = np.argsort(-scores, kind="stable")
    signs = answer_signs(asked, candidates, table, scores)
    signs = (signs - weights.centre) / weights.scale
    odds = float(signs @ weights.answerable + weights.bias)
    return Ranking(
        [candidates[i] for i in order],
        [float(scores[i]) for i in order],
        odds - weights.threshold,
        signs,
    )


def heed(asked: Asked, ranking: Ranking, reader: Reads, heeded: Heeded) -> Ranking:
    """The ranking once a reader has read its first candidates; `ranking` must not be empty."""
    near = sum(score >= ranking.scores[0] - _BEHIND for score in ranking.scores[:READ])
    judged = reader.read(asked.text, asked.earlier, ranking.candidates[:near])
    said = [j for j in judged if j is not None]
    if not said:
        return ranking
    table = heard(judged, len(ranking.scores))
    scores = heeded.linear * np.array(ranking.scores) + table @ heeded.order
    order = np.argsort(-scores, kind="stable")
    signs = read_signs(ranking.answerable, ranking.signs, table, scores)
    odds = float(signs @ heeded.answerable + heeded.bias)
    return Ranking(
        [ranking.candidates[i] for i in order],
        [float(scores[i]) for i in order],
        odds - heeded.threshold,
        ranking.signs,
    )


def heard(judged: Sequence[Judged | None], candidates: int) -> npt.NDArray[np.float64]:
    """One row a candidate for HEEDED; one that was not read is as good as the worst that was."""
    said = [(j.odds, j.certain) for j in judged if j is not None]
    worst = np.min(said, axis=0)
    rows = [(*worst, 1.0) if j is None else (j.odds, j.certain, 0.0) for j in judged]
    return np.array(rows + [(*worst, 1.0)] * (candidates - len(rows)))


def read_signs(
    linear: float,
    signs: npt.NDArray[np.float64],
    table: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """One number for each of `READ_SIGNS`."""
    first = int(np.argmax(scores))
    odds = table[table[:, 2] == 0, 0]
    share = 1.0 / np.exp(scores - scores[first]).sum()
    best, certain = odds.max(), table[:, 1].max()
    some = np.logaddexp.reduce(np.r_[0.0, odds])
    said = (linear, best, certain, table[first, 0], table[first, 1], share, some)
    return np.concatenate([said, signs])


def answer_signs(
    asked: Asked,
    candidates: Sequence[Candidate],
    table: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """One number for each of `SIGNS`."""
    order = np.argsort(-scores, kind="stable")
    first = int(order[0])
    shares = np.exp(scores - scores[first])
    gap = scores[first] - scores[order[1]] if len(order) > 1 else 0.0
    missing = asked.missing_from(candidates[first].article)
    nearest = [candidate.score for candidate in candidates]
    own = [
        scores[first],
        1.0 / shares.sum(),
        gap,
        sum(missing),
        max(missing, default=0.0),
        max(nearest),
        min(len(asked.weights), 20) / 20,
    ]
    aspects = [float(asked.aspect is aspect) for aspect in Aspect]
    return np.concatenate([own, table[first], aspects])
