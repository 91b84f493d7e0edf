"""What the pair reader is shown: a stretch of an article with a mark before every name.

A row holds the title and some sentences as word pieces; before each name stands a letter that is
the same for all names of one actor, so that the reader sees who is who without knowing anybody.
Knows nothing of deals or of what is learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.domain import Span
from assistant.encoder.adapted import Pieces

MARKS = (
    1155, 1244, 1186, 1183, 1166, 1170, 1194, 1191, 1163, 1177, 1159, 1165,
    1161, 1240, 1187, 1181, 1213, 1182, 1201, 1179, 1167, 1164, 1202, 1246,
)  # fmt: skip
"""Letters of other scripts that MiniLM knows, chosen to be as unlike one another as possible: its
unused tokens are nearly alike (cosine .8), these are not (below .4)."""

ROW_TOKENS = 220
"""Sentences are read together up to this many word pieces: one pass for several of them."""

BEFORE = 1
"""Sentences shown before one that is read, beside the title: they say who "the company" is. With two
the work grew by a quarter and nothing was read better."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in the article that names an actor or refers to one; `actor` counts the actors."""

    actor: int
    span: Span
    referring: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a row an actor stands: the token of its letter, and the sentence of the article."""

    actor: int
    sentence: int
    position: int


@dataclass(frozen=True, slots=True)
class Row:
    """`bounds` holds for each sentence shown its half-open range of `ids`; `read` are those asked of."""

    ids: tuple[int, ...]
    bounds: tuple[tuple[int, int, int], ...]
    marks: tuple[Mark, ...]
    read: tuple[int, ...]


def plan_rows(lengths: Sequence[int], wanted: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Which sentences to show together and which of them to read, as indexes into `lengths`.

    Sentence 0 is the title and is always shown. `lengths` are word pieces with marks.
    """
    plans: list[tuple[list[int], list[int]]] = []
    shown: list[int] = []
    read: list[int] = []
    for index in sorted(wanted):
        near = range(max(0, index - BEFORE), index + 1)
        joined = sorted({0, *shown, *near}) if shown else sorted({0, *near})
        if shown and sum(lengths[i] for i in joined) > ROW_TOKENS:
            plans.append((shown, read))
            joined, read = sorted({0, *near}), []
        shown, read = joined, [*read, index]
    if shown:
        plans.append((shown, read))
    return plans


def build_row(
    sentences: Sequence[Span],
    pieces: Sequence[Pieces],
    sightings: Iterable[Sighting],
    shown: Sequence[int],
    read: Sequence[int],
) -> Row:
    """The row of the sentences `shown`. Actors beyond the 24th get no mark and are not read."""
    by_sentence: dict[int, list[Sighting]] = {index: [] for index in shown}
    for sighting in sightings:
        for index in shown:
            if sentences[index].start <= sighting.span.start < sentences[index].end:
                by_sentence[index].append(sighting)
    slots: dict[int, int] = {}
    ids: list[int] = []
    marks: list[Mark] = []
    bounds: list[tuple[int, int, int]] = []
    for index in shown:
        begin = len(ids)
        waiting = sorted(by_sentence[index], key=lambda s: s.span)
        for piece, (start, _) in zip(pieces[index].ids, pieces[index].offsets, strict=True):
            while waiting and waiting[0].span.start <= sentences[index].start + start:
                actor = waiting.pop(0).actor
                slot = slots.setdefault(actor, len(slots))
                if slot < len(MARKS):
                    marks.append(Mark(actor, index, len(ids)))
                    ids.append(MARKS[slot])
            ids.append(piece)
        bounds.append((index, begin, len(ids)))
    return Row(tuple(ids), tuple(bounds), tuple(marks), tuple(read))
