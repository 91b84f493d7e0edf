"""Deals and their stages over time: a line a deal, a mark a dated stage, in order of date.

Pure. A row is words beside a strip of SVG whose places are percentages, so that the picture fits any
width while its letters keep their size. Knows nothing of today: the axis spans the dates there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.joining import Days, days_of
from assistant.deals.records import Stage
from assistant.web.texts import Texts
from assistant.web.views.filters import Shown, choose
from assistant.web.views.frame import (
    TIMELINE,
    article_html,
    filters_html,
    found_words,
    nothing_html,
)
from assistant.web.views.words import (
    Html,
    attribute,
    counted,
    deal_link,
    event_words,
    number_words,
    told,
)

DRAWN = 60
"""Deals drawn at most."""

_TICKS = 9
"""Dates on the axis at most, so that they do not touch at 390 px."""
_CLOSE, _APART = 1.6, 11
"""Percent of the width within which two marks would touch, and pixels to move one by."""
_MARKS = {
    Stage.RUMOURED: '<circle r="5" stroke-dasharray="2.5 2"/>',
    Stage.PROPOSED: '<circle r="5"/>',
    Stage.ANNOUNCED: '<path d="M0-6 6 5H-6Z"/>',
    Stage.COMPLETED: '<rect x="-5.5" y="-5.5" width="11" height="11" rx="1.5"/>',
    Stage.REJECTED: '<path d="M-5-5 5 5M-5 5 5-5"/>',
    Stage.WITHDRAWN: '<path d="M0-6.5 6.5 0 0 6.5-6.5 0Z"/>',
    Stage.TERMINATED: '<path d="M0-6V6M-6 0H6"/>',
}
"""A shape for each stage, about 12 px across, drawn around the place of the mark."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The days drawn, as ordinals; `ticks` are ordinals with what stands at them."""

    first: int
    last: int
    ticks: tuple[tuple[int, str], ...]

    def place(self, day: float) -> float:
        """Percent of the width, between 2 and 98, so that marks at the ends are whole."""
        return round(2 + 96 * (day - self.first) / (self.last - self.first), 2)


def timeline_html(texts: Texts, book: DealBook, shown: Shown) -> Html:
    choice = choose(book, shown)
    heading = Html(escape(found_words(texts, choice, book)))
    body = [filters_html(texts, choice, book, TIMELINE)]
    if choice.deals:
        body.append(lines_html(texts, choice.deals))
    else:
        body.append(nothing_html(texts, choice, TIMELINE))
    return article_html("timeline", heading, body)


def lines_html(texts: Texts, deals: Sequence[Deal]) -> Html:
    """The picture of some deals with its legend, and the same as a list."""
    dated = [deal for deal in deals if any(days_of(event.date) for event in deal.history)]
    with_date = {deal.id for deal in dated}
    undated = [deal for deal in deals if deal.id not in with_date]
    drawn = most_told(dated)
    parts = [_picture(texts, drawn, len(dated))] if drawn else []
    if not dated:
        parts.append(f'<p class="nothing">{escape(texts("timeline.nothing_dated"))}</p>')
    if drawn:
        parts.append(_list(texts, texts("timeline.list"), drawn))
    if undated:
        title = f"{texts('timeline.undated')} ({counted(texts, 'deals', len(undated))})"
        parts.append(_list(texts, title, undated))
    return Html("".join(parts))


def most_told(deals: Sequence[Deal]) -> list[Deal]:
    """At most `DRAWN`, those with most independent sources, in order of time."""
    by_sources = sorted(deals, key=lambda deal: (-deal.independent, not deal.main))
    kept = {deal.id for deal in by_sources[:DRAWN]}
    return [deal for deal in deals if deal.id in kept]


def axis_of(deals: Sequence[Deal]) -> Axis:
    """From the first to the last day known of some dated deals; a single day gets months around it."""
    known = [days for deal in deals for e in deal.history if (days := days_of(e.date))]
    first, last = min(d.first for d in known), max(d.last for d in known)
    months = (last - first) / 30.4
    if months < 6:
        middle = (first + last) // 2
        first, last = min(first, max(1, middle - 92)), max(last, min(middle + 92, _LAST_DAY))
        months = 6
    return Axis(first, last, tuple(_ticks(first, last, months)))


_LAST_DAY = date.max.toordinal()


def _ticks(first: int, last: int, months: float) -> list[tuple[int, str]]:
    """Firsts of years, or of months where the time is short."""
    begin, end = date.fromordinal(first), date.fromordinal(last)
    step = next(s for s in (1, 2, 3, 6, 12) if months / s <= _TICKS or s == 12)
    if step < 12:
        numbers = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
        starts = [date(n // 12, n % 12 + 1, 1) for n in numbers if n % step == 0]
        named = [(day, f"{day:%m}/{day.year}") for day in starts]
    else:
        years = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if months / 12 / s <= _TICKS)
        starts = [date(y, 1, 1) for y in range(begin.year, end.year + 1) if y % years == 0 and y]
        named = [(day, str(day.year)) for day in starts]
    return [(day.toordinal(), name) for day, name in named if first <= day.toordinal() <= last]


def _picture(texts: Texts, drawn: Sequence[Deal], dated: int) -> str:
    axis = axis_of(drawn)
    rows = "".join(_row(texts, deal, axis) for deal in drawn)
    note = ""
    if len(drawn) < dated:
        words = texts("timeline.drawn", drawn=number_words(texts, len(drawn)))
        note = f'<p class="hint">{escape(words)}</p>'
    lines = "".join(
        f'<line x1="{axis.place(day)}%" x2="{axis.place(day)}%" y1="0" y2="100%"/>'
        for day, _ in axis.ticks
    )
    return (
        f'{note}{_legend(texts, drawn)}<div class="timeline">'
        f'<svg class="grid" aria-hidden="true">{lines}</svg>'
        f'{_axis(axis)}<ol class="lines">{rows}</ol>{_axis(axis)}</div>'
    )


def _axis(axis: Axis) -> str:
    # Where it is narrow, views.css leaves out the odd ones.
    names = "".join(
        f'<text class="{"odd" if i % 2 else "even"}" x="{axis.place(day)}%" y="14" '
        f'text-anchor="{_anchor(axis.place(day))}">{name}</text>'
        for i, (day, name) in enumerate(axis.ticks)
    )
    return f'<svg class="axis" aria-hidden="true">{names}</svg>'


def _anchor(place: float) -> str:
    if place < 5:
        return "start"
    return "end" if place > 95 else "middle"


def _row(texts: Texts, deal: Deal, axis: Axis) -> str:
    events = [(event, days) for event in deal.history if (days := days_of(event.date))]
    places = [axis.place((days.first + days.last) / 2) for _, days in events]
    label = "; ".join(event_words(texts, event, deal.kind) for event, _ in events)
    thread = f'<line class="thread" x1="{min(places)}%" x2="{max(places)}%" y1="14" y2="14"/>'
    marks, shifts = "", _shifts(places)
    for (event, days), place, shift in zip(events, places, shifts, strict=True):
        title = escape(event_words(texts, event, deal.kind))
        marks += f'<g class="{event.stage}"><title>{title}</title>{_band(days, axis)}'
        marks += f"{_mark(event.stage, f'{place}%', 14, shift)}</g>"
    return (
        f'<li><span class="label">{deal_link(texts, deal)}</span>'
        f'<svg class="strip" role="img" aria-label="{attribute(label)}">{thread}{marks}</svg></li>'
    )


def _shifts(places: Sequence[float]) -> list[int]:
    """Pixels by which each mark is moved so that it does not lie on another."""
    shifts: list[int] = []
    for i, place in enumerate(places):
        close = [
            s for other, s in zip(places[:i], shifts, strict=True) if abs(other - place) < _CLOSE
        ]
        shifts.append(max(close) + _APART if close else 0)
    # To the left where the last would leave the picture.
    return [-shift for shift in shifts] if places and max(places) > 94 else shifts


def _mark(stage: Stage, x: str, y: int, shift: int = 0) -> str:
    moved = f'<g transform="translate({shift})">{_MARKS[stage]}</g>' if shift else _MARKS[stage]
    return f'<svg class="mark" x="{x}" y="{y}" overflow="visible">{moved}</svg>'


def _band(days: Days, axis: Axis) -> str:
    """The days that a date allows which tells only the month or the year."""
    if days.last == days.first:
        return ""
    start = axis.place(days.first)
    width = round(axis.place(days.last) - start, 2)
    return f'<rect class="band" x="{start}%" y="8" width="{width}%" height="12" rx="3"/>'


def _legend(texts: Texts, drawn: Sequence[Deal]) -> str:
    there = {event.stage for deal in drawn for event in deal.history if event.date}
    entries = "".join(
        f'<li><svg class="key" aria-hidden="true"><g class="{stage}">{_mark(stage, "8", 8)}</g></svg>'
        f"{escape(texts(f'stage.{stage}'))}</li>"
        for stage in Stage
        if stage in there
    )
    vague = any(len(e.date or "") in (4, 7) for deal in drawn for e in deal.history)
    note = f'<p class="hint">{escape(texts("timeline.span"))}</p>' if vague else ""
    label = attribute(texts("timeline.legend"))
    return f'<ul class="legend" aria-label="{label}">{entries}</ul>{note}'


def _list(texts: Texts, title: str, deals: Sequence[Deal]) -> str:
    items = "".join(f"<li>{_told_in_words(texts, deal)}</li>" for deal in deals)
    return f'<details class="same"><summary>{escape(title)}</summary><ul>{items}</ul></details>'


def _told_in_words(texts: Texts, deal: Deal) -> Html:
    events = [event_words(texts, event, deal.kind) for event in deal.history]
    stages = Html(f'<span class="meta">{escape("; ".join(events))}</span>')
    return told(texts, "list.colon", name=deal_link(texts, deal), told=stages)
