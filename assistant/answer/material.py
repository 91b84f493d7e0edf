"""What a writer writes from, and what it may say: the contract of both writers.

Everything in the material is inside the walls of the person who asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.answer.asking import Asking
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.domain import Claim, Evidence, Question, Refusal, Tally


@dataclass(frozen=True)
class Material:
    """`passages` in the order in which they answer; `deals` of the ledger that fit the question."""

    question: Question
    asking: Asking
    passages: tuple[Evidence, ...]
    deals: tuple[Deal, ...]
    book: DealBook


Statement = Claim | Refusal | Tally


class Writer(Protocol):
    """Turns material into claims, one sentence at a time, or refuses.

    Raises `ModelError` when a model it needs cannot answer.
    """

    @property
    def name(self) -> str:
        """Shown with the answer, such as `offline` or a model's name."""
        ...

    def write(self, material: Material) -> Iterator[Statement]:
        """Claims in reading order; a `Refusal` comes alone."""
        ...
