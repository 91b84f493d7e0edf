"""Dates in an article, also those told by way of its own date, and which of them are a deal's.

Reads calendar dates, weekdays, months and spans told from the article's day ("last week", "two years
ago"), each at the precision its words have. A word that stands for no date in the calendar ("recently",
"in the 1990s") is none. Knows no holidays, quarters or financial years.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.deals.reading.money import place_features, rivalry
from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.deals.records import Milestone, Moment, Stage
from assistant.domain import Span

MOST = 80
"""Dates looked at: each is compared with every other."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19|20)\d\d(?![\d,.]\d|\d|s\b|%)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_COUNT = rf"(?:{'|'.join(sorted(_COUNTS, key=lambda w: -len(w)))}|\d{{1,2}})"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_TIME = re.compile(
    rf"\b(?:(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)"
    rf"|(?P<md>(?P<m1>{_MONTH}) (?P<d1>{_DAY})\b(?:,? (?P<y1>{_YEAR}))?)"
    rf"|(?P<dm>(?P<d2>{_DAY}) (?:of )?(?P<m2>{_MONTH})(?:,? (?P<y2>{_YEAR}))?)"
    rf"|(?P<my>(?:(?P<which>last|next|this) )?(?P<m3>{_MONTH})(?:,? (?:of )?(?P<y3>{_YEAR})"
    rf"|(?: of)? (?P<ry>last|this|next) year)?)"
    rf"|(?P<weekday>(?:(?P<way>last|next|this|coming) )?{_WEEKDAY})"
    r"|(?P<today>(?:earlier )?today|tonight|this (?:morning|afternoon|evening))"
    r"|(?P<yesterday>yesterday|last night)|(?P<tomorrow>tomorrow)"
    rf"|(?P<ago>(?P<count>{_COUNT}) (?P<unit>day|week|month|year|decade)s? (?:ago|earlier))"
    r"|(?P<season>(?:last|this|in(?: the)?|since|over the) (?P<quarter>spring|summer|autumn|winter))"
    r"|(?P<span>(?P<turn>this|last|next|the previous|the following) (?P<period>week|month|year))"
    rf"|(?P<year>{_YEAR}))",
    re.I,
)
_AHEAD = re.compile(
    r"\b(?:will|would|by|until|next|due|expect\w*|plans?|planned|to (?:close|be|begin|start|open|complete)|from|is to|"
    r"are to|before|shall|schedul\w+|may|could|end of|coming)\b",
    re.I,
)
_MILESTONES = {
    Milestone.ANNOUNCED: re.compile(
        r"\b(?:announc\w+|sa(?:id|ys)|reveal\w*|disclos\w+|confirm\w+|unveil\w*|told|report\w*|publish\w+)\b", re.I
    ),
    Milestone.AGREED: re.compile(
        r"\b(?:agree[ds]?|agreement|sign\w*|struck|accept\w*|approv\w+|voted|initial\w+|enter\w+)\b", re.I
    ),
    Milestone.CLOSED: re.compile(
        r"\b(?:complet\w+|clos\w+|final\w+|bought|acquired|took|taken|sold|purchased|merged|invested|raised|formed|"
        r"set up|founded|launched|since|swallowed|paid|licen[sc]ed)\b",
        re.I,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timing:
    """Words that tell a date, and the date. `form` is how they tell it; `sentence` is an index."""

    date: str
    form: str
    span: Span
    sentence: int


def find_times(near: Vicinity) -> list[Timing]:
    """All dates of the vicinity, in reading order."""
    today = _as_day(near.article.source.date)
    return [timing for index in near.near for timing in _sentence_times(near, index, today)][:MOST]


def _as_day(date: str | None) -> dt.date | None:
    """The article's day. Of a date known to the month or year there is none: nothing can be told from it."""
    try:
        return dt.date.fromisoformat(date) if date and len(date) == 10 else None
    except ValueError:
        return None


def _sentence_times(near: Vicinity, index: int, today: dt.date | None) -> Iterator[Timing]:
    sentence = near.sentences[index]
    start = sentence.start
    for form, date, left, right in _told_in(near.words(index), today):
        yield Timing(date, form, Span(start + left, start + right), index)


@lru_cache(maxsize=256)
def _told_in(text: str, today: dt.date | None) -> tuple[tuple[str, str, int, int], ...]:
    """Form, date and place of every date. Kept, since every deal of an article asks it of the same sentences."""
    found = []
    for match in _TIME.finditer(text):
        resolved = _resolve(match, text[max(0, match.start() - 40) : match.start()], today)
        if resolved:
            found.append((*resolved, match.start(), match.end()))
    return tuple(found)


def _resolve(match: re.Match[str], before: str, today: dt.date | None) -> tuple[str, str] | None:
    """The form of the words and the date they tell, or None."""
    form = next(g for g in _FORMS if match[g])
    if form == "iso":
        return form, match["iso"]
    if form in ("md", "dm"):
        month, day, year = (match[g + ("1" if form == "md" else "2")] for g in "mdy")
        return _calendar_day(form, month, int(re.sub(r"\D", "", day)), year, before, today)
    if form == "my":
        return _calendar_month(match, before, today)
    if form == "year":
        return form, match["year"]
    return (form, _told_from(match, form, today)) if today else None


_FORMS = (
    "iso",
    "md",
    "dm",
    "my",
    "weekday",
    "today",
    "yesterday",
    "tomorrow",
    "ago",
    "season",
    "span",
    "year",
)


def _month_number(word: str) -> int:
    return next(
        i for i, name in enumerate(_MONTHS, 1) if name.startswith(word.lower().rstrip(".")[:3])
    )


def _calendar_day(
    form: str, month: str, day: int, year: str | None, before: str, today: dt.date | None
) -> tuple[str, str] | None:
    number = _month_number(month)
    if not month[0].isupper():
        return None
    try:
        if year:
            return form, dt.date(int(year), number, day).isoformat()
        if today is None:
            return None
        told = dt.date(today.year, number, day)
        if told > today and not _AHEAD.search(before):
            told = told.replace(year=today.year - 1)
        elif (today - told).days > 200 and _AHEAD.search(before):
            told = told.replace(year=today.year + 1)
    except ValueError:
        return None
    return form, told.isoformat()


def _calendar_month(
    match: re.Match[str], before: str, today: dt.date | None
) -> tuple[str, str] | None:
    word, year, relative = match["m3"].rstrip("."), match["y3"], match["ry"]
    number = _month_number(word)
    if not word[0].isupper() or (
        word.lower() == "may" and not (match["which"] or year or relative or _IN.search(before))
    ):
        return None
    if (
        len(word) == 3
        and word.lower() not in ("may", "jan", "feb", "aug", "sep", "oct", "nov", "dec")
        and not year
    ):
        return None
    if year:
        return "my", f"{year}-{number:02}"
    if today is None:
        return None
    turned = {"last": -1, "this": 0, "next": 1}
    if relative:
        return "my", f"{today.year + turned[relative.lower()]}-{number:02}"
    told = today.year if number <= today.month else today.year - 1
    which = (match["which"] or "").lower()
    if which == "last" and number == today.month:
        told -= 1
    if which == "next" or (not which and number != today.month and _AHEAD.search(before)):
        told += 1
    return "my", f"{told}-{number:02}"


_IN = re.compile(r"\b(?:in|since|until|by|last|next|from|early|late|mid|of|during|on)[ -]$", re.I)


def _told_from(match: re.Match[str], form: str, today: dt.date) -> str:
    if form == "weekday":
        return _weekday(match, today)
    if form in ("today", "yesterday", "tomorrow"):
        step = {"today": 0, "yesterday": -1, "tomorrow": 1}[form]
        return (today + dt.timedelta(days=step)).isoformat()
    if form == "ago":
        word = match["count"].lower()
        count = int(word) if word.isdigit() else _COUNTS[word]
        return _stepped(today, match["unit"].lower(), -count)
    if form == "season":
        return str(today.year - (_SEASONS[match["quarter"].lower()] >= today.month))
    turn = {"this": 0, "last": -1, "next": 1, "the previous": -1, "the following": 1}[
        match["turn"].lower()
    ]
    return _stepped(today, match["period"].lower(), turn)


_SEASONS = {"winter": 1, "spring": 4, "summer": 7, "autumn": 10}
"""The month in which a past one has come at the latest."""


def _weekday(match: re.Match[str], today: dt.date) -> str:
    number = next(i for i, name in enumerate(_DAYS) if match["weekday"].lower().endswith(name))
    way = (match["way"] or "").lower()
    back = (today.weekday() - number) % 7
    if way in ("next", "coming"):
        return (today + dt.timedelta(days=7 - back)).isoformat()
    if way == "last" and not back:
        back = 7
    return (today - dt.timedelta(days=back)).isoformat()


def _stepped(today: dt.date, unit: str, count: int) -> str:
    """A day is told to the day, a week and a month to the month, a year to the year."""
    if unit == "day":
        return (today + dt.timedelta(days=count)).isoformat()
    if unit == "week":
        return (today + dt.timedelta(days=7 * count)).isoformat()[:7]
    if unit == "month":
        months = today.year * 12 + today.month - 1 + count
        return f"{months // 12}-{months % 12 + 1:02}"
    return str(today.year + count * (10 if unit == "decade" else 1))


_TOKEN = re.compile(r"[a-z]+|[0-9]+|[^\w\s]")


def time_features(near: Vicinity, timing: Timing, timings: Sequence[Timing]) -> list[str]:
    """What speaks for and against a date's being the deal's."""
    span, content = timing.span, near.content
    sentence = near.sentences[timing.sentence]
    left = content[max(sentence.start, span.start - 70) : span.start].lower()
    right = content[span.end : min(sentence.end, span.end + 50)].lower()
    before, after = _TOKEN.findall(left), _TOKEN.findall(right)
    zone = _zone(near, timing)
    written = near.article.source.date or ""
    side = (
        "same" if written.startswith(timing.date) else "past" if timing.date < written else "future"
    )
    features = [
        "bias",
        f"form={timing.form}",
        f"zone={zone}",
        f"{zone}/{timing.form}",
        f"side={side}",
        f"{zone}/{side}",
    ]
    features += [f"l={w}" for w in before[-4:]] + [f"r={w}" for w in after[:3]]
    features += [f"l1={w}" for w in before[-1:]] + [f"r1={w}" for w in after[:1]]
    features += [
        f"ahead={bool(_AHEAD.search(left))}",
        f"{zone}/told={milestone_of(near, timing, None)}",
    ]
    features += place_features(near, span, timing.sentence)
    features += rivalry(near, span, timing.sentence, [(t.span, t.sentence) for t in timings])
    features += [f"kind={near.core.kind}", f"opens={span.start - sentence.start < 4}"]
    features.append(f"dateline={timing.sentence == 1 and '-' in right[:3]}")
    features += [f"clause={_breaks_between(near, span)}/{near.in_evidence(span)}"]
    return features


def _zone(near: Vicinity, timing: Timing) -> str:
    if not near.told:
        return "far"
    steps = min((timing.sentence - t for t in near.told), key=abs)
    named = "named" if near.ours(timing.sentence) else "silent"
    return (
        "told" if not steps else f"{'after' if steps > 0 else 'before'}{min(3, abs(steps))}/{named}"
    )


def _breaks_between(near: Vicinity, span: Span) -> int:
    """Commas and semicolons between the words and the evidence, 3 at most; 0 inside it."""
    gaps = []
    for quote in near.core.evidence:
        if quote.span.start <= span.start and span.end <= quote.span.end:
            return 0
        start, end = (
            sorted((quote.span.end, span.start))
            if quote.span.end <= span.start
            else (span.end, quote.span.start)
        )
        gaps.append(
            min(
                3,
                near.content.count(",", start, min(end, start + 300))
                + near.content.count(";", start, min(end, start + 300)),
            )
        )
    return min(gaps, default=3)


def milestone_of(near: Vicinity, timing: Timing, stage: Stage | None) -> Milestone:
    """What happened on the date: by the nearest telling word of its sentence, else by the deal's stage."""
    sentence = near.sentences[timing.sentence]
    start = max(sentence.start, timing.span.start - 120)
    left = near.content[start : timing.span.start]
    right = near.content[timing.span.end : min(sentence.end, timing.span.end + 60)]
    nearest: list[tuple[int, Milestone]] = []
    for milestone, cue in _MILESTONES.items():
        ends = [m.end() for m in cue.finditer(left)]
        nearest += [(len(left) - ends[-1], milestone)] if ends else []
        found = cue.search(right)
        nearest += [(found.start() + 30, milestone)] if found else []
    if nearest:
        return min(nearest)[1]
    return Milestone.CLOSED if stage is Stage.COMPLETED else Milestone.ANNOUNCED


def moments_of(near: Vicinity, stage: Stage) -> tuple[Moment, ...]:
    """The deal's dates, the surest first, one a milestone."""
    weights = read_weights("times")["date"]
    timings = find_times(near)
    scored = [(linear_score(time_features(near, t, timings), weights), t) for t in timings]
    moments: dict[Milestone, Moment] = {}
    for score, timing in sorted(scored, key=lambda pair: (-pair[0], pair[1].span.start)):
        if score >= weights["threshold"]:
            milestone = milestone_of(near, timing, stage)
            moments.setdefault(milestone, Moment(milestone, timing.date, near.quote(timing.span)))
    return tuple(moments.values())
