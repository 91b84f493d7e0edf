"""The gate: a sentence is shown with the numbers of the quotes that prove it, or not at all.

Both writers pass through it. It locates the words, and `verification` says whether they carry what
the sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answer.verification import Proof, find_fault
from assistant.deals.ledger.book import DealBook
from assistant.domain import Article, Citation, Claim, Evidence, Quote, Source, Span
from assistant.text import locate_quote

_MARKS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_END = re.compile(r"[.!?][\"'”’)\]]*$")


class Citations:
    """Numbers quotes in the order they are first used; the same quote keeps its number.

    `book` gives the sources of quotes of the ledger and the names of companies.

    """

    def __init__(self, evidence: Sequence[Evidence], book: DealBook) -> None:
        self._book = book
        self._articles: dict[str, Article] = {e.article.id: e.article for e in evidence}
        self._passages: dict[str, list[Span]] = {}
        for item in evidence:
            self._passages.setdefault(item.article.id, []).append(item.passage.span)
        self._numbers: dict[Quote, int] = {}

    def prove(
        self, text: str, proofs: Iterable[tuple[str, str]], quotes: Iterable[Quote] = ()
    ) -> str | None:
        """`text` with its marks, or None when none of the words it stands on can be located, or they
        do not carry it.

        `quotes` were located before; one of an article that is not known here is left out.
        """
        found = self._located(proofs, quotes)
        plain = " ".join(_MARKS.sub("", text).split())
        if not found or find_fault(plain, [self._proof(q) for q in found], self._book.directory):
            return None
        marks = "".join(f"[{self._numbers.setdefault(q, len(self._numbers) + 1)}]" for q in found)
        end = _END.search(plain)
        at = end.start() if end else len(plain)
        return f"{plain[:at]} {marks}{plain[at:]}"

    def located(
        self, proofs: Iterable[tuple[str, str]], quotes: Iterable[Quote] = ()
    ) -> list[Proof]:
        """What of the words a sentence stands on can be located, with titles and dates."""
        return [self._proof(quote) for quote in self._located(proofs, quotes)]

    def _located(self, proofs: Iterable[tuple[str, str]], quotes: Iterable[Quote]) -> list[Quote]:
        """Each quote once, in the order given."""
        located = [self._locate(article_id, words) for article_id, words in proofs]
        located += [quote for quote in quotes if self._source(quote.article_id)]
        return list(dict.fromkeys(quote for quote in located if quote is not None))

    def _proof(self, quote: Quote) -> Proof:
        source = self._source(quote.article_id)
        title, date = (source.title, source.date) if source else ("", None)
        companies = self._book.meant_in(quote.article_id, quote.text)
        deals = self._book.bought_in(quote.article_id)
        return Proof(quote.text, title, date, companies, deals)

    def cite(self, claim: Claim) -> str | None:
        """A claim as it is shown, or None when it has no proof."""
        return self.prove(claim.text, claim.proofs, claim.quotes)

    def listed(self) -> tuple[Citation, ...]:
        """All citations so far, by number."""
        return tuple(
            Citation(n, quote, source)
            for quote, n in self._numbers.items()
            if (source := self._source(quote.article_id))
        )

    def _source(self, article_id: str) -> Source | None:
        held = self._articles.get(article_id)
        return held.source if held else self._book.source(article_id)

    def _locate(self, article_id: str, words: str) -> Quote | None:
        article = self._articles.get(article_id)
        if article is None:
            return None
        for span in self._passages[article_id]:
            quote = locate_quote(article_id, article.content, words, span)
            if quote is not None:
                return quote
        return None
