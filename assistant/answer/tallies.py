"""Lists, counts, comparisons and links, worked out over all deals of the ledger.

One row a deal, in order of time, each with the words that prove it, and a line that says what was
counted. Knows only what the ledger holds: articles that tell of a deal without naming two parties are
not in it.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer.asking import Form, Part, Placed
from assistant.answer.facts import deals_in, fitting_deals, links, others_in
from assistant.answer.material import Material
from assistant.answer.sentences import names_in
from assistant.answer.wording import describe_deal, join_names, quotes_of, shown_kind
from assistant.deals.ledger.histories import Deal, Participant
from assistant.domain import Claim, Tally

MOST_ROWS = 40
"""Rows shown; the line above them counts all."""

_THIRDS = 3
"""Companies shown that two have in common."""


def tally(material: Material) -> Iterator[Claim | Tally]:
    """The answer to a question for all deals, how many, a comparison or a link; nothing for others,
    and nothing where the ledger holds no such deal.
    """
    asking = material.asking
    match asking.form:
        case Form.LIST | Form.COUNT:
            named = [(deal, others_in(deal, asking)) for deal in material.deals]
            named = named or [(deal, list(deal.parties)) for deal in _of_all(material)]
            yield from _rows([(deal, parties) for deal, parties in named if parties])
        case Form.COMPARE:
            sides = [_of_one(material, placed) for placed in asking.companies]
            if all(sides):
                for deals in sides:
                    yield from _rows([(deal, deal.parties) for deal in deals])
        case Form.LINK:
            linking = material.deals or _by_a_third(material)
            yield from _rows([(deal, deal.parties) for deal in linking])


def _of_all(material: Material) -> list[Deal]:
    """For "Which deals were announced in 2006?": those of all companies, where it names and means none."""
    asking = material.asking
    named = set(names_in(material.question.text)) - set(month_name)
    if asking.companies or asking.by_verb or named:
        return []
    return [] if asking.period.is_open else deals_in(material.book, asking)


def _rows(named: Sequence[tuple[Deal, Sequence[Participant]]]) -> Iterator[Claim | Tally]:
    """What was counted, then a row a deal with the parties to be named."""
    if not named:
        return
    yield _coverage([deal for deal, _ in named])
    for deal, parties in named[:MOST_ROWS]:
        names = join_names([party.name for party in parties])
        yield Claim(f"{names} ({describe_deal(deal)})", (), quotes_of(deal), row=True)


def _coverage(deals: Sequence[Deal]) -> Tally:
    kinds = {deal.kind for deal in deals}
    what = shown_kind(kinds.pop(), len(deals)) if len(kinds) == 1 else "deals"
    years = sorted(deal.date[:4] for deal in deals if deal.date)
    articles = {source.article_id for deal in deals for source in deal.sources}
    span = (years[0], years[-1]) if years else None
    return Tally(len(deals), what, len(articles), span)


def _of_one(material: Material, placed: Placed) -> list[Deal]:
    asking = replace(material.asking, companies=(replace(placed, part=_own_part(placed)),))
    return fitting_deals(material.book, asking)


def _own_part(placed: Placed) -> Part:
    """In a comparison, what stands behind the verb is compared too: "Did A buy more than B?"."""
    return Part.BUYER if placed.part is Part.TARGET else placed.part


def _by_a_third(material: Material) -> list[Deal]:
    one, other = (placed.named.company_ids for placed in material.asking.companies[:2])
    pairs = links(material.book, one, other)[:_THIRDS]
    return list(dict.fromkeys(deal for pair in pairs for deal in pair))
