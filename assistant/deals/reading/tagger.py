"""Names in a sentence: which words are an organisation, a person or a place, learned.

MiniLM reads lower case only, so beside its state of each word stands the word's shape: capitals, digits,
what it touches, and whether the whole line is a headline in capitals. Trained by
`training/train_names.py`. Reads one text at a time and knows nothing of the article around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.domain import Span
from assistant.encoder.adapted import AdaptedEncoder, Pieces
from assistant.encoder.adapter import open_adapter

ADAPTER = Path(__file__).with_name("names.safetensors")
ADAPTER_SHA256 = "8e1a7c5cdde59e052752f6abc5d352c012e191dd2a8f12481a67af3989b73618"
TAGS = ("O", "B-ORG", "I-ORG", "B-PER", "I-PER", "B-LOC", "I-LOC")
SHAPES = 16
"""Shape features a word; the head sees those of the word before, the word and the word after."""

Floats = npt.NDArray[np.float32]

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONG = 4  # letters from which on a lower-case word says that a line is no headline in capitals


class NameKind(StrEnum):
    """What a name names. A government or a state body is an organisation."""

    ORGANISATION = "ORG"
    PERSON = "PER"
    PLACE = "LOC"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name in a text, `span` counting in that text; `sureness` in 0..1 is the model's."""

    span: Span
    kind: NameKind
    sureness: float


class NameTagger:
    """Safe for several threads; loads when first used. Raises WeightsMissing."""

    def __init__(self, cache_folder: Path, threads: int | None = None) -> None:
        self._encoder = AdaptedEncoder(cache_folder, open_adapter(ADAPTER, ADAPTER_SHA256), threads)
        head = self._encoder.adapter.head
        self._inner = (np.ascontiguousarray(head("inner.weight").T), head("inner.bias"))
        self._outer = (np.ascontiguousarray(head("outer.weight").T), head("outer.bias"))

    def load(self) -> None:
        """Load now what would be loaded at first use."""
        self._encoder.load()

    def tag(self, texts: Sequence[str]) -> list[list[Tagged]]:
        """The names of each text in their order. What is beyond 254 word pieces is not read."""
        pieces = self._encoder.pieces(texts)
        states = self._encoder.states([p.ids for p in pieces])
        read, inputs = [], []
        for text, split, state in zip(texts, pieces, states, strict=True):
            words = split_words(text)
            firsts = [first for first in first_pieces(words, split) if first < len(state)]
            words = words[: len(firsts)]
            read.append(words)
            if words:
                inputs.append(np.concatenate([state[firsts], shapes_around(text, words)], axis=1))
        shares = iter(self._shares(np.concatenate(inputs)) if inputs else ())
        return [join_tags(words, np.array([next(shares) for _ in words])) for words in read]

    def _shares(self, inputs: Floats) -> Floats:
        """Of the tags, for the words of all texts at once: a product a text costs half as much as MiniLM."""
        hidden = np.maximum(inputs @ self._inner[0] + self._inner[1], 0)
        odds = hidden @ self._outer[0] + self._outer[1]
        shares: Floats = np.exp(odds - odds.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares


def split_words(text: str) -> list[Span]:
    """Runs of letters and digits, and single marks: finer than words, so no name ends inside one."""
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def first_pieces(words: Sequence[Span], pieces: Pieces) -> list[int]:
    """Index of the piece each word begins with, or of the next one where the model dropped it."""
    starts = np.array([start for start, _ in pieces.offsets], dtype=np.int64)
    found = np.searchsorted(starts, [word.start for word in words])
    return [int(index) for index in found]


def shapes_around(text: str, words: Sequence[Span]) -> Floats:
    """float32 (words, 3 x SHAPES): each word's shape between those of its neighbours."""
    shapes = np.zeros((len(words) + 2, SHAPES), dtype=np.float32)
    shapes[1:-1] = _shapes(text, words)
    return np.concatenate([shapes[:-2], shapes[1:-1], shapes[2:]], axis=1)


def _shapes(text: str, words: Sequence[Span]) -> Floats:
    long = [text[w.start : w.end] for w in words if w.end - w.start >= _LONG]
    capital = sum(word[0].isupper() for word in long) / len(long) if long else 0.0
    shout = sum(word.isupper() for word in long) / len(long) if long else 0.0
    rows = np.zeros((len(words), SHAPES), dtype=np.float32)
    inside = 0
    for i, span in enumerate(words):
        word = text[span.start : span.end]
        inside += (word == "(") - (i > 0 and text[words[i - 1].start] == ")")
        rows[i] = (
            word[0].isupper(),
            len(word) > 1 and word.isupper(),
            len(word) == 1 and word.isupper(),
            word[0].isalpha() and not word[1:].islower() and not word.isupper() and len(word) > 1,
            word.islower(),
            word.isdigit(),
            any(letter.isdigit() for letter in word) and not word.isdigit(),
            not word[0].isalnum(),
            i == 0,
            i > 0 and text[words[i - 1].start] in '."“:!?',
            span.start > 0 and not text[span.start - 1].isspace(),
            span.end < len(text) and not text[span.end].isspace(),
            inside > 0,
            capital > 0.7,
            shout > 0.7,
            len(word) <= 3,
        )
    return rows


def join_tags(words: Sequence[Span], shares: Floats) -> list[Tagged]:
    """Runs of words that are no O; one starts anew at a B that is surer than an I.

    Its kind is that of the greatest share over all its words, so one word does not split a name.
    """
    if not words:
        return []
    kinds = np.stack([shares[:, 1::2], shares[:, 2::2]], axis=2)  # word x kind x (begins, goes on)
    best = shares.argmax(axis=1)
    found: list[Tagged] = []
    start = 0
    while start < len(words):
        if best[start] == 0:
            start += 1
            continue
        end = start + 1
        while end < len(words) and best[end] and best[end] % 2 == 0:
            end += 1
        mass = kinds[start:end].sum(axis=(0, 2))
        kind = int(mass.argmax())
        span = Span(words[start].start, words[end - 1].end)
        found.append(Tagged(span, list(NameKind)[kind], float(mass[kind]) / (end - start)))
        start = end
    return found
