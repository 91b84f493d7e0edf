"""Learns the weights by which the offline writer chooses sentences: assistant/answer/weights.json.

Data: deal_paragraphs.jsonl and deal_questions.jsonl, invented texts with questions and the words that
answer them. The texts become a library of their own, the questions are searched in it as a person's
would be, and two linear models are fitted to what is found: which sentence holds the answer (a softmax
over the candidates of a question) and whether any does (logistic regression). Deterministic.

    python -m training.train_sentences DATA_FOLDER
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answer.question import leaned_on, read_aspect, search_text
from assistant.answer.ranking import (
    SIGNS,
    WEIGHTS,
    Ranking,
    answer_signs,
    load_weights,
    rank_sentences,
)
from assistant.answer.sentences import FEATURES, Asked, Candidate, list_candidates
from assistant.domain import Question
from assistant.service import Assistant, build
from assistant.settings import Settings
from training.answer_examples import Searched, Sentence
from training.deal_texts import read_jsonl

Numbers = npt.NDArray[np.float64]

ABSTAIN_SHARE = 0.02
"""Answerable training questions given up; chosen for how many of the unanswerable it catches."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its candidates' features and which of them hold the gold words."""

    asked: Asked
    candidates: list[Candidate]
    table: Numbers
    gold: npt.NDArray[np.bool_]
    answerable: bool


def holds_gold(candidate: Candidate, article_id: str, quotes: list[str]) -> bool:
    """Whether a sentence covers at least half of one of the gold quotes."""
    if candidate.article.id != article_id:
        return False
    for quote in quotes:
        at = candidate.article.content.find(quote)
        shared = min(at + len(quote), candidate.span.end) - max(at, candidate.span.start)
        if at >= 0 and shared >= 0.5 * len(quote):
            return True
    return False


def build_examples(assistant: Assistant, rows: list[dict[str, Any]], key: str) -> list[Example]:
    """`key` names the field that holds the article's id."""
    indexes = assistant.indexes
    examples = []
    for row in rows:
        question = Question(row["question"], (row["previous"],) if row["previous"] else ())
        candidates = list_candidates(indexes.retriever.find(search_text(question)))
        asked = Asked(question.text, read_aspect(question.text), indexes.words, leaned_on(question))
        table = np.array(asked.table(candidates))
        gold = np.array([holds_gold(c, row[key], row["quotes"]) for c in candidates])
        examples.append(Example(asked, candidates, table, gold, row["answerable"]))
    return examples


def fit_order(examples: list[Example], l2: float = 1.0, steps: int = 400) -> Numbers:
    """Weights that maximise the softmax share of the gold sentences; Adam on the whole set."""
    used = [e for e in examples if e.answerable and e.gold.any()]
    table = np.concatenate([e.table for e in used])
    gold = np.concatenate([e.gold for e in used]).astype(float)
    starts = np.r_[0, np.cumsum([len(e.gold) for e in used])[:-1]]
    group = np.repeat(np.arange(len(used)), [len(e.gold) for e in used])
    w, m, v = (np.zeros(table.shape[1]) for _ in range(3))
    for step in range(1, steps + 1):
        scores = table @ w
        mass = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        share = mass / np.add.reduceat(mass, starts)[group]
        right = mass * gold / np.add.reduceat(mass * gold, starts)[group]
        gradient = (table.T @ (share - right) + l2 * w) / len(used)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        w -= 0.05 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return w


def signs_of(examples: list[Example], order: Numbers) -> Numbers:
    return np.array(
        [answer_signs(e.asked, e.candidates, e.table, e.table @ order) for e in examples]
    )


def fit_answerable(signs: Numbers, labels: Numbers, l2: float = 10.0) -> Numbers:
    """Logistic regression by Newton steps on centred and scaled signs; the bias comes last."""
    inputs = np.c_[signs, np.ones(len(signs))]
    w = np.zeros(inputs.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-inputs @ w))
        gradient = inputs.T @ (p - labels) + l2 * np.r_[w[:-1], 0]
        w -= np.linalg.solve(
            (inputs * (p * (1 - p))[:, None]).T @ inputs + l2 * np.eye(len(w)), gradient
        )
    return w


@contextmanager
def library(files: Sequence[Path]) -> Iterator[Assistant]:
    """An assistant that holds the texts of these files, without their labels."""
    with tempfile.TemporaryDirectory() as data, build(Settings(data=Path(data))) as assistant:
        texts = Path(data) / "texts.jsonl"
        keep = ("id", "title", "date", "text")
        rows = [row for file in files for row in read_jsonl(file)]
        texts.write_text("\n".join(json.dumps({k: p[k] for k in keep}) for p in rows), "utf-8")
        assistant.ingest([texts])
        yield assistant


def search_all(texts: Sequence[Path], questions: Sequence[Path]) -> list[tuple[Searched, Ranking]]:
    """Every question with the candidates that the running system finds, for the answer reader, and
    their ranking by the linear weights.
    """
    rows = [row for file in questions for row in read_jsonl(file)]
    with library(texts) as assistant:
        examples = build_examples(assistant, rows, "text_id")
    weights = load_weights()
    found = zip(rows, examples, strict=True)
    return [
        (
            _searched(row, e, weights.order),
            rank_sentences(e.asked, e.candidates, weights),
        )
        for row, e in found
    ]


def _searched(row: dict[str, Any], example: Example, order: Numbers) -> Searched:
    scores = example.table @ order
    sentences = [
        Sentence(
            c.article.id,
            c.article.source.title,
            c.text,
            c.is_title,
            c.span.start,
            float(scores[i]),
            bool(example.gold[i]),
        )
        for i in np.argsort(-scores, kind="stable")
        for c in (example.candidates[i],)
    ]
    earlier = example.asked.earlier
    asked = (row["text_id"], row["question"], earlier, row["answer"] or "", row["answerable"])
    return Searched(*asked, sentences)


def main(folder: Path) -> None:
    rows = read_jsonl(folder / "deal_questions.jsonl")
    with library([folder / "deal_paragraphs.jsonl"]) as assistant:
        examples = build_examples(assistant, rows, "text_id")
    order = fit_order(examples)
    signs = signs_of(examples, order)
    centre, scale = signs.mean(axis=0), signs.std(axis=0) + 1e-3
    labels = np.array([float(e.answerable) for e in examples])
    fitted = fit_answerable((signs - centre) / scale, labels)
    odds = (signs - centre) / scale @ fitted[:-1] + fitted[-1]
    threshold = float(np.quantile(odds[labels == 1], ABSTAIN_SHARE))
    reading = json.loads(WEIGHTS.read_text("utf-8"))["reading"]
    WEIGHTS.write_text(as_json(order, fitted, centre, scale, threshold, reading), "utf-8")
    first = [e.gold[np.argmax(e.table @ order)] for e in examples if e.answerable]
    print(f"{len(rows)} questions; gold sentence first in {np.mean(first):.3f}")
    print(f"unanswerable caught: {np.mean(odds[labels == 0] < threshold):.3f}")


def as_json(
    order: Numbers,
    fitted: Numbers,
    centre: Numbers,
    scale: Numbers,
    threshold: float,
    reading: dict[str, Any],
) -> str:
    """`reading`, which training/train_answers.py learned, is kept; it goes with the old weights."""
    weights = {
        "order": dict(zip(FEATURES, np.round(order, 4).tolist(), strict=True)),
        "answerable": {
            name: [round(float(x), 4) for x in numbers]
            for name, *numbers in zip(SIGNS, fitted[:-1], centre, scale, strict=True)
        },
        "bias": round(float(fitted[-1]), 4),
        "threshold": round(threshold, 4),
        "reading": reading,
    }
    return json.dumps(weights, indent=1) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
