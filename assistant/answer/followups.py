"""A question that leans on those before it, made to stand alone.

Pure: the words of the conversation and the companies of the ledger in, a question out. The form of a
follow-up tells what it changes: the company ("what about Nokia?"), the time ("and the year after?"),
the aspect ("and why?"), which of two namesakes is meant ("no, I meant the bank"), or nothing, so that
the companies are carried over. Where no rule fits, the question stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer.antecedents import Antecedent, Find, Turn
from assistant.answer.clauses import LEAD
from assistant.answer.years import is_time, move_time
from assistant.deals.ledger.book import DealBook

_MOST_EARLIER = 8
_LONGEST_FRAGMENT = 7
"""Words of a follow-up that is no sentence: "and the year after that one?"."""

_NO = re.compile(
    r"^(?:(?:no|nope|sorry|wait|actually|rather)\b[,.;:! ]*)*"
    r"(?:(?:i|we) (?:mean|meant|was asking about|am asking about|asked about)|make that|not .{1,40}?,? but)\b[,:]? *",
    re.IGNORECASE,
)
_PLAIN_NO = re.compile(r"^(?:(?:no|nope|sorry|wait|actually|rather)\b[,.;:! ]+)+", re.IGNORECASE)
_OF = re.compile(
    r"^(?:(?:what|how) (?:about|of)|(?:and )?(?:the )?same (?:for|with|of|about)|(?:for|with|by|of|from|to|at))\b *",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A question that stands alone. `carried`: it asks what it asked before, with the companies it left
    unsaid put in, so that it may as well be searched as it was asked, together with what came before.
    """

    text: str
    carried: bool = False


def stand_alone(
    text: str, earlier: Sequence[Turn], find: Find, book: DealBook | None = None
) -> Standing:
    """The question with what it takes from the exchanges before it; as it is where no rule fits."""
    plain = " ".join(text.split())
    if not earlier or not plain:
        return Standing(text)
    before = Antecedent(earlier[-1], find, book or DealBook())
    said, corrects = _without_no(plain)
    fragment = LEAD.sub("", said).rstrip("?!. ")
    if len(fragment.split()) <= _LONGEST_FRAGMENT:
        core = _OF.sub("", fragment)
        found = (
            before.of_kind(core, corrects)
            or before.of_company(core)
            or move_time(fragment, before.question, before.turn.answer)
            or before.of_aspect(core)
            or before.of_others(fragment)
        )
        if found or is_time(fragment):
            return Standing(found or text)
    carried = before.carried(said)
    if corrects:
        return Standing(carried or said)
    return Standing(carried, True) if carried else Standing(text)


def stand_all_alone(
    questions: Sequence[str], find: Find, book: DealBook | None = None
) -> list[Turn]:
    """Earlier questions whose answers are not known, each made to stand alone."""
    turns: list[Turn] = []
    for question in questions[-_MOST_EARLIER:]:
        turns.append(Turn(stand_alone(question, turns, find, book).text))
    return turns


def _without_no(text: str) -> tuple[str, bool]:
    """What is meant, and whether something before it is corrected."""
    meant = _NO.sub("", text) or text
    if meant == text:
        meant = _PLAIN_NO.sub("", text) or text
    return meant, meant != text
