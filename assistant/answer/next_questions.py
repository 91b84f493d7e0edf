"""What can be asked next: questions that the ledger can answer, about what an answer is about.

Each is read back as a person's question is, and kept only where it is read as it was meant. Knows
nothing of searching: what articles hold beside the ledger is not suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from assistant.answer.asking import Asking, Form, read_asking
from assistant.answer.facts import deals_between, fitting_deals, links, others_in
from assistant.answer.material import Material
from assistant.answer.openings import LISTS, is_telling, known_forms, sides_of
from assistant.answer.question import Aspect, leans_back, read_aspect, split_question
from assistant.answer.subjects import Subjects, distinct
from assistant.deals.ledger.histories import Deal, Participant
from assistant.deals.records import Role

MOST = 3
_OF_ONE = 2
"""Questions about one deal before one about a company beside it."""

_TRIED = 4
"""Companies tried for a link, parties for a list, and deals beside the first."""

_MOST_READ = 7
"""Questions read back for one answer: it takes a quarter of a millisecond each."""

_EARLIER = 4
"""Questions before this one that are not suggested again."""


def next_questions(material: Material, subjects: Subjects, abstained: bool) -> tuple[str, ...]:
    """Up to three; for an abstention the first asks for the nearest fact that is known."""
    found = _Maker(material, subjects, abstained).questions()
    return tuple(islice(dict.fromkeys(found), MOST))


class _Maker:
    """Questions over the book of one material."""

    def __init__(self, material: Material, subjects: Subjects, abstained: bool) -> None:
        self._material = material
        self._book = material.book
        self._subjects = subjects
        self._abstained = abstained
        self._typed = {
            i: placed.named.text
            for placed in material.asking.companies
            for i in placed.named.company_ids
        }
        question = material.question
        asked = (*question.earlier, question.asked, question.text, question.alone)
        self._texts = {text.casefold() for text in asked}
        self._aspects = set(map(read_aspect, split_question(question.alone or question.text)))
        self._asked = [self._asking_of(text) for text in question.earlier[-_EARLIER:]]
        self._read_so_far = 0

    def questions(self) -> Iterator[str]:
        """The best first; several may be alike."""
        deals = list(self._subjects.deals)
        if len(deals) > 1 and self._material.asking.form is not Form.PLAIN:
            for deal in best_first(deals)[:MOST]:
                yield from islice(self._about(deal), 1)
        first = deals[:1] or self._nearest()
        of_one = self._about(first[0]) if first else iter(())
        lists, connections = self._lists(first), self._links(first)
        yield from islice(of_one, _OF_ONE)
        yield from islice(lists, 1)
        yield from islice(connections, 1)
        yield from of_one
        beside = [deal for i in self._subjects.companies[:MOST] for deal in self._book.of((i,))]
        for deal in distinct((*deals[1:MOST], *best_first(beside)[:_TRIED])):
            yield from self._about(deal)
        yield from lists
        yield from connections

    def _nearest(self) -> list[Deal]:
        """The best known deal between the companies of the question, else of one of them."""
        asking = self._material.asking
        near = deals_between(self._book, asking) if len(asking.companies) > 1 else []
        return best_first(near or self._book.of(self._subjects.companies))[:1]

    # About a deal

    def _about(self, deal: Deal) -> Iterator[str]:
        sides = sides_of(deal)
        if sides is None:
            return
        one, other = (self._name(party) for party in sides)
        for aspect, form in known_forms(deal):
            if self._is_wanted(aspect, deal, sides):
                text = form.format(one=one, other=other)
                if self._means(text, aspect, deal):
                    yield text

    def _is_wanted(
        self, aspect: Aspect, deal: Deal, sides: tuple[Participant, Participant]
    ) -> bool:
        """Whether it was not asked before, and the answer has not told it already."""
        ids = {party.company_id for party in sides}
        mine = any(
            deal.id == known.id for known in (*self._subjects.deals[:1], *self._material.deals)
        )
        if mine and aspect in self._aspects:
            return False
        if aspect is Aspect.YES_NO and not self._abstained:
            return False
        if aspect is Aspect.WHO and (not self._abstained or sides[0].company_id in self._typed):
            return False
        return not any(
            aspect in aspects and named <= ids for aspects, named in self._asked if named
        )

    def _asking_of(self, text: str) -> tuple[set[Aspect], set[str]]:
        """What a question asks, and of which companies."""
        named = self._book.directory.find(text)
        return set(map(read_aspect, split_question(text))), {n.company_ids[0] for n in named}

    def _means(self, text: str, aspect: Aspect, deal: Deal) -> bool:
        """Whether the question is read as one for this aspect of this deal, and of no other."""
        asking = self._read(text)
        if asking is None or asking.aspect is not aspect or asking.form is not Form.PLAIN:
            return False
        return [found.id for found in fitting_deals(self._book, asking)] == [deal.id]

    def _read(self, text: str) -> Asking | None:
        """None where it was asked, would be read with the question before it, or enough were read."""
        if text.casefold() in self._texts or self._read_so_far == _MOST_READ or leans_back(text):
            return None
        self._read_so_far += 1
        return read_asking(text, self._book.directory.find(text))

    # Beside it

    def _lists(self, deals: Sequence[Deal]) -> Iterator[str]:
        """Of what parties of the deals, and companies of the question, did several times."""
        if self._material.asking.form in (Form.LIST, Form.COUNT):
            return
        parties = [party for deal in deals for party in deal.parties]
        for i in self._subjects.companies[:MOST]:
            mine = (p for deal in self._book.of((i,)) for p in deal.parties if p.company_id == i)
            parties += islice(mine, _TRIED)
        tried: set[tuple[str, Role]] = set()
        for party in parties:
            if (party.company_id, party.role) not in tried and self._did_several(party):
                text = LISTS[party.role].format(one=self._name(party))
                if self._lists_several(text):
                    yield text
            tried.add((party.company_id, party.role))

    def _did_several(self, party: Participant) -> bool:
        """Whether a company has that part in more than one deal; quicker told than by a question."""
        roles = [
            (p.company_id, p.role) for d in self._book.of((party.company_id,)) for p in d.parties
        ]
        may_be = party.role in LISTS and is_telling(party)
        return may_be and roles.count((party.company_id, party.role)) > 1

    def _lists_several(self, text: str) -> bool:
        asking = self._read(text)
        if asking is None or asking.form is not Form.LIST or len(asking.companies) != 1:
            return False
        fitting = fitting_deals(self._book, asking)
        return sum(bool(others_in(deal, asking)) for deal in fitting) > 1

    def _links(self, deals: Sequence[Deal]) -> Iterator[str]:
        """Between a party and a company that has a deal with another party."""
        for deal in deals:
            ids = {party.company_id for party in deal.parties}
            for middle in deal.parties:
                one = next((p for p in deal.parties if p.company_id != middle.company_id), middle)
                beyond = best_first(self._book.of((middle.company_id,)))[:_TRIED]
                far = [
                    p
                    for d in beyond
                    for p in d.parties
                    if p.company_id not in ids and is_telling(p)
                ]
                for party in far[:_TRIED]:
                    text = f"What links {self._name(one)} and {self._name(party)}?"
                    if self._is_link(text):
                        yield text

    def _is_link(self, text: str) -> bool:
        asking = self._read(text)
        if asking is None or asking.form is not Form.LINK or len(asking.companies) != 2:
            return False
        one, other = (placed.named.company_ids for placed in asking.companies)
        if set(one) & set(other):
            return False
        return bool(fitting_deals(self._book, asking) or links(self._book, one, other))

    def _name(self, party: Participant) -> str:
        """As the person put it where articles do too, else as the ledger has it."""
        typed = self._typed.get(party.company_id)
        if typed is None or typed == party.name:
            return party.name
        known = next((c for c in self._book.companies if c.id == party.company_id), None)
        return typed if known and typed in known.names else party.name


def best_first(deals: Sequence[Deal]) -> list[Deal]:
    """Those that articles are about, then those that most of them tell, then the last."""
    return sorted(deals, key=lambda d: (d.main, d.independent, d.date or ""), reverse=True)
