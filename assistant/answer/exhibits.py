"""What a model is shown to answer from: articles and records of the ledger, numbered as one row.

Articles come first, each with its passages, then records, each field with the words that prove it and
the article they stand in. Turns a number and words a model gives back into proof. Knows nothing of
prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answer.asking import Form
from assistant.answer.facts import deals_between, fitting_deals, links
from assistant.answer.material import Material
from assistant.answer.wording import shown_price
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Reason, Stake, Voice
from assistant.domain import Article, Evidence, Quote, Span
from assistant.text import locate_quote

RECORDS = 12
"""Records shown in full."""

LISTED = 40
"""Records shown for a list or a count, those beyond `RECORDS` in short."""

_NEAR = 4
"""Records shown when fewer fit: other deals of the same companies, so that the nearest can be named."""

_GAP = "[...]"
_QUOTE_CHARS = 320
_LINE_CHARS = 2000
_REASONS = 4


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One source as it is shown. A record's `quotes` are the words of it that may be cited."""

    label: str
    text: str
    article_id: str = ""
    deal: Deal | None = None
    quotes: tuple[Quote, ...] = ()

    def locate(self, words: str) -> Quote | tuple[str, str] | None:
        """Proof for words said to stand here: a record's quote that holds them, or the article to look in."""
        if not self.deal:
            return self.article_id, words
        holding = (q for q in self.quotes if locate_quote(q.article_id, q.text, words))
        return next(holding, None)


def exhibits(material: Material) -> tuple[Exhibit, ...]:
    """All that a question's material holds; the first one has number 1."""
    shown = [
        Exhibit(f"source {n}", _article_text(article, spans), article.id)
        for n, (article, spans) in enumerate(_by_article(material.passages), start=1)
    ]
    for place, deal in enumerate(_records(material)):
        text, quotes = _record_text(deal, full=place < RECORDS)
        shown.append(Exhibit(f"source {len(shown) + 1}", text, deal=deal, quotes=quotes))
    return tuple(shown)


# Articles


def _by_article(evidence: Sequence[Evidence]) -> list[tuple[Article, list[Span]]]:
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


def _article_text(article: Article, spans: Sequence[Span]) -> str:
    source = article.source
    excerpts = f"\n{_GAP}\n".join(article.content[span.start : span.end] for span in spans)
    return (
        f"title: {one_line(source.title)}\n"
        f"date: {source.date or 'not known'}\n"
        f"publisher: {one_line(source.publisher) or 'not known'}\n\n"
        f"{excerpts}"
    )


def one_line(text: str) -> str:
    return " ".join(text.split())[:_LINE_CHARS]


# Records


def _records(material: Material) -> list[Deal]:
    """For a list or a count every deal that fits, in order of time; else the best known ones first."""
    asking, book = material.asking, material.book
    match asking.form:
        case Form.LIST | Form.COUNT:
            fitting = list(material.deals[:LISTED])
        case Form.COMPARE:
            one = [replace(asking, companies=(placed,)) for placed in asking.companies]
            fitting = [deal for side in one for deal in fitting_deals(book, side)][:LISTED]
        case Form.LINK if not material.deals:
            ids = [placed.named.company_ids for placed in asking.companies[:2]]
            fitting = [deal for pair in links(book, *ids)[:_NEAR] for deal in pair]
        case _:
            fitting = _best_first(material, material.deals)[:RECORDS]
    if len(fitting) < _NEAR:
        fitting += [deal for deal in _near(material) if deal not in fitting]
        fitting = fitting[: max(_NEAR, len(material.deals))]
    return list(dict.fromkeys(fitting))


def _best_first(material: Material, deals: Sequence[Deal]) -> list[Deal]:
    """Those that the passages tell of, then those that articles are about, and most of them."""
    found = {item.article.id for item in material.passages}

    def known(deal: Deal) -> tuple[bool, bool, int, str]:
        told = any(telling.source.article_id in found for telling in deal.tellings)
        return told, deal.main, deal.independent, deal.date or ""

    return sorted(deals, key=known, reverse=True)


def _near(material: Material) -> Iterator[Deal]:
    """Deals between the companies of the question, then others of theirs."""
    asking, book = material.asking, material.book
    if not asking.companies:
        return
    yield from _best_first(material, deals_between(book, asking))
    for placed in asking.companies:
        yield from _best_first(material, book.of(placed.named.company_ids))[:2]


def _record_text(deal: Deal, *, full: bool) -> tuple[str, tuple[Quote, ...]]:
    """A record as lines, and the quotes that stand in them."""
    page = _RecordPage()
    parties = "; ".join(f"{party.name} ({party.role})" for party in deal.parties)
    lines = [f"record of the ledger: {deal.kind}; {parties}"]
    lines += [page.line("told", quote) for quote in deal.evidence[: 2 if full else 1]]
    events = deal.history if full else [e for e in deal.history if e.stage is deal.stage][-1:]
    for event in events:
        date = f", {event.date}" if event.date else ""
        lines.append(page.line(f"{event.stage}{date}", event.quotes[0]))
    for price in deal.values[: None if full else 1]:
        lines.append(page.line(f"price, {shown_price(price)}", price.quotes[0]))
    if full:
        lines += [page.line(_stake(stake), stake.quote) for stake in deal.stakes]
        lines += [page.line("about", subject.quote) for subject in deal.subjects[:2]]
        lines += [page.line(_reason(r), r.quote) for r in deal.reasons[:_REASONS]]
    lines += [page.line("named", quote) for quote in _names(deal, page.quotes)]
    titles = {source.article_id: source for source in deal.sources}
    lines += [
        f"article {letter}: {one_line(titles[i].title)} ({titles[i].date or 'date not known'})"
        for i, letter in page.letters.items()
    ]
    return "\n".join(lines), tuple(page.quotes)


class _RecordPage:
    """Quotes and articles of a record while it is written down: each quote once, a letter an article."""

    def __init__(self) -> None:
        self.quotes: list[Quote] = []
        self.letters: dict[str, str] = {}

    def line(self, label: str, quote: Quote) -> str:
        letter = self.letters.setdefault(quote.article_id, _letter(len(self.letters)))
        if quote in self.quotes:
            return f"{label}: as above, {self._of(quote)}"
        self.quotes.append(quote)
        words = one_line(quote.text)
        if len(words) > _QUOTE_CHARS:
            words = f"{words[:_QUOTE_CHARS].rpartition(' ')[0]} {_GAP}"
        return f'{label}: "{words}" (article {letter})'

    def _of(self, quote: Quote) -> str:
        return f"article {self.letters[quote.article_id]}"


def _letter(n: int) -> str:
    return chr(ord("A") + n) if n < 26 else f"A{n}"


def _stake(stake: Stake) -> str:
    return "stake" if stake.percent is None else f"stake, {stake.percent:g}%"


def _reason(reason: Reason) -> str:
    who = f" ({one_line(reason.who)})" if reason.who else ""
    voice = {Voice.PARTY: "a party", Voice.OBSERVER: "an observer", Voice.REPORTER: "the article"}
    return f"reason, given by {voice[reason.voice]}{who}"


def _names(deal: Deal, shown: Sequence[Quote]) -> list[Quote]:
    """Where parties are named that none of the words shown names."""
    told = " ".join(quote.text for quote in shown)
    missing = {p.company_id for p in deal.parties if p.name not in told}
    found: dict[str, Quote] = {}
    for telling in deal.tellings:
        for company, party in zip(telling.companies, telling.mention.parties, strict=True):
            if company.company_id in missing and party.quote.text not in told:
                found.setdefault(company.company_id, party.quote)
    return list(found.values())
