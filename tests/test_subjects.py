from __future__ import annotations

from pathlib import Path

import pytest
from deal_books import tell_deals
from ledger_sagas import article, mention, quote
from materials import material_of
from told_books import book_of, cite, deal_of, saga_book

from assistant.answer.subjects import Said, Subjects, sentences_of, subjects_of
from assistant.deals.ledger.book import DealBook
from assistant.deals.records import Role
from assistant.domain import Quote, Span

BUYER, TARGET = Role.ACQUIRER, Role.TARGET


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("subjects"))


def _about(
    book: DealBook, question: str, *said: tuple[str, Quote], abstained: bool = False
) -> Subjects:
    sentences = [Said(text, (quote,)) for text, quote in said]
    return subjects_of(material_of(question, [], book), sentences, abstained)


def _parties(subjects: Subjects) -> list[list[str]]:
    return [[party.name for party in deal.parties] for deal in subjects.deals]


def test_sentences_and_rows_are_taken_apart_with_the_quotes_they_cite(book: DealBook) -> None:
    one, other = (
        deal_of(book, "Velmora", name).evidence[0] for name in ("Tarnbeck", "Siskin Systems")
    )
    text = "Velmora bought it [1]. It paid more [1][2].\n\n2 deals in 2 articles:\n\n- Tarnbeck (x) [2]"
    said = sentences_of(text, cite(book, one, other))
    assert [s.quotes for s in said] == [(one,), (one, other), (other,)]
    assert said[0].text.strip() == "Velmora bought it"
    assert "Tarnbeck (x)" in said[2].text


def test_an_answer_is_about_the_deal_of_the_question_whose_record_it_quotes(book: DealBook) -> None:
    deal = deal_of(book, "Velmora", "Siskin Systems")
    price = deal.values[0].quotes[0]
    found = _about(book, "How much did Velmora pay for Siskin Systems?", (price.text, price))
    assert [d.id for d in found.deals] == [deal.id]
    assert found.companies == tuple(party.company_id for party in deal.parties)


def test_a_quote_of_two_deals_is_about_the_one_that_was_asked_about(tmp_path: Path) -> None:
    told = article("a1", "Velmora bought Kerne in 2003 and Tarnbeck in 2004.")
    both = (mention(told, {"Velmora": BUYER, name: TARGET}) for name in ("Kerne", "Tarnbeck"))
    book = book_of(tmp_path, (told, tuple(both)))
    words = quote(told, "Velmora bought Kerne in 2003")
    found = _about(book, "When did Velmora buy Tarnbeck?", (words.text, words))
    assert _parties(found) == [["Velmora", "Tarnbeck"]]


def test_where_no_deal_was_asked_about_a_sentence_is_about_those_it_names(tmp_path: Path) -> None:
    told = article("a1", "Velmora bought Kerne in 2003 and Tarnbeck in 2004.")
    both = (mention(told, {"Velmora": BUYER, name: TARGET}) for name in ("Kerne", "Tarnbeck"))
    book = book_of(tmp_path, (told, tuple(both)))
    words = quote(told, "Velmora bought Kerne in 2003")
    assert _parties(_about(book, "What happened in 2003?", (words.text, words))) == [
        ["Velmora", "Kerne"]
    ]


def test_words_beside_the_record_are_about_the_deal_asked_about_that_their_article_tells(
    tmp_path: Path,
) -> None:
    book = saga_book(tmp_path)
    words = Quote("b-agreed", Span(92, 100), "and end a long wait for them.")
    found = _about(book, "Why did Velmora buy Tarnbeck Castings?", (words.text, words))
    assert [d.id for d in found.deals] == [deal_of(book, "Velmora").id]


def test_words_that_no_record_holds_are_about_the_companies_of_the_question(book: DealBook) -> None:
    words = Quote("z", Span(0, 9), "It rained")
    found = _about(book, "Who is the chief of Oskeld?", (words.text, words))
    assert found.deals == ()
    (oskeld,) = found.companies
    assert next(c.name for c in book.companies if c.id == oskeld) == "Oskeld"


def test_a_question_without_a_company_is_answered_about_those_of_the_words(book: DealBook) -> None:
    words = Quote("z", Span(0, 30), "Hallow Street Bank was pleased")
    (bank,) = _about(book, "Who was pleased?", (words.text, words)).companies
    assert next(c.name for c in book.companies if c.id == bank) == "Hallow Street Bank"


def test_an_abstention_is_about_what_was_asked_and_not_about_what_it_names_beside_it(
    book: DealBook,
) -> None:
    other = deal_of(book, "Oskeld", "Kerne").evidence[0]
    asked = "Why did Velmora buy Tarnbeck?"
    found = _about(book, asked, (other.text, other), abstained=True)
    assert _parties(found) == [["Velmora", "Tarnbeck"]]


def test_an_abstention_of_a_company_with_many_deals_is_about_the_company_alone(
    book: DealBook,
) -> None:
    found = _about(book, "Who is the chief of Velmora?", abstained=True)
    assert (found.deals, len(found.companies)) == ((), 1)


def test_a_book_without_deals_tells_nothing() -> None:
    words = Quote("z", Span(0, 9), "It rained")
    assert _about(DealBook(), "Did Velmora buy it?", ("It rained", words)) == Subjects()
