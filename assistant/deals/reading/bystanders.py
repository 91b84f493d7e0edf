"""Who stands in a sentence and has no part in what it tells: owners, brands, advisers, officers.

"‹1›, owner of ‹2›, will buy ‹3›": ‹2› buys nothing. Works on sentences masked by `grammar`. Knows the
words that set such names aside, nothing of what the names are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

_LIST = (
    r"‹\d+›(?:(?:, (?:the )?|,? (?:and|or|as well as) "
    r"(?:(?!(?:is|was|has|have|will|are|were|said|to|by)\b)[\w-]+ ){0,3}?)‹\d+›)*"
)
_FEW = (
    r"(?:(?!(?:in|by|from|to|for|with|on|at|and|or|stake|shares?|percent|cent|control|rest|remaining|all|half)\b)"
    r"[\w'-]+ ){0,3}?"
)
_HOUSE = (
    r"(?:owners?|parents?|parent company|operators?|publishers?|makers?|manufacturers?|creators?|developers?|"
    r"producers?|franchisees?)"
)
_OFFICE = (
    r"(?:chief executive|chief|ceo|cfo|coo|president|chairman|chairwoman|chair|director|officer|spokes\w+|manager|"
    r"analyst|strategist|economist|head|boss|minister|consultant|lawyer|judge|secretary|commissioner|professor)"
)
_FIRM = r"(?:company|firm|start-?up)"
_ASIDES = (
    # Who becomes the owner has bought.
    rf"(?P<kept>\b(?:becom\w+|became|as) (?:the |an? )?(?:[\w-]+ ){{0,2}}?)?\b{_HOUSE} of {_FEW}{_LIST}",
    r"(?:\bwhich|\bwho|\bthat)(?: (?:also|already|currently|now))? "
    rf"(?:owns?|operates?|runs?|publish(?:es)?|makes?|manages?|controls?) {_FEW}{_LIST}",
    rf"(?:owned|controlled) by {_FEW}{_LIST}",
    rf"‹\d+›(?:'s?)?(?: [\w-]+)? {_HOUSE}(?=,? ‹| \w+)",
    r"\b(?:brokered|advised|arranged|underwritten|audited|reported|published|quoted|seen|obtained) by "
    rf"{_FEW}{_LIST}",
    rf"\b(?:according to|analysts? (?:at|with|for|from)|advis[eo]rs? (?:to|at)) {_FEW}{_LIST}",
    rf"(?<!former )(?<!former vice )\b{_OFFICE} ‹\d+›",
    rf"‹\d+›,? (?:who (?:is|was|became|runs|heads|leads)|(?:the|its|an?) (?:[\w-]+ ){{0,3}}{_OFFICE})\b",
    r"‹\d+›(?:'s)? (?:analysts?|economists?|strategists?)\b",
    # A place or a technology: "an ‹1› company", "‹1› firm ‹2›".
    rf"\b(?:an?|the) ‹\d+› (?:{_FIRM}|maker|bank|retailer)\b",
    rf"‹\d+› (?:{_FIRM}|specialist|provider|operator|pioneer) (?=‹)",
)
_NUMBER = re.compile(r"‹(\d+)›")


@cache
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in _ASIDES)


@lru_cache(maxsize=1024)
def set_aside(text: str) -> frozenset[int]:
    """Actors that a masked sentence names nowhere but in an aside."""
    return _numbers(text) - _numbers(without_asides(text))


def without_asides(text: str) -> str:
    """The masked sentence in which names set aside are "it", so that forms look past them."""
    for form in _compiled():
        text = form.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    return match.group() if match.groupdict().get("kept") else _NUMBER.sub("it", match.group())


def _numbers(text: str) -> frozenset[int]:
    return frozenset(map(int, _NUMBER.findall(text)))
