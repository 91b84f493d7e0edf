"""Whom "it", "the company" or "both airlines" means: the actors of an article by other words than names.

Rules of order, with little grammar: a pronoun leans on what its sentence, or the text before it, speaks of:
the last company that a sentence began with, or "it" (right in .80 of 413 labelled places that are answered,
in .83 of those in long articles), "both" on a sentence that named two (.89 of 57), "the company" on the only
one named. Descriptions such as "the Swedish retailer" are left out: joined by words they were
said with they were right in .48, "the company" among several in .46.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.deals.reading.names import Actor, ActorKind
from assistant.deals.reading.sentences import sentences_of
from assistant.domain import Article, Span

_MANY = (
    "companies|firms|groups|airlines|carriers|banks|lenders|insurers|brewers|miners|retailers|chains|makers|"
    "carmakers|automakers|operators|publishers|broadcasters|networks|start-?ups|startups|sides|parties|"
    "partners|boards|utilities|businesses|manufacturers|giants|corporations"
)
_COMPANY = re.compile(r"\b[Tt]he (?:company|firm|group|corporation)\b(?! of)")
_IT = re.compile(
    r"\b(?:[Ii]t|[Ii]ts)\b(?!\s(?:is|was|will be) (?:\w+ )?(?:that|to|not clear|expected))"
)
_BOTH = re.compile(
    rf"\b(?:[Bb]oth (?:{_MANY})|[Tt]he (?:two|pair)(?: (?:[\w-]+ )?(?:{_MANY}))?|[Tt]he (?:{_MANY}))\b"
)

_AFTER = re.compile(
    r"(?:\b(?:(?:by|from|of|with|than|against|at|to|for|in|into|on|former|rivals?|over|between|like|"
    r"unlike|about|via|under|through) (?:[\w'’-]+ ){0,2}|"
    r"(?:bought|buy|acquir|purchas|sold|sell|own|taken|took|tak|court|join|left|leav|beat|accus|"
    r"sued|sues|told|tell|gave|give|paid|pays?\b|pick|made|make|call|name|help|count|includ|run|ran\b|"
    r"approach|met\b)\w* (?:[\w'’-]+ ){0,4})|\()$"
)
"""What makes a name the object of something, and so not what the next "it" means."""

_WHICH = re.compile(r"(?: \([^()]*\))?,? (?:which|that|who|whose)\b[^.;,]*")
_HIS = re.compile(r"(?:'s|’s|') (?:[\w'-]+ ){0,4}?(?:[\w-]+, (?:the )?)?")
"""Between a name and the one it goes with: "Velmora's rival, Oskeld"."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that mean actors without naming them; `actors` are indexes, two or more for "both"."""

    span: Span
    actors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    span: Span
    actor: int


def count_meant(text: str) -> int:
    """How many actors the text may mean by other words than names: 0 to 4, an upper bound."""
    one = bool(_IT.search(text)) + bool(_COMPANY.search(text))
    return one + 2 * bool(_BOTH.search(text))


def resolve_references(
    article: Article, actors: Sequence[Actor], sentences: Sequence[Span]
) -> tuple[Reference, ...]:
    """References in `sentences`, in order. What stands between these is followed too, since any sentence
    may change what is spoken of.
    """
    content = article.content
    companies = sorted(
        (_Place(span, index) for index, actor in enumerate(actors) for span in actor.spans
         if actor.kind is ActorKind.COMPANY), key=lambda place: place.span
    )  # fmt: skip
    starts = [place.span.start for place in companies]
    wanted = set(sentences)
    found: list[Reference] = []
    before: list[_Place] = []
    topic: int | None = None
    for sentence in _followed(article, sentences):
        first, last = (bisect_left(starts, edge) for edge in (sentence.start, sentence.end))
        inside = companies[first:last]
        pronouns, topic = _pronouns(content, sentence, inside, topic)
        if sentence in wanted:
            found += [*pronouns, *_descriptions(content, sentence, inside, before)]
        before = inside or before
    return tuple(sorted(found, key=lambda reference: reference.span))


def _followed(article: Article, sentences: Sequence[Span]) -> list[Span]:
    """The sentences with all between them, but for those between the first, the title, and the next."""
    head, *rest = sorted(sentences) or (None,)
    if head is None or not rest:
        return list(sentences)
    between = (s for s in sentences_of(article) if rest[0].start <= s.start <= rest[-1].start)
    return sorted({head, *rest, *between})


def _pronouns(
    content: str, sentence: Span, inside: Sequence[_Place], topic: int | None
) -> tuple[list[Reference], int | None]:
    """What "it" means in a sentence, and what the sentence speaks of, `topic` being that of the one before.

    A name that only follows a preposition or a verb is spoken of where there is no better one.
    """
    found: list[Reference] = []
    leads: int | None = None
    second: int | None = None
    places = {place.span.start: place for place in inside}
    its = {match.start(): match.end() for match in _IT.finditer(content, *_edges(sentence))}
    nearest: _Place | None = None
    for start in sorted({*places, *its}):
        if start in places:
            owner, nearest = nearest, places[start]
            if owner and owner.actor == leads and _HIS.fullmatch(content, owner.span.end, start):
                leads = None
            if not _AFTER.search(content, sentence.start, start):
                leads = places[start].actor if leads is None else leads
            elif second is None:
                second = places[start].actor
            continue
        own = its[start] - start == len("its")
        if own and nearest and _WHICH.fullmatch(content, nearest.span.end, start):
            found.append(Reference(Span(start, its[start]), (nearest.actor,)))
            continue
        meant = next((a for a in (leads, topic, second) if a is not None), None)
        if meant is not None:
            found.append(Reference(Span(start, its[start]), (meant,)))
            leads = meant
    if leads is not None:
        return found, leads
    return found, topic if topic is not None else second


def _descriptions(
    content: str, sentence: Span, inside: list[_Place], before: list[_Place]
) -> Iterator[Reference]:
    for match in _BOTH.finditer(content, *_edges(sentence)):
        pair = _two(inside, match.start()) or _two(before, match.start())
        if pair:
            yield Reference(Span(*match.span()), pair)
    for match in _COMPANY.finditer(content, *_edges(sentence)):
        earlier = [p for p in inside if p.span.end <= match.start()]
        known = {place.actor for place in (*earlier, *before)}
        if len(known) == 1:
            yield Reference(Span(*match.span()), tuple(known))


def _edges(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _two(places: Sequence[_Place], end: int) -> tuple[int, ...]:
    """The two companies that stand before `end`, in order of first place; empty where they are not two."""
    actors = tuple(dict.fromkeys(p.actor for p in places if p.span.end <= end))
    return actors if len(actors) == 2 else ()
