"""What the owner does to a library: each act whole, and his word on names stronger than the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_sagas import ScriptedReader, article, mention

from assistant.deals.ledger.companies import Act, Why
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import Role
from assistant.errors import DecisionRefused
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database

BUYER, TARGET = Role.ACQUIRER, Role.TARGET


class House:
    """A ledger with "Varnholt", which a rule joins to "Varnholt Group"."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_database(f"sqlite:///{folder / 'accord.db'}")
        self.store, self.reader = ArticleStore(self.engine), ScriptedReader()
        self.ledger = Ledger(self.engine)
        self.tell("a1", "Varnholt", "Kerne")

    def tell(self, article_id: str, buyer: str, target: str) -> None:
        told = article(article_id, f"{buyer} bought {target}.")
        self.reader.tell(self.store, told, mention(told, {buyer: BUYER, target: TARGET}))
        assert self.ledger.catch_up(self.reader) == []

    def names(self) -> set[frozenset[str]]:
        return {frozenset(company.names) for company in self.ledger.companies()}

    def id(self, name: str) -> str:
        return next(c.id for c in self.ledger.companies() if name in c.names)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.engine.dispose()


JOINED = frozenset(("Varnholt", "Varnholt Group"))


def test_two_names_held_apart_are_joined_by_no_rule_until_that_is_undone(house: House) -> None:
    house.tell("a2", "Oskeld", "Varnholt Trains")
    decision = house.ledger.register.part("Varnholt", "Varnholt Trains", "two houses")
    assert (decision.act, decision.name, decision.other) == (
        Act.APART,
        "Varnholt",
        "Varnholt Trains",
    )
    house.tell("a3", "Varnholt Group", "Innova")
    assert JOINED in house.names()
    assert frozenset(("Varnholt Trains",)) in house.names()


def test_a_pair_held_apart_before_a_rule_would_join_it_stays_apart(house: House) -> None:
    house.tell("a2", "Varnholt Group", "Innova")
    assert JOINED in house.names()
    split = house.ledger.register.split("Varnholt Group", "look again")
    apart = house.ledger.register.part("Varnholt", "Varnholt Group", "two houses")
    house.ledger.register.undo(split.id)
    assert JOINED not in house.names()
    house.ledger.register.undo(apart.id)
    assert JOINED in house.names()


def test_a_name_held_apart_from_one_still_joins_another(house: House) -> None:
    house.tell("a2", "Marrow", "Hallow")
    house.ledger.register.part("Varnholt", "Marrow", "two houses")
    house.tell("a3", "Varnholt Group", "Innova")
    assert JOINED in house.names()


def test_what_is_one_company_is_not_held_apart(house: House) -> None:
    house.tell("a2", "Varnholt Group", "Innova")
    with pytest.raises(DecisionRefused, match="one company already"):
        house.ledger.register.part("Varnholt", "Varnholt Group", "two")


def test_a_join_that_is_confirmed_is_the_owners_and_comes_back_to_the_rule_when_undone(
    house: House,
) -> None:
    house.tell("a2", "Varnholt Group", "Innova")

    def why() -> list[Why]:
        (company,) = house.ledger.companies("Varnholt")
        return [join.why for join in company.joins]

    assert why() == [Why.HOUSE]
    company = house.id("Varnholt")
    decision = house.ledger.register.confirm(company, "Varnholt Group", "Varnholt", "one house")
    assert why() == [Why.OWNER]
    house.ledger.register.undo(decision.id)
    assert why() == [Why.HOUSE]


def test_only_names_of_the_company_are_confirmed(house: House) -> None:
    with pytest.raises(DecisionRefused, match="not a name of Varnholt"):
        house.ledger.register.confirm(house.id("Varnholt"), "Varnholt", "Kerne", "one")
