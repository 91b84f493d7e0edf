"""The answer reader: which of a few sentences answers a question, and whether any of them does.

A low-rank change to MiniLM and small heads over its states, learned by training/train_answers.py. The
question and the sentences stand in one row, so that each is read in the light of the others. It reads
what it is given; which sentences those are, and what follows from the scores, is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.encoder.adapted import AdaptedEncoder
from assistant.encoder.adapter import Adapter, open_adapter
from assistant.encoder.minilm import SEP

ADAPTER = Path(__file__).with_name("reader.safetensors")
ADAPTER_SHA256 = ""

ASK, TITLE, SENTENCE = 1155, 1244, 1186
"""Marks before the question, before each title and before each sentence: letters of other scripts that
MiniLM tells apart, with embeddings of their own in the adapter."""

QUESTION_PIECES, EARLIER_PIECES, TITLE_PIECES, SENTENCE_PIECES = 48, 24, 24, 64
_LEAST = 12  # a sentence cut shorter than this says too little to be read
_LONGEST = 12  # word pieces of a span that answers

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as it is shown to the reader: its title, and sentences of it in their order."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Log-odds that a text answers rather than none; `span` is where its answer stands in it.

    `certain` is the score of that span beside that of no span.
    """

    odds: float
    certain: float
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a row: of which article, which sentence (None is the title), and from where to where.

    The mark stands at `start`, the text's own pieces from there to `end`.
    """

    article: int
    sentence: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """Word pieces without the two marks around a row, and the texts that found room in it."""

    ids: tuple[int, ...]
    parts: tuple[Part, ...]


Pieces = Sequence[int]


def build_row(
    question: Pieces,
    earlier: Pieces,
    articles: Sequence[tuple[Pieces, Sequence[Pieces]]],
    room: int,
) -> Row:
    """A row of at most `room` pieces; what finds no room is left out, from the end."""
    ids = [ASK]
    if earlier:
        ids += [*earlier[-EARLIER_PIECES:], SEP]
    ids += [*question[:QUESTION_PIECES], SEP]
    parts: list[Part] = []

    def add(article: int, sentence: int | None, text: list[int]) -> None:
        parts.append(Part(article, sentence, len(ids), len(ids) + len(text)))
        ids.extend(text)

    for number, (title, sentences) in enumerate(articles):
        shown = [TITLE, *title[:TITLE_PIECES]]
        if len(ids) + len(shown) + _LEAST > room:
            break
        add(number, None, shown)
        for index, sentence in enumerate(sentences):
            left = room - len(ids)
            if left < _LEAST:
                break
            add(number, index, [SENTENCE, *sentence[:SENTENCE_PIECES]][:left])
    return Row(tuple(ids), tuple(parts))


class AnswerReader:
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

    def read(
        self, question: str, earlier: str, articles: Sequence[Shown], room: int
    ) -> dict[tuple[int, int | None], Judged]:
        """What is said of each text that finds room in one row of `room` word pieces.

        Keys are (article, sentence), where a sentence of None is the title. `earlier` is the question
        this one leans on, or nothing.
        """
        texts = [question, earlier]
        for article in articles:
            texts += [article.title, *article.sentences]
        pieces = self._encoder.pieces(texts)
        rest = iter(pieces[2:])
        split = [(next(rest), [next(rest) for _ in a.sentences]) for a in articles]
        shown = [(title.ids, [s.ids for s in sentences]) for title, sentences in split]
        row = build_row(
            pieces[0].ids, pieces[1].ids, shown, min(room, self._encoder.max_tokens - 2)
        )
        states = next(self._encoder.states([row.ids]))
        found = {}
        for part, judged in zip(row.parts, self._heads.judge(states, row), strict=True):
            title, sentences = split[part.article]
            whole = title if part.sentence is None else sentences[part.sentence]
            first, last = judged.span
            at = (whole.offsets[first][0], whole.offsets[last][1]) if whole.ids else (0, 0)
            found[part.article, part.sentence] = Judged(judged.odds, judged.certain, at)
        return found


class _Heads:
    """The small networks on top, as `training/train_answers.py` has them."""

    def __init__(self, adapter: Adapter) -> None:
        names = ("mark", "score", "ask", "none", "span")
        self._w = {name: adapter.head(f"{name}.weight").T for name in names}
        self._b = {name: adapter.head(f"{name}.bias") for name in names}

    def judge(self, states: Floats, row: Row) -> list[Judged]:
        """One for each part of the row; spans count the word pieces of their text."""
        none = self._linear("none", np.tanh(self._linear("ask", states[:1])))[0, 0]
        marks = states[[part.start for part in row.parts]]
        scores = self._linear("score", np.tanh(self._linear("mark", marks)))[:, 0] - none
        ends = self._linear("span", states)
        judged = []
        for part, score in zip(row.parts, scores, strict=True):
            span, certain = _best_span(ends[part.start + 1 : part.end])
            judged.append(Judged(float(score), certain - float(ends[0].sum()), span))
        return judged

    def _linear(self, name: str, states: Floats) -> Floats:
        made: Floats = states @ self._w[name] + self._b[name]
        return made


def _best_span(ends: Floats) -> tuple[tuple[int, int], float]:
    """First and last piece of the likeliest span by scores of (start, end), and its score."""
    best, span = -1e9, (0, 0)
    for first in range(len(ends)):
        last = first + int(ends[first : first + _LONGEST, 1].argmax())
        score = float(ends[first, 0] + ends[last, 1])
        if score > best:
            best, span = score, (first, last)
    return span, best
