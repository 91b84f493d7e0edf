"""How much of a sentence is the reason: the sentence, a quotation in it, what is said, or a clause.

One learned score. Which sentence gives a reason is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.deals.reading.reason_words import SAID, WORD, groups_in
from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.domain import Span

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


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of a sentence that may be the reason. `cue`: its opening word, or what sort of part it is."""

    span: Span
    form: str
    cue: str


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
    for said in list(SAID.finditer(near.content, sentence.start, end))[:2]:
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
    held = groups_in(low)
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
    features += [f"opens={w}" for w in WORD.findall(low)[:1]] + [
        f"said={'said' in held}/{form}/{zone}"
    ]
    outside = (
        near.content[sentence.start : extent.span.start]
        + " "
        + near.content[extent.span.end : sentence.end]
    ).lower()
    features += [f"out+{name}/{zone}" for name in groups_in(outside)]
    features.append(f"evidence={near.in_evidence(extent.span)}/{form}")
    return features


def best_extent(near: Vicinity, index: int) -> Extent:
    weights = read_weights("reasons")["extent"]
    extents = [e for e in find_extents(near, index) if not _names_another(near, index, e)]
    scored = [(linear_score(extent_features(near, index, e, extents), weights), e) for e in extents]
    best = max(scored, key=lambda pair: (pair[0], -pair[1].span.start))[1]
    return _without_speaker(best, extents)


def _names_another(near: Vicinity, index: int, extent: Extent) -> bool:
    """Whether a part of a sentence names parties of other deals alone: it then tells of those."""
    named = [
        naming.ours
        for naming in near.namings.get(index, ())
        if extent.span.start <= naming.span.start and naming.span.end <= extent.span.end
    ]
    return extent.form != "sentence" and bool(named) and not any(named)


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
