"""What an answer can hold when it is right: the ways to write a company, an amount, a date, a reason.

Each function gives one group of variants, of which a right answer has one. Pure; English.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from assistant.answer.dates import MONTHS
from assistant.deals.ledger.company_names import LEGAL_FORMS, ORDINARY
from assistant.deals.ledger.directory import PLAIN_WORDS

_LEGAL = "|".join(form for forms in LEGAL_FORMS.values() for form in forms.split())
_LEGAL_END = re.compile(rf",? (?:{_LEGAL})\.?$", re.IGNORECASE)


def company_variants(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each also without its legal form; those that mean many things are left out."""
    given = list(names)
    bare = [_LEGAL_END.sub("", name) for name in given]
    telling = (n for n in (*given, *bare) if len(n) > 1 and n.lower() not in ORDINARY | PLAIN_WORDS)
    return tuple(dict.fromkeys(telling))


# Amounts

_SCALES = ((1e12, ("trillion", "tn")), (1e9, ("billion", "bn", "b")), (1e6, ("million", "mn", "m")))
_ROUNDED = 0.025
"""How far a rounded amount may be off: "1.6 billion" for 1.565 billion is right."""


def amount_variants(amount: float, told: Sequence[str]) -> tuple[str, ...]:
    """`amount` in figures and scales, also rounded a little, and as it was `told`."""
    size, words = next(((s, w) for s, w in _SCALES if amount >= s), (1.0, ("",)))
    figures = [f"{n:,.3f}".rstrip("0").rstrip(".") for n in _near(amount / size)]
    written = [
        f"{f}{gap}{word}".strip() for f in figures for word in words for gap in (" ", "-", "")
    ]
    if 1e9 <= amount < 1e10:
        written += [f"{amount / 1e6:,.0f} million", f"{amount / 1e6:.0f} million"]
    if size == 1.0:
        written.append(f"{amount:.0f}")
    return tuple(dict.fromkeys([*told, *written]))


def _near(number: float) -> Iterator[float]:
    """The number, and with three, two and one figures, rounded either way where that is near."""
    yield number
    for digits in (3, 2, 1):
        step = 10.0 ** (math.floor(math.log10(number)) + 1 - digits)
        for rounded in (math.floor(number / step) * step, math.ceil(number / step) * step):
            if abs(rounded - number) <= _ROUNDED * number:
                yield rounded


# Dates

_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_NO_VERB = (
    "{month} {year}",
    "in {month}",
    "early {month}",
    "mid-{month}",
    "late {month}",
    "of {month}",
)
"""Of a month told without a day, for the one that is a verb too."""


def date_variants(day: str, words: str, written: str | None) -> tuple[str, ...]:
    """`day` (`YYYY[-MM[-DD]]`) as it can be written, and as `words` of an article of `written` tell it."""
    year, *rest = day.split("-")
    if not rest:
        return (year, *_told(words, {"this year": 0, "last year": -1}, _years(day, written)))
    month = MONTHS[int(rest[0]) - 1]
    if len(rest) == 1:
        shown = [p.format(month=month, year=year) for p in _NO_VERB] if month == "May" else [month]
        steps = {"this month": 0, "last month": -1, "next month": 1}
        return (*shown, f"{month[:3]} {year}", day, *_told(words, steps, _months(day, written)))
    n = int(rest[1])
    months = dict.fromkeys(
        (month, month[:3], f"{month[:3]}.", *(["Sept"] if month == "September" else []))
    )
    shown = [f"{n} {m}" for m in months] + [f"{m} {n}" for m in months]
    nth = f"{n}{_ordinal(n)}"
    shown += [f"{nth} {month}", f"{nth} of {month}", f"{month} {nth}", day]
    return (*shown, *_by_the_day(date.fromisoformat(day), words, written))


def _by_the_day(day: date, words: str, written: str | None) -> Iterator[str]:
    """A weekday, "today" and the like, where the words have it and it is that day."""
    weekday = _WEEKDAYS[day.weekday()]
    if re.search(rf"\b{weekday}\b", words):
        yield weekday
    if not written or len(written) != 10:
        return
    wrote = date.fromisoformat(written)
    if day == wrote:
        yield from re.findall(
            r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", words.lower()
        )
    if day == wrote - timedelta(days=1):
        yield from re.findall(r"\b(?:yesterday|last night)\b", words.lower())


def _told(words: str, steps: dict[str, int], apart: int | None) -> list[str]:
    return [told for told, step in steps.items() if step == apart and told in words.lower()]


def _years(day: str, written: str | None) -> int | None:
    return int(day[:4]) - int(written[:4]) if written else None


def _months(day: str, written: str | None) -> int | None:
    years = _years(day, written)
    if years is None or not written or len(written) < 7:
        return None
    return 12 * years + int(day[5:7]) - int(written[5:7])


def _ordinal(n: int) -> str:
    return "th" if 10 < n < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


# Reasons

_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDING = re.compile(r"(?:ations?|ments?|ities|ity|ings?|ions?|ies|ed|es|ly|s|y|e)$")
_NO_WORDS = re.compile(r"https?://\S+|\b[A-Z]\w+(?: [A-Z]\w+)+")
"""Addresses, and names of two words and more: mostly of who speaks."""

_STEM = 5
_MOST_WORDS = 8


def reason_variants(reasons: Iterable[str], common: set[str], asked: str) -> tuple[str, ...]:
    """Beginnings of the telling words of some reasons: neither `common` nor in the question."""
    heard = {_stem(word) for word in _WORD.findall(asked.lower())}
    stems: dict[str, None] = {}
    for reason in reasons:
        plain = _NO_WORDS.sub(" ", reason).lower()
        words = dict.fromkeys(_stem(w) for w in _WORD.findall(plain) if w not in PLAIN_WORDS)
        telling = [word for word in words if word not in common and word not in heard]
        stems |= dict.fromkeys(telling[:_MOST_WORDS])
    return tuple(stems)


def word_stems(text: str) -> set[str]:
    """The words that `reason_variants` compares, of four letters and more, without their endings."""
    return {_stem(word) for word in _WORD.findall(text.lower())}


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    bare = _ENDING.sub("", word)
    return bare if len(bare) >= _STEM else word


# A premise turned round

_BUYS = (
    "{n} bought", "{n} buys", "{n} to buy", "{n} is buying", "{n} has bought", "{n} will buy",
    "{n} agreed to buy", "{n} has agreed to buy", "{n} plans to buy", "{n} wants to buy",
    "{n} acquired", "{n} acquires", "{n} to acquire", "{n} is acquiring", "{n} has acquired",
    "{n} will acquire", "{n} agreed to acquire", "{n} took over", "{n} takes over", "{n} to take over",
    "{n} purchased", "{n} has purchased", "{n} purchases", "{n} to purchase", "{n} bid", "{n} offered",
    "{n}'s purchase", "{n}'s acquisition", "{n}'s takeover", "{n}'s offer", "{n}'s bid", "by {n}",
    "{n} invested", "{n} invests", "{n} to invest", "{n} has invested", "{n} is the buyer",
    "{n} (acquirer", "{n} was the buyer", "{n} as the buyer", "buyer was {n}", "buyer is {n}",
)  # fmt: skip
_OTHER_WAY = ("other way round", "other way around", "the reverse", "not the other way")


def direction_variants(buyer_names: Iterable[str], proofs: Iterable[str]) -> tuple[str, ...]:
    """Words that say who the buyer was, among them those of `proofs` from its name on."""
    names = company_variants(buyer_names)
    shown = [form.format(n=name) for name in names for form in _BUYS]
    for proof in proofs:
        for name in names:
            after = re.search(rf"(?<!\w){re.escape(name)}(?:\W+\w+){{2}}", proof)
            shown += [after[0]] if after else []
    return tuple(dict.fromkeys([*_OTHER_WAY, *shown]))
