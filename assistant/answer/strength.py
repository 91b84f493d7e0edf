"""How well the articles carry an answer: how many tell it that copy none other, and how fully.

Counts the articles that are cited, which the reader can look at, and not all that tell of the deal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answer.asking import Asking, Form
from assistant.answer.question import Aspect
from assistant.answer.subjects import Said, overlap
from assistant.deals.ledger.histories import Deal, Event, Price
from assistant.domain import Quote, Strength

_RISING = (Strength.PASSING, Strength.ONE, Strength.SEVERAL)


def strength_of(asking: Asking, said: Sequence[Said], deals: Sequence[Deal]) -> Strength | None:
    """Of an answer that is no abstention, about `deals`. Of several, what holds for most of them."""
    if not said:
        return None
    if not deals:
        return max((_without_record(one) for one in said), key=_RISING.index)
    if asking.form is Form.PLAIN and _is_disputed(deals[0], asking.aspect, said):
        return Strength.DISAGREE
    grades = sorted((_of_deal(deal, said) for deal in deals), key=_RISING.index)
    return grades[(len(grades) - 1) // 2]


def _without_record(said: Said) -> Strength:
    articles = {quote.article_id for quote in said.quotes}
    return Strength.SEVERAL if len(articles) > 1 else Strength.ONE


def _is_disputed(deal: Deal, aspect: Aspect, said: Sequence[Said]) -> bool:
    """Whether the field asked for is given in ways that contradict each other, one of which is cited."""
    disputed: tuple[Price | Event, ...] = ()
    if aspect is Aspect.HOW_MUCH:
        disputed = deal.disputed_values
    elif aspect is Aspect.WHEN:
        disputed = deal.disputed_dates
    return any(_is_cited(field, said) for field in disputed)


def _of_deal(deal: Deal, said: Sequence[Said]) -> Strength:
    cited = {quote.article_id for quote in _cited(said)}
    tellings = [t for t in deal.tellings if t.source.article_id in cited]
    if len({telling.original for telling in tellings}) > 1:
        return Strength.SEVERAL
    # A quote of an article that the record is not from is about the question, not touched on.
    is_main = not tellings or any(telling.mention.main for telling in tellings)
    return Strength.ONE if is_main else Strength.PASSING


def _is_cited(field: Price | Event, said: Sequence[Said]) -> bool:
    stating = field.date_quotes if isinstance(field, Event) else ()
    return any(overlap(q, cited) for q in (*field.quotes, *stating) for cited in _cited(said))


def _cited(said: Sequence[Said]) -> Iterator[Quote]:
    return (quote for one in said for quote in one.quotes)
