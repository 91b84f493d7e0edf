"""From links of pairs to deals: which pairs of a sentence are one deal, and which deals of an article are.

A buyer, what it buys and who sells it are one deal; two targets of one buyer are two. Knows links, not
language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.deals.reading.pairs import Hit, Link
from assistant.deals.records import Kind, Role

_SYMMETRIC = {
    Link.MERGER: Kind.MERGER,
    Link.PARTNERSHIP: Kind.PARTNERSHIP,
    Link.JOINT_VENTURE: Kind.JOINT_VENTURE,
}
_SIDES = {
    Link.ACQUIRES: (Kind.ACQUISITION, Role.ACQUIRER, Role.TARGET),
    Link.INVESTS_IN: (Kind.INVESTMENT, Role.INVESTOR, Role.INVESTEE),
    Link.LICENSED_BY: (Kind.LICENSING, Role.LICENSEE, Role.LICENSOR),
    Link.SUPPLIED_BY: (Kind.SUPPLY, Role.CUSTOMER, Role.SUPPLIER),
}
_FAMILY = {
    Kind.ACQUISITION: "control",
    Kind.MERGER: "control",
    Kind.DIVESTITURE: "control",
    Kind.INVESTMENT: "stake",
    Kind.PARTNERSHIP: "pact",
    Kind.JOINT_VENTURE: "venture",
    Kind.LICENSING: "trade",
    Kind.SUPPLY: "trade",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A deal as one sentence or more tell it: who plays which part, how sure, and in which sentences."""

    kind: Kind
    parts: frozenset[tuple[int, Role]]
    score: float
    sentences: tuple[int, ...]

    @property
    def actors(self) -> frozenset[int]:
        return frozenset(actor for actor, _ in self.parts)

    def playing(self, role: Role) -> frozenset[int]:
        return frozenset(actor for actor, played in self.parts if played is role)


def drafts_of(hits: Sequence[Hit]) -> list[Draft]:
    """The deals of one sentence. Two hits of one pair count once, by the surer."""
    drafts = [*_purchases(hits), *_partners(hits)]
    drafts += _trades(hits, Link.LICENSED_BY) + _trades(hits, Link.SUPPLIED_BY)
    return drafts


def _purchases(hits: Sequence[Hit]) -> list[Draft]:
    """Purchases and stakes, each with its sellers; sales that have no buyer or no target of their own."""
    together = {frozenset((h.first, h.second)) for h in hits if h.link is Link.TOGETHER}
    sold = {(h.first, h.second): h for h in hits if h.link is Link.SELLS}
    bought = {(h.first, h.second): h for h in hits if h.link is Link.BUYS_FROM}
    drafts: list[Draft] = []
    used: set[Hit] = set()
    for link in (Link.ACQUIRES, Link.INVESTS_IN):
        for group in _buyers(hits, link, together):
            target = group[0].second
            buyers = {h.first for h in group}
            sellers = {s for s, t in sold if t == target and s not in buyers}
            # Without a word on who sold the target, one bought from goes with the one thing bought.
            alone = sum(h.link is link and h.first in buyers for h in hits) == len(group)
            if alone:
                sellers |= {s for b, s in bought if b in buyers and s != target}
            used |= {h for (s, t), h in sold.items() if t == target}
            used |= {h for (b, s), h in bought.items() if b in buyers and s in sellers}
            drafts.append(_sided(link, buyers, {target}, group, sellers))
    drafts += _sales(sold, bought, used)
    return drafts


def _buyers(hits: Sequence[Hit], link: Link, together: set[frozenset[int]]) -> list[list[Hit]]:
    """Hits of one target that are one deal: buyers linked with each other, and all who put money in."""
    groups: list[list[Hit]] = []
    for hit in sorted((h for h in hits if h.link is link), key=lambda h: -h.score):
        for group in groups:
            joint = any(frozenset((hit.first, g.first)) in together for g in group)
            if group[0].second == hit.second and (joint or link is Link.INVESTS_IN):
                group.append(hit)
                break
        else:
            groups.append([hit])
    return groups


def _sales(
    sold: dict[tuple[int, int], Hit], bought: dict[tuple[int, int], Hit], used: set[Hit]
) -> list[Draft]:
    """A part without a name sold to a buyer is an acquisition; a thing sold to nobody is a divestiture."""
    drafts = []
    for (buyer, seller), hit in bought.items():
        if hit not in used:
            parts = frozenset({(buyer, Role.ACQUIRER), (seller, Role.SELLER)})
            drafts.append(Draft(Kind.ACQUISITION, parts, hit.score, (hit.sentence,)))
    for (seller, target), hit in sold.items():
        if hit not in used:
            parts = frozenset({(seller, Role.SELLER), (target, Role.TARGET)})
            drafts.append(Draft(Kind.DIVESTITURE, parts, hit.score, (hit.sentence,)))
    return drafts


def _sided(
    link: Link,
    givers: Iterable[int],
    takers: Iterable[int],
    hits: Sequence[Hit],
    sellers: Iterable[int] = (),
) -> Draft:
    kind, giver, taker = _SIDES[link]
    parts = (
        {(g, giver) for g in givers}
        | {(t, taker) for t in takers}
        | {(s, Role.SELLER) for s in sellers}
    )
    score = max(h.score for h in hits)
    return Draft(kind, frozenset(parts), score, tuple({h.sentence: 0 for h in hits}))


def _trades(hits: Sequence[Hit], link: Link) -> list[Draft]:
    """All whom one supplies or licenses something to in a sentence, or who supply one, are one deal.

    So 44 of 48 labelled texts have it.
    """
    groups: list[list[Hit]] = []
    for hit in (h for h in hits if h.link is link):
        near = [g for g in groups if any(hit.first == h.first or hit.second == h.second for h in g)]
        groups = [g for g in groups if g not in near] + [[hit, *(h for g in near for h in g)]]
    return [_sided(link, {h.first for h in g}, {h.second for h in g}, g) for g in groups]


def _partners(hits: Sequence[Hit]) -> list[Draft]:
    """All who are linked with all are one deal; one linked with several that are not is several."""
    drafts = []
    for link, kind in _SYMMETRIC.items():
        edges = {frozenset((h.first, h.second)): h for h in hits if h.link is link}
        for circle in _circles(set(edges)):
            inside = [edges[frozenset(pair)] for pair in combinations(sorted(circle), 2)]
            parts = frozenset((actor, Role.PARTNER) for actor in circle)
            score = sum(h.score for h in inside) / len(inside)
            drafts.append(Draft(kind, parts, score, (inside[0].sentence,)))
    return drafts


def _circles(edges: set[frozenset[int]]) -> list[set[int]]:
    """Edges parted into cliques, the largest first, each edge in one."""
    circles: list[set[int]] = []
    left = set(edges)
    while left:
        best: set[int] = set()
        for edge in sorted(left, key=sorted):
            circle = set(edge)
            for actor in sorted({a for e in left for a in e} - circle):
                if all(frozenset((actor, other)) in left for other in circle):
                    circle.add(actor)
            if len(circle) > len(best):
                best = circle
        circles.append(best)
        left -= {frozenset(pair) for pair in combinations(best, 2)}
    return circles


_NEAR = 2
"""Sentences between a purchase and the one that names its seller."""

AGAIN = 0.9
"""Score that a second kind of deal between the same two must have, of a pair that has one already."""


def join_drafts(drafts: Sequence[Draft], alike: Set[frozenset[int]] = frozenset()) -> list[Draft]:
    """One draft a deal: those that share two actors and could be one deal are one, the surer leads.

    `alike` holds pairs of actors of which one may be the short name of the other.
    """
    joined: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (-d.score, d.sentences)):
        for index, other in enumerate(joined):
            if _same_deal(other, draft) or _same_named(other, draft, alike):
                joined[index] = _merged(other, draft)
                break
        else:
            joined.append(draft)
    kept = [d for d in joined if not any(_overshadows(other, d) for other in joined)]
    return _with_sellers(kept)


def _with_sellers(drafts: Sequence[Draft]) -> list[Draft]:
    """Who is named as a seller a sentence or two away from the purchase is the seller in it."""
    sales = {id(d) for d in drafts if {role for _, role in d.parts} == {Role.ACQUIRER, Role.SELLER}}
    filled: dict[int, Draft] = {}
    for sale in (d for d in drafts if id(d) in sales):
        meant = [d for d in drafts if id(d) not in sales and _is_sale_of(sale, d)]
        if len(meant) == 1 and id(meant[0]) not in filled:
            parts = meant[0].parts | sale.parts
            told = tuple(dict.fromkeys((*meant[0].sentences, *sale.sentences)))
            filled[id(meant[0])] = replace(meant[0], parts=parts, sentences=told)
            filled[id(sale)] = filled[id(meant[0])]
    return list(dict.fromkeys(filled.get(id(d), d) for d in drafts))


def _is_sale_of(sale: Draft, purchase: Draft) -> bool:
    near = min(abs(a - b) for a in sale.sentences for b in purchase.sentences)
    sellers = sale.playing(Role.SELLER)
    return (
        near <= _NEAR
        and purchase.kind is Kind.ACQUISITION
        and not purchase.playing(Role.SELLER)
        and not sellers & purchase.actors
        and sale.playing(Role.ACQUIRER) == purchase.playing(Role.ACQUIRER)
    )


def _overshadows(strong: Draft, weak: Draft) -> bool:
    """Whether a deal of another kind holds the same actors and speaks against this one.

    Those who buy each other are called partners too, so a purchase speaks against any pact, and a pact
    against no purchase; else the surer speaks against one in some doubt.
    """
    if not weak.actors <= strong.actors:
        return False
    if _is_turned(strong, weak):
        return True
    if strong.kind is weak.kind:
        return False
    control, other = _FAMILY[strong.kind] == "control", _FAMILY[weak.kind] == "control"
    if control and weak.kind is Kind.PARTNERSHIP:
        return True
    return not (other and not control) and strong.score > weak.score and weak.score < AGAIN


def _is_turned(strong: Draft, weak: Draft) -> bool:
    """Whether the weaker has the buyer of the stronger as its seller, and nothing that is sold."""
    sold = weak.playing(Role.TARGET) | weak.playing(Role.INVESTEE)
    buyers = strong.playing(Role.ACQUIRER) | strong.playing(Role.INVESTOR)
    return strong.score > weak.score and not sold and bool(weak.playing(Role.SELLER) & buyers)


def _same_deal(one: Draft, other: Draft) -> bool:
    shared = one.actors & other.actors
    if len(shared) < 2 or _FAMILY[one.kind] != _FAMILY[other.kind]:
        return False
    # What somebody sells now he has bought before.
    for mine, theirs in ((one, other), (other, one)):
        if mine.playing(Role.SELLER) & theirs.playing(Role.ACQUIRER):
            return False
    return one.actors <= other.actors or other.actors <= one.actors or _fit(one, other)


def _same_named(one: Draft, other: Draft, alike: Set[frozenset[int]]) -> bool:
    """Whether they differ in nothing but a short and a long name of an actor, and parts one leaves out."""
    fewer, more = sorted((one, other), key=lambda d: len(d.parts))
    return one.kind is other.kind and all(
        any(
            role is played and (actor == named or frozenset((actor, named)) in alike)
            for named, played in more.parts
        )
        for actor, role in fewer.parts
    )


def _fit(one: Draft, other: Draft) -> bool:
    """Whether what each adds plays a part the other leaves open: the same things, bought by the same."""
    for role in (Role.TARGET, Role.INVESTEE, Role.ACQUIRER, Role.INVESTOR):
        mine, theirs = one.playing(role), other.playing(role)
        if mine and theirs and not mine & theirs:
            return False
    return not any(
        actor for actor in one.actors & other.actors if _parts(one, actor) != _parts(other, actor)
    )


def _parts(draft: Draft, actor: int) -> frozenset[Role]:
    return frozenset(role for played, role in draft.parts if played == actor)


def _merged(lead: Draft, other: Draft) -> Draft:
    """The lead's kind and parts; the other adds actors that fit, sentences and a little certainty."""
    parts = set(lead.parts)
    if lead.kind is other.kind and lead.actors < other.actors:
        parts |= {(actor, role) for actor, role in other.parts if actor not in lead.actors}
    score = 1 - (1 - lead.score) * (1 - 0.5 * other.score)
    sentences = tuple(dict.fromkeys((*lead.sentences, *other.sentences)))
    return Draft(lead.kind, frozenset(parts), score, sentences)
