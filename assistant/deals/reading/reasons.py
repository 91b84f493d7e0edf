"""Why a deal is done, or undone, in the article's words, and who says so.

A learned score says which sentences give a reason for this deal; how much of each is the reason is
asked of `extents`. Knows nothing of whether a reason is true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.deals.reading.extents import Extent, best_extent
from assistant.deals.reading.reason_words import GROUPS, SAID, WORD, groups_in
from assistant.deals.reading.sentences import sentences_of
from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.deals.records import Reason, Voice
from assistant.domain import Article

MOST = 4
"""Reasons kept of one deal; labels have one or two where they have any."""

_NEAR = 4
"""Sentences below a deal in which "this agreement" still means it."""

_DEAL_SUBJECT = re.compile(
    r"[\"“]?(?:The|This|These|Such an?|By|With|A) (?:\w+ )?(?:deal|merger|takeover|acquisition|bid|offer|transaction|"
    r"purchase|partnership|venture|agreement|alliance|combin\w+|buyout|move|tie-up|pact|sale|"
    r"collaboration|cooperation|acquiring|buying|joining)\b"
)

_DEAL_AIMS = re.compile(
    rf"(?:{_DEAL_SUBJECT.pattern})[^.;:\"“”]{{0,40}}? (?:aims? (?:to|at)|(?:is|are|was) (?:aimed at|(?:meant|designed|"
    r"intended) to)|(?:puts?|with) the focus on|focus(?:es)? on|seeks? to|will (?:help|allow|enable))\b"
)
"""The deal itself is said to be for something: a reason, however its words score."""

_PRONOUN = re.compile(
    r"[\"“]?(?:(?P<it>It|This|That|These|They|Both)|(?P<he>He|She)|(?P<we>We|Our|I)|"
    r"(?P<firm>The (?:company|firm|group|airline|bank|two|pair|new|combined))|"
    r"(?P<analyst>Analysts?|Observers|Many|Some|Experts))\b"
)
_MARK = re.compile(r"[\"“”]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OPENING = 30
"""Letters from a sentence's start within which its first name is what it speaks of."""


@lru_cache(maxsize=16)
def _within_quotations(article: Article) -> tuple[bool, ...]:
    """For each sentence, whether it starts inside a quotation that an earlier one opened.

    After four sentences a mark is held to be missing, not the quotation to go on.
    """
    inside: list[bool] = []
    opened = False
    for span in sentences_of(article):
        if all(inside[-4:]) and len(inside) >= 4:
            opened = False
        inside.append(opened)
        for mark in _MARK.findall(article.content, span.start, span.end):
            opened = {"“": True, "”": False}.get(mark, not opened)
        opened = opened and len(inside) > 1
    return tuple(inside)


@lru_cache(maxsize=512)
def _word_features(text: str) -> tuple[str, ...]:
    """What a sentence's words say, whichever deal is asked about."""
    low = text.lower()
    held = groups_in(low)
    features = [f"+{g}" for g in held]
    features += [f"{a}&{b}" for i, a in enumerate(held) for b in held[i + 1 :]]
    features += [f"w={w}" for w in WORD.findall(low)]
    features += [f"start={bool(_DEAL_SUBJECT.match(text))}", f"spoken={_spoken(text)}"]
    features += [f"long={min(4, len(text) // 60)}", f"year={bool(_YEAR.search(text))}"]
    return tuple(dict.fromkeys(features))


@lru_cache(maxsize=512)
def _word_score(text: str) -> float:
    """Kept for the other deals of an article, which ask it of the same sentences."""
    return linear_score(_word_features(text), read_weights("reasons")["sentence"])


def reason_features(near: Vicinity, index: int) -> list[str]:
    """What speaks for a sentence's giving a reason for the deal."""
    return [*_word_features(near.words(index)), *_place_features(near, index)]


def _place_features(near: Vicinity, index: int) -> list[str]:
    """What a sentence's place says, seen from the deal, and with it its words."""
    held = groups_in(near.words(index).lower())
    steps = min((index - t for t in near.told), key=abs) if near.told else 9
    lead = bool(near.told) and near.told[0] <= 1
    zone = "title" if index == 0 else "told" if not steps else "after" if steps > 0 else "before"
    far = f"{zone}{min(5, abs(steps))}"
    others = "among" if near.elsewhere else "alone"
    ours, theirs = min(2, near.ours(index)), min(1, near.theirs(index))
    subject = _subject(near, index)
    features = [
        "bias",
        f"zone={far}",
        f"{zone}/lead={lead}",
        f"{far}/{others}",
        f"lead={lead}/{others}",
        f"ours={ours}/theirs={theirs}",
        f"kind={near.core.kind}",
        f"other_deal={near.in_other_deal(near.sentences[index])}",
        f"subject={subject}",
        f"at={min(10, index)}",
        f"part={4 * index // max(1, len(near.sentences))}/{min(3, len(near.sentences) // 6)}",
        f"named={ours > 0}/{min(3, abs(steps))}",
    ]
    for about in (zone, f"lead={lead}", f"subject={subject}", f"ours={ours > 0}"):
        features += [f"{about}+{g}" for g in held]
    return features + _talk_features(near, index, held) + _between_features(near, index, steps)


def _subject(near: Vicinity, index: int) -> str:
    """What a sentence begins with: a sort of pronoun, a party, another deal's party, or the deal."""
    text = near.words(index)
    if pronoun := _PRONOUN.match(text):
        return str(pronoun.lastgroup)
    start = near.sentences[index].start
    first = [n for n in near.namings.get(index, ()) if n.span.start - start < _OPENING]
    if first:
        return "ours" if min(first, key=lambda n: n.span.start).ours else "theirs"
    return "deal" if _DEAL_SUBJECT.match(text) else "other"


def _talk_features(near: Vicinity, index: int, held: Sequence[str]) -> list[str]:
    """Whether a sentence goes on with a quotation, and what the sentence before it says."""
    if not index:
        return []
    inside, before = _within_quotations(near.article), near.words(index - 1)
    said = groups_in(before.lower())
    quoted = "quoted" in said or inside[index - 1]
    return [
        f"inside={inside[index]}/we={'we' in said}",
        f"inside={inside[index]}",
        f"quoted={'quoted' in held}/before={quoted}",
        f"we={'we' in held}/beside={_spoken(before)}",
        *(f"before+{g}" for g in said),
    ]


def _between_features(near: Vicinity, index: int, steps: int) -> list[str]:
    """Whether another deal is told between the evidence and a sentence."""
    told = index - steps
    between = range(min(index, told) + 1, max(index, told)) if near.told else range(0)
    foreign = any(near.in_other_deal(near.sentences[i]) for i in between)
    return [
        f"between={foreign}",
        f"between_named={any(i in near.namings and near.theirs(i) for i in between)}",
    ]


def _spoken(text: str) -> str:
    """Whether a sentence stands within a quotation that runs over several, or holds one."""
    marks = text.count('"') + text.count("“") + text.count("”")
    if not marks:
        return "no"
    return "whole" if text[0] in '"“' and text[-1] in '"”' else "odd" if marks % 2 else "part"


def reasons_of(near: Vicinity) -> tuple[Reason, ...]:
    """At most `MOST` reasons, in reading order. The likeliest needs less to be told than one beside it."""
    weights = read_weights("reasons")["sentence"]
    scored = [
        (_word_score(near.words(i)) + linear_score(_place_features(near, i), weights), i)
        for i in near.near
        if (i or _is_sentence(near.words(0))) and not _speaks_of_another(near, i)
    ]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:MOST]
    bars = (weights["threshold"], *[weights["threshold_beside"]] * MOST)
    likely = [index for (score, index), bar in zip(ranked, bars, strict=False) if score >= bar]
    if not likely:
        likely = [i for _, i in ranked if _is_aim(near, i)][:1]
    return tuple(_reason(near, index) for index in sorted(likely))


def _comes_first(near: Vicinity) -> bool:
    """Whether the deal is the first that the article tells."""
    start = near.sentences[near.told[0]].start if near.told else 0
    return bool(near.told) and all(start <= other.start for other in near.elsewhere)


def _is_sentence(title: str) -> bool:
    """A text without a title begins with a sentence in its place."""
    return title.endswith(".")


def _is_aim(near: Vicinity, index: int) -> bool:
    """Whether "this agreement", some sentences below the first deal of the article, is said to be for something."""
    below = bool(near.told) and 0 < index - near.told[0] <= _NEAR
    return below and _comes_first(near) and bool(_DEAL_AIMS.match(near.words(index)))


def _speaks_of_another(near: Vicinity, index: int) -> bool:
    """Whether a sentence is about "the purchase" while this deal is not told yet, or is told in one
    sentence after another deal: such words point back to what the article is about.
    """
    later = bool(near.told) and min(near.told) > index
    passing = len(near.told) == 1 and not _comes_first(near)
    return (later or passing) and bool(_DEAL_SUBJECT.match(near.words(index)))


def _reason(near: Vicinity, index: int) -> Reason:
    extent = best_extent(near, index)
    voice, who = _speaker(near, index, extent)
    return Reason(near.quote(extent.span), voice, who)


_NAME = r"[A-Z][\w.’'-]{1,30}(?: (?:[A-Z][\w.’'-]{0,30}|de|van|von|al|bin)){0,3}"
_AFTERSAID = re.compile(
    rf"\b(?:said|says|added|explained|according to|told|noted) (?P<who>{_NAME})"
)
_BEFORESAID = re.compile(
    rf"(?P<who>{_NAME})(?:, [^,\"“”]{{2,80}},)? (?:also |has |had )?"
    r"(?:said|says|told|added|called|believes|expects|hopes|wants|explained|commented|noted)\b"
)
_OBSERVER = re.compile(
    r"\b(?:analysts?|consultant|observers?|experts?|economist|professor|critics?|brokerage|insiders)\b",
    re.I,
)


def _speaker(near: Vicinity, index: int, extent: Extent) -> tuple[Voice, str]:
    """Whose words they are: of a quotation or a report, whoever is said to have said it; else the reporter's."""
    text = near.words(index)
    quoted = extent.form == "quoted" or "“" in text or '"' in text
    said = SAID.search(text)
    if not quoted and not said:
        return Voice.REPORTER, ""
    who = _named_speaker(text)
    if _OBSERVER.search(text):
        return Voice.OBSERVER, who
    if not quoted and not near.ours(index) and not GROUPS["officer"].search(text.lower()):
        told = re.match(r"(?:He|She|They|The compan|Both)", text)
        return Voice.PARTY if told else Voice.OBSERVER, who
    return Voice.PARTY, who


def _named_speaker(text: str) -> str:
    found = _BEFORESAID.search(text) or _AFTERSAID.search(text)
    return (found["who"] if found else "").removesuffix("’s").removesuffix("'s")
