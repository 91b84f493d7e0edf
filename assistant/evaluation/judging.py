"""Whether one answer is right, and whether one of its citations supports it.

The rules are DealQA's: an answer is judged on its beginning, since a person reads an answer and not a
paste; it is right when it holds one of each group of words, and supported when a quote that stands in
its article carries those words or the passage that says so. Pure; compares letters and knows no sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.domain import Answer, Citation
from assistant.evaluation.gold import GoldQuestion

JUDGED_WORDS = 60
"""Words of an answer that are judged."""

_ENOUGH = 0.6
"""Share of a gold passage's words that a quote of the same article has to hold."""

_SHORT_NAME = 4
"""Letters: a name up to this long stands alone, since "EDS" is in "needs" too."""

Contents = Callable[[str], str]
"""An article's id to its content; empty where it is not held."""

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`right`: the answer where there is one, the abstention where there is none."""

    question: GoldQuestion
    right: bool
    supported: bool
    abstained: bool
    quotes: int
    quotes_verbatim: int
    words: int


def judge(question: GoldQuestion, answer: Answer, contents: Contents) -> Verdict:
    right = answer.abstained != question.answerable
    if question.answerable:
        right = right and holds(answer.text, question)
    verbatim = [c for c in answer.citations if _stands(c, contents)]
    return Verdict(
        question,
        right,
        supported=right and any(_carries(c, question) for c in verbatim),
        abstained=answer.abstained,
        quotes=len(answer.citations),
        quotes_verbatim=len(verbatim),
        words=len(answer.text.split()),
    )


def holds(text: str, question: GoldQuestion) -> bool:
    """Whether the first words of `text` hold one of each group that a right answer must."""
    judged = _plain(" ".join(text.split()[:JUDGED_WORDS]))
    return all(any(_pattern(v).search(judged) for v in group) for group in question.must)


def _plain(text: str) -> str:
    return " ".join(text.lower().translate(_STRAIGHT).split())


@lru_cache(maxsize=8192)
def _pattern(variant: str) -> re.Pattern[str]:
    """Where `variant` stands in plain text: from the start of a word on, so that "reject" is in
    "rejected"; a number with no other figure beside it, though its unit may follow at once.
    """
    wanted = _plain(variant)
    before = r"(?<![\d.,])" if wanted[0].isdigit() else r"(?<!\w)"
    if wanted[-1].isdigit():
        after = r"(?!\d|[.,]\d)"
    else:
        is_short_name = len(wanted) <= _SHORT_NAME and variant != variant.lower()
        after = r"(?!\w)" if is_short_name else ""
    return re.compile(before + re.escape(wanted) + after)


def _stands(citation: Citation, contents: Contents) -> bool:
    words = citation.quote.text
    return bool(words.strip()) and words in contents(citation.quote.article_id)


def _carries(citation: Citation, question: GoldQuestion) -> bool:
    """Whether a quote that stands in its article carries the facts, or the passage that gives them."""
    words = citation.quote.text
    if question.must and holds(words, question):
        return True
    if citation.quote.article_id != question.article_id:
        return False
    return any(_is_passage(words, gold) for gold in question.quotes)


def _is_passage(words: str, gold: str) -> bool:
    if gold in words or words in gold:
        return True
    wanted = _bag(gold)
    return bool(wanted) and len(wanted & _bag(words)) >= _ENOUGH * len(wanted)


def _bag(text: str) -> set[str]:
    return set(re.findall(r"\w+", _plain(text)))
