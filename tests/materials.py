"""Material for a writer, made of passages and deals by hand."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.asking import read_asking
from assistant.answer.facts import fitting_deals
from assistant.answer.material import Material
from assistant.deals.ledger.book import DealBook
from assistant.domain import Evidence, Question


def material_of(
    question: Question | str, passages: Sequence[Evidence] = (), book: DealBook | None = None
) -> Material:
    """Passages stay in their order."""
    asked = Question(question) if isinstance(question, str) else question
    book = book or DealBook()
    asking = read_asking(asked.text, book.directory.find_whole(asked.text))
    return Material(asked, asking, tuple(passages), tuple(fitting_deals(book, asking)), book)
