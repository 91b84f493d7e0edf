"""A question taken apart so that another aspect of the same can be asked: "Who did Oskeld partner with?"
becomes "Why did Oskeld partner with ...?".

Reads word order alone; which words name companies is told by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

StartsWithCompany = Callable[[str], bool]

_DO = r"did|does|do"
AUXILIARY = rf"(?:{_DO}|is|are|was|were|has|have|had|will|would|can|could|should|might|must)"
_PREPOSITION = r"(?:with|to|from|for|by|in|on|of|at|into|over|out|off|about|as)"
LEAD = re.compile(r"^(?:(?:and|but|so|or|also|then|ok|okay|well)\b[, ]*)+", re.IGNORECASE)
_INVERTED = re.compile(
    rf"^(?P<head>(?:{_PREPOSITION} )?(?:who|whom|whose|what|which|why|when|where|how)\b.*?)\s+"
    rf"(?P<aux>{AUXILIARY})\s+(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_YES_NO = re.compile(rf"^(?P<head>)(?P<aux>{AUXILIARY})\s+(?P<rest>\S.*)$", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?P<head>who|what|(?:which|what)\b(?: [\w'&.-]+){1,5}?) (?P<rest>(?:(?:first|also|once|finally|never) )?"
    r"(?:\w+ed|bought|sold|took|takes|won|made|struck|got|bid|lost|paid|gave|went|sought|put|spent|held|beat|"
    r"led|became|began|chose|ran|told|buys|sells|owns|holds|makes|backs|wants|joins|plans)\b.*)$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"^what (?:became of|(?:has |had )?(?:happened|become) (?:to|with|of)|(?:is|was) the (?:status|outcome|fate) of) "
    r"(?P<topic>.+)$",
    re.IGNORECASE,
)
_NOUN = re.compile(r"^(?:which|what) (?P<noun>[\w'&.-]+(?: [\w'&.-]+){0,4})$", re.IGNORECASE)
_PERSON = re.compile(r"^(?:who|whom|what)$", re.IGNORECASE)
_NOUN_START = re.compile(
    r"^(?:(?:the|a|an|its|their|his|her|this|that|these|those|it|they|he|she|both|all)\b|[A-Z0-9])"
)
_STRANDED = re.compile(rf"\b{_PREPOSITION}(?= {_PREPOSITION} |$)", re.IGNORECASE)
_FIRST_PREPOSITION = re.compile(rf"(?<=\w) (?={_PREPOSITION} )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """`head` asks, `auxiliary` may be empty, `rest` is what is said. `asks_subject`: whoever acts is
    asked for; `asks_noun`: something else is, such as "the unit" (empty where no noun is told).
    """

    head: str
    auxiliary: str
    rest: str
    asks_subject: bool
    asks_object: bool
    noun: str

    def asked_as(self, words: str, filler: str = "") -> str:
        """The same asked with other question words; `filler` is who or what the head asked for."""
        filler = filler or self.noun
        rest = self.rest
        if self.asks_subject:
            rest = f"{filler or 'it'} {rest}"
        elif self.asks_object:
            rest = _put_back(rest, filler)
        asked = " ".join(part for part in (words, self.auxiliary.lower(), rest) if part)
        return f"{asked[0].upper()}{asked[1:]}?"


def take_apart(question: str, starts_with_company: StartsWithCompany) -> Clause | None:
    """None for a question without question word or auxiliary, such as "List the partners"."""
    text = LEAD.sub("", question.strip()).rstrip("?!. ")
    if topic := _TOPIC.match(text):
        return Clause("what", "", topic["topic"], False, False, "")
    match = _YES_NO.match(text) or _INVERTED.match(text)
    if match is None or _verb_before(match):
        match = _SUBJECT.match(text)
        if match is None:
            return None
        return Clause(match["head"], "", match["rest"], True, False, _noun(match["head"]))
    head, aux, rest = match["head"], match["aux"], match["rest"]
    noun, is_asked = _noun(head), bool(_PERSON.match(head) or _NOUN.match(head))
    does = re.fullmatch(_DO, aux, re.IGNORECASE)
    inverted = does or _NOUN_START.match(rest) or starts_with_company(rest)
    asks_subject = is_asked and not inverted
    return Clause(head, aux, rest, asks_subject, is_asked and not asks_subject, noun)


def _verb_before(match: re.Match[str]) -> bool:
    """Whether the auxiliary belongs to a clause within: "Who bought the maker that was sold?"."""
    subject = _SUBJECT.match(match.string)
    return bool(subject and subject.start("rest") < match.start("aux"))


def _noun(head: str) -> str:
    """`the glass unit` for "Which glass unit"."""
    match = _NOUN.match(head)
    return f"the {match['noun']}" if match else ""


def _put_back(rest: str, noun: str) -> str:
    """What was asked for, where it stood: behind a preposition left alone, or behind the verb."""
    stranded = _STRANDED.search(rest)
    if not noun:
        return re.sub(rf" {_PREPOSITION}$", "", rest, flags=re.IGNORECASE)
    if stranded:
        return f"{rest[: stranded.end()]} {noun}{rest[stranded.end() :]}"
    place = _FIRST_PREPOSITION.search(rest)
    at = place.start() if place else len(rest)
    return f"{rest[:at]} {noun}{rest[at:]}"
