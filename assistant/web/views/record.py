"""One deal: its parties, history, prices and reasons, each with the words that prove it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal, Event, Participant, Price
from assistant.deals.records import Reason, Stake
from assistant.domain import Quote, Source
from assistant.web.texts import Texts
from assistant.web.views.filters import Shown
from assistant.web.views.frame import MAP, TIMELINE, article_html
from assistant.web.views.words import (
    Html,
    ask_button,
    attribute,
    company_link,
    counted,
    date_html,
    date_words,
    deal_html,
    fate_question,
    held_safe,
    kind_words,
    percent_words,
    price_words,
    quote_href,
    quote_html,
    source_words,
    stage_words,
    told,
    why_question,
)

_OPEN = 3
"""Quotes of a field that are shown at once; the rest unfolds."""


def find_deal(book: DealBook, deal_id: str) -> Deal | None:
    return next((deal for deal in book.deals if deal.id == deal_id), None)


def record_html(texts: Texts, deal: Deal) -> Html:
    sources = {source.article_id: source for source in deal.sources}
    sections = [
        _asking(texts, deal),
        _section(texts, "parties", _parties(texts, deal, sources)),
        _section(texts, "history", _history(texts, deal, sources)),
        _section(texts, "values", _values(texts, deal, sources)),
        _section(texts, "stake", _stakes(texts, deal.stakes, sources)),
        _section(texts, "subject", _subjects(texts, deal, sources)),
        _section(texts, "reasons", _reasons(texts, deal.reasons, sources)),
        _section(texts, "evidence", _quotes(texts, deal.evidence, sources)),
        _section(texts, "sources", _sources(texts, deal)),
    ]
    return article_html("record", deal_html(texts, deal), sections, under=_standing(texts, deal))


def _standing(texts: Texts, deal: Deal) -> str:
    """Kind, stage and value in one line under the heading."""
    stage = stage_words(texts, deal.stage, deal.kind)
    parts = [escape(kind_words(texts, deal.kind))]
    parts.append(f'<span class="stage {deal.stage}">{escape(stage)}</span>')
    if deal.stage_date:
        parts.append(date_html(texts, deal.stage_date))
    parts += [escape(price_words(texts, price)) for price in deal.values[:1]]
    return f'<p class="meta">{" · ".join(parts)}</p>'


def _asking(texts: Texts, deal: Deal) -> str:
    only = Shown(deals=(deal.id,))
    links = (("record.in_timeline", TIMELINE), ("record.in_map", MAP))
    return (
        '<p class="acts">'
        f"{ask_button(texts('record.ask_why'), why_question(deal))}"
        f"{ask_button(texts('record.ask_became'), fate_question(deal))}"
        + "".join(
            f'<a class="view-link act" href="{attribute(only.href(path))}">{escape(texts(key))}</a>'
            for key, path in links
        )
        + "</p>"
    )


def _section(texts: Texts, name: str, body: str) -> str:
    if not body:
        return ""
    return f'<section class="{name}"><h3>{escape(texts(f"record.{name}"))}</h3>{body}</section>'


def _quotes(texts: Texts, quotes: Iterable[Quote], sources: dict[str, Source]) -> str:
    """A list of quotes; past the first few they unfold."""
    items = [
        f"<li>{quote_html(texts, quote, sources.get(quote.article_id))}</li>" for quote in quotes
    ]
    if not items:
        return ""
    rest = ""
    if len(items) > _OPEN:
        more = escape(texts("record.more", count=len(items) - _OPEN))
        rest = (
            f'<details class="same"><summary>{more}</summary>'
            f'<ul class="quotes">{"".join(items[_OPEN:])}</ul></details>'
        )
    return f'<ul class="quotes">{"".join(items[:_OPEN])}</ul>{rest}'


def _parties(texts: Texts, deal: Deal, sources: dict[str, Source]) -> str:
    items = []
    for party in deal.parties:
        role = escape(texts(f"role.{party.role}"))
        named = _named_in(texts, _namings(deal, party), sources)
        items.append(
            f'<li>{company_link(party)} <span class="role">{role}</span>'
            f'<span class="meta">{named}</span></li>'
        )
    return f'<ul class="parties">{"".join(items)}</ul>'


def _namings(deal: Deal, party: Participant) -> list[Quote]:
    """Where each article names the company."""
    return [
        named.quote
        for telling in deal.tellings
        for named, company in zip(telling.mention.parties, telling.companies, strict=True)
        if company.company_id == party.company_id
    ]


def _named_in(texts: Texts, quotes: Sequence[Quote], sources: dict[str, Source]) -> str:
    """`“Tarnbeck”, Harbour Post`: the words an article has for a party, each wording once."""
    seen: dict[str, Quote] = {}
    for quote in quotes:
        seen.setdefault(quote.text, quote)
    links = [
        f'<a class="source-link" href="{attribute(quote_href(quote, sources[quote.article_id]))}">'
        f"<q>{held_safe(quote.text)}</q>, "
        f"{held_safe(source_words(texts, sources[quote.article_id]))}</a>"
        for quote in list(seen.values())[:_OPEN]
        if quote.article_id in sources
    ]
    return f" {escape(texts('record.named'))} {'; '.join(links)}" if links else ""


def _history(texts: Texts, deal: Deal, sources: dict[str, Source]) -> str:
    disputed = set(deal.disputed_dates)
    items = "".join(
        _event(texts, deal, event, event in disputed, sources) for event in deal.history
    )
    return f'<ol class="history">{items}</ol>'


def _event(
    texts: Texts, deal: Deal, event: Event, disputed: bool, sources: dict[str, Source]
) -> str:
    if event.date:
        when = date_html(texts, event.date)
        how = texts("record.stated" if event.stated else "record.reported")
    else:
        when, how = Html(""), texts("record.undated")
    stage = escape(stage_words(texts, event.stage, deal.kind))
    quotes = tuple(dict.fromkeys((*event.date_quotes, *event.quotes)))
    return (
        f'<li><p class="field"><span class="stage {event.stage}">{stage}</span> {when} '
        f'<span class="meta">({escape(how)}; '
        f"{escape(counted(texts, 'independent', event.independent))})</span>"
        f"{_conflict(texts) if disputed else ''}</p>{_quotes(texts, quotes, sources)}</li>"
    )


def _conflict(texts: Texts) -> str:
    return f' <em class="conflict">{escape(texts("record.conflict"))}</em>'


def _values(texts: Texts, deal: Deal, sources: dict[str, Source]) -> str:
    """Every price; those that contradict each other stand side by side under a line that says so."""
    disputed = deal.disputed_values
    others = [price for price in deal.values if price not in disputed]
    beside = "".join(_price(texts, price, sources) for price in disputed)
    side_by_side = (
        f'<p class="field">{_conflict(texts)}</p><ul class="values beside">{beside}</ul>'
        if disputed
        else ""
    )
    rest = "".join(_price(texts, price, sources) for price in others)
    return side_by_side + (f'<ul class="values">{rest}</ul>' if rest else "")


def _price(texts: Texts, price: Price, sources: dict[str, Source]) -> str:
    independent = escape(counted(texts, "independent", price.independent))
    return (
        f'<li><p class="field"><strong>{escape(price_words(texts, price))}</strong> '
        f'<span class="meta">({independent})</span></p>'
        f"{_quotes(texts, price.quotes, sources)}</li>"
    )


def _stakes(texts: Texts, stakes: Sequence[Stake], sources: dict[str, Source]) -> str:
    shown = []
    for stake in stakes:
        words = (
            texts("record.stake_unknown")
            if stake.percent is None
            else percent_words(texts, stake.percent)
        )
        quotes = _quotes(texts, (stake.quote,), sources)
        shown.append(f'<li><p class="field"><strong>{escape(words)}</strong></p>{quotes}</li>')
    return f'<ul class="values">{"".join(shown)}</ul>' if shown else ""


def _subjects(texts: Texts, deal: Deal, sources: dict[str, Source]) -> str:
    shown = [
        f'<li><p class="field">{held_safe(subject.text)}</p>'
        f"{_quotes(texts, (subject.quote,), sources)}</li>"
        for subject in deal.subjects
    ]
    return f'<ul class="values">{"".join(shown)}</ul>' if shown else ""


def _reasons(texts: Texts, reasons: Sequence[Reason], sources: dict[str, Source]) -> str:
    shown = []
    for reason in reasons:
        voice = texts(f"voice.{reason.voice}")
        who = texts("list.comma").join((reason.who, voice)) if reason.who else voice
        says = told(texts, "record.says", who=held_safe(who))
        quotes = _quotes(texts, (reason.quote,), sources)
        shown.append(f'<li>{quotes}<p class="meta says">{says}</p></li>')
    return f'<ul class="values reasons">{"".join(shown)}</ul>' if shown else ""


def _sources(texts: Texts, deal: Deal) -> str:
    """The articles, oldest first; a copy is told as such and not counted."""
    items = []
    for telling in {t.source.article_id: t for t in deal.tellings}.values():
        source = telling.source
        copy = telling.original != source.article_id
        note = f' <em class="copy">{escape(texts("record.copy"))}</em>' if copy else ""
        items.append(f"<li>{source_entry(texts, source, telling.mention.core.evidence)}{note}</li>")
    count = escape(counted(texts, "independent", deal.independent))
    if len(items) != deal.independent:
        count = f"{escape(counted(texts, 'articles', len(items)))}, {count}"
    return f'<p class="meta">{count}</p><ol class="articles">{"".join(items)}</ol>'


def source_entry(texts: Texts, source: Source, evidence: Sequence[Quote]) -> str:
    """An article's title, leading to the words in it that tell of a deal."""
    title = held_safe(source.title)
    if evidence:
        href = attribute(quote_href(evidence[0], source))
        title = Html(f'<a class="source-link" href="{href}">{title}</a>')
    date = date_words(texts, source.date) if source.date else ""
    meta = texts("list.comma").join(part for part in (source.publisher, date) if part)
    return f'{title} <span class="meta">{held_safe(meta)}</span>'
