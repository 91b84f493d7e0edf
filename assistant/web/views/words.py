"""Deals, dates and amounts in the words of a language, and HTML made of them safely.

Pure. What returns `Html` is markup in which every word of an article is escaped and stands in a
`<bdi>`; what returns `str` is plain words that still have to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import NewType

from assistant.answer.wording import GIVERS, SIGNS, TAKERS, name_deal
from assistant.deals.ledger.histories import Deal, Event, Participant, Price
from assistant.deals.records import PACTS, Basis, Kind, Role, Stage
from assistant.domain import Citation, Quote, Source
from assistant.web.sources import source_href
from assistant.web.texts import Texts

Html = NewType("Html", str)

_TOGETHER = frozenset({Kind.MERGER, Kind.PARTNERSHIP, Kind.JOINT_VENTURE})
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:$|[T ])")
_MARK = re.compile("\ue000(\\d+)\ue001")
_CUT = 300
"""Characters of a quote that are shown; the source has it whole."""


def held_safe(text: str) -> Html:
    """Words of an article, a person or a model, harmless and kept from turning the line around."""
    return Html(f"<bdi>{escape(text)}</bdi>")


def told(texts: Texts, key: str, **values: Html) -> Html:
    """A text of the interface filled with markup. No text of the interface holds markup of its own."""
    filled = list(values.values())
    line = escape(texts(key, **{name: _mark(i) for i, name in enumerate(values)}))
    return Html(_MARK.sub(lambda found: filled[int(found[1])], line))


def _mark(number: int) -> str:
    """A place to be filled after the words around it are escaped. No text of the interface has one."""
    return f"\ue000{number}\ue001"


def attribute(text: str) -> str:
    return escape(text, quote=True)


# Numbers, amounts, dates


def number_words(texts: Texts, number: float, digits: int = 2) -> str:
    """`1,234.5` with the marks of the language; at most `digits` places after the point."""
    whole, _, rest = f"{number:,.{digits}f}".partition(".")
    rest = rest.rstrip("0")
    whole = whole.replace(",", texts("number.thousands"))
    return f"{whole}{texts('number.point')}{rest}" if rest else whole


def counted(texts: Texts, what: str, count: int) -> str:
    """`count.<what>`, or its singular: `1 deal`, `12 deals`."""
    return texts(f"count.{what}{'_one' if count == 1 else ''}", count=number_words(texts, count))


def price_words(texts: Texts, price: Price) -> str:
    """`$5.85 billion`, `5,85 Mrd. $`, `£1 million to £2 million`, `$24.50 a share`."""
    low = _amount(texts, price.amount, price.currency)
    if price.high is not None:
        return texts("amount.range", low=low, high=_amount(texts, price.high, price.currency))
    match price.basis:
        case Basis.PER_SHARE:
            return texts("amount.per_share", amount=low)
        case Basis.ESTIMATE:
            return texts("amount.estimate", amount=low)
        case _:
            return low


def _amount(texts: Texts, amount: float, currency: str) -> str:
    number = number_words(texts, amount)
    for scale in texts("amount.scales").split(";"):
        size, _, word = scale.partition(" ")
        if amount >= float(size):
            shown = number_words(texts, amount / float(size), 3)
            number = texts("amount.scaled", number=shown, scale=word)
            break
    if currency in SIGNS:
        return texts("amount.signed", number=number, sign=SIGNS[currency])
    return texts("amount.coded", number=number, code=currency)


def percent_words(texts: Texts, percent: float) -> str:
    return texts("amount.percent", number=number_words(texts, percent))


def date_words(texts: Texts, date: str | None) -> str:
    """`2018-06-14`, `2018-06` or `2018` in words; others as given, "No date" for None."""
    if date is None:
        return texts("date.none")
    found = _DATE.match(date)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return date
    year, month, day = found.groups()
    if not month:
        return texts("date.year", year=year)
    name = texts(f"date.month_{int(month)}")
    if not day:
        return texts("date.month", month=name, year=year)
    key = "date.first" if int(day) == 1 else "date.day"
    return texts(key, day=int(day), month=name, year=year)


def date_html(texts: Texts, date: str | None) -> Html:
    words = held_safe(date_words(texts, date))
    found = _DATE.match(date or "")
    return Html(f'<time datetime="{found[0][:10].strip()}">{words}</time>') if found else words


def listed(texts: Texts, names: Sequence[str]) -> str:
    """`A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    some = texts("list.comma").join(names[:-1])
    return texts("list.and", some=some, last=names[-1])


# Deals


def kind_words(texts: Texts, kind: Kind) -> str:
    return texts(f"kind.{kind}")


def stage_words(texts: Texts, stage: Stage, kind: Kind) -> str:
    """Where a deal stands; a pact that is completed is in force."""
    in_force = stage is Stage.COMPLETED and kind in PACTS
    return texts("stage.in_force") if in_force else texts(f"stage.{stage}")


def event_words(texts: Texts, event: Event, kind: Kind) -> str:
    """`announced, 12 March 2014`."""
    stage = stage_words(texts, event.stage, kind)
    return texts("list.comma").join((stage, date_words(texts, event.date))) if event.date else stage


def standing_words(texts: Texts, deal: Deal) -> str:
    """`withdrawn, 9 July 2005`: the last stage known, and when it was reached where that is known."""
    stage = stage_words(texts, deal.stage, deal.kind)
    when = [date_words(texts, deal.stage_date)] if deal.stage_date else []
    return texts("list.comma").join((stage, *when))


def deal_words(texts: Texts, deal: Deal) -> str:
    """Who did what to whom, whatever became of it: `Velmora's acquisition of Tarnbeck`."""
    return _with_names(_sentence(texts, deal), deal, lambda name: name)


def deal_html(texts: Texts, deal: Deal) -> Html:
    """The same, with each name kept safe."""
    return Html(_with_names(escape(_sentence(texts, deal)), deal, held_safe))


def _with_names(sentence: str, deal: Deal, shown: Callable[[str], str]) -> str:
    return _MARK.sub(lambda found: shown(deal.parties[int(found[1])].name), sentence)


def _sentence(texts: Texts, deal: Deal) -> str:
    """With a mark for each name, so that neither case nor markup of the phrase touches a name.

    It begins with a capital where it does not begin with a name.
    """
    roles: dict[Role, list[str]] = {}
    for i, party in enumerate(deal.parties):
        roles.setdefault(party.role, []).append(_mark(i))
    givers = listed(texts, [name for role in GIVERS for name in roles.get(role, ())])
    takers = listed(texts, [name for role in TAKERS for name in roles.get(role, ())])
    sellers = listed(texts, roles.get(Role.SELLER, []))
    phrase = _phrase(texts, deal.kind, givers, takers, sellers)
    sold = bool(phrase and sellers and deal.kind is not Kind.DIVESTITURE)
    if not phrase:
        parties = listed(texts, [_mark(i) for i in range(len(deal.parties))])
        kind = kind_words(texts, deal.kind)
        phrase = (
            texts(f"phrase.{deal.kind}", parties=parties)
            if deal.kind in _TOGETHER
            else texts("list.colon", name=kind, told=parties)
        )
    percent = deal.stakes[0].percent if deal.stakes else None
    if percent:
        phrase = texts("phrase.with_stake", phrase=phrase, stake=percent_words(texts, percent))
    if sold:
        phrase = texts("phrase.with_seller", phrase=phrase, sellers=sellers)
    return phrase[:1].upper() + phrase[1:]


def _phrase(texts: Texts, kind: Kind, givers: str, takers: str, sellers: str) -> str:
    """Without a seller that is no giver. Empty where the parties are all of one sort, or the parts that
    a phrase needs are not filled.
    """
    if kind in _TOGETHER:
        return ""
    if kind is Kind.DIVESTITURE:
        if not sellers or not takers:
            return ""
        key = "phrase.divestiture_to" if givers else "phrase.divestiture"
        return texts(key, giver=sellers, taker=takers, buyer=givers)
    if givers and takers:
        return texts(f"phrase.{kind}", giver=givers, taker=takers)
    if kind is Kind.ACQUISITION and sellers and (givers or takers):
        key = "phrase.acquisition_giver" if givers else "phrase.acquisition_taker"
        return texts(key, giver=givers, taker=takers)
    return ""


# Links and buttons


def deal_link(texts: Texts, deal: Deal) -> Html:
    return Html(f'<a class="view-link" href="/deals/{deal.id}">{deal_html(texts, deal)}</a>')


def company_link(party: Participant) -> Html:
    name = held_safe(party.name)
    return Html(f'<a class="view-link" href="/companies/{party.company_id}">{name}</a>')


def source_words(texts: Texts, source: Source) -> str:
    """`Harbour Post, 13 March 2014`, or the title where neither is known."""
    parts = [source.publisher, date_words(texts, source.date) if source.date else ""]
    return texts("list.comma").join(part for part in parts if part) or source.title


def quote_html(texts: Texts, quote: Quote, source: Source | None) -> Html:
    """The words, as a link to where they stand."""
    of = source or Source(quote.article_id, quote.article_id)
    shown = quote.text if len(quote.text) <= _CUT else f"{quote.text[:_CUT].rstrip()}…"
    where = f"{of.title} ({source_words(texts, of)})"
    return Html(
        f'<a class="source-link quote" href="{attribute(quote_href(quote, of))}">'
        f"<q>{held_safe(shown)}</q> <cite>{held_safe(where)}</cite></a>"
    )


def quote_href(quote: Quote, source: Source) -> str:
    return source_href(Citation(1, quote, source))


def ask_button(label: str, question: str) -> Html:
    """Asks in the chat; without the chat's script it does nothing and views.css hides it."""
    return Html(
        f'<button type="button" class="ask" data-question="{attribute(question)}">'
        f"{escape(label)}</button>"
    )


# Articles and the reader of questions are English, whatever the language of the browser is.


def why_question(deal: Deal) -> str:
    return f"What is the reason for {name_deal(deal)}?"


def fate_question(deal: Deal) -> str:
    return f"What happened to {name_deal(deal)}?"


def link_question(first: str, second: str) -> str:
    return f"What links {first} and {second}?"
