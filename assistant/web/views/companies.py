"""One company with its names, deals, partners and sources; and the list of companies. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.companies import Join
from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.register import Company
from assistant.deals.records import Role
from assistant.domain import Article, Citation, Quote
from assistant.web.texts import Texts
from assistant.web.views.filters import PAGE, Shown, companies_meant
from assistant.web.views.frame import (
    COMPANIES,
    DEALS,
    MAP,
    TIMELINE,
    article_html,
    page_of,
    pages_html,
)
from assistant.web.views.record import source_entry
from assistant.web.views.timeline import lines_html
from assistant.web.views.words import (
    Html,
    ask_button,
    attribute,
    counted,
    deal_link,
    held_safe,
    number_words,
    quote_html,
    standing_words,
    told,
)

_PARTNERS = 30
"""Partners that are named; the map and the deals have the others."""


def proofs_of(joins: Iterable[Join], articles: Mapping[str, Article]) -> dict[Join, Citation]:
    """The words that say why two names are one, where their article is still held, by its id."""
    proofs: dict[Join, Citation] = {}
    for join in joins:
        article = articles.get(join.article_id)
        words = article.content[join.span.start : join.span.end] if article and join.span else ""
        if article and join.span and words:
            quote = Quote(join.article_id, join.span, words)
            proofs[join] = Citation(1, quote, article.source)
    return proofs


def find_company(book: DealBook, company_id: str) -> Company | None:
    return next((company for company in book.companies if company.id == company_id), None)


def company_html(
    texts: Texts, book: DealBook, company: Company, proofs: Mapping[Join, Citation]
) -> Html:
    """`proofs` are the words of articles that say that two of its names are one, where they do."""
    deals = book.of([company.id])
    body = [
        _acts(texts, company),
        _section(texts, "names", _names(texts, company, proofs)),
        _section(texts, "deals", _by_role(texts, company, deals)),
        _section(texts, "partners", _partners(texts, book, company, deals)),
        f"<section><h3>{escape(texts('timeline.title'))}</h3>{lines_html(texts, deals)}</section>",
        _section(texts, "sources", _sources(texts, deals)),
    ]
    articles = len({source.article_id for deal in deals for source in deal.sources})
    facts = (counted(texts, "deals", len(deals)), counted(texts, "articles", articles))
    under = f'<p class="meta">{escape(texts("list.comma").join(facts))}</p>'
    return article_html("company", held_safe(company.name), body, under=under)


def _section(texts: Texts, name: str, body: str) -> str:
    if not body:
        return ""
    return f'<section class="{name}"><h3>{escape(texts(f"companies.{name}"))}</h3>{body}</section>'


def _acts(texts: Texts, company: Company) -> str:
    name = company.name
    questions = {
        "ask_deals": f"What deals did {name} do?",
        "ask_bought": f"Which companies did {name} acquire?",
        "ask_partners": f"Which companies does {name} partner with?",
    }
    buttons = "".join(
        ask_button(texts(f"companies.{key}", name=name), question)
        for key, question in questions.items()
    )
    only = Shown(companies=(company.id,))
    links = "".join(
        f'<a class="view-link act" href="{attribute(only.href(path))}">{escape(texts(key))}</a>'
        for key, path in (
            ("deals.title", DEALS),
            ("record.in_timeline", TIMELINE),
            ("record.in_map", MAP),
        )
    )
    return f'<p class="acts">{buttons}{links}</p>'


def _names(texts: Texts, company: Company, proofs: Mapping[Join, Citation]) -> str:
    """The other names, and for each two why they are one."""
    others = [name for name in company.names if name != company.name]
    if not others:
        return ""
    names = ", ".join(held_safe(name) for name in others)
    joins = "".join(_join(texts, join, proofs.get(join)) for join in company.joins)
    return f'<p class="names">{names}</p>' + (f'<ul class="joins">{joins}</ul>' if joins else "")


def _join(texts: Texts, join: Join, proof: Citation | None) -> str:
    same = told(texts, "companies.same", name=held_safe(join.name), other=held_safe(join.other))
    why = Html(escape(texts(f"companies.why_{join.why.name.lower()}")))
    line = told(texts, "list.colon", name=same, told=why)
    given = f" <span>{held_safe(join.reason)}</span>" if join.reason else ""
    quote = ""
    if proof:
        shown = quote_html(texts, proof.quote, proof.source)
        quote = f'<ul class="quotes"><li>{shown}</li></ul>'
    return f"<li>{line}{given}{quote}</li>"


def _by_role(texts: Texts, company: Company, deals: Sequence[Deal]) -> str:
    """Its deals under the part it has in them, the newest first."""
    shown = []
    for role in Role:
        mine = [
            deal
            for deal in reversed(deals)
            if any(p.company_id == company.id for p in deal.named(role))
        ]
        if mine:
            items = "".join(f"<li>{_deal(texts, deal)}</li>" for deal in mine)
            title = escape(texts(f"companies.as_{role}"))
            shown.append(f"<h4>{title} ({number_words(texts, len(mine))})</h4><ul>{items}</ul>")
    return "".join(shown)


def _deal(texts: Texts, deal: Deal) -> str:
    meta = escape(standing_words(texts, deal))
    return f'{deal_link(texts, deal)} <span class="meta">{meta}</span>'


def _partners(texts: Texts, book: DealBook, company: Company, deals: Sequence[Deal]) -> str:
    """Everybody it had a deal with, the most frequent first."""
    met = Counter(
        other
        for deal in deals
        for other in {party.company_id for party in deal.parties} - {company.id}
    )
    names = {one.id: one.name for one in book.companies}
    ranked = sorted(met.items(), key=lambda item: (-item[1], names[item[0]].casefold(), item[0]))
    items = "".join(
        f'<li><a class="view-link" href="/companies/{other}">{held_safe(names[other])}</a> '
        f'<span class="meta">{escape(counted(texts, "deals", count))}</span></li>'
        for other, count in ranked[:_PARTNERS]
    )
    more = len(ranked) - _PARTNERS
    rest = f"<li>{escape(texts('record.more', count=more))}</li>" if more > 0 else ""
    return f'<ul class="partners">{items}{rest}</ul>' if items else ""


def _sources(texts: Texts, deals: Sequence[Deal]) -> str:
    entries = {
        t.source.article_id: source_entry(texts, t.source, t.mention.core.evidence)
        for deal in deals
        for t in deal.tellings
    }
    return f'<ol class="articles">{"".join(f"<li>{entry}</li>" for entry in entries.values())}</ol>'


# The list


def companies_html(texts: Texts, book: DealBook, name: str, wanted: int = 1) -> Html:
    """All companies, or those with a name that begins so; most deals first."""
    found = companies_meant(book, name) if name else list(book.companies)
    found.sort(key=lambda company: (-len(book.of([company.id])), company.name.casefold()))
    page, pages = page_of(len(found), wanted)
    rows = "".join(_entry(texts, book, one) for one in found[(page - 1) * PAGE : page * PAGE])
    body = [_search(texts, name)]
    if found:
        hrefs = (_href(name, page - 1), _href(name, page + 1))
        body += [f'<ul class="companies">{rows}</ul>', pages_html(texts, page, pages, hrefs)]
    elif name:
        sentence = told(texts, "companies.none", name=held_safe(name))
        everything = escape(texts("companies.all"))
        body.append(
            f'<p class="nothing">{sentence}</p>'
            f'<p><a class="view-link act" href="{COMPANIES}">{everything}</a></p>'
        )
    else:
        body.append(f'<p class="nothing">{escape(texts("view.empty"))}</p>')
    heading = Html(escape(counted(texts, "companies", len(found))))
    return article_html("companies", heading, body)


def _href(name: str, page: int) -> str:
    fields = [("name", name)] if name else []
    return f"{COMPANIES}?{urlencode([*fields, ('page', str(page))])}"


def _search(texts: Texts, name: str) -> str:
    title = escape(texts("companies.name"))
    return (
        f'<search><form class="filters" method="get" action="{COMPANIES}">'
        f'<label class="wide"><span>{title}</span><input name="name" value="{attribute(name)}" '
        f'maxlength="200" autocomplete="off"></label>'
        f'<button type="submit">{escape(texts("companies.search"))}</button></form></search>'
    )


def _entry(texts: Texts, book: DealBook, company: Company) -> str:
    others = [held_safe(one) for one in company.names if one != company.name]
    also = told(texts, "companies.also", names=Html(", ".join(others[:4]))) if others else ""
    meta = escape(counted(texts, "deals", len(book.of([company.id]))))
    parts = f"{meta} · {also}" if also else meta
    return (
        f'<li><a class="view-link" href="/companies/{company.id}">{held_safe(company.name)}</a> '
        f'<span class="meta">{parts}</span></li>'
    )
