"""Sentences with their names marked, from the data folder: what the names tagger learns from.

A word's mark is the set of tags it may have, since no source marks everything: a capitalised word of a
deal text that is no organisation and no person may still be a place. Knows nothing of models.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.deals.reading.tagger import TAGS, split_words
from assistant.domain import Span
from assistant.text import split_sentences
from training.deal_texts import read_jsonl

SOURCES = {"wikigold": 1696, "sec-filings": 500, "broad-twitter-corpus": 700, "wnut17": 300}
"""Rows taken at most of each source of entities.jsonl: tweets are many and unlike news."""

_KINDS = {"ORG": 1, "PER": 3, "LOC": 5}
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?)\]%]|n't|'s|'\w{1,2}")
_OUTSIDE, _OUTSIDE_OR_PLACE, _ANY = 0b1, 0b1100001, 0b1111111


@dataclass(frozen=True, slots=True)
class Mark:
    """A name in a text: `tag` is the index in TAGS of the tag that begins it."""

    span: Span
    tag: int


@dataclass(frozen=True, slots=True)
class Example:
    """`allowed[i]` is a bit a tag that word i of `split_words(text)` may have."""

    text: str
    marks: tuple[Mark, ...]
    places_unmarked: bool = False

    def allowed(self) -> list[int]:
        words = split_words(self.text)
        open_ = _OUTSIDE_OR_PLACE if self.places_unmarked else _OUTSIDE
        allowed = [open_ if self.text[w.start].isupper() else _OUTSIDE for w in words]
        for mark in self.marks:
            inside = [i for i, w in enumerate(words) if _within(w, mark.span)]
            for order, index in enumerate(inside):
                tag = mark.tag + (order > 0)
                allowed[index] = _ANY if mark.tag >= len(TAGS) else 1 << tag
        return allowed


def _within(word: Span, span: Span) -> bool:
    return span.start <= word.start and word.end <= span.end


def tagged_examples(folder: Path, chance: random.Random) -> list[Example]:
    """Rows of entities.jsonl, joined to running text."""
    rows = read_jsonl(folder / "entities.jsonl")
    chance.shuffle(rows)
    examples: list[Example] = []
    for source, wanted in SOURCES.items():
        usable = [r for r in rows if r["source"] == source and _usable(r)]
        # Rows with an organisation first: they are the rarer and the wanted ones.
        usable.sort(key=lambda row: "B-ORG" not in row["tags"])
        examples += [_joined(row) for row in usable[:wanted]]
    return examples


def _usable(row: dict[str, Any]) -> bool:
    """Without what only tweets have: addresses, hash signs, names in small letters."""
    text = " ".join(row["tokens"])
    tagged = [token for token, tag in zip(row["tokens"], row["tags"], strict=True) if tag[0] == "B"]
    if row["source"] != "wikigold" and not tagged:
        return False
    careless = re.search(r"[@#]|https?:|^RT\b", text) or any(t[0].islower() for t in tagged)
    return not careless and 3 <= len(row["tokens"]) <= 90


def _joined(row: dict[str, Any]) -> Example:
    text, marks = "", list[Mark]()
    for token, tag in zip(row["tokens"], row["tags"], strict=True):
        tight = not text or _NO_SPACE_BEFORE.fullmatch(token) or text[-1] in "($€£["
        text += token if tight else f" {token}"
        span = Span(len(text) - len(token), len(text))
        kind = _KINDS.get(tag[2:])
        if kind is None:
            continue
        if row["source"] == "sec-filings" and tag.endswith("PER"):
            # Contracts: "Borrower" and "Lender" are marked as persons there, which teaches nothing.
            marks.append(Mark(span, len(TAGS)))
        elif tag[0] == "I" and marks and marks[-1].tag == kind:
            marks[-1] = Mark(Span(marks[-1].span.start, span.end), kind)
        else:
            marks.append(Mark(span, kind))
    return Example(text, tuple(marks))


def deal_examples(rows: Sequence[dict[str, Any]]) -> list[Example]:
    """Titles and sentences of deal texts, with every place an organisation or a person is named."""
    examples = []
    for row in rows:
        names = [(n, 1) for n in row["organisations"]] + [(n, 3) for n in row["people"]]
        texts = [row["title"]]
        texts += [row["text"][s.start : s.end] for s in split_sentences(row["text"])]
        examples += [Example(t, _found(t, names), places_unmarked=True) for t in texts]
    return examples


def _found(text: str, names: list[tuple[str, int]]) -> tuple[Mark, ...]:
    """The longest names first; a shorter one inside a longer one is part of it."""
    taken = [False] * len(text)
    marks = []
    for name, tag in sorted(names, key=lambda pair: -len(pair[0])):
        bare = name.rstrip(".")
        for match in re.finditer(rf"(?<!\w){re.escape(bare)}(?!\w)", text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * len(bare)
                marks.append(Mark(Span(*match.span()), tag))
    return tuple(sorted(marks, key=lambda mark: mark.span))


def varied(example: Example, pool: Sequence[str], chance: random.Random) -> Example:
    """The example in another guise: other organisations, or the capitals of a headline."""
    if chance.random() < 0.25:
        example = _renamed(example, pool, chance)
    if chance.random() < 0.12:
        example = _headline(example, chance)
    return example


def _renamed(example: Example, pool: Sequence[str], chance: random.Random) -> Example:
    text, marks, end = "", list[Mark](), 0
    swapped: dict[str, str] = {}
    for mark in sorted(example.marks, key=lambda m: m.span):
        text += example.text[end : mark.span.start]
        name = example.text[mark.span.start : mark.span.end]
        if mark.tag == 1 and name[0].isupper():
            name = swapped.setdefault(name, chance.choice(pool))
        marks.append(Mark(Span(len(text), len(text) + len(name)), mark.tag))
        text += name
        end = mark.span.end
    return Example(text + example.text[end:], tuple(marks), example.places_unmarked)


def _headline(example: Example, chance: random.Random) -> Example:
    """Every Longer Word With A Capital, or all in capitals; offsets stay, so no letter may grow."""
    text = example.text.rstrip(".")
    shout = chance.random() < 0.25
    small = {"a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"}

    def raised(match: re.Match[str]) -> str:
        word = match.group()
        changed = word.upper() if shout else word if word in small else word[0].upper() + word[1:]
        return changed if len(changed) == len(word) else word

    text = re.sub(r"[^\W\d_]+", raised, text)
    return Example(text, tuple(m for m in example.marks if m.span.end <= len(text)))
