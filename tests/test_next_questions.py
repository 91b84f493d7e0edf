from __future__ import annotations

from pathlib import Path

import pytest
from deal_books import tell_deals
from ledger_sagas import article, mention
from materials import material_of
from told_books import book_of, deal_of, saga_book

from assistant.answer.asking import Form, read_asking
from assistant.answer.facts import fitting_deals
from assistant.answer.next_questions import MOST, next_questions
from assistant.answer.question import leans_back, read_aspect
from assistant.answer.subjects import Subjects
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Kind, Milestone, Role, Stage
from assistant.domain import Question

BOUGHT = {"Velmora": Role.ACQUIRER, "Kerne": Role.TARGET}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("deals"))


@pytest.fixture(scope="module")
def saga(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return saga_book(tmp_path_factory.mktemp("saga"))


def _next(
    book: DealBook, asked: str | Question, *deals: Deal, abstained: bool = False
) -> tuple[str, ...]:
    material = material_of(asked, [], book)
    parties = [party.company_id for deal in deals for party in deal.parties]
    named = [placed.named.company_ids[0] for placed in material.asking.companies]
    companies = tuple(dict.fromkeys((*named, *parties)))
    return next_questions(material, Subjects(deals, companies), abstained)


def test_what_the_record_knows_and_was_not_asked_comes_first(saga: DealBook) -> None:
    deal = deal_of(saga, "Velmora")
    asked = "How much did Velmora pay for Tarnbeck Castings?"
    assert _next(saga, asked, deal)[:2] == (
        "Why did Velmora buy Tarnbeck Castings?",
        "When did Velmora buy Tarnbeck Castings?",
    )


@pytest.mark.parametrize(
    ("asked", "earlier", "gone"),
    [
        ("Why did Velmora buy Tarnbeck Castings?", (), "Why"),
        ("Why did Velmora make the purchase?", (), "Why"),
        ("Who bought Tarnbeck Castings, and why?", (), "Why"),
        ("Who bought it?", ("When did Velmora buy Tarnbeck Castings?",), "When"),
        ("Who bought it?", ("And when did Velmora do that?",), "When"),
    ],
)
def test_what_was_asked_already_is_not_suggested(
    saga: DealBook, asked: str, earlier: tuple[str, ...], gone: str
) -> None:
    found = _next(saga, Question(asked, earlier), deal_of(saga, "Velmora"))
    assert found
    assert not [text for text in found if text.startswith(gone)]


def test_every_suggestion_is_read_as_the_question_it_is_meant_to_be(
    book: DealBook, saga: DealBook
) -> None:
    for held in (book, saga):
        for deal in held.deals:
            texts = _next(held, "What is new?", deal, abstained=True)
            assert len(texts) <= MOST
            assert len(set(texts)) == len(texts)
            for text in texts:
                asking = read_asking(text, held.directory.find(text))
                assert asking.aspect is read_aspect(text)
                assert not leans_back(text)
                assert fitting_deals(held, asking) or asking.form is Form.LINK


def test_a_company_beside_the_deal_is_asked_about_once_it_has_other_deals(book: DealBook) -> None:
    deal = deal_of(book, "Velmora", "Siskin Systems")
    found = _next(book, "Who bought Siskin Systems?", deal)
    assert "Which companies did Velmora buy?" in found
    assert any(text.startswith("What links Siskin Systems and ") for text in found)


def test_a_list_is_followed_by_questions_about_its_deals(tmp_path: Path) -> None:
    told = []
    for name in ("Kerne", "Tarnbeck"):
        a = article(f"a-{name}", f"Velmora bought {name} in May to make brushes.")
        parties = {"Velmora": Role.ACQUIRER, name: Role.TARGET}
        told.append((a, (mention(a, parties, reason="to make brushes"),)))
    book = book_of(tmp_path, *told)
    assert set(_next(book, "Which companies did Velmora buy?", *book.deals)[:2]) == {
        "Why did Velmora buy Kerne?",
        "Why did Velmora buy Tarnbeck?",
    }


def test_an_abstention_is_followed_first_by_the_nearest_known_fact(book: DealBook) -> None:
    deal = deal_of(book, "Oskeld", "Kerne")
    assert _next(book, "How much did Velmora pay for Kerne?", deal, abstained=True)[0] == (
        "Who bought Kerne?"
    )
    assert _next(book, "How much did Oskeld pay for Kerne?", deal, abstained=True)[0] == (
        "When did Oskeld buy Kerne?"
    )


def test_an_abstention_without_a_deal_is_followed_by_one_of_the_company(book: DealBook) -> None:
    first, *_ = _next(book, "Did Oskeld buy the moon?", abstained=True)
    assert first == "When did Oskeld buy Kerne?"


def test_an_offer_that_came_to_nothing_is_not_called_a_purchase(book: DealBook) -> None:
    found = _next(book, "Who bid for Marrow?", deal_of(book, "Baldor", "Marrow"))
    assert found[0] == "What happened to Baldor's bid for Marrow?"
    assert not [text for text in found if "buy" in text or "pay" in text]


def test_a_price_told_away_from_its_deal_is_not_asked_for(tmp_path: Path) -> None:
    a = article("a1", "Velmora bought Kerne. Costs rose. Some say 5 million euros were spent.")
    price = [(5e6, "EUR", "5 million euros")]
    told = mention(a, BOUGHT, evidence="Velmora bought Kerne", values=price)
    book = book_of(tmp_path, (a, (told,)))
    assert not [t for t in _next(book, "Who bought Kerne?", *book.deals) if "How much" in t]


def test_a_deal_that_its_words_do_not_tell_plainly_is_not_asked_about(book: DealBook) -> None:
    found = _next(book, "Who bought Innova?", deal_of(book, "Velmora", "Innova"))
    assert not [text for text in found if text.endswith(" Innova?") and "links" not in text]


def test_a_name_that_alone_means_no_company_is_not_asked_about(tmp_path: Path) -> None:
    a = article("a1", "Velmora bought Capital in May 2014 to make films.")
    parties = {"Velmora": Role.ACQUIRER, "Capital": Role.TARGET}
    book = book_of(tmp_path, (a, (mention(a, parties, reason="to make films"),)))
    assert _next(book, "What is new?", *book.deals) == ()


@pytest.mark.parametrize(
    ("kind", "parties", "question"),
    [
        (Kind.MERGER, {"Orva": Role.PARTNER, "Kerne": Role.PARTNER}, "When did Kerne merge with Orva?"),
        (Kind.PARTNERSHIP, {"Orva": Role.PARTNER, "Kerne": Role.PARTNER}, "When did Kerne team up with Orva?"),
        (Kind.INVESTMENT, {"Orva": Role.INVESTOR, "Kerne": Role.INVESTEE}, "When did Orva invest in Kerne?"),
        (Kind.LICENSING, {"Orva": Role.LICENSOR, "Kerne": Role.LICENSEE}, "When did Orva team up with Kerne?"),
        (Kind.SUPPLY, {"Orva": Role.SUPPLIER, "Kerne": Role.CUSTOMER}, "When did Orva sign a contract with Kerne?"),
        (Kind.DIVESTITURE, {"Orva": Role.ACQUIRER, "Kerne": Role.TARGET}, "When did Orva buy Kerne?"),
    ],
)  # fmt: skip
def test_each_kind_of_deal_is_asked_about_in_its_own_words(
    tmp_path: Path, kind: Kind, parties: dict[str, Role], question: str
) -> None:
    a = article("a1", "On 3 May 2014 Orva and Kerne agreed on it.")
    dates = [(Milestone.ANNOUNCED, "2014-05-03", "3 May 2014")]
    told = mention(a, parties, kind=kind, stage=Stage.ANNOUNCED, dates=dates)
    book = book_of(tmp_path, (a, (told,)))
    assert question in _next(book, "What is new?", *book.deals)


def test_a_company_is_called_as_it_was_typed_where_articles_call_it_so(saga: DealBook) -> None:
    deal = deal_of(saga, "Velmora")
    typed = _next(saga, "How much was paid for Tarnbeck?", deal)
    assert typed[0] == "Why did Velmora buy Tarnbeck?"
    misspelt = _next(saga, "How much was paid for TARNBECK?", deal)
    assert misspelt[0] == "Why did Velmora buy Tarnbeck Castings?"


def test_where_the_book_knows_nothing_nothing_is_suggested() -> None:
    assert _next(DealBook(), "Who bought Kerne?", abstained=True) == ()
