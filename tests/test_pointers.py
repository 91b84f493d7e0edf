"""The ledger points to the sentence that holds the detail asked for, and to none where it has none."""

from __future__ import annotations

import pytest
from deal_books import tell_deals
from ledger_sagas import article
from materials import material_of

from assistant.answer.offline import with_detail
from assistant.answer.pointers import pointed_at
from assistant.answer.sentences import Candidate
from assistant.deals.ledger.book import DealBook
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
