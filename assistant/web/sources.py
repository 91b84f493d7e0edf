"""The source panel: one article, whole, with the words that were quoted marked in it.

Pure. A citation's address carries the article, the span and a check of the quoted words, so it stays
right for every answer of a conversation, after a reload and after a restart; words that no longer
stand where they stood are never marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import urlencode, urlsplit

from assistant.domain import Article, Citation, Source, Span
from assistant.web.texts import Texts

SOURCE_PATH = "/source"
_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stood: `check` proves that the words there are still the words quoted."""

    article_id: str
    span: Span
    check: str


def source_href(citation: Citation) -> str:
    quote = citation.quote
    fields = {
        "article": quote.article_id,
        "start": quote.span.start,
        "end": quote.span.end,
        "check": check_of(quote.text),
    }
    return f"{SOURCE_PATH}?{urlencode(fields)}#quote"


def check_of(words: str) -> str:
    """Twelve hexadecimal digits; enough to notice an edit, no secret."""
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def source_html(article: Article, place: Place, texts: Texts) -> str:
    """The `<article>` of the panel. Its `<mark>`s are the quote, or there is a note that it is gone."""
    span = place.span if _still_there(article, place) else None
    title = article.source.title
    text_start = len(title) + 1
    gone = "" if span else f'<p class="notice">{escape(texts("source.edited"))}</p>'
    paragraphs = "".join(
        f"<p>{_with_mark(found[0], text_start + found.start(), span)}</p>"
        for found in _PARAGRAPH.finditer(article.text)
    )
    return (
        f'<article class="source"><header><h2><bdi>{_with_mark(title, 0, span)}</bdi></h2>'
        f'{_origin(article.source, texts)}</header><div class="source-text" tabindex="0">{gone}'
        f"{paragraphs}</div></article>"
    )


def source_trouble_html(sentence: str, texts: Texts) -> str:
    return (
        f'<article class="source trouble"><header><h2>{escape(texts("source.missing"))}</h2></header>'
        f'<div class="source-text" tabindex="0"><p>{escape(sentence)}</p></div></article>'
    )


def source_page(article_html: str, texts: Texts) -> str:
    """The same article as a page of its own, for a mark opened in a new tab."""
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f"<title>{escape(texts('source.title'))} - Accord</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/static/mark.svg"><link rel="stylesheet" href="/static/page.css">'
        f'</head><body class="source-page"><main>{article_html}</main></body></html>'
    )


def safe_url(url: str) -> str:
    """The address when a browser may be sent there, which is http and https; else empty."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""


def _still_there(article: Article, place: Place) -> bool:
    words = article.content[place.span.start : place.span.end]
    return bool(words) and check_of(words) == place.check


def _with_mark(text: str, offset: int, span: Span | None) -> str:
    """`text`, which begins at `offset` of the content, with its share of the span marked."""
    if span is None:
        return escape(text)
    start = min(max(span.start - offset, 0), len(text))
    end = min(max(span.end - offset, 0), len(text))
    if start == end:
        return escape(text)
    mark = '<mark id="quote">' if span.start >= offset else "<mark>"
    return f"{escape(text[:start])}{mark}{escape(text[start:end])}</mark>{escape(text[end:])}"


def _origin(source: Source, texts: Texts) -> str:
    # Here and not above: that module needs the addresses made here.
    from assistant.web.views.words import date_words, held_safe, told

    date = date_words(texts, source.date) if source.date else ""
    parts = [f"<bdi>{escape(part)}</bdi>" for part in (source.publisher, date) if part]
    url = safe_url(source.url)
    if url:
        open_at = told(texts, "source.open_at", host=held_safe(urlsplit(url).hostname or url))
        parts.append(
            f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer" '
            f'title="{escape(url)}">{open_at}</a>'
        )
    return f'<p class="meta">{" · ".join(parts)}</p>' if parts else ""
