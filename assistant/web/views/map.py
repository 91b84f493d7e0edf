"""The map of companies: nodes are companies, lines the deals that link them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import hypot, sqrt

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.register import Company
from assistant.deals.records import Kind
from assistant.web.texts import Texts
from assistant.web.views.filters import Choice, Shown, choose
from assistant.web.views.frame import MAP, article_html, filters_html, nothing_html
from assistant.web.views.network import (
    HEIGHT,
    WIDTH,
    Link,
    Place,
    busiest,
    by_pair,
    lay_out,
    links_of,
    nearest,
)
from assistant.web.views.words import (
    Html,
    ask_button,
    attribute,
    counted,
    deal_link,
    deal_words,
    held_safe,
    kind_words,
    link_question,
    number_words,
    standing_words,
    told,
)

_LABEL = 22
"""Characters of a name on the map; the title has it whole."""
_LETTER, _LINE = 6.6, 15
"""Width of a letter and height of a line on the sheet, about those of 12 px."""
_BEND = 16
"""How far apart two lines between the same two companies are bent."""


@dataclass(frozen=True, slots=True)
class _Node:
    company: Company
    place: Place
    radius: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is drawn: nodes by company, the links between them, and these by pair."""

    nodes: Mapping[str, _Node]
    links: Sequence[Link]
    pairs: Mapping[tuple[str, str], Sequence[Link]]


def map_html(texts: Texts, book: DealBook, shown: Shown) -> Html:
    choice = choose(book, shown)
    # The neighbourhood of a company goes through deals in which it is no party.
    around = choose(book, replace(shown, companies=())) if not choice.refused else choice
    links = links_of(around.deals)
    near = [company.id for company in choice.companies]
    drawn = nearest(links, near) if near else busiest(links)
    body = [filters_html(texts, choice, book, MAP)]
    if not around.deals or choice.refused:
        body.append(nothing_html(texts, choice, MAP))
    elif not drawn:
        body.append(f'<p class="nothing">{escape(texts("map.no_links"))}</p>')
    else:
        sheet = _sheet(book, drawn, links)
        body += [_note(texts, choice), _picture(texts, sheet), _list(texts, sheet)]
    heading = Html(escape(_found(texts, len(drawn), len(book.companies))))
    return article_html("map", heading, body)


def _found(texts: Texts, drawn: int, held: int) -> str:
    if drawn == held:
        return counted(texts, "companies", held)
    numbers = {"count": number_words(texts, drawn), "total": number_words(texts, held)}
    return texts("count.of_companies", **numbers)


def _note(texts: Texts, choice: Choice) -> str:
    names = texts("list.comma").join(company.name for company in choice.companies[:3])
    note = (
        told(texts, "map.near", name=held_safe(names))
        if names
        else Html(escape(texts("map.drawn")))
    )
    return f'<p class="hint">{note}</p>'


def _sheet(book: DealBook, drawn: Sequence[str], links: Sequence[Link]) -> _Sheet:
    between = [link for link in links if link.first in drawn and link.second in drawn]
    places = lay_out(drawn, between)
    companies = {company.id: company for company in book.companies if company.id in places}
    nodes = {
        company_id: _Node(companies[company_id], place, _radius(len(book.of([company_id]))))
        for company_id, place in places.items()
    }
    return _Sheet(nodes, between, by_pair(between))


def _radius(deals: int) -> float:
    """The area of a node grows with its deals."""
    return round(min(4 + 3 * sqrt(deals), 18), 1)


# The picture


def _picture(texts: Texts, sheet: _Sheet) -> str:
    lines = "".join(_lines(texts, sheet))
    labels = _label_places(sheet)
    nodes = "".join(_node(texts, node, labels[i]) for i, node in sheet.nodes.items())
    name = attribute(texts("map.picture"))
    return (
        f"{_legend(texts, sheet)}"
        f'<div class="sheet" role="region" tabindex="0" aria-label="{name}">'
        f'<svg class="map" role="group" aria-label="{name}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<defs><marker id="arrow" class="arrow" viewBox="0 0 10 10" refX="9" refY="5" '
        f'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 1 10 5 0 9Z"/></marker></defs>{lines}{nodes}</svg></div>'
    )


def _lines(texts: Texts, sheet: _Sheet) -> list[str]:
    lines = []
    for pair, links in sheet.pairs.items():
        for i, link in enumerate(links):
            bend = (i - (len(links) - 1) / 2) * _BEND
            # Bent to the same side whichever way it points.
            lines.append(_line(texts, sheet, link, bend if link.first == pair[0] else -bend))
    return lines


def _line(texts: Texts, sheet: _Sheet, link: Link, bend: float) -> str:
    path = _curve(sheet.nodes[link.first], sheet.nodes[link.second], bend)
    label = texts(
        "list.colon", name=deal_words(texts, link.deal), told=standing_words(texts, link.deal)
    )
    arrow = ' marker-end="url(#arrow)"' if link.directed else ""
    return (
        f'<a class="view-link link {link.deal.kind}" href="/deals/{link.deal.id}" '
        f'aria-label="{attribute(label)}"><title>{escape(label)}</title>'
        f'<path class="reach" d="{path}"/><path class="stroke" d="{path}"{arrow}/></a>'
    )


def _curve(one: _Node, other: _Node, bend: float) -> str:
    """From the edge of a node to the edge of another, a little off the straight line."""
    a, b = one.place, other.place
    length = hypot(b.x - a.x, b.y - a.y) or 1
    along, across = ((b.x - a.x) / length, (b.y - a.y) / length), bend * 2
    middle_x = (a.x + b.x) / 2 - along[1] * across
    middle_y = (a.y + b.y) / 2 + along[0] * across
    start = _toward(a, middle_x, middle_y, one.radius + 1)
    end = _toward(b, middle_x, middle_y, other.radius + 3)
    return f"M{start.x:.1f} {start.y:.1f}Q{middle_x:.1f} {middle_y:.1f} {end.x:.1f} {end.y:.1f}"


def _toward(place: Place, x: float, y: float, by: float) -> Place:
    length = hypot(x - place.x, y - place.y) or 1
    return Place(place.x + (x - place.x) / length * by, place.y + (y - place.y) / length * by)


def _node(texts: Texts, node: _Node, label: tuple[Place, str]) -> str:
    company, (place, anchor) = node.company, label
    deals = counted(texts, "deals", company.deals)
    title = texts("map.node", name=company.name, deals=deals)
    short = _short(company.name)
    # What can be read has to stand in the link's name.
    name = attribute(title if short in company.name else f"{short} {title}")
    return (
        f'<a class="view-link node" href="/companies/{company.id}" aria-label="{name}">'
        f'<title>{escape(title)}</title><circle cx="{node.place.x}" cy="{node.place.y}" '
        f'r="{node.radius}"/><text x="{place.x:.1f}" y="{place.y:.1f}" text-anchor="{anchor}">'
        f"{escape(short)}</text></a>"
    )


def _short(name: str) -> str:
    """As many whole words as the map has room for; of one long word its beginning."""
    if len(name) <= _LABEL:
        return name
    words, _, _ = name[:_LABEL].rpartition(" ")
    return words or f"{name[: _LABEL - 1]}…"


def _label_places(sheet: _Sheet) -> dict[str, tuple[Place, str]]:
    """Below, above, right or left of each node: where it covers least of what is there already.

    The larger nodes choose first.
    """
    taken = [
        (n.place.x - n.radius, n.place.y - n.radius, n.place.x + n.radius, n.place.y + n.radius)
        for n in sheet.nodes.values()
    ]
    found: dict[str, tuple[Place, str]] = {}
    for company_id, node in sorted(sheet.nodes.items(), key=lambda item: -item[1].radius):
        options = _label_options(node)
        box, place, anchor = min(options, key=lambda option: _covered(option[0], taken))
        taken.append(box)
        found[company_id] = (place, anchor)
    return found


_Rectangle = tuple[float, float, float, float]


def _label_options(node: _Node) -> list[tuple[_Rectangle, Place, str]]:
    name = _short(node.company.name)
    width = sum(_LETTER if ord(letter) < 0x2E80 else 2 * _LETTER for letter in name)
    x, y, r = node.place.x, node.place.y, node.radius + 3
    spots = (
        (x, y + r + 11, "middle"),
        (x, y - r - 2, "middle"),
        (x + r, y + 4, "start"),
        (x - r, y + 4, "end"),
        (x + r, y + r + 6, "start"),
        (x - r, y + r + 6, "end"),
        (x + r, y - r, "start"),
        (x - r, y - r, "end"),
    )
    options = []
    for left_x, base, anchor in spots:
        left = left_x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        options.append(((left, base - 11, left + width, base + 4), Place(left_x, base), anchor))
    return options


def _covered(box: _Rectangle, taken: Sequence[_Rectangle]) -> float:
    """Area shared with what is there, and what sticks out of the sheet counted tenfold."""
    left, top, right, bottom = box
    shared = sum(
        max(0.0, min(right, r) - max(left, le)) * max(0.0, min(bottom, b) - max(top, t))
        for le, t, r, b in taken
    )
    inside = max(0.0, min(right, WIDTH) - max(left, 0.0)) * max(
        0.0, min(bottom, HEIGHT) - max(top, 0.0)
    )
    return shared + 10 * ((right - left) * (bottom - top) - inside)


def _legend(texts: Texts, sheet: _Sheet) -> str:
    there = {link.deal.kind for link in sheet.links}
    entries = "".join(
        f'<li><svg class="key link {kind}" aria-hidden="true">'
        f'<path class="stroke" d="M1 8H27"/></svg>{escape(kind_words(texts, kind))}</li>'
        for kind in Kind
        if kind in there
    )
    label = attribute(texts("map.legend"))
    return (
        f'<ul class="legend" aria-label="{label}">{entries}</ul>'
        f'<p class="hint">{escape(texts("map.direction"))}</p>'
    )


# The same in words


def _list(texts: Texts, sheet: _Sheet) -> str:
    """Each pair with the deals that link it and a button that asks about it."""
    pairs = sorted(sheet.pairs.items(), key=lambda item: -len(item[1]))
    items = "".join(_pair(texts, sheet, *pair, links) for pair, links in pairs)
    title = f"{texts('map.links')} ({counted(texts, 'links', len(sheet.pairs))})"
    return f'<section class="pairs"><h3>{escape(title)}</h3><ul>{items}</ul></section>'


def _pair(texts: Texts, sheet: _Sheet, first: str, second: str, links: Sequence[Link]) -> str:
    one, other = sheet.nodes[first].company.name, sheet.nodes[second].company.name
    names = told(texts, "map.pair", first=held_safe(one), second=held_safe(other))
    deals = {link.deal.id: link.deal for link in links}.values()
    told_deals = "".join(
        f'<li>{deal_link(texts, deal)} <span class="meta">'
        f"{escape(standing_words(texts, deal))}</span></li>"
        for deal in deals
    )
    button = ask_button(texts("map.ask", first=one, second=other), link_question(one, other))
    return f"<li><strong>{names}</strong><ul>{told_deals}</ul>{button}</li>"
