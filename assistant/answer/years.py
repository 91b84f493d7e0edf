"""A question asked of another time: "and the year after?", "and in 2008?", "and since then?".

Pure. Years told in figures alone; months where the earlier question has a year.
"""

from __future__ import annotations

import re

from assistant.answer.dates import MONTHS
from assistant.answer.question import Aspect, read_aspect, split_question

_MONTH = "|".join(MONTHS)
_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(rf"\b{_YEAR}\b")
_AT = r"(?:in|on|during|since|before|after|by|until|till|from|as of)"
_PERIOD = re.compile(
    rf"(?P<range>\b(?:between|from) {_YEAR} (?:and|to|until|till|-) {_YEAR}\b)|"
    rf"(?P<at>\b{_AT} )?(?:(?:the )?(?:early|late|mid|end of|start of|spring of|summer of|autumn of)[- ])?"
    rf"(?:(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}},?)? (?:of )?)?\b{_YEAR}\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    rf"^(?:(?:what|how) about )?(?P<at>{_AT} )?(?P<time>(?:(?:{_MONTH}) )?{_YEAR}|(?:between|from) {_YEAR} "
    rf"(?:and|to) {_YEAR})$",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(rf"^(?:(?:what|how) about )?(?:in )?(?P<month>{_MONTH})$", re.IGNORECASE)
_NEXT = re.compile(
    r"^(?:(?:what|how) about )?(?:in )?(?:the |a |one )?(?:(?:next|following) year|year (?:after|later|following))"
    r"(?: that)?$",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"^(?:(?:what|how) about )?(?:in )?(?:the |a |one )?(?:(?:previous|preceding) year|year (?:before|earlier))"
    r"(?: that)?$",
    re.IGNORECASE,
)
_SAME = re.compile(r"^(?:(?:what|how) about )?(?:in )?(?:that|the same) year$", re.IGNORECASE)
_THEN = re.compile(r"^(?P<at>since|before|after|until)(?: (?:then|that|this))$", re.IGNORECASE)


def move_time(fragment: str, question: str, answer: str = "") -> str:
    """`question` asked of the time that `fragment` tells; empty where it tells none.

    A relative time counts from the years of the question, else from the one year of the answer.
    """
    when = _told(fragment) or _relative(fragment, question, answer)
    return _asked_of(question, when) if when else ""


def is_time(fragment: str) -> bool:
    """Whether a fragment is a time and nothing else."""
    return any(form.match(fragment) for form in (_TOLD, _NEXT, _LAST, _SAME, _IN_MONTH, _THEN))


def _told(fragment: str) -> str:
    if match := _TOLD.match(fragment):
        time = match["time"]
        return (
            time if " and " in time or " to " in time else f"{(match['at'] or 'in ').lower()}{time}"
        )
    return ""


def _relative(fragment: str, question: str, answer: str) -> str:
    years = sorted(_YEARS.findall(question))
    if not years and read_aspect(question) is not Aspect.WHEN:
        answered = sorted(set(_YEARS.findall(answer)))
        years = answered if len(answered) == 1 else []
    return _from(fragment, years[0], years[-1]) if years else ""


def _from(fragment: str, first: str, last: str) -> str:
    """The time that a fragment tells beside the years of a question."""
    if _NEXT.match(fragment):
        return f"in {int(last) + 1}"
    if _LAST.match(fragment):
        return f"in {int(first) - 1}"
    if _SAME.match(fragment):
        return f"in {last}"
    if match := _IN_MONTH.match(fragment):
        return f"in {match['month'].capitalize()} {last}"
    if match := _THEN.match(fragment):
        at = match["at"].lower()
        return f"{at} {first if at in ('before', 'until') else last}"
    return ""


def _asked_of(question: str, when: str) -> str:
    period = _PERIOD.search(question)
    if period:
        bare = when.partition(" ")[2]
        told = when if period["at"] or period["range"] else bare
        return f"{question[: period.start()]}{told}{question[period.end() :]}"
    first, *others = split_question(question)
    return ", and ".join([f"{first.rstrip('?!. ')} {when}", *others]).rstrip("?!. ") + "?"
