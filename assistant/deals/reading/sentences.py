"""An article's sentences as the reading of deals counts them: the title first, then those of the text.

Knows nothing of deals.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from assistant.domain import Article, Span
from assistant.text import split_sentences

LONGEST = 1_500
"""Characters of a sentence; a longer one, a table or a line without end, is cut at white space."""


@lru_cache(maxsize=16)
def sentences_of(article: Article) -> tuple[Span, ...]:
    """Spans of the article's content. Remembered, since several readers ask for the same ones."""
    content, title = article.content, article.source.title
    first = len(content) - len(article.text)
    start = len(title) - len(title.lstrip())
    spans = [Span(start, len(title.rstrip()))] if title.strip() else []
    spans += [Span(s.start + first, s.end + first) for s in split_sentences(article.text)]
    return tuple(piece for span in spans for piece in _pieces(content, span))


def _pieces(content: str, span: Span) -> Iterator[Span]:
    start = span.start
    while span.end - start > LONGEST:
        cut = content.rfind(" ", start + 1, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield Span(start, cut)
        start = cut + 1 if content[cut] == " " else cut
    if start < span.end:
        yield Span(start, span.end)
