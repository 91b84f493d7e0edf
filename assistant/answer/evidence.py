"""Evidence in the order in which it answers, before any writer sees it.

Search orders passages by what they are about; the learned weights of `ranking` see what is asked for.
Knows nothing of how passages are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.answer.question import leaned_on, read_aspect, split_question
from assistant.answer.ranking import Ranking, Reads, heed, load_heeded, load_weights, rank_sentences
from assistant.answer.sentences import Asked, Words, list_candidates
from assistant.domain import Evidence, Question, Span

_ANSWERING = 0.05
"""Weight of the best sentence's score beside the fused score of its passage. On DealQA visible the
passage that holds the gold words whole stood first in .830 of the questions against .774 without."""


def rank_answers(
    question: Question,
    evidence: Sequence[Evidence],
    words: Words,
    reader: Reads | None = None,
) -> tuple[Ranking, ...]:
    """The sentences of the evidence ranked for each question in the question; none without sentences.

    The order of the evidence does not matter, and the last rankings are remembered: ordering the
    evidence and writing from it ask for the same.
    """
    return _ranked(
        question, tuple(sorted(evidence, key=lambda e: (-e.score, e.passage.id))), words, reader
    )


@lru_cache(maxsize=4)
def _ranked(
    question: Question, evidence: tuple[Evidence, ...], words: Words, reader: Reads | None
) -> tuple[Ranking, ...]:
    candidates = list_candidates(evidence)
    if not candidates:
        return ()
    weights = load_weights()
    found = []
    for asked in _asked(question, words):
        ranking = rank_sentences(asked, candidates, weights)
        found.append(heed(asked, ranking, reader, load_heeded()) if reader else ranking)
    return tuple(found)


def _asked(question: Question, words: Words) -> list[Asked]:
    """The questions in a question; each leans on what was said before it."""
    earlier = leaned_on(question)
    asked = []
    for text in split_question(question.text):
        asked.append(Asked(text, read_aspect(text), words, earlier))
        earlier = f"{earlier} {text}"
    return asked


def order_evidence(
    question: Question,
    evidence: Sequence[Evidence],
    words: Words,
    reader: Reads | None = None,
) -> list[Evidence]:
    """The passages whose best sentence answers best come first; scores stay those of the search."""
    best: dict[tuple[str, Span], float] = {}
    for ranking in rank_answers(question, evidence, words, reader):
        for candidate, score in zip(ranking.candidates, ranking.scores, strict=True):
            place = (candidate.article.id, candidate.span)
            best[place] = max(score, best.get(place, score))
    floor = min(best.values(), default=0.0)

    def fit(item: Evidence) -> float:
        places = ((item.article.id, span) for span in item.passage.sentences)
        return item.score + _ANSWERING * max((best.get(p, floor) for p in places), default=floor)

    return sorted(evidence, key=lambda item: (-fit(item), item.passage.id))
