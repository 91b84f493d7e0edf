"""Why a deal is done, or undone, in the article's words, and who says so.

Two learned scores: does a sentence give a reason for this deal, and how much of it is the reason: the
sentence, what is quoted in it, what is reported as said, or a clause that opens with a telling word.
Knows nothing of whether a reason is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.deals.reading.sentences import sentences_of
from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.deals.records import Reason, Voice
from assistant.domain import Article, Span

MOST = 4
"""Reasons kept of one deal; labels have one or two where they have any."""

MOSTLY = 0.55
"""Of a sentence's letters: what a quotation has to fill to stand for it."""

_QUOTED = re.compile(r"[\"“](?P<words>[^\"“”]{12,700})[\"”]")
_OPENERS = re.compile(
    r"\b(?P<cue>in order to|so (?:that|as to)|because(?: of)?|due to|thanks to|in response to|as a means|"
    r"in the wake of|after|since|which|hop(?:es|ed|ing) (?:to|that|for)|want(?:s|ed|ing)? (?:to)?|aim(?:s|ed|ing)? to|"
    r"intend(?:s|ed)? to|plans? to|needs?|would|will|allow(?:s|ing)?|enabl(?:es|ing)|help(?:s|ing)?|giv(?:es|ing)|"
    r"mak(?:es|ing)|expand(?:s|ing)?|strengthen(?:s|ing)?|adding|saving|creating|making|freeing|citing|for|to)\b(?= )",
    re.I,
)
_SAID = re.compile(
    r"\b(?:sa(?:id|ys|ying)|told|added?|explain(?:ed|s)|stated|noted|called|commented|argued?|believes?|believed|think|"
    r"thinks|expects?|wrote|suggest(?:ed|s)|claim(?:ed|s)|according to)\b"
)
_GROUPS: dict[str, re.Pattern[str]] = {
    "said": _SAID,
    "quoted": re.compile(r"[\"“]"),
    "officer": re.compile(
        r"\b(?:ceo|chief|chairman|chairwoman|president|director|founder|spokes\w+|executive|boss|head|minister|owner)\b"
    ),
    "analyst": re.compile(
        r"\b(?:analysts?|consultant|observers?|experts?|economist|professor|critics?|brokerage|many)\b"
    ),
    "gain": re.compile(
        r"\b(?:strength\w*|strong\w*|expan\w+|gr[eo]w\w*|opportunit\w+|benefit\w*|synerg\w+|savings?|save|position\w*|"
        r"lead\w*|compet\w+|custom\w+|consumers?|portfolio|access|complement\w*|fit|combin\w+|together|market|share|"
        r"better|bigger|larg\w+|improv\w+|accelerat\w+|innovat\w+|scale|global|value|advantage|experience|reach|offer)\b"
    ),
    "enable": re.compile(
        r"\b(?:help\w*|allow\w*|enabl\w+|let|give\w*|giving|make|making|create\w*|bring\w*|provide\w*)\b"
    ),
    "purpose": re.compile(
        r"\b(?:in order to|so that|so as to|as a means|aimed at|to (?:help|expand|strengthen|build|develop|create|"
        r"improve|increase|grow|gain|enter|reach|compete|save|cut|reduce|raise|pay|fund|finance|boost|offer|provide|meet|"
        r"add|get|become|win|serve|use|produce|make|concentrate|focus|avoid|speed|secure|protect|keep|open|let|"
        r"give|bring|take))\b"
    ),
    "cause": re.compile(
        r"\b(?:because|due to|since|as a result|in response|reasons?|why|thanks to|wake of|therefore)\b"
    ),
    "want": re.compile(
        r"\b(?:hop(?:es?|ed|ing)|wants?|wanted|aims?|intends?|plans?|seek\w*|need\w*|goal|keen|looking)\b"
    ),
    "trouble": re.compile(
        r"\b(?:los(?:s|ses|ing)|debts?|struggl\w+|difficult\w*|crisis|pressure|fail\w*|collapse|decline\w*|falling|"
        r"costs?|rising|bankrupt\w*|problems?|concerns?|objections?|antitrust)\b"
    ),
    "deal": re.compile(
        r"\b(?:deal|merger|takeover|acquisition|bid|offer|transaction|purchase|partnership|venture|agreement|alliance|"
        r"combination|buyout|move|tie-up|pact|link|acquir\w+|buy\w*)\b"
    ),
    "future": re.compile(r"\b(?:will|would|could|can|should|may|expect\w*)\b"),
    "we": re.compile(r"\b(?:we|our|us|together)\b"),
    "figure": re.compile(r"[$£€]|\bpercent\b|%"),
    "approval": re.compile(r"\b(?:regulat\w+|approv\w+|sharehold\w+|stock|shares|closed|terms|undisclosed)\b"
    ),
    "closing": re.compile(
        r"\b(?:to close|closing|be (?:completed|finali[sz]ed|closed)|completion|subject to|quarter|expires?)\b"),
}  # fmt: skip
_DEAL_SUBJECT = re.compile(
    r"[\"“]?(?:The|This|These|Such an?|By|With|A) (?:\w+ )?(?:deal|merger|takeover|acquisition|bid|offer|transaction|"
    r"purchase|partnership|venture|agreement|alliance|combin\w+|buyout|move|tie-up|pact|sale|acquiring|buying|joining)\b"
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of a sentence that may be the reason. `cue`: its opening word, or what sort of part it is."""

    span: Span
    form: str
    cue: str


_PRONOUN = re.compile(
    r"[\"“]?(?:(?P<it>It|This|That|These|They|Both)|(?P<he>He|She)|(?P<we>We|Our|I)|"
    r"(?P<firm>The (?:company|firm|group|airline|bank|two|pair|new|combined))|"
    r"(?P<analyst>Analysts?|Observers|Many|Some|Experts))\b"
)
_MARK = re.compile(r"[\"“”]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OPENING = 30
"""Letters from a sentence's start within which its first name is what it speaks of."""


@lru_cache(maxsize=512)
def _groups_in(low: str) -> tuple[str, ...]:
    """Kept, since every deal of an article asks it of the same sentences."""
    return tuple(name for name, group in _GROUPS.items() if group.search(low))


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
    held = _groups_in(low)
    features = [f"+{g}" for g in held]
    features += [f"{a}&{b}" for i, a in enumerate(held) for b in held[i + 1 :]]
    features += [f"w={w}" for w in _WORD.findall(low)]
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
    held = _groups_in(near.words(index).lower())
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
    said = _groups_in(before.lower())
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


def find_extents(near: Vicinity, index: int) -> list[Extent]:
    """The sentence, its quoted words, what follows `said`, and clauses from an opening word to their end."""
    sentence = near.sentences[index]
    end = sentence.end
    while end > sentence.start + 1 and near.content[end - 1] in ".!? ":
        end -= 1
    extents = [Extent(Span(sentence.start, end), "sentence", "")]
    quoted = [
        Extent(Span(m.start("words"), m.end("words")), "quoted", "")
        for m in _QUOTED.finditer(near.content, sentence.start, sentence.end)
    ][:3]
    extents += quoted
    for said in list(_SAID.finditer(near.content, sentence.start, end))[:2]:
        start = said.end() + (6 if near.content.startswith(" that ", said.end()) else 1)
        extents += _clauses(near, start, end, "reported", said.group().lower())
    for opener in list(_OPENERS.finditer(near.content, sentence.start, end))[:10]:
        cue = opener["cue"].lower()
        extents += _clauses(near, opener.start(), end, "clause", cue)
    comma = near.content.rfind(", ", sentence.start, end)
    if comma > 0:
        extents += (
            [Extent(Span(sentence.start, comma), "first", "")]
            if comma - sentence.start > 20
            else []
        )
    return list({e.span: e for e in reversed(extents)}.values())


def _clauses(near: Vicinity, start: int, end: int, form: str, cue: str) -> Iterator[Extent]:
    """From `start` to the sentence's end, and to the first comma or semicolon where that is far enough."""
    if end - start < 12:
        return
    yield Extent(Span(start, end), form, cue)
    comma = min(
        (
            at
            for at in (near.content.find(mark, start + 15, end) for mark in (", ", "; "))
            if at > 0
        ),
        default=-1,
    )
    if comma > 0:
        yield Extent(Span(start, comma), f"{form}-short", cue)


def extent_features(near: Vicinity, index: int, extent: Extent, extents: list[Extent]) -> list[str]:
    """What speaks for an extent's being the whole reason and no more."""
    sentence = near.sentences[index]
    text = near.content[extent.span.start : extent.span.end]
    low = text.lower()
    share = round(5 * len(text) / max(1, sentence.end - sentence.start))
    form, cue = extent.form, extent.cue
    zone = "told" if index in near.told else "out"
    forms = {e.form for e in extents}
    quoted = "quoted" in forms
    held = _groups_in(low)
    features = [
        "bias",
        f"form={form}",
        f"{form}/{cue}",
        f"cue={cue}",
        f"{form}/{zone}",
        f"{form}/share={share}",
    ]
    features += [
        f"{form}/quoted={quoted}",
        f"{zone}/share={share}",
        f"length={min(6, len(text) // 40)}",
    ]
    features += (
        [f"{form}+{g}" for g in held] + [f"+{g}" for g in held] + [f"{zone}/{form}/quoted={quoted}"]
    )
    features += [f"opens={w}" for w in _WORD.findall(low)[:1]] + [
        f"said={'said' in held}/{form}/{zone}"
    ]
    outside = (
        near.content[sentence.start : extent.span.start]
        + " "
        + near.content[extent.span.end : sentence.end]
    ).lower()
    features += [f"out+{name}/{zone}" for name in _groups_in(outside)]
    features.append(f"evidence={near.in_evidence(extent.span)}/{form}")
    return features


def best_extent(near: Vicinity, index: int) -> Extent:
    weights = read_weights("reasons")["extent"]
    extents = find_extents(near, index)
    scored = [(linear_score(extent_features(near, index, e, extents), weights), e) for e in extents]
    best = max(scored, key=lambda pair: (pair[0], -pair[1].span.start))[1]
    return _without_speaker(best, extents)


def _without_speaker(best: Extent, extents: list[Extent]) -> Extent:
    """A sentence that is mostly one quotation is told by the quotation alone."""
    if best.form not in ("sentence", "first"):
        return best
    length = best.span.end - best.span.start
    quoted = [
        e
        for e in extents
        if e.form == "quoted" and best.span.start <= e.span.start and e.span.end <= best.span.end
    ]
    long = [e for e in quoted if e.span.end - e.span.start > MOSTLY * length]
    return long[0] if len(quoted) == 1 and long else best


def reasons_of(near: Vicinity) -> tuple[Reason, ...]:
    """At most `MOST` reasons, in reading order. The likeliest needs less to be told than one beside it."""
    weights = read_weights("reasons")["sentence"]
    scored = [
        (_word_score(near.words(i)) + linear_score(_place_features(near, i), weights), i)
        for i in near.near
        if i and not _speaks_of_another(near, i)
    ]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:MOST]
    bars = (weights["threshold"], *[weights["threshold_beside"]] * MOST)
    likely = [index for (score, index), bar in zip(ranked, bars, strict=False) if score >= bar]
    return tuple(_reason(near, index) for index in sorted(likely))


def _speaks_of_another(near: Vicinity, index: int) -> bool:
    """Whether a sentence is about "the purchase" before this deal is told at all: such words point back."""
    later = bool(near.told) and min(near.told) > index
    return later and bool(_DEAL_SUBJECT.match(near.words(index)))


def _reason(near: Vicinity, index: int) -> Reason:
    extent = best_extent(near, index)
    voice, who = _speaker(near, index, extent)
    return Reason(near.quote(extent.span), voice, who)


_NAME = r"[A-Z][\w.’'-]{1,30}(?: (?:[A-Z][\w.’'-]{0,30}|de|van|von|al|bin)){0,3}"
_AFTER_SAID = re.compile(
    rf"\b(?:said|says|added|explained|according to|told|noted) (?P<who>{_NAME})"
)
_BEFORE_SAID = re.compile(
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
    said = _SAID.search(text)
    if not quoted and not said:
        return Voice.REPORTER, ""
    who = _named_speaker(text)
    if _OBSERVER.search(text):
        return Voice.OBSERVER, who
    if not quoted and not near.ours(index) and not _GROUPS["officer"].search(text.lower()):
        told = re.match(r"(?:He|She|They|The compan|Both)", text)
        return Voice.PARTY if told else Voice.OBSERVER, who
    return Voice.PARTY, who


def _named_speaker(text: str) -> str:
    found = _BEFORE_SAID.search(text) or _AFTER_SAID.search(text)
    return (found["who"] if found else "").removesuffix("’s").removesuffix("'s")
