"""When a question is about: the days that words such as "in 2007" or "since March 2010" leave open.

Reads dates told by themselves; "last year" says nothing without a day on which it is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer.dates import MONTHS


@dataclass(frozen=True, slots=True)
class Period:
    """`since` and `until` are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, both included; empty leaves open."""

    since: str = ""
    until: str = ""

    @property
    def is_open(self) -> bool:
        return not self.since and not self.until


_MONTHS = {name.lower(): i for i, name in enumerate(MONTHS, start=1)}
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"(?<![\w-])(?:(?:(?P<day>\d{{1,2}}) )?(?P<month>{_MONTH})(?: (?P<day_after>\d{{1,2}}))?,? )?"
    r"(?P<year>(?:19|20)\d\d)(?![\d-])",
    re.IGNORECASE,
)
_SEASONS = {
    "spring": ("03", "05"),
    "summer": ("06", "08"),
    "autumn": ("09", "11"),
    "fall": ("09", "11"),
}
_ABOUT = r"(?: the)?(?: (?:start|beginning|middle|end) of)?(?: (?:early|late|mid))?[ -]?$"
_SINCE = re.compile(rf"\b(?:since|from|after|starting)(?: in)?{_ABOUT}", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:before|until|till|by|up to|through|as of){_ABOUT}", re.IGNORECASE)
_SEASON = re.compile(rf"\b({'|'.join(_SEASONS)})(?: of)? $", re.IGNORECASE)
_RANGE = re.compile(r"(?:and|to|until|till|through|or|-|–) $", re.IGNORECASE)
_MONTH_RANGE = re.compile(rf"\b({_MONTH}) (?:and|to|until|till|through|or) $", re.IGNORECASE)


def read_period(text: str) -> Period:
    """The days a question is about; open where it names none."""
    dates = list(_DATE.finditer(text))
    if not dates:
        return Period()
    first = dates[0]
    before, day = text[: first.start()], _day(first)
    if len(dates) > 1 and _RANGE.search(text[first.end() : dates[1].start()]):
        return Period(day, _day(dates[1]))
    if month := _MONTH_RANGE.search(before):
        return Period(f"{first['year']}-{_MONTHS[month[1].lower()]:02}", day)
    if season := _SEASON.search(before):
        begin, end = _SEASONS[season[1].lower()]
        return Period(f"{first['year']}-{begin}", f"{first['year']}-{end}")
    return _open_to_one_side(before, day) or Period(day, day)


def _open_to_one_side(before: str, day: str) -> Period | None:
    """For "since 2005" and "before 2005"; the year itself is out after "before" and "after"."""
    whole_year = len(day) == 4
    if word := _SINCE.search(before):
        later = whole_year and word[0].lower().startswith("after")
        return Period(str(int(day) + 1) if later else day, "")
    if word := _UNTIL.search(before):
        earlier = whole_year and word[0].lower().startswith("before")
        return Period("", str(int(day) - 1) if earlier else day)
    return None


def _day(match: re.Match[str]) -> str:
    year, month, day = match["year"], match["month"], match["day"] or match["day_after"]
    if not month:
        return year
    told = f"{year}-{_MONTHS[month.lower()]:02}"
    return f"{told}-{int(day):02}" if day else told
