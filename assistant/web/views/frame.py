"""What the views have in common: the page around one, its filter form, its pages and refusals.

Pure. The `<article class="view">` is what the panel beside the chat takes out of the page; its heading
is an h2, the page's h1 stands outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape

from assistant.deals.ledger.book import DealBook
from assistant.deals.records import Kind, Stage
from assistant.web.texts import Texts
from assistant.web.views.filters import NEWEST, PAGE, Choice, Refused, Shown
from assistant.web.views.words import (
    Html,
    attribute,
    counted,
    date_words,
    held_safe,
    kind_words,
    number_words,
    told,
)

DEALS, TIMELINE, MAP, COMPANIES = "/deals", "/timeline", "/map", "/companies"
CONVERSATIONS, LIBRARY = "/conversations", "/library"
_NAV = (
    (DEALS, "deals"),
    (TIMELINE, "timeline"),
    (MAP, "map"),
    (COMPANIES, "companies"),
    (CONVERSATIONS, "conversations"),
    (LIBRARY, "library"),
)
_CHAT = "/chat/"
_ALL = Shown()


def article_html(name: str, heading: Html, body: Iterable[str], *, under: str = "") -> Html:
    """The view itself; `name` is its sort, `under` stands below the heading."""
    return Html(
        f'<article class="view {name}-view" data-view="{name}"><header><h2>{heading}</h2>{under}'
        f'</header><div class="view-body">{"".join(body)}</div></article>'
    )


def view_page(
    texts: Texts, title: str, article: Html, path: str, shown: Shown = _ALL, *, head: str = ""
) -> str:
    """A page of its own, which works without the chat and without a script; `head` goes into its head."""
    links = "".join(_nav_link(texts, to, name, path, shown) for to, name in _NAV)
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - Accord</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/static/mark.svg"><link rel="stylesheet" href="/static/page.css">'
        f'<link rel="stylesheet" href="/static/views.css">{head}</head><body class="view-page">'
        f'<a class="skip" href="#content">{escape(texts("app.skip"))}</a>'
        f'<header class="view-top"><nav aria-label="{attribute(texts("view.nav"))}">'
        f'<a class="home" href="{_CHAT}">Accord</a>{links}'
        f'<a href="{_CHAT}">{escape(texts("chat.open"))}</a></nav></header>'
        f'<main id="content"><h1>{escape(title)}</h1>{article}</main></body></html>'
    )


def _nav_link(texts: Texts, to: str, name: str, path: str, shown: Shown) -> str:
    # The list of companies, conversations and the library have no filters of deals.
    href = (
        to
        if to in (COMPANIES, CONVERSATIONS, LIBRARY)
        else replace(shown, sort=NEWEST, page=1).href(to)
    )
    here = ' aria-current="page"' if to == path else ""
    return f'<a href="{attribute(href)}"{here}>{escape(texts(f"{name}.title"))}</a>'


def trouble_html(texts: Texts, sentence: str, links: str = "") -> Html:
    """A view that cannot be shown, in one sentence."""
    body = f'<p class="notice">{held_safe(sentence)}</p>{links}'
    return article_html("trouble", Html(escape(texts("trouble.title"))), [body])


def refused_html(texts: Texts, refused: Sequence[Refused]) -> str:
    """Why nothing could be chosen, one sentence a value."""
    sentences = [
        told(
            texts,
            f"filter.{one.reason}",
            value=held_safe(one.value),
            since=held_safe(one.value),
            until=held_safe(one.other),
        )
        for one in refused
    ]
    return "".join(f'<p class="notice" role="alert">{sentence}</p>' for sentence in sentences)


def nothing_html(texts: Texts, choice: Choice, path: str) -> str:
    """Says that nothing fits, and offers to drop the filters."""
    if choice.refused:
        return _drop_all(texts, path)
    if not choice.shown.filters:
        return f'<p class="nothing">{escape(texts("view.empty"))}</p>'
    return f'<p class="nothing">{escape(texts("view.none"))}</p>{_drop_all(texts, path)}'


def _drop_all(texts: Texts, path: str) -> str:
    return f'<p><a class="view-link act" href="{path}">{escape(texts("filter.drop"))}</a></p>'


def found_words(texts: Texts, choice: Choice, book: DealBook) -> str:
    """`12 of 741 deals`, with the span of their dates."""
    found, held = len(choice.deals), len(book.deals)
    count = counted(texts, "deals", found)
    if found != held:
        numbers = {"count": number_words(texts, found), "total": number_words(texts, held)}
        count = texts(f"count.of_deals{'_one' if found == 1 else ''}", **numbers)
    years = sorted({deal.date[:4] for deal in choice.deals if deal.date})
    if not years:
        return count
    first, last = date_words(texts, years[0]), date_words(texts, years[-1])
    span = first if first == last else texts("date.span", first=first, last=last)
    return texts("list.comma").join((count, span))


# Filters


def filters_html(texts: Texts, choice: Choice, book: DealBook, path: str) -> str:
    """The form, and a link for each filter in force that drops it."""
    shown = choice.shown
    fields = [
        _hidden(shown),
        _input(texts, "company", _company_field(choice), 'list="company-names"', "wide"),
        _select(texts, "kind", shown.kind, {str(k): kind_words(texts, k) for k in Kind}),
        _select(texts, "status", shown.status, {str(s): texts(f"stage.{s}") for s in Stage}),
        _input(texts, "since", shown.since, _date_hint(texts), "date"),
        _input(texts, "until", shown.until, _date_hint(texts), "date"),
        _input(texts, "topic", shown.topic, "", "wide"),
        f'<button type="submit">{escape(texts("filter.apply"))}</button>',
        _name_list(book),
    ]
    label = attribute(texts("filter.title"))
    return (
        f'<search><form class="filters" method="get" action="{path}" aria-label="{label}">'
        f"{''.join(fields)}</form></search>{_in_force(texts, choice, path)}"
        f"{refused_html(texts, choice.refused)}"
    )


def _company_field(choice: Choice) -> str:
    """The field holds one company; several stay as filters that are shown beneath."""
    named = choice.shown.companies
    if len(named) != 1:
        return ""
    return choice.companies[0].name if len(choice.companies) == 1 else named[0]


def _hidden(shown: Shown) -> str:
    """What the form has no field for and keeps."""
    kept = [("deal", deal) for deal in shown.deals]
    kept += [("company", c) for c in shown.companies] if len(shown.companies) > 1 else []
    kept += [("sort", shown.sort)] if shown.sort != NEWEST else []
    return "".join(
        f'<input type="hidden" name="{name}" value="{attribute(value)}">' for name, value in kept
    )


def _input(texts: Texts, name: str, value: str, more: str, look: str) -> str:
    return (
        f'<label class="{look}"><span>{escape(texts(f"filter.{name}"))}</span>'
        f'<input name="{name}" value="{attribute(value)}" maxlength="200" autocomplete="off" {more}>'
        "</label>"
    )


def _date_hint(texts: Texts) -> str:
    hint = attribute(texts("filter.date_hint"))
    return f'inputmode="numeric" placeholder="2014-03" title="{hint}"'


def _select(texts: Texts, name: str, value: str, options: dict[str, str]) -> str:
    shown = [f'<option value="">{escape(texts("filter.any"))}</option>']
    for option, words in options.items():
        chosen = " selected" if option == value else ""
        shown.append(f'<option value="{option}"{chosen}>{escape(words)}</option>')
    label = escape(texts(f"filter.{name}"))
    return f'<label><span>{label}</span><select name="{name}">{"".join(shown)}</select></label>'


def _name_list(book: DealBook) -> str:
    names = sorted({company.name for company in book.companies}, key=str.casefold)
    options = "".join(f'<option value="{attribute(name)}"></option>' for name in names)
    return f'<datalist id="company-names">{options}</datalist>'


def _in_force(texts: Texts, choice: Choice, path: str) -> str:
    shown = replace(choice.shown, page=1)
    names = {company.id: company.name for company in choice.companies}
    chips = [
        ("company", names.get(one, one), replace(shown, companies=_without(shown.companies, one)))
        for one in shown.companies
    ]
    if shown.deals:
        chips.append(("deal", number_words(texts, len(shown.deals)), replace(shown, deals=())))
    for name, words in (
        ("kind", texts(f"kind.{shown.kind}") if shown.kind in list(Kind) else shown.kind),
        ("status", texts(f"stage.{shown.status}") if shown.status in list(Stage) else shown.status),
        ("since", shown.since),
        ("until", shown.until),
        ("topic", shown.topic),
    ):
        if words:
            chips.append((name, words, replace(shown, **{name: ""})))  # type: ignore[arg-type]
    items = "".join(f"<li>{_chip(texts, *chip, path)}</li>" for chip in chips)
    return f'<ul class="chips">{items}</ul>' if items else ""


def _chip(texts: Texts, name: str, value: str, without: Shown, path: str) -> str:
    field = Html(escape(texts(f"filter.{name}")))
    words = told(texts, "list.colon", name=field, told=held_safe(value))
    plain = texts("list.colon", name=texts(f"filter.{name}"), told=value)
    label = attribute(texts("filter.drop_one", filter=plain))
    return (
        f'<a class="view-link chip" href="{attribute(without.href(path))}" aria-label="{label}">'
        f'{words} <span aria-hidden="true">×</span></a>'
    )


def _without(companies: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(company for company in companies if company != one)


# Pages


def page_of(count: int, wanted: int) -> tuple[int, int]:
    """Which page is shown, and of how many."""
    pages = max(1, -(-count // PAGE))
    return min(wanted, pages), pages


def pages_html(texts: Texts, page: int, pages: int, hrefs: tuple[str, str]) -> str:
    """Links to the page before and the page after, whose addresses are `hrefs`."""
    if pages == 1:
        return ""
    before, after = (attribute(href) for href in hrefs)
    links = [
        f'<a class="view-link act" rel="prev" href="{before}">{escape(texts("view.previous"))}</a>'
        if page > 1
        else "",
        f"<span>{escape(texts('view.page', page=page, pages=pages))}</span>",
        f'<a class="view-link act" rel="next" href="{after}">{escape(texts("view.next"))}</a>'
        if page < pages
        else "",
    ]
    label = attribute(texts("view.pages"))
    return f'<nav class="pages" aria-label="{label}">{"".join(links)}</nav>'
