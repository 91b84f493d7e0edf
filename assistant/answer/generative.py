"""The writer that asks a language model, and reads its claims while they are being written.

The model gets numbered evidence, articles and records of the ledger, fenced as data, and answers in
JSON Lines. Lists and counts it only chooses the records of; they are worked out as offline. Whether
its quotes stand in the articles, and carry its words, is not known here: whoever calls finds out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.answer.asking import Form
from assistant.answer.exhibits import Exhibit, exhibits, one_line
from assistant.answer.material import Material, Statement
from assistant.answer.tallies import tally
from assistant.domain import Abstention, Claim, Quote, Refusal
from assistant.errors import ModelNonsense
from assistant.language.chat import stream_text
from assistant.language.prompts import fence_mark, fenced, load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MAX_CLAIMS = 8
"""An answer is two sentences, a long list of deals a few more; what comes after is not read."""

_EARLIER = 6
_ANSWER_CHARS = 20_000
_KINDS = frozenset(Abstention) - {Abstention.LIBRARY_EMPTY}
_KEYS = ("sentence", "unanswerable", "correction")
_COUNTED = frozenset({Form.LIST, Form.COUNT, Form.LINK, Form.COMPARE})
_ALL = "all"
_DECODER = json.JSONDecoder(strict=False)


class GenerativeWriter:
    """A `Writer` that has a chat model write. `name` is shown with the answer."""

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def write(self, material: Material) -> Iterator[Statement]:
        """Claims as soon as each is complete; without evidence the model is not asked.

        Raises `ModelError`: `ModelNonsense` when nothing in the answer can be read, and after some
        claims when the answer breaks off.
        """
        shown = exhibits(material)
        if not shown:
            yield Refusal(Abstention.NO_SUCH_DEAL, "No article here speaks of this.")
            return
        written, listed = 0, False
        with closing(stream_text(self._model, _messages(material, shown))) as pieces:
            for found in _objects(pieces):
                rows = [] if listed else list(_rows(found, material, shown))
                listed = listed or bool(rows)
                yield from rows
                if not (statement := _statement(found, shown)):
                    continue
                if isinstance(statement, Refusal) and (written or listed):
                    statement = Claim(statement.text, statement.proofs, statement.quotes)
                yield statement
                written += 1
                if isinstance(statement, Refusal) or written == MAX_CLAIMS:
                    return
        if not (written or listed):
            raise ModelNonsense(
                f"The language model {self._name} did not answer in the form asked."
            )


def _messages(material: Material, shown: Sequence[Exhibit]) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    question = material.question
    asked = one_line(question.text)
    earlier = "\n".join(one_line(text) for text in question.earlier[-_EARLIER:]) or "none"
    mark = fence_mark([asked, earlier, *(exhibit.text for exhibit in shown)])
    variables = {
        "mark": mark,
        "sources": "\n".join(fenced(exhibit.label, exhibit.text, mark) for exhibit in shown),
        "fitting": _fitting(material),
        "earlier": earlier,
        "question": asked,
    }
    return [
        SystemMessage(load_prompt("answer", {})),
        HumanMessage(load_prompt("answer_input", variables)),
    ]


def _fitting(material: Material) -> str:
    """What the ledger has for a list, in words."""
    if material.asking.form not in _COUNTED or not next(tally(material), None):
        return "none"
    return f"{len(material.deals)} of the ledger's deals fit this question"


def _objects(pieces: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    """Every object that says something, as soon as its last brace has come.

    Whatever stands between objects is passed over: code fences, commas and brackets of a list,
    prose, an object that is broken.
    """
    buffer, read = "", 0
    for piece in pieces:
        buffer += piece
        read += len(piece)
        while "}" in piece and (match := _first_object(buffer)):
            found, end = match
            buffer = buffer[end:]
            yield found
        if read > _ANSWER_CHARS:
            return


def _first_object(text: str) -> tuple[Mapping[str, Any], int] | None:
    """The first complete object with one of our keys, and where it ends."""
    for brace in re.finditer(r"\{", text):
        try:
            found, end = _DECODER.raw_decode(text, brace.start())
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(found, Mapping) and _says_something(found):
            return found, end
    return None


def _says_something(found: Mapping[str, Any]) -> bool:
    return any(_text_of(found, key) for key in _KEYS) or _chosen(found) is not None


def _chosen(found: Mapping[str, Any]) -> frozenset[int] | None:
    """The numbers of the records that a list is to hold, empty for all; None where it is no list."""
    given = found.get("list")
    if given == _ALL:
        return frozenset()
    numbers = [_number(entry) for entry in given] if isinstance(given, list) else []
    return frozenset(n for n in numbers if n is not None) or None


def _rows(
    found: Mapping[str, Any], material: Material, shown: Sequence[Exhibit]
) -> Iterator[Statement]:
    """The list the model asks for, worked out from the ledger; nothing where it asks for none."""
    numbers = _chosen(found)
    if numbers is None:
        return
    if numbers:
        deals = tuple(e.deal for n, e in enumerate(shown, start=1) if n in numbers and e.deal)
        if not deals:
            return
        ordered = tuple(deal for deal in material.book.deals if deal in deals) or deals
        material = replace(material, deals=ordered)
    yield from tally(material)


def _statement(found: Mapping[str, Any], shown: Sequence[Exhibit]) -> Claim | Refusal | None:
    proofs, quotes = _evidence(found.get("evidence"), shown)
    if text := _text_of(found, "sentence"):
        return Claim(text, proofs, quotes)
    if text := _text_of(found, "correction"):
        return Refusal(Abstention.PREMISE_CONTRADICTED, text, proofs, quotes)
    if not (text := _text_of(found, "unanswerable")):
        return None
    kind = str(found.get("kind", "")).strip().lower()
    abstention = Abstention(kind) if kind in _KINDS else Abstention.DETAIL_NOT_STATED
    return Refusal(abstention, text, proofs, quotes)


def _evidence(
    given: object, shown: Sequence[Exhibit]
) -> tuple[tuple[tuple[str, str], ...], tuple[Quote, ...]]:
    """Words to be located in articles, and quotes of records; sources are numbered from 1."""
    proofs: list[tuple[str, str]] = []
    quotes: list[Quote] = []
    for entry in given if isinstance(given, list) else [given]:
        words = entry.get("quote") if isinstance(entry, Mapping) else None
        number = _number(entry.get("source")) if isinstance(entry, Mapping) else None
        if not isinstance(words, str) or not words.strip() or number is None:
            continue
        if 1 <= number <= len(shown):
            located = shown[number - 1].locate(words.strip())
            if isinstance(located, Quote):
                quotes.append(located)
            elif located:
                proofs.append(located)
    return tuple(proofs), tuple(quotes)


def _number(given: object) -> int | None:
    """The number in `2`, `"2"`, `"[2]"` or `"source 2"`."""
    found = re.search(r"-?\d+", str(given)) if given is not None else None
    return int(found.group()) if found else None


def _text_of(found: Mapping[str, Any], key: str) -> str:
    """The value as one line of plain text, without citation marks; empty when there is none."""
    value = found.get(key)
    if not isinstance(value, str):
        return ""
    value = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", value)
    value = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", value)
    return re.sub(r"\s*\[\d{1,2}(?:,\s*\d{1,2})*\]", "", " ".join(value.split())).strip()
