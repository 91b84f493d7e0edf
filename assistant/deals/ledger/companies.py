"""Which names are one company: by form, by what articles say, and by the owner's word.

Pure: all namings of a library in, companies out, whatever the order they come in. A wrong merge is
worse than a missed one, so a name joins another only for a reason that is kept, and two names that one
article treats as two parties are never joined by a rule. A short name joins a longer one only where
an article ties them, or where the library holds one candidate and another sign speaks for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.deals.ledger.company_names import (
    ORDINARY,
    company_key,
    is_part,
    is_short_form,
    is_whole,
    name_form,
)
from assistant.deals.ledger.namesakes import tell_apart
from assistant.deals.ledger.statements import Naming, Tie, TieKind
from assistant.deals.records import Role
from assistant.domain import Span


class Why(StrEnum):
    """Why two names are one company, the surest first."""

    OWNER = "the owner said so"
    RENAMED = "an article tells of a renaming"
    BRACKET = "an article gives the short name in brackets"
    SAME_PLACE = "an article uses the short name for it"
    HOUSE = "the name differs by Group, Holdings or .com alone"
    COUNTERPARTY = "both are told of in the same part beside the same company"


class Act(StrEnum):
    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Decision:
    """The owner's word on names. A merge joins `name` and `other`; a split takes `name` out of its
    company, in `articles` only where some are given; apart lets no rule join `name` and `other`, and
    leaves both free to join others. `article_id` and `other_article_id` say which
    company is meant where several have the name.
    """

    id: int
    act: Act
    name: str
    reason: str
    other: str = ""
    article_id: str = ""
    other_article_id: str = ""
    articles: tuple[str, ...] = ()
    at: str = ""
    undone_at: str = ""


@dataclass(frozen=True, slots=True)
class Encounter:
    """The parties of one mention: who is named beside whom, in which part of which sort of deal."""

    article_id: str
    family: str
    parties: tuple[tuple[str, Role], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Why `name` is in one company with `other`; `span` is where `article_id` says it, if it does."""

    name: str
    other: str
    why: Why
    article_id: str = ""
    span: Span | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CompanyGroup:
    """One company: where it is named how, as (article id, name), and why the names are one."""

    namings: tuple[tuple[str, str], ...]
    joins: tuple[Join, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Node:
    """What is never taken apart: a name's key, or one of several companies that share the key."""

    key: str
    variant: str = ""


def group_companies(
    namings: Sequence[Naming],
    ties: Iterable[Tie] = (),
    encounters: Iterable[Encounter] = (),
    decisions: Sequence[Decision] = (),
) -> list[CompanyGroup]:
    """Companies in a fixed order; each naming is in exactly one."""
    held = [d for d in decisions if not d.undone_at]
    grouping = _Grouping(sorted(set(namings), key=_order), held)
    encounters = list(encounters)
    grouping.keep_apart(encounters)
    grouping.heed_parting()
    grouping.apply_merges()
    grouping.follow_ties(ties)
    grouping.follow_surfaces()
    grouping.follow_houses()
    grouping.follow_counterparties(encounters)
    return grouping.result()


def _order(naming: Naming) -> tuple[str, str, str]:
    return naming.article_id, naming.name, naming.surface


class _Grouping:
    """Union-find over nodes, with pairs that may not meet."""

    def __init__(self, namings: Sequence[Naming], decisions: Sequence[Decision]) -> None:
        self._decisions = decisions
        self._namings = namings
        self._at: dict[tuple[str, str], _Node] = {}
        """(article id, name) to its node."""
        self._here: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """Article id to the keys of `_at` that are its own."""
        self._by_key: dict[str, set[_Node]] = defaultdict(set)
        self._frozen: set[_Node] = set()
        self._parent: dict[_Node, _Node] = {}
        self._members: dict[_Node, set[_Node]] = {}
        self._apart: dict[_Node, set[_Node]] = defaultdict(set)
        """Parties of one article."""
        self._opposed: dict[_Node, set[_Node]] = defaultdict(set)
        """Parties of one deal."""
        self._shorts: dict[str, set[_Node]] = defaultdict(set)
        self._joins: dict[_Node, list[Join]] = defaultdict(list)
        self._names: dict[_Node, Counter[str]] = defaultdict(Counter)
        self._place()
        for node in sorted(set(self._at.values())):
            self._parent[node] = node
            self._members[node] = {node}
            self._note_short_forms(node)

    def _place(self) -> None:
        """Each naming to its node: one a key, but where articles or the owner tell two apart."""
        by_key: dict[str, list[Naming]] = defaultdict(list)
        for naming in self._namings:
            by_key[company_key(naming.name)].append(naming)
        splits = [d for d in self._decisions if d.act is Act.SPLIT]
        for key, some in by_key.items():
            mine = [d for d in splits if company_key(d.name) == key]
            for naming, variant in tell_apart(some):
                taken = [d.id for d in mine if naming.article_id in d.articles]
                node = _Node(key, f"split {taken[-1]}" if taken else variant)
                place = naming.article_id, naming.name
                if place not in self._at:
                    self._here[naming.article_id].append(place)
                self._at[place] = node
                self._by_key[key].add(node)
                self._names[node][naming.name] += 1
                if taken or any(not d.articles for d in mine):
                    self._frozen.add(node)

    def keep_apart(self, encounters: Iterable[Encounter]) -> None:
        """Two names that an article holds as two parties are two companies."""
        parties: dict[str, set[_Node]] = defaultdict(set)
        for encounter in encounters:
            nodes = self._nodes(encounter)
            parties[encounter.article_id] |= nodes
            for node in nodes:
                self._opposed[node] |= nodes - {node}
        for nodes in parties.values():
            for node in nodes:
                self._apart[node] |= nodes - {node}

    def _nodes(self, encounter: Encounter) -> set[_Node]:
        places = [(encounter.article_id, name) for name, _ in encounter.parties]
        return {self._at[place] for place in places if place in self._at}

    def heed_parting(self) -> None:
        """Two names that the owner holds apart are as two parties of one deal to every rule."""
        for d in self._decisions:
            left = self._meant(d.name, d.article_id)
            right = self._meant(d.other, d.other_article_id)
            if d.act is Act.APART and left and right and left != right:
                for one, other in ((left, right), (right, left)):
                    self._apart[one].add(other)
                    self._opposed[one].add(other)

    def apply_merges(self) -> None:
        """The owner's merges, each unless a later split took one of its names out again."""
        for d in self._decisions:
            if d.act is not Act.MERGE or self._is_undone(d):
                continue
            left, right = (
                self._meant(d.name, d.article_id),
                self._meant(d.other, d.other_article_id),
            )
            if left and right:
                join = Join(d.name, d.other, Why.OWNER, reason=d.reason)
                self._unite(left, right, join)

    def _is_undone(self, merge: Decision) -> bool:
        keys = {company_key(merge.name), company_key(merge.other)}
        return any(
            d.act is Act.SPLIT
            and d.id > merge.id
            and not d.articles
            and company_key(d.name) in keys
            for d in self._decisions
        )

    def _meant(self, name: str, article_id: str) -> _Node | None:
        key = company_key(name)
        nodes = self._by_key.get(key, set())
        if article_id:
            nodes = {self._at[p] for p in self._here.get(article_id, ())} & nodes
        return min(nodes, key=lambda n: (-self._names[n].total(), n), default=None)

    def follow_ties(self, ties: Iterable[Tie]) -> None:
        """Renamings hold everywhere; a short name in brackets too, unless it stands for two names."""
        known = [
            t for t in ties if {company_key(t.name), company_key(t.other)} <= self._by_key.keys()
        ]
        known.sort(key=lambda t: (t.kind, t.article_id, t.span, t.name, t.other))
        meanings: dict[str, set[str]] = defaultdict(set)
        for tie in known:
            meanings[company_key(tie.other)].add(company_key(tie.name))
        for tie in known:
            long, short = self._of(tie.article_id, tie.name), self._of(tie.article_id, tie.other)
            why = Why.BRACKET if tie.kind is TieKind.BRACKET else Why.RENAMED
            join = Join(tie.other, tie.name, why, tie.article_id, tie.span)
            if len(meanings[company_key(tie.other)]) == 1:
                self._unite(long, short, join)
            else:
                self._move(tie.article_id, short, long, join)

    def _of(self, article_id: str, name: str) -> _Node:
        """The company a name means in an article, or else mostly."""
        found = self._meant(name, article_id) or self._meant(name, "")
        assert found is not None, "only names that are held are asked for"  # noqa: S101
        return found

    def follow_surfaces(self) -> None:
        """A short form an article uses for a party, where it stands for this party alone."""
        meanings: dict[str, dict[_Node, Naming]] = defaultdict(dict)
        for naming in self._namings:
            key = company_key(naming.surface) if naming.surface else ""
            if key in self._by_key and _is_tie(naming.surface, naming.name):
                node = self._at[naming.article_id, naming.name]
                meanings[key].setdefault(node, naming)
        for key, found in meanings.items():
            candidates = self._shorts.get(key, set())
            for node, naming in found.items():
                if len(found) == 1 and len(self._roots(candidates | {node})) == 1:
                    join = Join(naming.surface, naming.name, Why.SAME_PLACE, naming.article_id)
                    self._unite(node, self._of("", naming.surface), join)

    def follow_houses(self) -> None:
        """Such as "Varnholt Group" and "Varnholt", unless the word alone names nothing."""
        for node in sorted(self._parent):
            name = self._name(node)
            tail = name_form(name).tail
            if tail and (len(tail) > 1 or tail[0] not in ORDINARY):
                short = _Node("".join(tail), node.variant)
                if short in self._parent:
                    self._unite(node, short, Join(name, self._name(short), Why.HOUSE))

    def follow_counterparties(self, encounters: Iterable[Encounter]) -> None:
        """A short name and the one longer name that plays the same part beside the same company."""
        beside = self._parts(encounters)
        for node in sorted(self._parent):
            longer = self._shorts.get(node.key, set())
            if not beside[node] or len(self._roots(longer) - {self._root(node)}) != 1:
                continue
            fitting = [
                n
                for n in sorted(longer)
                if beside[n] & beside[node] and not is_part(self._name(node), self._name(n))
            ]
            if fitting:
                join = Join(self._name(node), self._name(fitting[0]), Why.COUNTERPARTY)
                self._unite(fitting[0], node, join)

    def _parts(self, encounters: Iterable[Encounter]) -> dict[_Node, set[tuple[str, str, _Node]]]:
        """What each company does in what sort of deal beside which other."""
        beside: dict[_Node, set[tuple[str, str, _Node]]] = defaultdict(set)
        for e in encounters:
            placed = [(self._at.get((e.article_id, name)), role) for name, role in e.parties]
            for node, role in placed:
                for far, _ in placed:
                    if node and far and node != far:
                        beside[node].add((e.family, role, self._root(far)))
        return beside

    def _roots(self, nodes: Iterable[_Node]) -> set[_Node]:
        return {self._root(node) for node in nodes}

    def _note_short_forms(self, node: _Node) -> None:
        form = name_form(self._name(node))
        for n in range(1, len(form.words)):
            self._shorts["".join(form.words[:n])].add(node)
        for initials in form.initials:
            if 1 < len(initials) <= 6:
                self._shorts[initials].add(node)

    def _name(self, node: _Node) -> str:
        return best_name(self._names[node])

    def _root(self, node: _Node) -> _Node:
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node

    def _unite(self, left: _Node, right: _Node, join: Join) -> None:
        a, b = sorted((self._root(left), self._root(right)))
        if a == b:
            return
        if join.why is not Why.OWNER and (self._is_barred(left, right) or self._clash(a, b, join)):
            return
        self._parent[b] = a
        self._members[a] |= self._members.pop(b)
        self._joins[a] += [*self._joins.pop(b, []), join]

    def _is_barred(self, left: _Node, right: _Node) -> bool:
        return left in self._frozen or right in self._frozen

    def _clash(self, a: _Node, b: _Node, join: Join) -> bool:
        """An article that names both apart outweighs every rule but its own or another's plain word."""
        apart = self._opposed if join.why in (Why.BRACKET, Why.RENAMED) else self._apart
        return any(not apart[n].isdisjoint(self._members[b]) for n in self._members[a])

    def _move(self, article_id: str, short: _Node, long: _Node, join: Join) -> None:
        """In this article alone, the short name means the long one."""
        if self._is_barred(long, short):
            return
        for place in self._here.get(article_id, ()):
            if self._at[place] == short:
                self._at[place] = long
                self._joins[self._root(long)].append(join)

    def result(self) -> list[CompanyGroup]:
        groups: dict[_Node, list[tuple[str, str]]] = defaultdict(list)
        for place, node in self._at.items():
            groups[self._root(node)].append(place)
        return [
            CompanyGroup(tuple(sorted(groups[root])), tuple(self._joins.get(root, ())))
            for root in sorted(groups)
        ]


def _is_tie(short: str, long: str) -> bool:
    """Articles also say "Velmora" for Velmora Castings or Velmora New Zealand, which may be other houses."""
    return is_short_form(short, long) and is_whole(short, long)


def best_name(names: Counter[str]) -> str:
    """The commonest form, then the longest."""
    return min(names, key=lambda name: (-names[name], -len(name), name))
