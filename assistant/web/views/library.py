"""The library as the page shows it: what is held, what is being taken in, and the articles. Pure.

Forms are drawn only for those who may use them; the routes refuse the others by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from assistant.curation import Listed
from assistant.domain import Article, Quote, Source, Span
from assistant.library.articles import Holdings
from assistant.library.formats import SUFFIXES
from assistant.web.intake import DONE, FIELD, WORKING, Stand
from assistant.web.texts import Texts
from assistant.web.views.frame import LIBRARY, article_html, pages_html
from assistant.web.views.words import (
    Html,
    attribute,
    counted,
    date_words,
    held_safe,
    number_words,
    percent_words,
    quote_href,
    told,
)

PAGE = 50
"""Articles a page."""
MERGES = f"{LIBRARY}/merges"
HEAD = (
    '<link rel="stylesheet" href="/static/library.css">'
    '<script src="/static/library.js" defer></script>'
)
_DOING = {
    "reading": "library.doing_reading",
    "indexing words": "library.doing_words",
    "embedding": "library.doing_embedding",
    "indexing and reading deals": "library.doing_rest",
    "reading deals": "library.doing_deals",
    "joining deals": "library.doing_joining",
}
_SKIPPED_AT_MOST = 200
_BEGINNING = 80
"""Characters that stand for the title of an article without one."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the view shows: `articles` are those listed, whole; `deals` counts what was read from each."""

    holdings: Holdings
    listed: Listed
    articles: Mapping[str, Article]
    deals: Mapping[str, int]
    deals_held: int
    stand: Stand
    words: str = ""
    page: int = 1
    max_mb: int = 0


def library_html(texts: Texts, shelf: Shelf, allowed: bool, note: str = "") -> Html:
    """`note`, which is markup, tells what the last act did."""
    empty = not shelf.holdings.articles
    body = [
        note_html(note),
        _standing(texts, shelf.stand) if allowed else "",
        _taking_in(texts, shelf, empty) if allowed else _read_only(texts),
        f'<p><a class="view-link act" href="{MERGES}">{escape(texts("library.merges"))}</a></p>',
        "" if empty else _articles(texts, shelf, allowed),
    ]
    heading = Html(escape(counted(texts, "articles", shelf.holdings.articles)))
    under = f'<p class="meta">{escape(_held_words(texts, shelf))}</p>'
    return article_html("library", heading, body, under=under)


def note_html(note: str) -> str:
    return f'<p class="note" role="status">{note}</p>' if note else ""


def _read_only(texts: Texts) -> str:
    return f'<p class="hint">{escape(texts("library.read_only"))}</p>'


def _held_words(texts: Texts, shelf: Shelf) -> str:
    """`741 deals, 2003 to 2013`."""
    held = shelf.holdings
    parts = [counted(texts, "deals", shelf.deals_held)]
    if held.first_date and held.last_date:
        first, last = (date_words(texts, date[:4]) for date in (held.first_date, held.last_date))
        parts.append(first if first == last else texts("date.span", first=first, last=last))
    return texts("list.comma").join(parts)


# Taking in


def doing_words(texts: Texts, stand: Stand) -> str:
    """What is being done, and how much of it where that is known."""
    doing = texts(_DOING.get(stand.what, "library.doing_other"))
    if not stand.total:
        return doing
    share = min(100, 100 * stand.done // stand.total)
    return texts("list.comma").join((doing, percent_words(texts, share)))


def _standing(texts: Texts, stand: Stand) -> str:
    if stand.state == WORKING:
        return _working(texts, stand)
    return _outcome(texts, stand) if stand.state == DONE else ""


def _working(texts: Texts, stand: Stand) -> str:
    label = attribute(texts("library.working"))
    amount = f'value="{stand.done}" max="{stand.total}"' if stand.total else ""
    return (
        f'<section class="intake" data-state="{WORKING}"><h3>{label}</h3>'
        f'<progress aria-label="{label}" {amount}></progress>'
        f'<p class="doing" role="status">{escape(doing_words(texts, stand))}</p>'
        f'<p><a class="view-link act again" href="{LIBRARY}">{escape(texts("library.again"))}</a>'
        "</p></section>"
    )


def _outcome(texts: Texts, stand: Stand) -> str:
    title = f"<h3>{escape(texts('library.report'))}</h3>"
    if stand.trouble:
        sentence = f"{held_safe(stand.trouble)} {escape(texts('library.failed'))}"
        return (
            f'<section class="intake" data-state="{DONE}">{title}'
            f'<p class="notice" role="alert">{sentence}</p></section>'
        )
    report = stand.report
    numbers = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged}
    counts = {name: number_words(texts, count) for name, count in numbers.items()}
    words = texts("library.counts", **counts, skipped=number_words(texts, len(report.skipped)))
    shown = report.skipped[:_SKIPPED_AT_MOST]
    items = [
        f"<li>{told(texts, 'list.colon', name=held_safe(one.where), told=held_safe(one.why))}</li>"
        for one in shown
    ]
    if len(report.skipped) > len(shown):
        more = texts("record.more", count=number_words(texts, len(report.skipped) - len(shown)))
        items.append(f"<li>{escape(more)}</li>")
    skipped = (
        f'<h4>{escape(texts("library.skipped"))}</h4><ul class="skipped">{"".join(items)}</ul>'
        if items
        else ""
    )
    return (
        f'<section class="intake" data-state="{DONE}">{title}'
        f'<p class="counts" role="status">{escape(words)}</p>{skipped}</section>'
    )


def _taking_in(texts: Texts, shelf: Shelf, empty: bool) -> str:
    """The forms; none while something is being taken in."""
    if shelf.stand.state == WORKING:
        return ""
    kinds = texts("list.comma").join(SUFFIXES)
    hint = texts("library.kinds", kinds=kinds, size=number_words(texts, shelf.max_mb))
    lead = f"<p>{escape(texts('library.empty'))}</p>{_seeds(texts)}" if empty else ""
    return (
        f'<section class="taking"><h3>{escape(texts("library.take_title"))}</h3>{lead}'
        f'<form class="drop-zone" method="post" action="{LIBRARY}/files" '
        'enctype="multipart/form-data">'
        f"<label><span>{escape(texts('library.choose_files'))}</span>"
        f'<input type="file" name="{FIELD}" multiple required accept="{",".join(SUFFIXES)}"></label>'
        f'<button type="submit">{escape(texts("library.take_in"))}</button>'
        f'<p class="hint">{escape(hint)}</p></form></section>'
    )


def _seeds(texts: Texts) -> str:
    return (
        f'<form method="post" action="{LIBRARY}/seeds">'
        f'<button type="submit">{escape(texts("library.seeds"))}</button></form>'
    )


# Articles


def _articles(texts: Texts, shelf: Shelf, allowed: bool) -> str:
    listed = shelf.listed
    rows = "".join(f"<li>{_entry(texts, shelf, source, allowed)}</li>" for source in listed.sources)
    pages = max(1, -(-listed.total // PAGE))
    hrefs = (_href(shelf.words, shelf.page - 1), _href(shelf.words, shelf.page + 1))
    title = escape(texts("library.articles"))
    if shelf.words:
        title += f" ({number_words(texts, listed.total)})"
    found = (
        f'<ol class="held">{rows}</ol>{pages_html(texts, shelf.page, pages, hrefs)}'
        if rows
        else f'<p class="nothing">{escape(texts("library.none"))}</p>'
        f'<p><a class="view-link act" href="{LIBRARY}">{escape(texts("library.all"))}</a></p>'
    )
    return f"<section><h3>{title}</h3>{_search(texts, shelf.words)}{found}</section>"


def _href(words: str, page: int) -> str:
    fields = [("words", words)] if words else []
    return f"{LIBRARY}?{urlencode([*fields, ('page', str(page))])}"


def _search(texts: Texts, words: str) -> str:
    return (
        f'<search><form class="filters" method="get" action="{LIBRARY}">'
        f'<label class="wide"><span>{escape(texts("library.words"))}</span>'
        f'<input name="words" value="{attribute(words)}" maxlength="200" autocomplete="off"></label>'
        f'<button type="submit">{escape(texts("library.search"))}</button></form></search>'
    )


def _entry(texts: Texts, shelf: Shelf, source: Source, allowed: bool) -> str:
    article = shelf.articles.get(source.article_id)
    title = title_of(source, article)
    name = held_safe(title)
    if article is not None and (start := article.content.find(title)) >= 0 and title:
        span = Span(start, start + len(title))
        href = attribute(quote_href(Quote(article.id, span, title), source))
        name = Html(f'<a class="source-link" href="{href}">{name}</a>')
    date = date_words(texts, source.date) if source.date else ""
    deals = counted(texts, "deals", shelf.deals.get(source.article_id, 0))
    meta = texts("list.comma").join(part for part in (source.publisher, date, deals) if part)
    removing = _removing(texts, source.article_id, title) if allowed else ""
    return f'<div>{name} <span class="meta">{held_safe(meta)}</span></div>{removing}'


def title_of(source: Source, article: Article | None) -> str:
    """The title, or the first words of an article without one, or its id."""
    lines = article.text.strip().splitlines() if article else []
    return source.title or (lines[0][:_BEGINNING].rstrip() if lines else source.article_id)


def _removing(texts: Texts, article_id: str, title: str) -> str:
    """The button stands behind a second step, which says what goes."""
    action = f"{LIBRARY}/articles/{quote(article_id, safe='')}/remove"
    label = attribute(texts("list.colon", name=texts("library.remove"), told=title))
    return (
        f'<details class="removing"><summary aria-label="{label}">'
        f"{escape(texts('library.remove'))}</summary>"
        f'<form method="post" action="{attribute(action)}">'
        f"<p>{escape(texts('library.remove_words'))}</p>"
        f'<button type="submit" class="danger">{escape(texts("library.remove_now"))}</button>'
        "</form></details>"
    )
