"""The ledger points to the sentence that holds the detail asked for, and to none where it has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from deal_books import tell_deals
from ledger_sagas import article, mention
from materials import material_of
from told_books import book_of

from assistant.answer.offline import with_detail
from assistant.answer.pointers import contradicting, naming_all, pointed_at
from assistant.answer.ranking import Ranking
from assistant.answer.sentences import Candidate
from assistant.deals.ledger.book import DealBook
from assistant.deals.records import Role
from assistant.domain import Span

TOLD = article("a1", "Velmora completed its purchase of Tarnbeck for $10 billion.", "2004-12-13")
OTHER = article("a9", "Velmora has spent $3 billion on harbours.", "2004-12-14")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("ledger"))


def candidates() -> list[Candidate]:
    texts = [OTHER, TOLD]
    start = len("News") + 1
    return [
        Candidate(a, Span(start, len(a.content)), a.text, "", False, 0.0, i)
        for i, a in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "question", ["How much did Velmora pay for Tarnbeck?", "Who bought Tarnbeck?"]
)
def test_points_to_the_sentence_of_the_detail(book: DealBook, question: str) -> None:
    (pointed,) = pointed_at(material_of(question, (), book), candidates())
    assert pointed.article.id == "a1"


@pytest.mark.parametrize(
    "question",
    [
        "Why did Velmora buy Tarnbeck?",  # no reason is known
        "How much did Velmora pay for Innova?",  # nor a price
        "How much did Hallow pay for Orva?",  # nor such a deal
    ],
)
def test_points_nowhere_without_the_detail(book: DealBook, question: str) -> None:
    assert pointed_at(material_of(question, (), book), candidates()) == []


def test_the_sentence_pointed_to_comes_second_and_once() -> None:
    first, second = candidates()
    assert with_detail([first], [second]) == [first, second]
    assert with_detail([first, second], [first]) == [first, second]
    assert with_detail([first], []) == [first]


def test_a_sentence_with_another_price_of_the_deal_is_found(tmp_path: Path) -> None:
    parties = {"Velmora": Role.ACQUIRER, "Kerne": Role.TARGET}
    one = article("p1", "Velmora pays 5 million euros for Kerne.")
    two = article("p2", "Velmora bought Kerne for 7 million euros.")
    told = [
        (one, (mention(one, parties, values=[(5e6, "EUR", "5 million euros")]),)),
        (two, (mention(two, parties, values=[(7e6, "EUR", "7 million euros")]),)),
    ]
    found = [
        Candidate(a, Span(len("News") + 1, len(a.content)), a.text, "", False, 0.0, i)
        for i, a in enumerate((one, two))
    ]
    book = book_of(tmp_path, *told)
    asked = material_of("How much did Velmora pay for Kerne?", (), book)
    assert contradicting(asked, found[0], found) == [found[1]]
    assert contradicting(asked, found[1], found) == [found[0]]
    other = material_of("Who bought Kerne?", (), book)
    assert contradicting(other, found[0], found) == []


def test_articles_that_lack_a_company_of_the_question_are_left_out(book: DealBook) -> None:
    other, told = candidates()
    both = Ranking([other, told], [2.0, 1.0], 1.0, np.zeros(1))
    kept = naming_all(material_of("Who bought Tarnbeck?", (), book), both)
    assert (kept.candidates, kept.scores) == ([told], [1.0])
    assert naming_all(material_of("Who bought Zanzar?", (), book), both) is both
    assert naming_all(material_of("Did Velmora buy Orva?", (), book), both) is both
