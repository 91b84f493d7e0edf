"""Pairs of companies that may be one: found by what names share, and not where something says they are two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_sagas import ScriptedReader, article, mention

from assistant.deals.ledger.candidates import (
    Candidate,
    Likeness,
    portray,
    possible_merges,
    told_in,
)
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import Role
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database

BUYER, TARGET = Role.ACQUIRER, Role.TARGET


class Told:
    """A ledger to which deals are told, each in an article of its own."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_database(f"sqlite:///{folder / 'accord.db'}")
        self.store, self.ledger = ArticleStore(self.engine), Ledger(self.engine)
        self.reader = ScriptedReader()
        self.count = 0

    def buys(self, *pairs: tuple[str, str], one_article: bool = False) -> None:
        groups = [pairs] if one_article else [(pair,) for pair in pairs]
        for group in groups:
            self.count += 1
            words = [f"{buyer} bought {target}." for buyer, target in group]
            told = article(f"a{self.count:03}", " ".join(words))
            found = [
                mention(told, {buyer: BUYER, target: TARGET}, evidence=sentence)
                for (buyer, target), sentence in zip(group, words, strict=True)
            ]
            self.reader.tell(self.store, told, *found)
        assert self.ledger.catch_up(self.reader) == []

    def possible(self) -> list[Candidate]:
        return possible_merges(self.ledger.book(), self.ledger.register.decisions())

    def pairs(self) -> set[frozenset[str]]:
        return {frozenset((one.left.name, one.right.name)) for one in self.possible()}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    ledger = Told(tmp_path)
    yield ledger
    ledger.engine.dispose()


@pytest.mark.parametrize(
    ("name", "other", "likeness"),
    [
        ("Velmora", "Velmora Castings", Likeness.BEGINS),
        ("Tarnbeck", "Royal Tarnbeck Works", Likeness.INSIDE),
        ("VCW", "Velmora Castings Works", Likeness.INITIALS),
        ("Oskeld Rail", "Oskeld Trains", Likeness.FIRST_WORD),
    ],
)
def test_two_names_that_share_what_tells_may_be_one(
    told: Told, name: str, other: str, likeness: Likeness
) -> None:
    told.buys((name, "Kerne"), (other, "Innova"))
    (found,) = told.possible()
    assert {found.left.name, found.right.name} == {name, other} == {found.name, found.other}
    assert found.likeness is likeness


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Velmora", "Oskeld"),
        ("General Castings", "General Rail"),
        ("Bank of Varga", "Bank of Norrby"),
        ("Velmora", "Velmora Mobile"),
        ("VC", "Velmora Castings"),
        ("New", "New Varga Works"),
    ],
)
def test_words_that_name_nothing_and_parts_of_a_house_are_not_asked_about(
    told: Told, name: str, other: str
) -> None:
    told.buys((name, "Kerne"), (other, "Innova"))
    assert told.possible() == []


def test_what_one_deal_or_one_article_names_apart_is_two(told: Told) -> None:
    told.buys(("Velmora", "Velmora Castings"))
    told.buys(("Oskeld Rail", "Kerne"), ("Oskeld Trains", "Innova"), one_article=True)
    assert told.possible() == []


def test_those_who_dealt_with_the_same_company_come_first(told: Told) -> None:
    told.buys(("Quillon", "Kerne"), ("Quillon Stores Varga", "Innova"), ("Quillon", "Marrow"))
    told.buys(("Oskeld Rail", "Hallow"), ("Oskeld Trains", "Hallow"))
    first, second = told.possible()
    assert (first.likeness, first.shared) == (Likeness.FIRST_WORD, 1)
    assert (second.likeness, second.shared) == (Likeness.BEGINS, 0)


def test_no_more_are_asked_about_than_wanted(told: Told) -> None:
    told.buys(*((f"Velmora {word}", f"Kerne{word}") for word in ("Ada", "Bea", "Cleo", "Dora")))
    assert len(told.possible()) == 6
    assert len(possible_merges(told.ledger.book(), most=2)) == 2


def test_a_word_that_a_crowd_shares_tells_nothing(told: Told) -> None:
    told.buys(*((f"Velmora {chr(97 + i // 8)}x{i}", f"Kerne{i}") for i in range(41)))
    assert told.possible() == []


def test_a_rejected_pair_is_not_asked_about_and_others_of_its_names_are(told: Told) -> None:
    told.buys(("Oskeld Rail", "Kerne"), ("Oskeld Trains", "Innova"), ("Oskeld Works", "Marrow"))
    assert len(told.pairs()) == 3
    rail, trains = (told.ledger.companies(name)[0].id for name in ("Oskeld Rail", "Oskeld Trains"))
    decision = told.ledger.register.part(rail, trains, "two firms")
    assert told.pairs() == {
        frozenset(("Oskeld Rail", "Oskeld Works")),
        frozenset(("Oskeld Trains", "Oskeld Works")),
    }
    told.ledger.register.undo(decision.id)
    assert len(told.pairs()) == 3


def test_a_name_that_was_split_off_is_not_asked_about(told: Told) -> None:
    told.buys(("Varnholt", "Kerne"), ("Varnholt Group", "Innova"), ("Varnholt Trains", "Marrow"))
    assert frozenset(("Varnholt", "Varnholt Group")) not in told.pairs()
    told.ledger.register.split("Varnholt Group", "another house")
    assert all("Varnholt Group" not in pair for pair in told.pairs())


def test_a_company_is_portrayed_by_its_partners_and_where_it_is_told_of(told: Told) -> None:
    told.buys(("Quillon", "Kerne"), ("Quillon", "Kerne"), ("Quillon", "Innova"), ("Quillon", "Ada"))
    book = told.ledger.book()
    (quillon,) = told.ledger.companies("Quillon")
    assert set(told_in(book, quillon).values()) == {"Quillon"}
    portrait = portray(book, quillon, {})
    first, second = portrait.partners
    assert (first, second) == ("Ada", "Innova") or first == "Kerne"
    assert portrait.called == ()
