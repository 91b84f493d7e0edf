"""Questions with what a right answer holds, from JSON Lines and back.

Two forms of line: an article with its `questions`, as DealQA has them, or a question by itself. Knows
nothing of answers, and does not look whether the articles named are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from assistant.errors import GoldRefused

UNTYPED = "untyped"
"""The type of a question that names none."""


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and how to judge its answer.

    A right answer holds one of each group of `must`; one that is not `answerable` is to be abstained
    from, and has no groups. `quotes` are where the article says it.
    """

    id: str
    text: str
    type: str
    answerable: bool
    must: tuple[tuple[str, ...], ...] = ()
    quotes: tuple[str, ...] = ()
    article_id: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line, or one question of it, was left out; `number` counts from 1.

    One that is `unfinished` is no mistake: what persons said of answers gives such lines.
    """

    number: int
    why: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    questions: tuple[GoldQuestion, ...]
    left_out: tuple[BadLine, ...] = ()


def read_gold(path: Path) -> Gold:
    """Every question of the file that can be used, in its order; what cannot is told by line."""
    questions: list[GoldQuestion] = []
    left_out: list[BadLine] = []
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                for found in _questions_of(raw, number):
                    if isinstance(found, BadLine):
                        left_out.append(found)
                    else:
                        questions.append(found)
            except GoldRefused as error:
                left_out.append(BadLine(number, str(error), isinstance(error, _Unfinished)))
    return Gold(tuple(questions), tuple(left_out))


def _questions_of(raw: bytes, number: int) -> Iterator[GoldQuestion | BadLine]:
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise GoldRefused("is not valid JSON in UTF-8; correct the line") from None
    if not isinstance(fields, dict):
        raise GoldRefused('is not a JSON object such as {"question": "...", "must": [["..."]]}')
    if "questions" not in fields:
        yield _question(fields, _text(fields, "article_id"), str(number))
        return
    asked = fields["questions"]
    if not isinstance(asked, list):
        raise GoldRefused('its "questions" are not a list')
    article_id = _text(fields, "article_id")
    for n, one in enumerate(asked, 1):
        try:
            if not isinstance(one, dict):
                raise GoldRefused("is not a JSON object")
            yield _question(one, article_id, f"{number}-{n}")
        except GoldRefused as error:
            yield BadLine(number, f"question {n} {error}", isinstance(error, _Unfinished))


class _Unfinished(GoldRefused):
    """Without a key, and with a person's note in its place."""


def _question(fields: dict[str, Any], article_id: str, place: str) -> GoldQuestion:
    text = _text(fields, "question")
    if not text.strip():
        raise GoldRefused('has no "question"')
    answerable = fields.get("answerable", True)
    if not isinstance(answerable, bool):
        raise GoldRefused('has an "answerable" that is neither true nor false')
    must = _groups(fields.get("must") or [])
    if answerable and not must:
        if "note" in fields:
            raise _Unfinished(
                'has a note and no "must" yet: name what a right answer holds, or make it '
                '"answerable": false'
            )
        raise GoldRefused(
            'has no "must": name what a right answer holds, such as [["340 million"]]'
        )
    return GoldQuestion(
        id=str(fields.get("id") or place),
        text=text,
        type=_text(fields, "type") or UNTYPED,
        answerable=answerable,
        must=must if answerable else (),
        quotes=_words(fields.get("quotes") or [], "quotes"),
        article_id=article_id,
        previous=_text(fields, "previous"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    """A field that may be left out or null."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise GoldRefused(f'has a "{name}" that is not text')
    return value or ""


def _groups(value: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list):
        raise GoldRefused('has a "must" that is not a list of lists of words')
    groups = tuple(_words(group, "must") for group in value)
    if not all(groups):
        raise GoldRefused('has an empty group in "must"')
    return groups


def _words(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise GoldRefused(f'has in "{name}" what is not a list of words')
    return tuple(value)


def gold_lines(questions: Iterable[GoldQuestion]) -> str:
    """The questions in DealQA's form, a line for each run of questions of one article."""
    lines = []
    for article_id, some in groupby(questions, key=lambda q: q.article_id):
        record = {"article_id": article_id, "deals": [], "questions": [_record(q) for q in some]}
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return "".join(lines)


def _record(question: GoldQuestion) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.text,
        "type": question.type,
        "answerable": question.answerable,
        "previous": question.previous or None,
        "must": [list(group) for group in question.must],
        "quotes": list(question.quotes),
    }
