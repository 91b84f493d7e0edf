"""Companies and the deals that link them, and a place for each on a sheet of 960 by 640.

Pure and repeatable: the same deals give the same places. The only home of networkx, which takes a
tenth of a second to import and is loaded with the first map.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from assistant.answer.wording import GIVERS, TAKERS
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Role

WIDTH, HEIGHT = 960, 640
DRAWN = 40
"""Companies drawn at most."""
STEPS = 2
"""How far from the chosen companies a neighbourhood goes."""

_SEED = 7
_MARGIN_X, _MARGIN_Y = 70, 34
"""Kept free at the edges, for labels."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two companies, by id, in one deal; `directed` from the first, who gives or buys, to the second."""

    first: str
    second: str
    deal: Deal
    directed: bool

    @property
    def pair(self) -> tuple[str, str]:
        return min(self.first, self.second), max(self.first, self.second)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a company is drawn, in units of the sheet."""

    x: float
    y: float


def links_of(deals: Iterable[Deal]) -> list[Link]:
    """Each pair that a deal links, in the order of the deals."""
    return [link for deal in deals for link in _links(deal)]


def by_pair(links: Iterable[Link]) -> dict[tuple[str, str], list[Link]]:
    """The links of each two companies, whichever way they point."""
    found: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        found[link.pair].append(link)
    return found


def _links(deal: Deal) -> list[Link]:
    givers = _ids(deal, GIVERS)
    takers = _ids(deal, TAKERS)
    sellers = _ids(deal, (Role.SELLER,))
    directed = list(product(givers, takers))
    # What a seller sells goes to the buyer; where no buyer is known, the seller lets go of the target.
    directed += list(product(sellers, givers or takers))
    if directed:
        return [Link(a, b, deal, True) for a, b in dict.fromkeys(directed) if a != b]
    ids = dict.fromkeys(party.company_id for party in deal.parties)
    return [Link(a, b, deal, False) for a, b in combinations(ids, 2)]


def _ids(deal: Deal, roles: tuple[Role, ...]) -> list[str]:
    return [party.company_id for party in deal.named(*roles)]


def busiest(links: Sequence[Link], most: int = DRAWN) -> list[str]:
    """The companies with most deals, each with one it dealt with: none stands alone."""
    deals = _deals_by_company(links)
    by_weight = sorted(
        links,
        key=lambda link: (
            -max(deals[link.first], deals[link.second]),
            -min(deals[link.first], deals[link.second]),
            _number(link.first),
            _number(link.second),
        ),
    )
    kept: dict[str, None] = {}
    for link in by_weight:
        new = [c for c in (link.first, link.second) if c not in kept]
        if len(kept) + len(new) <= most:
            kept |= dict.fromkeys(new)
    return list(kept)


def nearest(links: Sequence[Link], chosen: Sequence[str], most: int = DRAWN) -> list[str]:
    """The chosen companies and those up to two steps from them, nearer ones and busier ones first."""
    deals = _deals_by_company(links)
    beside: dict[str, set[str]] = defaultdict(set)
    for link in links:
        beside[link.first].add(link.second)
        beside[link.second].add(link.first)
    kept = dict.fromkeys(c for c in chosen if c in beside)
    ring = list(kept)
    for _ in range(STEPS):
        ring = sorted(
            {c for near in ring for c in beside[near]} - set(kept),
            key=lambda company: (-deals[company], _number(company)),
        )
        # A company of the next ring is reached through one of this that is drawn.
        ring = ring[: max(0, most - len(kept))]
        kept |= dict.fromkeys(ring)
    return list(kept)[:most]


def _deals_by_company(links: Iterable[Link]) -> Counter[str]:
    told = {(company, link.deal.id) for link in links for company in (link.first, link.second)}
    return Counter(company for company, _ in told)


def _number(company_id: str) -> int:
    return int(company_id[1:])


def lay_out(companies: Sequence[str], links: Sequence[Link]) -> dict[str, Place]:
    """A place for each company: linked ones near each other, groups that are not linked side by side."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(companies)
    graph.add_edges_from(sorted({link.pair for link in links}))
    groups = sorted(nx.connected_components(graph), key=lambda g: (-len(g), min(map(_number, g))))
    boxes = _boxes([len(group) for group in groups])
    places: dict[str, Place] = {}
    for group, box in zip(groups, boxes, strict=True):
        # Nodes in a fixed order: a set has another in every process, and the layout begins from it.
        part = nx.Graph()
        part.add_nodes_from(sorted(group, key=_number))
        part.add_edges_from(sorted(graph.subgraph(group).edges))
        spread = nx.spring_layout(part, seed=_SEED, iterations=150, k=2.2 / len(group) ** 0.5)
        places |= _fit({company: (float(x), float(y)) for company, (x, y) in spread.items()}, box)
    return places


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float


def _boxes(sizes: Sequence[int]) -> list[_Box]:
    """The sheet cut into a box for each group, in area as their sizes, by halving the sheet."""
    return _cut(list(sizes), _Box(0, 0, WIDTH, HEIGHT))


def _cut(sizes: list[int], box: _Box) -> list[_Box]:
    if len(sizes) < 2:
        return [box] * len(sizes)
    total, best, so_far = sum(sizes), 1, 0
    for i, size in enumerate(sizes[:-1], 1):
        so_far += size
        best = i
        if so_far * 2 >= total:
            break
    share = sum(sizes[:best]) / total
    # Labels are wide and low, so a box is cut across only when it is far wider than high.
    if box.width > 1.3 * box.height:
        wide = box.width * share
        first = _Box(box.left, box.top, wide, box.height)
        second = _Box(box.left + wide, box.top, box.width - wide, box.height)
    else:
        high = box.height * share
        first = _Box(box.left, box.top, box.width, high)
        second = _Box(box.left, box.top + high, box.width, box.height - high)
    return _cut(sizes[:best], first) + _cut(sizes[best:], second)


def _fit(spread: Mapping[str, tuple[float, float]], box: _Box) -> dict[str, Place]:
    xs, ys = zip(*spread.values(), strict=True)
    margin_x = min(_MARGIN_X, box.width * 0.25)
    margin_y = min(_MARGIN_Y, box.height * 0.25)

    def scaled(value: float, low: float, high: float, start: float, size: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(start + share * size, 1)

    return {
        company: Place(
            scaled(x, min(xs), max(xs), box.left + margin_x, box.width - 2 * margin_x),
            scaled(y, min(ys), max(ys), box.top + margin_y, box.height - 2 * margin_y),
        )
        for company, (x, y) in spread.items()
    }
