"""The writer that needs no model: the sentences of the articles that answer, word for word.

It says what an article says, tidied where spacing is off, and leaves out what it cannot quote. It
does not yet compute lists or counts; whoever asks for those gets the sentences that come nearest.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answer.question import Aspect, leans_back, read_aspect
from assistant.answer.ranking import Ranking, load_weights, rank_sentences
from assistant.answer.sentences import Asked, Candidate, Words, list_candidates, names_in
from assistant.domain import Abstention, Claim, Evidence, Question, Refusal

NAME = "offline"

ANSWER_WORDS = 58
"""A person reads an answer, not a paste: DealQA judges the first 60 words, marks among them."""

_SENTENCES = {Aspect.LIST: 4}
_SENTENCES_OTHERWISE = 3
_MARGIN = 3.0
"""A further sentence is added when its score is this near the best one's."""


class OfflineWriter:
    """A `Writer` over an index of words, which is asked for at each question since it can be rebuilt."""

    def __init__(self, words: Callable[[], Words]) -> None:
        self._words = words

    @property
    def name(self) -> str:
        return NAME

    def write(self, question: Question, evidence: Sequence[Evidence]) -> Iterator[Claim | Refusal]:
        words = self._words()
        candidates = list_candidates(evidence)
        if not candidates:
            yield Refusal(Abstention.LIBRARY_EMPTY, "")
            return
        unknown = unknown_name(question.text, words, candidates)
        if unknown:
            yield Refusal(Abstention.COMPANY_UNKNOWN, f"No article here speaks of {unknown}.")
            return
        leaning = question.earlier and leans_back(question.text)
        earlier = question.earlier[-1] if leaning else ""
        asked = Asked(question.text, read_aspect(question.text), words, earlier)
        ranking = rank_sentences(asked, candidates, load_weights())
        if ranking.answerable < 0:
            yield _not_stated(ranking.candidates[0])
            return
        yield from (_claim(candidate) for candidate in choose(ranking, asked.aspect))


def choose(ranking: Ranking, aspect: Aspect) -> list[Candidate]:
    """The best sentence, and further ones that come near it while the answer stays short."""
    most = _SENTENCES.get(aspect, _SENTENCES_OTHERWISE)
    chosen: list[Candidate] = []
    length = 0
    for candidate, score in zip(ranking.candidates, ranking.scores, strict=True):
        words = len(candidate.text.split()) + 1
        if chosen and (score < ranking.scores[0] - _MARGIN or length + words > ANSWER_WORDS):
            continue
        chosen.append(candidate)
        length += words
        if len(chosen) == most or length >= ANSWER_WORDS:
            break
    return chosen


def unknown_name(text: str, words: Words, candidates: Sequence[Candidate]) -> str | None:
    """A name in the question that stands in no passage, not even misspelt by a letter or two."""
    near = {
        name.lower() for c in candidates for name in names_in(f"{c.text} {c.article.source.title}")
    }
    for name in names_in(text):
        terms = words.terms(name)
        if not terms or len(name) < 4 or not name[0].isupper():
            continue
        known = any(words.rarity(term) < 1.0 for term in terms)
        if not known and not difflib.get_close_matches(name.lower(), near, 1, 0.75):
            return name
    return None


def _claim(candidate: Candidate) -> Claim:
    return Claim(tidy(candidate.text), ((candidate.article.id, candidate.text),))


def _not_stated(nearest: Candidate) -> Refusal:
    proof = (nearest.article.id, nearest.text)
    text = f"The articles do not say. The nearest they come: {tidy(nearest.text)}"
    return Refusal(Abstention.DETAIL_NOT_STATED, text, (proof,))


_LOOSE = re.compile(r"\s+(?=[,;:.!?)\]])|(?<=[(\[£€])\s+|(?<=\$)\s+(?=\d)")


def tidy(text: str) -> str:
    """The sentence with single spaces and none before punctuation, ending in a full stop."""
    plain = _LOOSE.sub("", " ".join(text.split()))
    plain = re.sub(r"([.!?])\.$", r"\1", plain)
    return plain if re.search(r"[.!?][\"'”’)\]]*$", plain) else f"{plain}."
