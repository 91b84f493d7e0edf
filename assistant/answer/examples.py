"""Questions for a start, drawn from the ledger: varied, each about another deal, each answerable.

Knows nothing of searching. A question is taken only where it is read back as it was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from assistant.answer.asking import Form, read_asking
from assistant.answer.facts import fitting_deals
from assistant.answer.next_questions import best_first
from assistant.answer.openings import LISTS, known_forms, sides_of
from assistant.answer.question import Aspect
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal, Participant
from assistant.domain import Source

_SEEDS = Path(__file__).with_name("examples.tsv")
"""Article id, tab, a question that this article answers."""

_ASPECTS = (Aspect.WHY, Aspect.HOW_MUCH, Aspect.LIST, Aspect.WHO, Aspect.WHEN, Aspect.STATUS)
_TRIED = 400
"""Deals looked at, those told by most articles first."""

_LISTED = (2, 12)
"""Deals that a list may have: fewer are no list, more are hard to read."""


def start_questions(sources: Sequence[Source], book: DealBook, most: int) -> list[str]:
    """Up to `most`: those of starter articles held first, then drawn ones; of a book without deals, titles."""
    held = {source.article_id for source in sources}
    pairs = [line.split("\t") for line in _SEEDS.read_text("utf-8").splitlines() if line]
    found = [question for article_id, question in pairs if article_id in held]
    titles = (f"What do the articles say about “{s.title}”?" for s in sources if s.title)
    drawn = draw_examples(book, max(0, most - len(found)))
    return (found + drawn or list(titles))[:most]


def draw_examples(book: DealBook, most: int) -> list[str]:
    """Up to `most`, of every aspect in turn that the deals know."""
    drawing = _Drawing(book)
    sources = {aspect: drawing.questions(aspect) for aspect in _ASPECTS}
    found: list[str] = []
    for aspect in cycle(_ASPECTS):
        if len(found) == most or not sources:
            break
        if aspect in sources:
            question = next(sources[aspect], None)
            if question is None:
                del sources[aspect]
            else:
                found.append(question)
    return found


@dataclass
class _Drawing:
    """What has been drawn: no company stands in two questions."""

    book: DealBook
    used: set[str] = field(default_factory=set)

    def questions(self, aspect: Aspect) -> Iterator[str]:
        drawn = self._lists() if aspect is Aspect.LIST else self._about(aspect)
        for companies, question in drawn:
            self.used |= companies
            yield question

    def _about(self, aspect: Aspect) -> Iterator[tuple[set[str], str]]:
        for deal in best_first(self.book.deals)[:_TRIED]:
            sides = sides_of(deal)
            forms = dict(known_forms(deal)) if sides and self._is_new(deal.parties) else {}
            if sides is None or aspect not in forms or _is_disputed(deal):
                continue
            question = forms[aspect].format(one=sides[0].name, other=sides[1].name)
            if self._means(question, aspect, deal):
                yield {party.company_id for party in deal.parties}, question

    def _lists(self) -> Iterator[tuple[set[str], str]]:
        parts = Counter(
            party
            for deal in self.book.deals
            for party in deal.parties
            if deal.main and party.role in LISTS
        )
        for party, count in parts.most_common():
            if count < _LISTED[0] or not self._is_new((party,)):
                continue
            question = LISTS[party.role].format(one=party.name)
            asking = read_asking(question, self.book.directory.find(question))
            listed = len(fitting_deals(self.book, asking))
            if asking.form is Form.LIST and _LISTED[0] <= listed <= _LISTED[1]:
                yield {party.company_id}, question

    def _is_new(self, parties: Sequence[Participant]) -> bool:
        return not any(party.company_id in self.used for party in parties)

    def _means(self, question: str, aspect: Aspect, deal: Deal) -> bool:
        asking = read_asking(question, self.book.directory.find(question))
        if asking.aspect is not aspect or asking.form is not Form.PLAIN:
            return False
        return [found.id for found in fitting_deals(self.book, asking)] == [deal.id]


def _is_disputed(deal: Deal) -> bool:
    return bool(deal.disputed_values or deal.disputed_dates)
