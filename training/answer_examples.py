"""Rows from which the answer reader learns: a question, a few sentences, and which of them answers.

Two sources. Questions on invented deal texts are searched in a library of those texts, so that the
sentences beside the right one are those the running system would show. SQuADShifts (Miller et al. 2020,
CC BY 4.0) gives questions on Wikipedia and Reddit paragraphs, where the right sentence is left out or
the question moved to a paragraph near it to make rows without an answer.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import Encoding, Tokenizer

from assistant.answer.reader import Part, Row, build_row
from assistant.encoder.minilm import CLS, SEP, weights_folder
from assistant.text import split_sentences

SHIFT_ROOMS = (62, 78, 94, 110, 126)
DEAL_ROOMS = (94, 110, 126, 142, 158)
LEFT_OUT = 0.18
"""Share of the answerable questions shown without their answer, in each of two ways for SQuADShifts."""

Chars = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """`ids` with the two marks around; `marks` and `gold` go by part, `span` counts ids, (0, 0) is none.

    `first` is where the first text begins. `span` is None where a sentence answers in words unknown.
    """

    ids: list[int]
    marks: list[int]
    gold: list[bool]
    span: Chars | None
    first: int


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or a title. `answer` is where it gives the answer, None where it is not known."""

    text: str
    right: bool = False
    answer: Chars | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one article: the title and sentences in their order."""

    title: Text
    sentences: list[Text]


class Splitter:
    """Word pieces, each text split once."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known: dict[str, Encoding] = {}

    def split(self, text: str) -> Encoding:
        if text not in self._known:
            self._known[text] = self._tokenizer.encode(text, add_special_tokens=False)
        return self._known[text]

    def example(self, question: str, earlier: str, groups: Sequence[Group], room: int) -> Example:
        """The row as it is built at run time, with what is right in it."""
        articles = [
            (self.split(g.title.text).ids, [self.split(s.text).ids for s in g.sentences])
            for g in groups
        ]
        row = build_row(self.split(question).ids, self.split(earlier).ids, articles, room)
        texts = [_text_of(groups, part) for part in row.parts]
        gold = [text.right for text in texts]
        first = row.parts[0].start + 1 if row.parts else len(row.ids) + 1
        marks = [part.start + 1 for part in row.parts]
        return Example([CLS, *row.ids, SEP], marks, gold, self._span(row, texts), first)

    def _span(self, row: Row, texts: Sequence[Text]) -> Chars | None:
        if not any(text.right for text in texts):
            return (0, 0)
        for part, text in zip(row.parts, texts, strict=True):
            if text.answer is not None:
                begin, end = text.answer
                offsets = self.split(text.text).offsets
                inside = [i for i, (a, b) in enumerate(offsets) if b > begin and a < end]
                # One for the mark before the text, one for the mark before the row.
                if inside and part.start + 1 + inside[-1] < part.end:
                    return part.start + 2 + inside[0], part.start + 2 + inside[-1]
        return None


def _text_of(groups: Sequence[Group], part: Part) -> Text:
    group = groups[part.article]
    return group.title if part.sentence is None else group.sentences[part.sentence]


_WORD = re.compile(r"\w+")


def _bag(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if len(word) > 2}


@dataclass(frozen=True)
class Paragraph:
    """`article` counts articles; paragraphs of one are near each other."""

    article: int
    title: str
    text: str
    spans: list[Chars]

    @cached_property
    def sentences(self) -> list[str]:
        return [self.text[a:b] for a, b in self.spans]

    @cached_property
    def words(self) -> set[str]:
        return _bag(self.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the paragraph `at`; sentence `right` gives the answer, those of `others` may."""

    at: int
    question: str
    answer: str
    right: int
    place: Chars
    others: frozenset[int]


class Shifts:
    """A file of SQuADShifts. Titles are kept only where they are titles of articles."""

    def __init__(self, path: Path, splitter: Splitter, titled: bool) -> None:
        self._splitter = splitter
        self._paragraphs: list[Paragraph] = []
        self._near: dict[int, list[int]] = {}
        self.asked: list[Asked] = []
        for number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
            title = str(article.get("title") or "").replace("_", " ") if titled else ""
            for paragraph in article["paragraphs"]:
                self._add(number, title, paragraph)

    def _add(self, number: int, title: str, paragraph: dict[str, Any]) -> None:
        text = paragraph["context"]
        spans = [(s.start, s.end) for s in split_sentences(text)]
        if len(spans) < 2:
            return
        at = len(self._paragraphs)
        self._paragraphs.append(Paragraph(number, title, text, spans))
        self._near.setdefault(number, []).append(at)
        for row in paragraph["qas"]:
            held = [_sentence_at(spans, answer["answer_start"]) for answer in row["answers"]]
            if held and held[0] is not None:
                begin, end = spans[held[0]]
                start = row["answers"][0]["answer_start"]
                words = row["answers"][0]["text"]
                place = (start - begin, min(start + len(words), end) - begin)
                others = frozenset(i for i in held if i is not None)
                asked = Asked(at, row["question"].strip(), words, held[0], place, others)
                self.asked.append(asked)

    def example(self, asked: Asked, rng: random.Random) -> Example:
        """A row of one paragraph, now and then beside sentences of another of its article."""
        way = rng.choices(["whole", "left out", "moved"], [1 - 2 * LEFT_OUT, LEFT_OUT, LEFT_OUT])[0]
        words = _bag(asked.question)
        own: int | None = asked.at
        if way == "moved":
            own = self._neighbour(asked, words, rng, 30)
        if own is None or (way == "left out" and len(self._paragraphs[asked.at].spans) < 3):
            way, own = "whole", asked.at
        groups = [self._own_group(asked, own, way, words, rng)]
        if rng.random() < 0.25:
            other = self._neighbour(asked, words, rng, 12)
            if other is not None and other != own:
                groups.append(self._other_group(other, words, rng))
                rng.shuffle(groups)
        question = asked.question.lower() if rng.random() < 0.3 else asked.question
        return self._splitter.example(question, "", groups, rng.choice(SHIFT_ROOMS))

    def _own_group(
        self, asked: Asked, own: int, way: str, words: set[str], rng: random.Random
    ) -> Group:
        paragraph = self._paragraphs[own]
        answer = asked.answer.lower()
        known = asked.others if way != "moved" else frozenset()
        rest = [
            i
            for i, sentence in enumerate(paragraph.sentences)
            if answer not in sentence.lower() and i not in known
        ]
        rest.sort(key=lambda i: -len(words & _bag(paragraph.sentences[i])) - rng.random() * 3)
        right = {asked.right} if way == "whole" else set()
        shown = sorted([*right, *rest[: rng.choice((2, 2, 3, 3, 4)) - len(right)]])
        sentences = [
            Text(paragraph.sentences[i], i in right, asked.place if i in right else None)
            for i in shown
        ]
        return Group(Text(paragraph.title), sentences)

    def _other_group(self, other: int, words: set[str], rng: random.Random) -> Group:
        paragraph = self._paragraphs[other]
        order = sorted(
            range(len(paragraph.spans)),
            key=lambda i: -len(words & _bag(paragraph.sentences[i])) - rng.random(),
        )
        shown = sorted(order[: rng.choice((1, 1, 2))])
        return Group(Text(paragraph.title), [Text(paragraph.sentences[i]) for i in shown])

    def _neighbour(
        self, asked: Asked, words: set[str], rng: random.Random, seen: int
    ) -> int | None:
        """A paragraph of the same article without the answer, with the most words of the question."""
        near = self._near[self._paragraphs[asked.at].article]
        answer = asked.answer.lower()
        pool = [
            i
            for i in rng.sample(near, min(seen, len(near)))
            if i != asked.at and answer not in self._paragraphs[i].text.lower()
        ]
        return max(pool, key=lambda i: len(words & self._paragraphs[i].words), default=None)


def _sentence_at(spans: Sequence[Chars], place: int) -> int | None:
    return next((i for i, (a, b) in enumerate(spans) if a <= place < b), None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A candidate of the running system; `right` when it holds the gold words of the question."""

    article: str
    title: str
    text: str
    is_title: bool
    start: int
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """A question on the deal texts and its candidates, best first by the linear weights."""

    text_id: str
    question: str
    earlier: str
    answer: str
    answerable: bool
    sentences: list[Sentence]


def deal_example(asked: Searched, splitter: Splitter, rng: random.Random) -> Example:
    """A row for learning: the right sentence among those that come near it, or without it."""
    left_out = rng.random() < LEFT_OUT / 2
    right = [s for s in asked.sentences if s.right and asked.answerable]
    pool = [s for s in asked.sentences[:14] if not s.right]
    if rng.random() < 0.5:
        pool.sort(key=lambda s: -s.score - rng.gauss(0, 1.5))
    room = rng.choice(DEAL_ROOMS)
    many = rng.choice((2, 3, 3, 4, 4, 5))
    if right and not left_out:
        chosen = [right[0] if rng.random() < 0.8 else rng.choice(right[:2]), *pool[: many - 1]]
    else:
        chosen = pool[:many]
    gone = {s.article for s in right if s.is_title} if left_out else set()
    groups = list(deal_groups(asked, chosen, gone))
    rng.shuffle(groups)
    return splitter.example(asked.question, asked.earlier, groups, room)


def deal_groups(asked: Searched, chosen: Sequence[Sentence], untitled: set[str]) -> Iterator[Group]:
    """The chosen by article, in the order of their best; a title that answers says so if not chosen."""
    titles = {s.article: s.right and asked.answerable for s in asked.sentences if s.is_title}
    for article in dict.fromkeys(s.article for s in chosen):
        own = sorted((s for s in chosen if s.article == article), key=lambda s: s.start)
        title = Text("") if article in untitled else Text(own[0].title, titles.get(article, False))
        yield Group(title, [_as_text(asked, s) for s in own if not s.is_title])


def _as_text(asked: Searched, sentence: Sentence) -> Text:
    right = sentence.right and asked.answerable
    return Text(sentence.text, right, _answer_in(asked.answer, sentence.text) if right else None)


def _answer_in(answer: str, text: str) -> Chars | None:
    """Where a sentence has the words of the answer, or those before its first comma."""
    whole = answer.strip().rstrip(".").strip()
    for words in (whole, re.split(r"[;,(]", whole)[0].strip()):
        match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)
        if len(words) > 1 and match:
            return match.span()
    return None
