"""Dates as a reader of English wants them. Pure; knows nothing of the machine's locale."""

from __future__ import annotations

import re

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:$|[T ])")


def readable(date: str) -> str:
    """`2018-06-14` (a time after it is left out), `2018-06` or `2018` in words; others as given."""
    found = _DATE.match(date)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return date
    year, month, day = found.groups()
    words = [str(int(day))] if day else []
    words += [MONTHS[int(month) - 1]] if month else []
    return " ".join([*words, year])


def readable_span(first: str | None, last: str | None) -> str:
    """`2017 to June 2018`; one date when both are the same; empty when neither is known."""
    words = [readable(date) for date in (first, last) if date]
    return words[0] if len(set(words)) == 1 else " to ".join(words)
