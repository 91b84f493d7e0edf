"""The table of deals: sorted by any column, filtered, a hundred a page. Pure."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.web.texts import Texts
from assistant.web.views.filters import COLUMNS, PAGE, Choice, Shown, choose, sort_deals
from assistant.web.views.frame import (
    DEALS,
    article_html,
    filters_html,
    found_words,
    nothing_html,
    page_of,
    pages_html,
)
from assistant.web.views.words import (
    Html,
    attribute,
    counted,
    date_html,
    deal_link,
    kind_words,
    number_words,
    price_words,
    stage_words,
)

_DOWN_FIRST = frozenset({"date", "value", "sources"})
"""Columns of which the newest or the largest is looked for first."""


def ordered(choice: Choice) -> list[Deal]:
    """All deals chosen, as the table and its files have them."""
    return sort_deals(choice.deals, choice.shown.sort)


def deals_html(texts: Texts, book: DealBook, shown: Shown) -> Html:
    choice = choose(book, shown)
    heading = Html(escape(found_words(texts, choice, book)))
    body = [filters_html(texts, choice, book, DEALS)]
    if choice.deals:
        body += [*_table_and_pages(texts, choice), _downloads(texts, shown)]
    else:
        body.append(nothing_html(texts, choice, DEALS))
    return article_html("deals", heading, body)


def _table_and_pages(texts: Texts, choice: Choice) -> list[str]:
    found, shown = ordered(choice), choice.shown
    page, pages = page_of(len(found), shown.page)
    rows = "".join(_row(texts, deal) for deal in found[(page - 1) * PAGE : page * PAGE])
    # The roles are said again because a table drawn as cards is no table to a screen reader.
    table = (
        f'<table class="deals-table" role="table"><caption>{escape(texts("deals.title"))}</caption>'
        f'<thead role="rowgroup"><tr role="row">'
        f"{''.join(_head(texts, shown, column) for column in COLUMNS)}</tr></thead>"
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )
    hrefs = (
        replace(shown, page=page - 1).href(DEALS),
        replace(shown, page=page + 1).href(DEALS),
    )
    return [table, pages_html(texts, page, pages, hrefs)]


def _head(texts: Texts, shown: Shown, column: str) -> str:
    """A column's name as a link that sorts by it, or by it the other way round."""
    now = shown.sort.removeprefix("-") == column
    down = shown.sort.startswith("-")
    to_down = not down if now else column in _DOWN_FIRST
    href = replace(shown, sort=f"-{column}" if to_down else column, page=1).href(DEALS)
    name = texts(f"deals.{column}")
    label = attribute(texts("deals.sort", column=name))
    state = f' aria-sort="{"descending" if down else "ascending"}"' if now else ""
    arrow = f'<span aria-hidden="true">{" ↓" if down else " ↑"}</span>' if now else ""
    order = f' title="{attribute(texts("deals.value_order"))}"' if column == "value" else ""
    return (
        f'<th scope="col" role="columnheader" class="{column}"{state}>'
        f'<a class="view-link" href="{attribute(href)}" aria-label="{label}"{order}>'
        f"{escape(name)}{arrow}</a></th>"
    )


def _row(texts: Texts, deal: Deal) -> str:
    cells = {
        "date": date_html(texts, deal.date),
        "deal": deal_link(texts, deal),
        "kind": Html(escape(kind_words(texts, deal.kind))),
        "status": _status(texts, deal),
        "value": _value(texts, deal),
        "sources": Html(
            f'<span class="figure">{number_words(texts, deal.independent)}</span>'
            f'<span class="words">{escape(counted(texts, "sources", deal.independent))}</span>'
        ),
    }
    shown = "".join(
        f'<td role="cell" class="{column}">{cell}</td>' for column, cell in cells.items()
    )
    return f'<tr role="row">{shown}</tr>'


def _status(texts: Texts, deal: Deal) -> Html:
    words = escape(stage_words(texts, deal.stage, deal.kind))
    return Html(f'<span class="stage {deal.stage}">{words}</span>')


def _value(texts: Texts, deal: Deal) -> Html:
    if not deal.values:
        return Html("")
    disputed = (
        f' <em class="conflict">{escape(texts("deals.disputed"))}</em>'
        if deal.disputed_values
        else ""
    )
    return Html(f"<bdi>{escape(price_words(texts, deal.values[0]))}</bdi>{disputed}")


def _downloads(texts: Texts, shown: Shown) -> str:
    whole = replace(shown, page=1)
    links = "".join(
        f'<a class="act" href="{attribute(whole.href(f"/deals.{form}"))}" download>'
        f"{escape(texts(f'deals.{form}'))}</a>"
        for form in ("csv", "xlsx")
    )
    return f'<p class="downloads">{links}</p>'
