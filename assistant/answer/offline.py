"""The writer that needs no model: the sentences of the articles that answer, word for word.

It says what an article says, tidied where spacing is off, and leaves out what it cannot quote. Lists,
counts and what a record settles it takes from `tallies` and `premises`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answer.evidence import rank_answers
from assistant.answer.material import Material, Statement
from assistant.answer.pointers import contradicting, naming_all, pointed_at
from assistant.answer.premises import judge, last_known, no_such_deal
from assistant.answer.question import Aspect, is_greeting
from assistant.answer.ranking import Ranking, Reads
from assistant.answer.sentences import Candidate, Words, names_in, tells_month
from assistant.answer.tallies import tally
from assistant.domain import Abstention, Claim, Refusal

NAME = "offline"

ANSWER_WORDS = 58
"""A person reads an answer, not a paste: DealQA judges the first 60 words, marks among them."""

_LONGEST = 66
"""Words, where the second sentence is one that the ledger points to."""

_FEW = 2
"""A tally and one row: where only one deal of a list is known, the sentence that answers best is added."""

_WELCOME = "Ask about a deal or a company of the articles: who, when, for how much, or why."

_MOST = 2
"""Sentences a question gets."""
_MARGIN = 3.0
"""A further sentence is added when its score is this near the best one's."""


class OfflineWriter:
    """A `Writer` over an index of words, which is asked for at each question since it can be rebuilt."""

    def __init__(self, words: Callable[[], Words], reader: Reads | None = None) -> None:
        self._words = words
        self._reader = reader

    @property
    def name(self) -> str:
        return NAME

    def write(self, material: Material) -> Iterator[Statement]:
        if is_greeting(material.question.text):
            yield Refusal(Abstention.DETAIL_NOT_STATED, _WELCOME)
            return
        rows = list(tally(material))
        yield from rows
        if len(rows) > _FEW:
            return
        settled = None if rows else judge(material)
        if settled is not None:
            yield settled
            return
        words = self._words()
        rankings = rank_answers(material.question, material.passages, words, self._reader)
        if not rows:
            yield from _quoted(material, rankings, words)
        elif rankings and rankings[0].answerable >= 0:
            yield _claim(rankings[0].candidates[0])


def _quoted(
    material: Material, rankings: Sequence[Ranking], words: Words
) -> Iterator[Claim | Refusal]:
    """The sentences that answer, or why there are none."""
    if not rankings:
        yield Refusal(Abstention.LIBRARY_EMPTY, "")
        return
    rankings = [naming_all(material, ranking) for ranking in rankings]
    unknown = unknown_name(material.question.text, words, rankings[0].candidates)
    if unknown:
        yield Refusal(Abstention.COMPANY_UNKNOWN, f"No article here speaks of {unknown}.")
        return
    refusal = no_such_deal(material)
    if refusal is None and rankings[0].answerable < 0:
        refusal = _not_stated(rankings[0].candidates[0])
    if refusal:
        yield refusal
        return
    chosen = choose(rankings)
    if len(rankings) == 1:
        found = rankings[0].candidates
        other = contradicting(material, chosen[0], found)
        chosen = (
            [chosen[0], other[0]] if other else with_detail(chosen, pointed_at(material, found))
        )
    said = [_claim(candidate) for candidate in chosen]
    if standing := last_known(material, dated=any(tells_month(c.text) for c in chosen)):
        said.insert(material.asking.aspect is Aspect.STATUS, standing)
    yield from said


def choose(rankings: Sequence[Ranking]) -> list[Candidate]:
    """The best sentence for each question, and further ones near it while the answer stays short."""
    chosen: list[Candidate] = []
    room = ANSWER_WORDS
    for i, ranking in enumerate(rankings):
        share = room // (len(rankings) - i)
        for candidate in _near_best(ranking, share):
            if candidate not in chosen:
                chosen.append(candidate)
                room -= _length(candidate)
    return chosen


def with_detail(chosen: list[Candidate], pointed: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence and, in place of the next, the first that the ledger points to."""
    first = pointed[:1]
    if not first or first[0] in chosen or _length(chosen[0]) + _length(first[0]) > _LONGEST:
        return chosen
    return [chosen[0], *first]


def _near_best(ranking: Ranking, room: int) -> list[Candidate]:
    near: list[Candidate] = []
    for candidate, score in zip(ranking.candidates, ranking.scores, strict=True):
        length = _length(candidate)
        if near and (score < ranking.scores[0] - _MARGIN or length > room):
            continue
        if any(_alike(candidate, other) for other in near):
            continue
        near.append(candidate)
        room -= length
        if len(near) == _MOST or room <= 0:
            break
    return near


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences say the same in nearly the same words, as copies of a story do."""
    a, b = ({word.strip(".,;:\"'") for word in c.text.lower().split()} for c in (one, other))
    return len(a & b) > 0.7 * min(len(a), len(b))


def _length(candidate: Candidate) -> int:
    """Words, with the mark."""
    return len(candidate.text.split()) + 1


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
