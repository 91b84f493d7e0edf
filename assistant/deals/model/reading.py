"""The reader of deals that asks a language model, and keeps what the article itself proves.

A long article is read in overlapping pieces. The model is asked for JSON of a fixed form, by the
server's structured output where it has one. How many articles are read at once, and what becomes
of an article that fails, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from assistant.deals.model.cost import REPLY_SHARE, REPLY_TOKENS, Usage, count_tokens, total
from assistant.deals.model.form import Dropped, parse_deals, response_format
from assistant.deals.model.gate import Gate
from assistant.deals.records import DealMention
from assistant.domain import Article, Span
from assistant.errors import ModelFailed, ModelNonsense
from assistant.language.chat import stream_text
from assistant.language.prompts import fence_mark, fenced, load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

PIECE_CHARS = 16_000
"""About 4,000 tokens: a long news story whole, and an answer a small model can still finish."""

OVERLAP_CHARS = 1_000
"""What two pieces share, so that a deal told across the cut stands whole in one of them."""

MAX_PIECES = 40
"""Of an article longer than 600,000 characters, a book, only the beginning is read."""

_REPLY_CHARS = 80_000
_RULES = 1
"""Raised when the gate or the cutting changes what becomes of the same answer."""


@dataclass(frozen=True, slots=True)
class CloseReading:
    """What came of one article: records, what was not kept of the answers, and the tokens used."""

    mentions: tuple[DealMention, ...]
    dropped: tuple[Dropped, ...] = ()
    usage: Usage = Usage()


class ModelReader:
    """Reads articles with a chat model; safe to call from several threads.

    `name` is the model's, as the owner set it. `timeout_s` bounds each wait, as in `stream_text`.
    """

    def __init__(self, model: BaseChatModel, name: str, timeout_s: float | None = None) -> None:
        self._model = model
        self._name = name
        self._timeout_s = timeout_s
        self._instructions = load_prompt("extract", {})
        self._structured = True
        self._proved = False

    @property
    def version(self) -> str:
        """Changes with the model, the prompt and the rules: then everything is read again."""
        prompt = hashlib.sha256(self._instructions.encode()).hexdigest()[:8]
        return f"model {self._name} {prompt} {_RULES}"

    def read(self, article: Article) -> list[DealMention]:
        """The records of an article. Raises a subclass of `ModelError`; nothing is kept then."""
        return list(self.read_closely(article).mentions)

    def read_closely(self, article: Article) -> CloseReading:
        """As `read`, with what was dropped and what it cost."""
        readings = [self._read_piece(article, piece) for piece in cut_pieces(article.content)]
        return CloseReading(
            _joined(readings),
            tuple(note for reading in readings for note in reading.dropped),
            total(reading.usage for reading in readings),
        )

    def estimate(self, article: Article) -> Usage:
        """What `read` will use, from the length of the text; nothing is sent."""
        pieces = [article.content[p.start : p.end] for p in cut_pieces(article.content)]
        prompt = count_tokens(self._instructions + json.dumps(response_format()))
        sizes = [count_tokens(piece) for piece in pieces]
        spent_out = sum(REPLY_TOKENS + round(REPLY_SHARE * size) for size in sizes)
        return Usage(len(pieces), len(pieces) * prompt + sum(sizes), spent_out, estimated=True)

    def _read_piece(self, article: Article, piece: Span) -> CloseReading:
        text, usage = self._ask(self._messages(article, piece))
        stated, notes = parse_deals(text, f"The language model {self._name}")
        gate = Gate(article, piece, notes.append)
        kept = _once(mention for one in stated if (mention := gate.mention(one)))
        return CloseReading(kept, tuple(notes), usage)

    def _messages(self, article: Article, piece: Span) -> list[BaseMessage]:
        from langchain_core.messages import HumanMessage, SystemMessage

        shown = _shown(article, piece)
        mark = fence_mark([shown])
        variables = {"mark": mark, "article": fenced("article", shown, mark)}
        return [
            SystemMessage(self._instructions),
            HumanMessage(load_prompt("extract_input", variables)),
        ]

    def _ask(self, messages: Sequence[BaseMessage]) -> tuple[str, Usage]:
        """The answer's text and what it cost.

        A server that reports an error when it is asked for a schema, and answers without, is
        asked without from then on: many that speak the protocol refuse what they do not know.
        """
        if not self._structured:
            return self._answer(messages, structured=False)
        try:
            answer = self._answer(messages, structured=True)
        except ModelFailed:
            if self._proved:
                raise
            answer = self._answer(messages, structured=False)
            self._structured = False
            return answer
        self._proved = True
        return answer

    def _answer(self, messages: Sequence[BaseMessage], *, structured: bool) -> tuple[str, Usage]:
        from langchain_core.callbacks import UsageMetadataCallbackHandler

        counter = UsageMetadataCallbackHandler()
        model = self._model.model_copy(update={"callbacks": [counter]})
        if structured:
            # The binding streams and names itself like the model it holds.
            model = cast("BaseChatModel", model.bind(response_format=response_format()))
        text = ""
        with closing(stream_text(model, messages, timeout_s=self._timeout_s)) as pieces:
            for piece in pieces:
                text += piece
                if len(text) > _REPLY_CHARS:
                    raise ModelNonsense(f"The language model {self._name} does not stop writing.")
        return text, _usage(counter, messages, text)


def _usage(counter: object, messages: Sequence[BaseMessage], text: str) -> Usage:
    """Tokens as the server counted them, else estimated from what was sent and received."""
    counted = getattr(counter, "usage_metadata", {}).values()
    tokens_in = sum(one["input_tokens"] for one in counted)
    tokens_out = sum(one["output_tokens"] for one in counted)
    if tokens_in:
        return Usage(1, tokens_in, tokens_out)
    sent = sum(count_tokens(str(message.content)) for message in messages)
    return Usage(1, sent, count_tokens(text), estimated=True)


def _shown(article: Article, piece: Span) -> str:
    """Title, date and publisher, and the piece of the text; the title is not shown twice."""
    source = article.source
    start = max(piece.start, len(source.title) + 1)
    return (
        f"title: {' '.join(source.title.split())}\n"
        f"date: {source.date or 'not known'}\n"
        f"publisher: {' '.join(source.publisher.split()) or 'not known'}\n\n"
        f"{article.content[start : piece.end]}"
    )


def cut_pieces(content: str) -> list[Span]:
    """Overlapping spans that cover `content`, each at most `PIECE_CHARS`, cut where a line ends."""
    pieces: list[Span] = []
    start = 0
    while len(pieces) < MAX_PIECES and start < len(content):
        end = min(start + PIECE_CHARS, len(content))
        if end < len(content):
            end = _last_break(content, end - OVERLAP_CHARS, end)
        pieces.append(Span(start, end))
        if end == len(content):
            break
        start = _last_break(content, end - 2 * OVERLAP_CHARS, end - OVERLAP_CHARS)
    return pieces


def _last_break(content: str, low: int, high: int) -> int:
    """After the last end of a line, a sentence or a word in `[low, high)`, the first that there is."""
    for mark in ("\n", ". ", " "):
        at = content.rfind(mark, low, high)
        if at >= 0:
            return at + len(mark)
    return high


def _joined(readings: Sequence[CloseReading]) -> tuple[DealMention, ...]:
    """One record a deal where pieces overlap; two deals told apart in one piece stay two."""
    joined: list[DealMention] = []
    for reading in readings:
        earlier = {_who_with_whom(mention): i for i, mention in enumerate(joined)}
        for mention in reading.mentions:
            at = earlier.pop(_who_with_whom(mention), None)
            if at is None:
                joined.append(mention)
            else:
                joined[at] = _filled(joined[at], mention)
    return tuple(joined)


def _once(mentions: Iterable[DealMention]) -> tuple[DealMention, ...]:
    """Without repetitions: a model that loops states the same deal again with the same proof."""
    keyed = {(_who_with_whom(one), one.core.evidence[0].span): one for one in reversed([*mentions])}
    return tuple(reversed(keyed.values()))


def _who_with_whom(mention: DealMention) -> tuple[str, frozenset[tuple[str, str]]]:
    parties = frozenset((party.name.casefold(), str(party.role)) for party in mention.parties)
    return str(mention.kind), parties


def _filled(first: DealMention, second: DealMention) -> DealMention:
    """The first record, with what only the second states."""
    evidence = tuple(dict.fromkeys([*first.core.evidence, *second.core.evidence]))
    return replace(
        first,
        core=replace(first.core, evidence=evidence),
        main=first.main or second.main,
        values=first.values or second.values,
        dates=first.dates or second.dates,
        stake=first.stake or second.stake,
        subject=first.subject or second.subject,
        reasons=tuple(dict.fromkeys([*first.reasons, *second.reasons])),
    )
