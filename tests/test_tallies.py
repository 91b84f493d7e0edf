from __future__ import annotations

import pytest
from deal_books import tell_deals
from materials import material_of

from assistant.answer.composition import compose
from assistant.answer.offline import OfflineWriter
from assistant.answer.tallies import tally
from assistant.deals.ledger.book import DealBook
from assistant.domain import Answer, Article, Claim, Evidence, Passage, Source, Span, Tally

ELSEWHERE = Article(Source("z", "Weather"), "It rained.")
RAIN = Evidence(Passage(1, "z", 0, Span(8, 18), "It rained."), ELSEWHERE, 1.0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("ledger"))


def _rows(book: DealBook, text: str) -> list[str]:
    said = list(tally(material_of(text, [], book)))
    return [one.text for one in said if isinstance(one, Claim)]


def _answer(book: DealBook, text: str) -> Answer:
    class NoWords:
        def terms(self, text: str) -> list[str]:
            return text.lower().split()

        def rarity(self, term: str) -> float:
            return 0.5

    writer = OfflineWriter(NoWords)
    return compose(material_of(text, [RAIN], book), None, writer, lambda _: None)


def test_a_list_holds_every_deal_in_order_with_its_proof(book: DealBook) -> None:
    answer = _answer(book, "Which companies has Velmora bought?")
    assert answer.text == (
        "3 acquisitions in 3 articles, 2004-2006:\n\n"
        "- Tarnbeck (acquisition, completed 13 December 2004, $10 billion) [1]\n"
        "- Siskin Systems (acquisition, announced 13 September 2005, $5 billion) [2]\n"
        "- Innova (acquisition, announced 7 October 2006) [3][4]"
    )
    assert [c.quote.article_id for c in answer.citations] == ["a1", "a2", "a3", "a3"]
    assert answer.citations[3].quote.text == "Velmora"


def test_a_count_is_of_the_deals_in_the_time_asked_about(book: DealBook) -> None:
    said = list(tally(material_of("How many companies did Velmora buy since 2005?", [], book)))
    assert said[0] == Tally(2, "acquisitions", 2, ("2005", "2006"))
    assert len(said) == 3


def test_deals_of_a_time_are_those_of_all_companies(book: DealBook) -> None:
    first, *rows = tally(material_of("Which acquisitions were announced in 2005?", [], book))
    assert isinstance(first, Tally)
    assert (first.what, first.span) == ("acquisition", ("2005", "2005"))
    assert len(rows) == first.deals == 1
    assert list(tally(material_of("Which deals of Kelso were announced in 2005?", [], book))) == []


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Which companies did Velmora acquire in 2005?", ["Siskin Systems"]),
        ("Which firms are Orva's partners?", ["Velmora", "Hallow Street Bank"]),
        ("Which companies bid for Marrow?", ["Baldor"]),
        ("Which companies did Baldor buy in 2009?", []),
        ("Which companies did Zanzar buy?", []),
        ("Who bought Tarnbeck?", []),
    ],
)
def test_rows_name_who_is_asked_for(book: DealBook, question: str, rows: list[str]) -> None:
    assert [row.split(" (")[0] for row in _rows(book, question)] == rows


def test_two_companies_are_linked_by_their_deals_or_by_a_third(book: DealBook) -> None:
    (direct,) = _rows(book, "What links Velmora and Orva?")
    assert direct.startswith("Orva and Velmora (partnership")
    both = _rows(book, "What links Velmora and Hallow Street Bank?")
    assert len(both) == 2
    assert all("Orva" in row for row in both)
    assert _rows(book, "What links Baldor and Hallow Street Bank?") == []


def test_a_comparison_has_a_tally_for_each(book: DealBook) -> None:
    said = list(tally(material_of("Who bought more companies, Velmora or Oskeld?", [], book)))
    assert [one.deals for one in said if isinstance(one, Tally)] == [3, 1]
    text = _answer(book, "Who bought more companies, Velmora or Oskeld?").text
    assert text.count(":\n\n- ") == 2
