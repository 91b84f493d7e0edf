from __future__ import annotations

from dataclasses import replace

import pytest
from deal_books import tell_deals
from materials import material_of

from assistant.answer.premises import best_known, judge, last_known, no_such_deal
from assistant.answer.wording import describe_standing
from assistant.deals.ledger.book import DealBook
from assistant.deals.records import Stage
from assistant.domain import Abstention, Claim, Refusal


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("ledger"))


def _judged(book: DealBook, text: str) -> Claim | Refusal | None:
    return judge(material_of(text, [], book))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did Velmora buy Tarnbeck?", "Yes: Velmora's acquisition of Tarnbeck has been completed"),
        ("Has Velmora acquired Siskin Systems?", "Yes: Velmora's acquisition of Siskin Systems has been announced"),
    ],
)  # fmt: skip
def test_yes_is_said_with_the_record(book: DealBook, question: str, answer: str) -> None:
    said = _judged(book, question)
    assert isinstance(said, Claim)
    assert said.text.startswith(answer)
    assert said.quotes


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Did Baldor buy Marrow?", "No: Baldor's acquisition of Marrow was withdrawn"),
        ("Did Tarnbeck buy Velmora?", "the other way round: Velmora's acquisition of Tarnbeck"),
        ("Did Velmora buy Orva?", "of another: the partnership of Orva and Velmora"),
        ("Did Baldor acquire Tarnbeck?", "of another: Velmora's acquisition of Tarnbeck"),
        ("How much did Baldor pay when it bought Marrow?", "did not come about: Baldor's"),
        ("Why did Tarnbeck buy Velmora?", "the other way round: Velmora's acquisition of Tarnbeck"),
        ("Why did Baldor buy Tarnbeck?", "of another: Velmora's acquisition of Tarnbeck"),
        ("What did Baldor pay when it bought Tarnbeck?", "of another: Velmora's acquisition"),
    ],
)
def test_a_premise_the_ledger_knows_better_is_corrected(
    book: DealBook, question: str, told: str
) -> None:
    said = _judged(book, question)
    assert isinstance(said, Refusal)
    assert said.kind is Abstention.PREMISE_CONTRADICTED
    assert told in said.text
    assert said.quotes


@pytest.mark.parametrize(
    "question",
    [
        "Did Velmora's purchase of Tarnbeck cost jobs in Belgium?",
        "How much did Baldor offer for Marrow?",
        "How much did Velmora pay for Tarnbeck?",
        "Did Zanzar buy Tarnbeck?",
        "Why did Velmora buy Tarnbeck?",
    ],
)
def test_nothing_is_settled_where_the_ledger_knows_no_better(book: DealBook, question: str) -> None:
    assert _judged(book, question) is None


def test_the_status_is_told_with_what_was_before(book: DealBook) -> None:
    question = "What happened to Baldor's bid for Marrow?"
    said = last_known(material_of(question, [], book), dated=True)
    assert said
    assert said.text == (
        "Last known of Baldor's acquisition of Marrow: withdrawn (10 February 2006); "
        "before: proposed (5 January 2006)."
    )
    assert {quote.article_id for quote in said.quotes} == {"a0", "a4"}
    for other in (
        "Why did Velmora buy Tarnbeck?",
        "What became of Velmora's purchase of Tarnbeck?",  # it has no step before the last
    ):
        assert last_known(material_of(other, [], book), dated=False) is None


def test_the_time_is_told_from_the_record_where_no_sentence_tells_it(book: DealBook) -> None:
    material = material_of("When did Velmora buy Tarnbeck?", [], book)
    said = last_known(material, dated=False)
    assert said
    assert said.text.startswith("Last known of Velmora's acquisition of Tarnbeck: completed (")
    assert last_known(material, dated=True) is None


def test_a_stage_reported_after_the_last_one_was_reached_is_not_before_it(book: DealBook) -> None:
    deal = best_known(material_of("Who bid for Marrow?", [], book).deals)
    last = replace(deal.history[-1], stage=Stage.COMPLETED, date="2005")
    turned = replace(deal, history=(last, deal.history[0]), stage=last.stage, stage_date=last.date)
    assert describe_standing(turned) == "completed (2005)"


def test_two_companies_without_a_deal_are_told_with_what_is_known(book: DealBook) -> None:
    said = no_such_deal(material_of("How much did Oskeld pay for Siskin Systems?", [], book))
    assert said
    assert said.kind is Abstention.NO_SUCH_DEAL
    assert "no deal between Oskeld and Siskin Systems" in said.text
    assert said.quotes
    assert no_such_deal(material_of("How much did Velmora pay for Tarnbeck?", [], book)) is None
    assert no_such_deal(material_of("How much did Oskeld pay for Zanzar?", [], book)) is None
