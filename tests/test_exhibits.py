from __future__ import annotations

import pytest
from deal_books import tell_deals
from materials import material_of

from assistant.answer.exhibits import Exhibit, exhibits
from assistant.deals.ledger.book import DealBook
from assistant.domain import Article, Evidence, Passage, Quote, Source, Span

RAIN = Article(Source("z", "Weather"), "It rained on Velmora.")
FOUND = Evidence(Passage(1, "z", 0, Span(8, 29), RAIN.text), RAIN, 1.0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("ledger"))


def _records(book: DealBook, question: str) -> list[Exhibit]:
    return [e for e in exhibits(material_of(question, [FOUND], book)) if e.deal]


def test_articles_come_first_and_records_are_numbered_on(book: DealBook) -> None:
    shown = exhibits(material_of("Who bought Tarnbeck?", [FOUND], book))
    assert [e.label for e in shown[:2]] == ["source 1", "source 2"]
    assert shown[0].text.startswith("title: Weather\n")
    assert shown[1].text.startswith("record of the ledger: acquisition; Velmora (acquirer); ")


def test_a_record_shows_parties_stage_date_price_and_the_articles(book: DealBook) -> None:
    record = _records(book, "Who bought Tarnbeck?")[0]
    words = "Velmora completed its purchase of Tarnbeck for $10 billion."
    assert record.text.splitlines() == [
        "record of the ledger: acquisition; Velmora (acquirer); Tarnbeck (target)",
        f'told: "{words}" (article A)',
        "completed, 2004-12-13: as above, article A",
        'price, $10 billion: "$10 billion" (article A)',
        "article A: News (2004-12-13)",
    ]


def test_words_of_a_record_are_proof_when_they_stand_in_one_of_its_quotes(book: DealBook) -> None:
    record = _records(book, "Who bought Tarnbeck?")[0]
    located = record.locate("completed its purchase of Tarnbeck")
    assert isinstance(located, Quote)
    assert (located.article_id, located.text[:7]) == ("a1", "Velmora")
    assert record.locate("completed its purchase of Siskin") is None


def test_a_party_that_the_words_call_it_is_named_beside_them(book: DealBook) -> None:
    record = next(r for r in _records(book, "Who bought Innova?") if "Innova (target)" in r.text)
    assert 'named: "Velmora" (article A)' in record.text


def test_a_list_gets_every_deal_that_fits_in_order_of_time(book: DealBook) -> None:
    shown = _records(book, "Which companies has Velmora bought?")
    targets = ["Tarnbeck (target)", "Siskin Systems (target)", "Innova (target)"]
    assert all(target in r.text for target, r in zip(targets, shown, strict=False))


def test_where_no_deal_fits_the_nearest_of_the_company_are_shown(book: DealBook) -> None:
    shown = _records(book, "Why did Velmora buy Marrow?")
    assert shown
    assert all("Velmora" in r.text or "Marrow" in r.text for r in shown)


def test_a_question_without_a_company_of_the_ledger_gets_no_records(book: DealBook) -> None:
    assert _records(book, "Why did Zanzar fold?") == []
