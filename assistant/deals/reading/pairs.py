"""The pair reader: which two actors of a sentence have a deal with each other, and which of them does what.

A small network over MiniLM's states, learned by `training/train_pairs.py`. One pass of the encoder
reads every pair of every sentence of a row. Knows sentences; what adds up to one deal is `cores`' matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assistant.deals.reading.windows import BEFORE, Row, Sighting, build_row, plan_rows
from assistant.domain import Span
from assistant.encoder.adapted import AdaptedEncoder
from assistant.encoder.adapter import Adapter, open_adapter

ADAPTER = Path(__file__).with_name("pairs.safetensors")
ADAPTER_SHA256 = "a377afb9788791e919595e00f818666f9307c0f58359f92ea45ae891956a478b"

Floats = npt.NDArray[np.float32]


class Link(IntEnum):
    """What two actors have with each other. From ACQUIRES on, the first does it with the second."""

    NONE = 0
    MERGER = 1
    PARTNERSHIP = 2
    JOINT_VENTURE = 3
    TOGETHER = 4
    ACQUIRES = 5
    BUYS_FROM = 6
    SELLS = 7
    INVESTS_IN = 8
    LICENSED_BY = 9
    SUPPLIED_BY = 10


_BOTH_WAYS = 5
_DIRECTED = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A link read in one sentence; `first` and `second` count the actors, `score` is in 0..1.

    `here` says how many of the two are named or referred to in the sentence itself.
    """

    sentence: int
    first: int
    second: int
    link: Link
    score: float
    here: int


@dataclass(frozen=True, slots=True)
class Marked:
    """An article to be read: its sentences (the title first), who is named where, and what to read."""

    content: str
    sentences: tuple[Span, ...]
    sightings: tuple[Sighting, ...]
    wanted: tuple[int, ...]


class Reader(Protocol):
    """Anything that reads links; `PairReader` is the learned one."""

    def read(self, article: Marked) -> list[Hit]:
        """Every pair's best link, sure or not, in no order."""
        ...


class PairReader:
    """Safe for several threads; loads when first used. Raises WeightsMissing."""

    def __init__(
        self, cache_folder: Path, threads: int | None = None, adapter: Adapter | None = None
    ) -> None:
        self._encoder = AdaptedEncoder(
            cache_folder, adapter or open_adapter(ADAPTER, ADAPTER_SHA256), threads
        )
        self._heads = _Heads(self._encoder.adapter)

    def load(self) -> None:
        """Load now what would be loaded at first use."""
        self._encoder.load()

    def read(self, article: Marked) -> list[Hit]:
        """Every pair's best link in each sentence wanted, sure or not."""
        rows = self._rows(article)
        states = self._encoder.states([row.ids for row in rows])
        return [
            hit for row, state in zip(rows, states, strict=True) for hit in self._hits(row, state)
        ]

    def _rows(self, article: Marked) -> list[Row]:
        texts = [article.content[s.start : s.end] for s in article.sentences]
        near = sorted({0, *(i for w in article.wanted for i in range(max(0, w - BEFORE), w + 1))})
        split = dict(zip(near, self._encoder.pieces([texts[i] for i in near]), strict=True))
        marked = [0] * len(texts)
        for index in near:
            span = article.sentences[index]
            named = sum(span.start <= s.span.start < span.end for s in article.sightings)
            marked[index] = len(split[index].ids) + named
        pieces = [split.get(i, split[0]) for i in range(len(texts))]
        return [
            build_row(article.sentences, pieces, article.sightings, shown, read)
            for shown, read in plan_rows(marked, article.wanted)
        ]

    def _hits(self, row: Row, states: Floats) -> Iterator[Hit]:
        for sentence in row.read:
            span = next((b, e) for index, b, e in row.bounds if index == sentence)
            inside = states[span[0] : span[1]]
            asked = range(sentence - BEFORE, sentence + 1)
            marks = [m for m in row.marks if m.position < len(states)]
            actors = sorted({m.actor for m in marks if m.sentence == 0 or m.sentence in asked})
            if len(actors) < 2 or not len(inside):
                continue
            here = {m.actor for m in marks if m.sentence == sentence}
            inputs = np.stack([_two_means(states, row, actor, sentence) for actor in actors])
            pairs = np.array(list(combinations(range(len(actors)), 2)))
            shares = self._heads.shares(inputs, inside, pairs)
            for (i, j), share in zip(pairs, shares, strict=True):
                one, other = actors[i], actors[j]
                best = int(share[1:].argmax()) + 1
                if best >= _BOTH_WAYS + _DIRECTED:
                    one, other, link = other, one, Link(best - _DIRECTED)
                else:
                    link = Link(best)
                named = (one in here) + (other in here)
                yield Hit(sentence, one, other, link, float(1 - share[0]), named)


def _two_means(states: Floats, row: Row, actor: int, sentence: int) -> Floats:
    """The actor's marks in the sentence, or zeros, and its marks in the whole row."""
    marks = [m for m in row.marks if m.actor == actor and m.position < len(states)]
    inside = [m.position for m in marks if m.sentence == sentence]
    around = states[[m.position for m in marks]].mean(axis=0)
    here = states[inside].mean(axis=0) if inside else np.zeros_like(around)
    return np.concatenate([here, around])


class _Heads:
    """The network on top, as `training/train_pairs.py` has it."""

    def __init__(self, adapter: Adapter) -> None:
        names = ("first", "second", "asking", "keys", "context", "links")
        self._w = {name: adapter.head(f"{name}.weight").T for name in names}
        self._context_bias = adapter.head("context.bias")
        self._links_bias = adapter.head("links.bias")

    def shares(self, actors: Floats, tokens: Floats, pairs: npt.NDArray[np.int64]) -> Floats:
        """Actors n x 768, tokens of the sentence t x 384, pairs p x 2 -> p x 17 adding up to 1."""
        one, other = pairs[:, 0], pairs[:, 1]
        w = self._w
        asking = actors @ w["asking"]
        keys = tokens @ w["keys"]
        scale = np.float32(keys.shape[1] ** -0.5)
        heeded = _softmax((asking[one] + asking[other]) @ keys.T * scale)
        context = (heeded @ tokens) @ w["context"] + self._context_bias
        first, second = actors @ w["first"], actors @ w["second"]
        forth = self._links(first[one] + second[other] + context)
        back = self._links(first[other] + second[one] + context)
        both = (forth + back)[:, :_BOTH_WAYS] / 2
        return _softmax(np.concatenate([both, forth[:, _BOTH_WAYS:], back[:, _BOTH_WAYS:]], axis=1))

    def _links(self, hidden: npt.NDArray[np.floating[Any]]) -> Floats:
        # GELU by its tanh form, which differs from the exact one by less than 0.001.
        bent = np.tanh(0.7978845608 * (hidden + 0.044715 * hidden**3))
        odds: Floats = (0.5 * hidden * (1 + bent)) @ self._w["links"] + self._links_bias
        return odds


def _softmax(odds: Floats) -> Floats:
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    made: Floats = shares / shares.sum(axis=1, keepdims=True)
    return made
