"""What a deal is about, in the article's words, and which share of a company it moves.

Reads the phrase that follows a telling word ("to develop", "a maker of", "12 percent of"). Knows nothing
of what the words mean: a product and a field look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.records import PACTS, Role, Stake, Subject
from assistant.domain import Span

_NUMBERS = {
    "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "sixth": 100 / 6, "tenth": 10.0, "half": 50.0, "eighth": 12.5,
    "two thirds": 200 / 3, "two-thirds": 200 / 3, "three quarters": 75.0, "three-quarters": 75.0,
}  # fmt: skip
_SPELLED = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_PERCENT = re.compile(
    rf"(?P<figure>\d{{1,3}}(?:[.,]\d{{1,4}})?|{'|'.join(_SPELLED)})[ -]?(?:%|per ?cent\b)"
    r"(?P<after>[^.;]{0,40})", re.I,
)  # fmt: skip
_SHARE_AFTER = re.compile(
    r"^ ?(?:,? ?(?:of|in|stake|share\b|shares|holding|interest|slice|ownership|equity|each|for|owned|more|instead))",
    re.I,
)
_STAKE_BEFORE = re.compile(
    r"\b(?:stakes?|holds?|holding|owns?|owning|bought|buy|buys|takes?|took|taken|sold|sells?|acquired?|purchased?|"
    r"interest|remaining|another|control|share|raised?|keeps?|majority|minority)\b[^.;]{0,30}$", re.I,
)  # fmt: skip
_NO_STAKE = re.compile(
    r"\b(?:premium|fell|rose|sales|revenue|profit|shareholders? (?:voted|accepted)|workforce|tax)\b",
    re.I,
)
_PART = re.compile(
    r"\b(?:an?|one|the) (?P<part>two[- ]thirds|three[- ]quarters|third|quarter|fifth|sixth|tenth|half|eighth)"
    r"(?= (?:of|stake|share|interest|holding))"
)  # fmt: skip
_VAGUE = re.compile(
    r"\b(?:minority|majority|controlling|small|large|significant|strategic) (?:stake|share|interest|holding)s?\b"
)

_STOP = (
    r"(?:and|that|which|who|for|from|in|on|at|with|by|to|said|has|have|is|are|was|were|will|but|after|the|an?|its|his|"
    r"their|this|into|of|as|other|rival|same)\b"
)
_NOUNS = rf"(?:(?!{_STOP})[\w&’'/-]+ ?){{1,6}}"
_JOINED = rf"{_NOUNS}(?:(?:and|of|for) (?:the )?{_NOUNS})?"
_FIRM = (
    r"(?:company|maker|firm|bank|group|retailer|network|service|provider|airline|broadcaster|publisher|startup|start-up|"
    r"operator|developer|manufacturer|chain|brewer|insurer|producer)"
)
_MADE = re.compile(
    r"\bto (?:jointly )?(?:develop|build|produce|make|sell|design|market|run|supply|offer|launch|create|test) "
    rf"(?:together )?(?:the |an? |its |their )?(?P<topic>{_JOINED})"
)
_MAKER = re.compile(
    r"\b(?:makers?|producer|supplier|provider|developer|operator|publisher|distributor|manufacturer|seller|"
    rf"designer) of (?:the |an? )?(?P<topic>{_JOINED})"
)
_MATTER = re.compile(
    r"\b(?:rights to|licen[cs]e (?:for|to)|order for|contract for|venture (?:in|for)|"
    r"(?:partnership|alliance|pact|tie-up|collaborat\w+|co-?operat\w+) (?:on|in)|work (?:together )?on|"
    r"for the supply of|to use) "
    rf"(?:the |an? |its |their )?(?P<topic>{_JOINED})"
)
_SUPPLIED = re.compile(
    rf"\bsuppl(?:y|ies|ied) (?:\w+ ){{0,4}}with (?:the |an? )?(?P<topic>{_JOINED})"
)
_UNIT = re.compile(
    r"\b(?:its|the|their) (?P<topic>(?:[a-z-]+ ){1,4}"
    r"(?:business|unit|arm|division|operations|network|assets|stores|brand|plants?))\b"
)
_CALLED = re.compile(rf"(?:, |\()(?:an?|the) (?P<topic>(?:[\w-]+ ){{0,4}}{_FIRM})\b")
_KNOWN_AS = re.compile(rf"(?<![\w'’-])(?P<topic>(?:(?!{_STOP})[a-z][a-z-]+ ){{1,3}}{_FIRM})\b")
_OF_PACTS = (_MATTER, _MADE, _SUPPLIED, _UNIT, _MAKER)
_OF_PURCHASES = (_UNIT, _MAKER, _MATTER)
_OF_FIRMS = (_CALLED, _KNOWN_AS)


def subject_of(near: Vicinity) -> Subject | None:
    """The first telling phrase: of a pact what it is to make, of a purchase what is bought."""
    pact = near.core.kind in PACTS
    evidence, beside = list(_stretches(near)), [] if pact else list(_beside_target(near))
    for topics, places in ((_OF_PACTS if pact else _OF_PURCHASES, evidence), (_OF_FIRMS, beside)):
        for topic in topics:
            for start, end in places:
                found = topic.search(near.content, start, end)
                if found and (subject := _trimmed(near, *found.span("topic"))):
                    return subject
    return None


def _trimmed(near: Vicinity, left: int, right: int) -> Subject | None:
    while right > left and not near.content[right - 1].isalnum():
        right -= 1
    if right - left < 4:
        return None
    quote = near.quote(Span(left, right))
    return Subject(quote.text, quote)


def _beside_target(near: Vicinity) -> Iterator[tuple[int, int]]:
    """The words before and after each name of what is bought, as far as the sentence's next name or mark."""
    sought = {i for i, party in enumerate(near.core.parties) if party.role in _BOUGHT}
    for index in near.near:
        sentence = near.sentences[index]
        for naming in near.namings[index]:
            if naming.ours and naming.party in sought:
                stop = near.content.find(
                    ",", naming.span.end + 3, min(sentence.end, naming.span.end + 90)
                )
                after = stop if stop > 0 else min(sentence.end, naming.span.end + 90)
                yield naming.span.end, after
                before = near.content[
                    max(sentence.start, naming.span.start - 50) : naming.span.start
                ]
                last = max(
                    before.rfind(mark) for mark in (" by ", " for ", ", ", " with ", " from ")
                )
                if before.endswith(" ") and index in near.told:
                    yield naming.span.start - len(before) + max(0, last), naming.span.start


_BOUGHT = frozenset({Role.TARGET, Role.INVESTEE})


def _stretches(near: Vicinity) -> Iterator[tuple[int, int]]:
    """The evidence, then its sentences; each at most 900 letters long."""
    for quote in near.core.evidence[:4]:
        yield quote.span.start, min(quote.span.end, quote.span.start + 900)
    for index in near.told[:4]:
        sentence = near.sentences[index]
        yield sentence.start, min(sentence.end, sentence.start + 900)


def stake_of(near: Vicinity) -> Stake | None:
    """The share that the evidence, else its sentences, tell of."""
    for start, end in _stretches(near):
        if stake := _stake_in(near, start, end):
            return stake
    return None


def _stake_in(near: Vicinity, start: int, end: int) -> Stake | None:
    content = near.content
    for found in _PERCENT.finditer(content, start, end):
        before = content[max(start, found.start() - 60) : found.start()]
        told = _SHARE_AFTER.search(found["after"]) or _STAKE_BEFORE.search(before)
        figure = found["figure"].lower()
        percent = float(_SPELLED.get(figure, 0) or figure.replace(",", "."))
        if told and not _NO_STAKE.search(found["after"]) and 0 < percent <= 100:
            place = Span(found.start(), found.start("after"))
            if near.in_evidence(place) or not near.in_other_deal(place):
                return Stake(percent, near.quote(place))
    if part := _PART.search(content, start, end):
        percent = round(
            _NUMBERS[part["part"].replace(" ", "-") if "two" in part["part"] else part["part"]], 2
        )
        return Stake(percent, near.quote(Span(part.start("part"), part.end())))
    if vague := _VAGUE.search(content, start, end):
        return Stake(None, near.quote(Span(vague.start(), vague.end())))
    return None
