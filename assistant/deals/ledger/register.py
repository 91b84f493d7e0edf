"""Companies as the ledger keeps them, found by name, and the owner's word on which names are one.

A decision names names and articles, not rows, so that re-reading keeps it; it can be taken back.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, func, select, update

from assistant.deals.ledger.companies import Act, Decision, Join
from assistant.deals.ledger.company_names import company_key, name_form
from assistant.deals.ledger.grouping import regroup
from assistant.deals.ledger.rows import (
    KEY_LENGTH,
    add_decision,
    batches,
    join_of,
    load_decisions,
    load_namings,
)
from assistant.errors import CompanyMissing, DecisionRefused
from assistant.library import database as db


@dataclass(frozen=True, slots=True)
class Company:
    """A company with all its names, the commonest first, why they are one, and how often it occurs."""

    id: str
    name: str
    names: tuple[str, ...]
    joins: tuple[Join, ...]
    deals: int
    articles: int


class CompanyRegister:
    """Companies of one database. Safe to share between threads; one process writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, name: str = "") -> list[Company]:
        """All companies by name, or those a name or an id means: exactly, else as first words.

        Raises CompanyMissing where a name means none, with the nearest names there are.
        """
        with self._engine.connect() as connection:
            numbers = self.meant(connection, name) if name.strip() else None
            return self._companies(connection, numbers)

    def meant(self, connection: Connection, name: str) -> list[int]:
        """Numbers of the companies that a name or an id means, as `find`."""
        names = db.company_names.c
        number = number_of(name, "c")
        if number:
            query = select(db.companies.c.id).where(db.companies.c.id == number)
            found = list(connection.execute(query).scalars())
            if found:
                return found
        query = select(names.company_id).where(names.key == company_key(name)[:KEY_LENGTH])
        found = sorted(set(connection.execute(query).scalars()))
        return found or self._beginning(connection, name)

    def _beginning(self, connection: Connection, name: str) -> list[int]:
        """Companies with a name that begins with the words of `name`."""
        names, wanted = db.company_names.c, name_form(name).words
        rows = connection.execute(select(names.company_id, names.name)).all()
        found = {r.company_id for r in rows if name_form(r.name).words[: len(wanted)] == wanted}
        if not found:
            raise CompanyMissing(_nearest(name, [row.name for row in rows]))
        return sorted(found)

    def _companies(self, connection: Connection, numbers: list[int] | None) -> list[Company]:
        wanted = company_titles(connection)
        if numbers is not None:
            wanted = {number: wanted[number] for number in numbers}
        names = _by_company(connection, db.company_names, numbers)
        joins = _by_company(connection, db.company_joins, numbers)
        deals = _tally(connection, db.deal_parties.c.company_id, db.deal_parties.c.deal_id)
        articles = _tally(connection, db.namings.c.company_id, db.namings.c.article_id)
        found = [
            Company(
                id=f"c{number}",
                name=name,
                names=tuple(row.name for row in names.get(number, [])),
                joins=tuple(join_of(row) for row in joins.get(number, [])),
                deals=deals.get(number, 0),
                articles=articles.get(number, 0),
            )
            for number, name in wanted.items()
        ]
        return sorted(found, key=lambda company: (company.name.lower(), int(company.id[1:])))

    # The owner's word

    def merge(self, left: str, right: str, reason: str) -> Decision:
        """Make one company of two, each given by name or id, until it is undone.

        Raises CompanyMissing, or DecisionRefused where they are one already or a name means several.
        """
        return self._of_two(Act.MERGE, left, right, reason)

    def part(self, left: str, right: str, reason: str) -> Decision:
        """Let no rule ever make one company of these two, each given by name or id, until it is undone.

        Unlike a split it leaves both names free to join others. Raises as `merge` does.
        """
        return self._of_two(Act.APART, left, right, reason)

    def _of_two(self, act: Act, left: str, right: str, reason: str) -> Decision:
        with self._engine.begin() as connection:
            a, b = self._single(connection, left), self._single(connection, right)
            if a.id == b.id:
                raise DecisionRefused(f"{left!r} and {right!r} are one company already, {a.id}")
            places = self._article_of(connection, a), self._article_of(connection, b)
            decision = Decision(0, act, a.name, _given(reason), b.name, *places, at=_now())
            return self._decide(connection, decision)

    def confirm(self, company_id: str, name: str, other: str, reason: str) -> Decision:
        """Hold two names of a company together by the owner's word, whatever the rules say later.

        Raises CompanyMissing, or DecisionRefused where one of them is no name of that company.
        """
        with self._engine.begin() as connection:
            company = self._single(connection, company_id)
            keys = {company_key(held) for held in company.names}
            for one in (name, other):
                if company_key(one) not in keys:
                    raise DecisionRefused(f"{one!r} is not a name of {company.name}, {company.id}")
            places = (
                self._article_of(connection, company, name),
                self._article_of(connection, company, other),
            )
            decision = Decision(0, Act.MERGE, name, _given(reason), other, *places, at=_now())
            return self._decide(connection, decision)

    def split(self, name: str, reason: str, articles: Iterable[str] = ()) -> Decision:
        """Make a company of its own of a name, or of a name in some articles only.

        Raises CompanyMissing where no article names it, or none of `articles` does; DecisionRefused
        where it stands alone already.
        """
        wanted = tuple(dict.fromkeys(articles))
        with self._engine.begin() as connection:
            key = company_key(name)
            found = self._companies(connection, self.meant(connection, name))
            mine = [c for c in found if key in map(company_key, c.names)]
            if not mine:
                shown = ", ".join(n for c in found for n in c.names)
                raise DecisionRefused(f"{name!r} is not a name of a company; write one of: {shown}")
            self._check_split(connection, name, wanted, mine)
            decision = Decision(0, Act.SPLIT, name, _given(reason), articles=wanted, at=_now())
            return self._decide(connection, decision)

    def _check_split(
        self, connection: Connection, name: str, articles: tuple[str, ...], mine: list[Company]
    ) -> None:
        key = company_key(name)
        if not articles and all({company_key(n) for n in c.names} == {key} for c in mine):
            raise DecisionRefused(
                f"{name!r} has no other name to be split from; name the articles that mean another company"
            )
        held = load_namings(connection, articles) if articles else []
        naming = {item.naming.article_id for item in held if company_key(item.naming.name) == key}
        for article_id in articles:
            if article_id not in naming:
                raise CompanyMissing(f"the article {article_id!r} names no party {name!r}")

    def undo(self, decision_id: int) -> Decision:
        """Take a decision back. Raises DecisionRefused for one that is not there, or undone already."""
        with self._engine.begin() as connection:
            held = {d.id: d for d in load_decisions(connection) if not d.undone_at}
            if decision_id not in held:
                raise DecisionRefused(
                    f"no decision that stands has the number {decision_id}; "
                    "`accord companies decisions` lists them"
                )
            at = _now()
            mine = db.decisions.c.id == decision_id
            connection.execute(update(db.decisions).where(mine).values(undone_at=at))
            regroup(connection)
            return replace(held[decision_id], undone_at=at)

    def decisions(self) -> list[Decision]:
        """All of them, also those undone, oldest first."""
        with self._engine.connect() as connection:
            return load_decisions(connection)

    def _decide(self, connection: Connection, decision: Decision) -> Decision:
        number = add_decision(connection, decision)
        regroup(connection)
        return replace(decision, id=number)

    def _single(self, connection: Connection, name: str) -> Company:
        found = self._companies(connection, self.meant(connection, name))
        if len(found) > 1:
            shown = ", ".join(f"{company.id} {company.name}" for company in found[:5])
            raise DecisionRefused(f"{name!r} means several companies; give an id: {shown}")
        return found[0]

    def _article_of(self, connection: Connection, company: Company, name: str = "") -> str:
        """An article that means this company by a name of it, where another has the name too."""
        key = company_key(name or company.name)
        spelt = [held for held in company.names if company_key(held) == key]
        names = db.company_names.c
        sharing = select(func.count(names.company_id.distinct())).where(
            names.key == key[:KEY_LENGTH]
        )
        if connection.execute(sharing).scalar_one() < 2:
            return ""
        n = db.namings.c
        query = select(n.article_id).where(n.company_id == int(company.id[1:]), n.name.in_(spelt))
        return connection.execute(query.order_by(n.article_id)).scalars().first() or ""


def company_titles(connection: Connection) -> dict[int, str]:
    """The name each company goes by, by number."""
    return {row.id: row.name for row in connection.execute(select(db.companies))}


def number_of(shown: str, letter: str) -> int:
    """12 of "c12" or "d12"; 0 where it is no such id."""
    told = re.fullmatch(rf"{letter}([1-9]\d{{0,8}})", shown.strip().lower())
    return int(told[1]) if told else 0


def _by_company(
    connection: Connection, table: Table, numbers: list[int] | None
) -> dict[int, list[Row[Any]]]:
    rows: list[Row[Any]] = []
    query = select(table).order_by(table.c.id)
    if numbers is None:
        rows += connection.execute(query)
    else:
        for some in batches(numbers):
            rows += connection.execute(query.where(table.c.company_id.in_(some)))
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.company_id].append(row)
    return found


def _tally(connection: Connection, company: Any, counted: Any) -> dict[int, int]:
    """How many different things go with each company."""
    query = select(company, func.count(counted.distinct())).group_by(company)
    return {row[0]: row[1] for row in connection.execute(query) if row[0] is not None}


def _nearest(name: str, names: list[str]) -> str:
    lower = {held.lower(): held for held in names}
    near = difflib.get_close_matches(name.strip().lower(), lower, n=3, cutoff=0.6)
    told = f"; did you mean {', '.join(lower[n] for n in near)}?" if near else ""
    return f"no deal in the articles has a party called {name!r}{told}"


def _given(reason: str) -> str:
    if not reason.strip():
        raise DecisionRefused("a decision needs its reason; write one with --reason")
    return reason.strip()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
