"""Which sentences answer a question, and whether any does, by learned weights.

Two linear models over the features of `sentences`: one orders the candidates, one judges from the
best of them whether the articles answer at all. training/train_sentences.py learned both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.answer.question import Aspect
from assistant.answer.sentences import FEATURES, Asked, Candidate

WEIGHTS = Path(__file__).with_name("weights.json")

SIGNS = (
    "score", "share", "gap", "missing", "most_missing", "nearness", "words",
    *(f"best_{name}" for name in FEATURES),
    *(f"asks_{aspect}" for aspect in Aspect),
)  # fmt: skip
"""What answerability is judged by: the order's own confidence, words of the question that the best
article lacks, and the features of its best sentence."""


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
    """Candidates best first with their scores; `answerable` is the log-odds that the best answers."""

    candidates: list[Candidate]
    scores: list[float]
    answerable: float


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


def rank_sentences(asked: Asked, candidates: Sequence[Candidate], weights: Weights) -> Ranking:
    """`candidates` must not be empty."""
    table = np.array(asked.table(candidates))
    scores = table @ weights.order
    order = np.argsort(-scores, kind="stable")
    signs = answer_signs(asked, candidates, table, scores)
    odds = float((signs - weights.centre) / weights.scale @ weights.answerable + weights.bias)
    return Ranking(
        [candidates[i] for i in order], [float(scores[i]) for i in order], odds - weights.threshold
    )


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
