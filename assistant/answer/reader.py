"""The answer reader: which of a few sentences answers a question, and whether any of them does.

A low-rank change to MiniLM and small heads over its states, learned by training/train_answers.py. The
question and the sentences stand in one row, so that each is read in the light of the others. It reads
what it is given; which sentences those are, and what follows from the scores, is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.answer.sentences import Candidate
from assistant.encoder.adapted import AdaptedEncoder, Pieces
from assistant.encoder.adapter import Adapter, open_adapter
from assistant.encoder.minilm import SEP

ADAPTER = Path(__file__).with_name("reader.safetensors")
ADAPTER_SHA256 = "5f53780220edf9939c98384a755d1e40fdd7ac01a0ce516c7362aedf948cb29f"

ASK, TITLE, SENTENCE = 1155, 1244, 1186
"""Marks before the question, before each title and before each sentence: letters of other scripts that
MiniLM tells apart, with embeddings of their own in the adapter."""

QUESTION_PIECES, EARLIER_PIECES, TITLE_PIECES, SENTENCE_PIECES = 48, 24, 24, 64
ROOM = 158
"""Word pieces of a row: about four sentences and their titles."""

_LEAST = 12  # a sentence cut shorter than this says too little to be read
_LONGEST = 12  # word pieces of a span that answers

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """Log-odds that a text answers rather than none; `span` is where its answer stands in it.

    `certain` is the score of that span beside that of no span.
    """

    odds: float
    certain: float
    span: tuple[int, int]

    def placed(self, offsets: Sequence[tuple[int, int]]) -> Judged:
        """With a span of word pieces turned into one of characters."""
        first, last = self.span
        at = (offsets[first][0], offsets[last][1]) if last < len(offsets) else (0, 0)
        return replace(self, span=at)


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


def build_row(
    question: Sequence[int],
    earlier: Sequence[int],
    articles: Sequence[tuple[Sequence[int], Sequence[Sequence[int]]]],
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
        self, question: str, earlier: str, candidates: Sequence[Candidate], room: int = ROOM
    ) -> list[Judged | None]:
        """What is said of each candidate, best first; None where the row had no room for it.

        `earlier` is the question that this one leans on, or nothing. One row is read, of at most
        `room` word pieces, which takes the more time the longer it is.
        """
        titles = list(dict.fromkeys(c.article.source.title for c in candidates))
        texts = [question, earlier, *titles, *(c.text for c in candidates)]
        asked, leaned, *pieces = self._encoder.pieces(texts)
        named = dict(zip(titles, pieces[: len(titles)], strict=True))
        split = pieces[len(titles) :]
        room = min(room, self._encoder.max_tokens - 2)
        left = room - len(build_row(asked.ids, leaned.ids, (), room).ids)
        groups = list(_grouped(candidates, named, split, left).values())
        shown = [(named[g.title].ids, [split[i].ids for i in g.sentences]) for g in groups]
        row = build_row(asked.ids, leaned.ids, shown, room)
        judged: list[Judged | None] = [None] * len(candidates)
        states = next(self._encoder.states([row.ids]))
        for part, said in zip(row.parts, self._heads.judge(states, row), strict=True):
            group = groups[part.article]
            at = group.own if part.sentence is None else group.sentences[part.sentence]
            if at is not None:
                judged[at] = said.placed(split[at].offsets)
        return judged


@dataclass(slots=True)
class _Group:
    """Candidates of one article by their index; `own` is the title where that is a candidate itself."""

    title: str
    own: int | None
    sentences: list[int]


def _grouped(
    candidates: Sequence[Candidate],
    titles: Mapping[str, Pieces],
    split: Sequence[Pieces],
    left: int,
) -> dict[str, _Group]:
    """Those for which there is room, better ones first; in a group in the order of the article."""
    groups: dict[str, _Group] = {}
    for index, candidate in enumerate(candidates):
        article = candidate.article
        cost = 0 if candidate.is_title else 1 + min(len(split[index].ids), SENTENCE_PIECES)
        if article.id not in groups:
            cost += 1 + min(len(titles[article.source.title].ids), TITLE_PIECES)
        if cost > left:
            continue
        left -= cost
        group = groups.setdefault(article.id, _Group(article.source.title, None, []))
        if candidate.is_title:
            group.own = index
        else:
            group.sentences.append(index)
    for group in groups.values():
        group.sentences.sort(key=lambda i: candidates[i].span.start)
    return groups


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
