"""The writer that asks a language model, and reads its claims while they are being written.

The model gets the evidence grouped by article and fenced as data, and answers in JSON Lines. Whether
its quotes stand in the articles is not known here: whoever calls locates them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from assistant.answer.material import Material, Statement
from assistant.domain import Abstention, Article, Claim, Evidence, Question, Refusal, Span
from assistant.errors import ModelNonsense
from assistant.language.chat import stream_text
from assistant.language.prompts import fence_mark, fenced, load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MAX_CLAIMS = 8
"""An answer is two sentences, a long list of deals a few more; what comes after is not read."""

_EARLIER = 6
_LINE_CHARS = 2000
_ANSWER_CHARS = 20_000
_GAP = "[...]"
_KINDS = frozenset(Abstention) - {Abstention.LIBRARY_EMPTY}
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
        if not material.passages:
            yield Refusal(Abstention.NO_SUCH_DEAL, "No article here speaks of this.")
            return
        articles = _by_article(material.passages)
        ids = [article.id for article, _ in articles]
        written = 0
        with closing(stream_text(self._model, _messages(material.question, articles))) as pieces:
            for found in _objects(pieces):
                statement = _statement(found, ids)
                if isinstance(statement, Refusal) and written:
                    statement = Claim(statement.text, statement.proofs)
                yield statement
                written += 1
                if isinstance(statement, Refusal) or written == MAX_CLAIMS:
                    return
        if not written:
            raise ModelNonsense(
                f"The language model {self._name} did not answer in the form asked."
            )


_Excerpts = tuple[Article, list[Span]]


def _by_article(evidence: Sequence[Evidence]) -> list[_Excerpts]:
    """Articles in the order of their first passage, each with its passages' spans in reading order."""
    spans: dict[str, list[Span]] = {}
    articles: dict[str, Article] = {}
    for item in evidence:
        articles.setdefault(item.article.id, item.article)
        spans.setdefault(item.article.id, []).append(item.passage.span)
    return [(article, _joined(spans[key], article)) for key, article in articles.items()]


def _joined(spans: Sequence[Span], article: Article) -> list[Span]:
    """Sorted spans; those that overlap, or have only blanks between them, become one."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last and not article.content[last.end : span.start].strip():
            joined[-1] = Span(last.start, max(last.end, span.end))
        else:
            joined.append(span)
    return joined


def _messages(question: Question, articles: Sequence[_Excerpts]) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    asked = _one_line(question.text)
    earlier = "\n".join(_one_line(text) for text in question.earlier[-_EARLIER:]) or "none"
    sources = [_source_text(article, spans) for article, spans in articles]
    mark = fence_mark([asked, earlier, *sources])
    variables = {
        "mark": mark,
        "sources": "\n".join(
            fenced(f"source {n}", text, mark) for n, text in enumerate(sources, start=1)
        ),
        "earlier": earlier,
        "question": asked,
    }
    return [
        SystemMessage(load_prompt("answer", {})),
        HumanMessage(load_prompt("answer_input", variables)),
    ]


def _source_text(article: Article, spans: Sequence[Span]) -> str:
    source = article.source
    excerpts = f"\n{_GAP}\n".join(article.content[span.start : span.end] for span in spans)
    return (
        f"title: {_one_line(source.title)}\n"
        f"date: {source.date or 'not known'}\n"
        f"publisher: {_one_line(source.publisher) or 'not known'}\n\n"
        f"{excerpts}"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LINE_CHARS]


def _objects(pieces: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    """Every object that says a sentence or a refusal, as soon as its last brace has come.

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
        if _text_of(found, "sentence") or _text_of(found, "unanswerable"):
            return found, end
    return None


def _statement(found: Mapping[str, Any], ids: Sequence[str]) -> Claim | Refusal:
    proofs = tuple(_proofs(found.get("evidence"), ids))
    if text := _text_of(found, "sentence"):
        return Claim(text, proofs)
    kind = str(found.get("kind", "")).strip().lower()
    abstention = Abstention(kind) if kind in _KINDS else Abstention.DETAIL_NOT_STATED
    return Refusal(abstention, _text_of(found, "unanswerable"), proofs)


def _proofs(given: object, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(article id, words) of each usable entry; sources are numbered from 1."""
    for entry in given if isinstance(given, list) else [given]:
        if not isinstance(entry, Mapping):
            continue
        number = re.search(r"-?\d+", str(entry.get("source", "")))
        words = entry.get("quote")
        if number and isinstance(words, str) and words.strip():
            n = int(number.group())
            if 1 <= n <= len(ids):
                yield ids[n - 1], words.strip()


def _text_of(found: object, key: str) -> str:
    """The value as one line of plain text, without citation marks; empty when there is none."""
    value = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(value, str):
        return ""
    value = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", value)
    value = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", value)
    return re.sub(r"\s*\[\d{1,2}(?:,\s*\d{1,2})*\]", "", " ".join(value.split())).strip()
