"""Sentences and passages with their offsets, and the one function that locates a quote.

Pure: knows characters only. What a token is comes from the caller, since it belongs to the embedder.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.domain import Quote, Span

PASSAGE_TOKENS = 225
"""Tokens a passage is filled to: MiniLM reads 256, and the title and date go before it."""

_LONGEST_SENTENCE = 900
"""Characters. Text without full stops is cut at a space before this, about 220 tokens of English."""

_SAME = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-",
     "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)  # fmt: skip
_BLOCK = re.compile(r"\S(?:.|\n(?!\s*\n|\s*(?:[-*•]|\d{1,2}[.)])\s))*(?<=\S)")
_LONE_STOP = re.compile(r"(?<=\w[\s\u00a0]\.)[\s\u00a0]+(?=[A-Z])")
"""After a full stop that white space sets off from the word before it, as text taken from pages has it."""
_EDGE = " \t\r\n\"'.,;:-…()[]"


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    A sentence ends at a blank line and before a line that opens with a bullet; a single line break
    is a space, since much text is wrapped.
    """
    from syntok import segmenter

    spans: list[Span] = []
    for block in _BLOCK.finditer(text):
        line = block.group().replace("\n", " ")
        for paragraph in segmenter.analyze(line):
            for sentence in paragraph:
                tokens = list(sentence)
                start = block.start() + tokens[0].offset
                end = block.start() + tokens[-1].offset + len(tokens[-1].value)
                spans.extend(_cut(text, start, end))
    return spans


def _cut(text: str, start: int, end: int) -> list[Span]:
    """One span, or several where a full stop stands alone or a sentence is too long for any passage."""
    spans = []
    for gap in _LONE_STOP.finditer(text, start, end):
        spans.append(Span(start, gap.start()))
        start = gap.end()
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        middle = space if space > start else start + _LONGEST_SENTENCE
        spans.append(Span(start, middle))
        start = middle + (1 if space > start else 0)
    if text[start:end].strip():
        spans.append(Span(start, end))
    return spans


def pack_passages(
    sentences: Sequence[Span], tokens: Sequence[int], limit: int = PASSAGE_TOKENS
) -> list[tuple[Span, ...]]:
    """Runs of whole sentences of about equal size, each at most `limit` tokens where a sentence allows.

    `tokens[i]` is the size of `sentences[i]`. Every sentence is in one run. Equal shares rather
    than full ones, so that no article ends in a passage of a few words.
    """
    total = sum(tokens)
    if not total:
        return [tuple(sentences)] if sentences else []
    share = total / -(-total // limit)
    packed: list[tuple[Span, ...]] = []
    start, held = 0, 0
    for i, size in enumerate(tokens):
        if held and (held + size > limit or held + size / 2 > share):
            packed.append(tuple(sentences[start:i]))
            start, held = i, 0
        held += size
    packed.append(tuple(sentences[start:]))
    return packed


def cut_passages(
    content: str, first: int, count_tokens: Callable[[list[str]], list[int]]
) -> list[tuple[Span, ...]]:
    """Passages of `content[first:]`, each as the spans of its sentences in `content`."""
    spans = [Span(s.start + first, s.end + first) for s in split_sentences(content[first:])]
    return pack_passages(spans, count_tokens([content[s.start : s.end] for s in spans]))


def locate_quote(
    article_id: str, content: str, words: str, within: Span | None = None
) -> Quote | None:
    """The quote of `words` in `content`, or None: the only place where a `Quote` is made.

    Exact words first. Else letter by letter with white space, quotation marks, dashes and case
    folded and punctuation at the edges dropped; `...` inside matches nothing, a quote is one run.
    `text` of the result is what stands in the article, never what was asked for.
    `within` prefers a place inside that span where the words stand several times.
    """
    span = _find(content, words.strip(), within)
    if span is None:
        return None
    return Quote(article_id, span, content[span.start : span.end])


def _find(content: str, words: str, within: Span | None) -> Span | None:
    wanted = _fold(words)[0].strip(_EDGE)
    if not wanted:
        return None
    for begin in (within.start if within else 0, 0):
        at = _whole_words(content, words, begin)
        if at >= 0 and (not within or begin == 0 or at < within.end):
            return Span(at, at + len(words))
    folded, places = _folded(content)
    low = bisect.bisect_left(places, within.start) if within else 0
    for begin in (low, 0):
        at = _whole_words(folded, wanted, begin)
        if at >= 0:
            return Span(places[at], places[at + len(wanted) - 1] + 1)
    return None


def _whole_words(folded: str, wanted: str, begin: int) -> int:
    """Index of `wanted` in `folded`, from `begin` on, where it neither starts nor ends inside a word, or -1."""
    at = folded.find(wanted, begin)
    while at >= 0:
        end = at + len(wanted)
        cut_before = at > 0 and _one_word(folded[at - 1], folded[at])
        cut_after = end < len(folded) and _one_word(folded[end - 1], folded[end])
        if not (cut_before or cut_after):
            return at
        at = folded.find(wanted, at + 1)
    return -1


def _one_word(left: str, right: str) -> bool:
    """Whether two letters side by side belong to one word; scripts from CJK on set no spaces."""
    return left.isalnum() and right.isalnum() and max(left, right) < "\u2e80"


@lru_cache(maxsize=64)
def _folded(content: str) -> tuple[str, list[int]]:
    return _fold(content)


def _fold(text: str) -> tuple[str, list[int]]:
    """Folded text and, for each of its characters, the index it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for i, raw in enumerate(text):
        for letter in unicodedata.normalize("NFKC", raw.translate(_SAME)).lower():
            if letter.isspace():
                if letters and letters[-1] == " ":
                    continue
                letters.append(" ")
            else:
                letters.append(letter)
            places.append(i)
    return "".join(letters), places
