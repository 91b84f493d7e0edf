"""Companies and deals worked out anew from all that is kept of the articles, ids kept.

The whole library each time, since one new article can tie two names or part two deals anywhere in it.
Runs in the caller's transaction. Knows no SQL of its own: rows are read and written by `rows`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from assistant.deals.ledger.companies import CompanyGroup, Encounter, best_name, group_companies
from assistant.deals.ledger.histories import Participant, assemble_deal
from assistant.deals.ledger.joining import FAMILIES, Told, inherit, join_mentions
from assistant.deals.ledger.rows import (
    CompanyLine,
    DealLine,
    HeldMention,
    HeldNaming,
    load_decisions,
    load_mentions,
    load_namings,
    load_ties,
    participants,
    replace_companies,
    replace_deals,
    set_column,
)
from assistant.library import database as db
from assistant.library.database import read_pointer, write_pointer

_NEXT_COMPANY = "ledger: next company"
_NEXT_DEAL = "ledger: next deal"
_GROUPING = "ledger: grouping"


def regroup(connection: Connection) -> None:
    """Settle companies, then join mentions into deals, and write both."""
    held = load_mentions(connection)
    namings, names = _settle_companies(connection, held)
    _join_deals(connection, held, participants(held, namings, names))
    write_pointer(connection, _GROUPING, str(grouping_number(connection) + 1))


def grouping_number(connection: Connection) -> int:
    """How often this database was grouped: whoever keeps deals in memory sees by it that they are old."""
    return int(read_pointer(connection, _GROUPING) or 0)


def _settle_companies(
    connection: Connection, held: Sequence[HeldMention]
) -> tuple[list[HeldNaming], dict[int, str]]:
    namings = load_namings(connection)
    groups = group_companies(
        [item.naming for item in namings],
        load_ties(connection),
        [_encounter(one) for one in held],
        load_decisions(connection),
    )
    rows: dict[tuple[str, str], list[HeldNaming]] = defaultdict(list)
    for item in namings:
        rows[item.naming.article_id, item.naming.name].append(item)
    members = [[item.id for place in g.namings for item in rows[place]] for g in groups]
    before = {item.id: item.company_id for item in namings if item.company_id is not None}
    numbers = _numbered(connection, _NEXT_COMPANY, members, before)
    lines = [_line(number, group) for number, group in zip(numbers, groups, strict=True)]
    now = {row: number for number, some in zip(numbers, members, strict=True) for row in some}
    changed = {row: number for row, number in now.items() if before.get(row) != number}
    set_column(connection, db.namings, "company_id", changed)
    replace_companies(connection, lines)
    settled = [HeldNaming(item.id, item.naming, now[item.id]) for item in namings]
    return settled, {line.id: line.name for line in lines}


def _encounter(one: HeldMention) -> Encounter:
    mention = one.mention
    parties = tuple((party.name, party.role) for party in mention.parties)
    return Encounter(mention.article_id, FAMILIES[mention.kind], parties)


def _line(number: int, group: CompanyGroup) -> CompanyLine:
    names = Counter(name for _, name in group.namings)
    ordered = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    return CompanyLine(number, best_name(names), tuple(ordered), group.joins)


def _join_deals(
    connection: Connection,
    held: Sequence[HeldMention],
    companies: Mapping[int, tuple[Participant, ...]],
) -> None:
    told = [
        Told(
            one.id,
            one.mention,
            tuple(_number(party) for party in companies[one.id]),
            one.source.date,
        )
        for one in held
    ]
    groups = join_mentions(told)
    before = {one.id: one.deal_id for one in held if one.deal_id is not None}
    numbers = _numbered(connection, _NEXT_DEAL, groups, before)
    by_id = {one.id: one for one in held}
    lines = []
    for number, group in zip(numbers, groups, strict=True):
        tellings = [(by_id[i].source, by_id[i].mention, companies[i]) for i in group]
        deal = assemble_deal(f"d{number}", tellings, {})
        parties = tuple((_number(party), party.role) for party in deal.parties)
        lines.append(DealLine(number, deal.kind, deal.stage, parties))
    now = {row: number for number, some in zip(numbers, groups, strict=True) for row in some}
    changed = {row: number for row, number in now.items() if before.get(row) != number}
    set_column(connection, db.mentions, "deal_id", changed)
    replace_deals(connection, lines)


def _number(party: Participant) -> int:
    return int(party.company_id[1:])


def _numbered(
    connection: Connection, pointer: str, groups: Sequence[Sequence[int]], before: dict[int, int]
) -> list[int]:
    """A number for each group, as `inherit` gives them; one that was given once is never given anew."""
    following = int(read_pointer(connection, pointer) or 1)
    numbers, last = inherit(groups, before, following)
    if last != following:
        write_pointer(connection, pointer, str(last))
    return numbers
