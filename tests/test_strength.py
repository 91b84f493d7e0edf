from __future__ import annotations

from pathlib import Path

import pytest
from deal_books import tell_deals
from ledger_sagas import article, mention
from materials import material_of
from told_books import book_of, deal_of, saga_book

from assistant.answer.strength import strength_of
from assistant.answer.subjects import Said
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Role
from assistant.domain import Quote, Span, Strength


@pytest.fixture(scope="module")
def saga(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return saga_book(tmp_path_factory.mktemp("saga"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("deals"))


def _strength(book: DealBook, question: str, *quotes: Quote, deals: list[Deal]) -> Strength | None:
    asking = material_of(question, [], book).asking
    return strength_of(asking, [Said(quote.text, (quote,)) for quote in quotes], deals)


def test_what_several_articles_tell_independently_is_told_by_several(saga: DealBook) -> None:
    deal = deal_of(saga, "Velmora")
    asked = "Who bought Tarnbeck Castings?"
    cited = [t.mention.core.evidence[0] for t in deal.tellings]
    assert _strength(saga, asked, *cited, deals=[deal]) is Strength.SEVERAL
    assert _strength(saga, asked, cited[0], deals=[deal]) is not Strength.SEVERAL


def test_prices_that_contradict_each_other_are_told_where_the_price_is_asked(
    saga: DealBook,
) -> None:
    deal = deal_of(saga, "Velmora")
    price = deal.values[0].quotes[0]
    asked = "How much did Velmora pay for Tarnbeck Castings?"
    assert _strength(saga, asked, price, deals=[deal]) is Strength.DISAGREE
    assert _strength(saga, "Who bought it?", price, deals=[deal]) is Strength.ONE


def test_a_reason_that_only_copies_of_one_story_give_is_told_by_one(saga: DealBook) -> None:
    deal = deal_of(saga, "Velmora")
    copies = [
        Quote(name, reason.quote.span, reason.quote.text)
        for reason in deal.reasons
        for name in ("b-agreed", "c-copy")
    ]
    asked = "Why did Velmora buy Tarnbeck Castings?"
    assert _strength(saga, asked, *copies, deals=[deal]) is Strength.ONE


def test_a_deal_that_its_article_only_touches_on_is_told_in_passing(book: DealBook) -> None:
    deal = deal_of(book, "Oskeld", "Kerne")
    asked = "Who bought Kerne?"
    assert _strength(book, asked, deal.evidence[0], deals=[deal]) is Strength.PASSING


def test_of_several_deals_the_strength_is_that_of_most(book: DealBook) -> None:
    passing = deal_of(book, "Oskeld", "Kerne")
    bought = [deal_of(book, "Velmora", n) for n in ("Tarnbeck", "Siskin Systems")]
    quotes = [deal.evidence[0] for deal in (passing, *bought)]
    asked = "Which companies were bought?"
    assert _strength(book, asked, *quotes, deals=[passing, *bought]) is Strength.ONE


def test_a_price_that_two_articles_give_alike_is_told_by_several(tmp_path: Path) -> None:
    parties = {"Velmora": Role.ACQUIRER, "Kerne": Role.TARGET}
    price = [(5e6, "EUR", "5 million euros")]
    one = article("a1", "Velmora pays 5 million euros for Kerne, a small maker of brushes.")
    two = article("a2", "The owners of Kerne sold it to Velmora; 5 million euros changed hands.")
    told = [(a, (mention(a, parties, values=price),)) for a in (one, two)]
    book = book_of(tmp_path, *told)
    deal = deal_of(book, "Velmora")
    asked = "How much did Velmora pay for Kerne?"
    assert _strength(book, asked, *deal.values[0].quotes, deals=[deal]) is Strength.SEVERAL


def test_without_a_record_the_articles_of_one_sentence_are_counted(book: DealBook) -> None:
    one, two = (Quote(name, Span(0, 9), "It rained") for name in ("y", "z"))
    assert _strength(book, "Did it rain?", one, two, deals=[]) is Strength.ONE
    asking = material_of("Did it rain?", [], book).asking
    assert strength_of(asking, [Said("It rained", (one, two))], []) is Strength.SEVERAL


def test_what_cites_nothing_has_no_strength(book: DealBook) -> None:
    assert _strength(book, "Did it rain?", deals=[]) is None
