"""Questions for a start: varied, read back as they were meant, no company in two of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Opener
from deal_books import tell_deals

from assistant.answer.examples import draw_examples
from assistant.deals.ledger.book import DealBook
from assistant.service import Assistant


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("deals"))


def test_each_example_asks_of_other_companies(book: DealBook) -> None:
    found = draw_examples(book, 6)
    assert len(found) == len(set(found)) >= 3
    named = [{one.company_ids[0] for one in book.directory.find(question)} for question in found]
    assert all(named)
    assert sum(len(some) for some in named) == len(set.union(*named))


def test_a_company_of_several_deals_is_asked_for_its_list(book: DealBook) -> None:
    assert "Which companies did Orva team up with?" in draw_examples(book, 6)


def test_no_more_are_drawn_than_wanted(book: DealBook) -> None:
    assert len(draw_examples(book, 2)) == 2


def test_an_empty_book_has_none() -> None:
    assert draw_examples(DealBook(), 6) == []


def test_every_example_of_a_library_has_its_answer(assistant: Assistant) -> None:
    examples = assistant.examples()
    assert examples
    assert [q for q in examples if assistant.ask(q).abstained] == []


def test_an_empty_library_has_none(open_assistant: Opener, tmp_path: Path) -> None:
    assert open_assistant(tmp_path / "none").examples() == []
