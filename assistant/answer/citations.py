"""The gate: a sentence is shown with the numbers of the quotes that prove it, or not at all.

Both writers pass through it. It locates words; whether they carry the sentence is the writer's part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.domain import Article, Citation, Claim, Evidence, Quote, Span
from assistant.text import locate_quote

_MARKS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_END = re.compile(r"[.!?][\"'”’)\]]*$")


class Citations:
    """Numbers quotes in the order they are first used; the same quote keeps its number."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._articles: dict[str, Article] = {e.article.id: e.article for e in evidence}
        self._passages: dict[str, list[Span]] = {}
        for item in evidence:
            self._passages.setdefault(item.article.id, []).append(item.passage.span)
        self._numbers: dict[Quote, int] = {}

    def prove(self, text: str, proofs: Iterable[tuple[str, str]]) -> str | None:
        """`text` with its marks, or None when none of the words it stands on can be located."""
        quotes = [self._locate(article_id, words) for article_id, words in proofs]
        found = dict.fromkeys(quote for quote in quotes if quote is not None)
        if not found:
            return None
        marks = "".join(f"[{self._numbers.setdefault(q, len(self._numbers) + 1)}]" for q in found)
        plain = " ".join(_MARKS.sub("", text).split())
        end = _END.search(plain)
        at = end.start() if end else len(plain)
        return f"{plain[:at]} {marks}{plain[at:]}"

    def cite(self, claim: Claim) -> str | None:
        """A claim as it is shown, or None when it has no proof."""
        return self.prove(claim.text, claim.proofs)

    def listed(self) -> tuple[Citation, ...]:
        """All citations so far, by number."""
        return tuple(
            Citation(n, quote, self._articles[quote.article_id].source)
            for quote, n in self._numbers.items()
        )

    def _locate(self, article_id: str, words: str) -> Quote | None:
        article = self._articles.get(article_id)
        if article is None:
            return None
        for span in self._passages[article_id]:
            quote = locate_quote(article_id, article.content, words, span)
            if quote is not None:
                return quote
        return None
