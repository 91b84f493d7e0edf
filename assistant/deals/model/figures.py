"""Whether the words a model quotes carry the amount, the percentage or the date it reads in them.

Pure checks of a claim, not a reading: of two amounts in a quote either passes. Knows English words
and the usual signs; a currency it has no sign for passes where no other sign stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:[{mark}]\d{{3}})+") for mark in ",."}
_NUMBER = re.compile(r"\d[\d.,]*(?<=\d)")
_SCALES = {
    sign: scale
    for scale, signs in {
        1e3: "thousand thousands k K",
        1e6: "million millions m M mn mln mil Mio",
        1e9: "billion billions milliard b B bn bln Bn BN",
        1e12: "trillion trillions tn trn T",
        1e5: "lakh lakhs",
        1e7: "crore crores Cr",
        1e-2: "cents cent pence p",
    }.items()
    for sign in signs.split()
}
_SCALE = re.compile(rf"[\s-]?\b({'|'.join(_SCALES)})\b")
_LETTERS = re.compile(r"[a-z]+(?:-[a-z]+)?")
_SPELT = {
    word: float(number)
    for number, words in {
        0.5: "half", 0.75: "three-quarters", 1: "a an one", 2: "two", 3: "three", 4: "four",
        5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
        12: "twelve", 15: "fifteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty",
        60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip
_SHARES = {
    50.0: r"half|halves|50-50|equal(?:ly)?", 33.3: r"third", 25.0: r"quarter", 20.0: r"fifth",
    10.0: r"tenth", 66.7: r"two[- ]thirds", 75.0: r"three[- ]quarters", 16.7: r"sixth",
    12.5: r"eighth", 40.0: r"two[- ]fifths", 60.0: r"three[- ]fifths", 80.0: r"four[- ]fifths",
    100.0: r"all|whole|outright|remaining|entire",
}  # fmt: skip
_TOLERANCE = 0.005
_ADDENDS = 6
_DIGITS = 20

_DOLLARS = {
    "USD": r"\bUS\s?\$|U\.S\.\s?\$|\bUSD|US dollars?|U\.S\. dollars?|American dollars?",
    "AUD": r"\bAU?D?\s?\$|\bAUD|Australian dollars?",
    "CAD": r"\bC(?:A|AD|DN)?\s?\$|\bCAD|Canadian dollars?",
    "NZD": r"\bNZD?\s?\$|\bNZD|New Zealand dollars?",
    "HKD": r"\bHKD?\s?\$|\bHKD|Hong Kong dollars?",
    "SGD": r"\bSG?D?\s?\$|\bSGD|Singapore dollars?",
    "TWD": r"\bNT\s?\$|\bTWD|Taiwan dollars?",
}
_SIGNS = {
    "EUR": r"€|\beuros?\b|\bEUR",
    "GBP": r"£|\bpounds?\b|\bsterling|\bGBP|\bpence\b|\d\s?p\b",
    "JPY": r"[¥￥円]|\byen\b|\bJPY",
    "CNY": r"[¥￥元]|\byuan\b|\brenminbi|\bRMB|\bCNY",
    "INR": r"₹|\brupees?\b|\bRs\b|\bINR|\bcrore|\blakh",
    "KRW": r"₩|\bwon\b|\bKRW",
    "CHF": r"\bfrancs?\b|\bCHF|\bSFr",
    "RUB": r"₽|\br(?:o)?ubles?\b|\bRUB",
    "BRL": r"\bR\$|\breais\b|\breals?\b|\bBRL",
    "ZAR": r"\brand\b|\bZAR",
    "SEK": r"\bkronor\b|\bcrowns?\b|\bSEK|\bkrona\b",
    "NOK": r"\bkroner\b|\bcrowns?\b|\bNOK",
    "DKK": r"\bkroner\b|\bcrowns?\b|\bDKK",
    "CZK": r"\bkoruna|\bcrowns?\b|\bCZK",
    "MXN": r"\bpesos?\b|\bMXN",
}
_PLAIN_DOLLAR = re.compile(r"\$|\bdollars?\b|\bcents?\b|\bbucks\b", re.I)
# Case counts in codes ("Won" is a sign of nothing), not in the words of a sentence that starts so.
_NAMED_DOLLARS = {code: re.compile(signs) for code, signs in _DOLLARS.items()}
_OTHERS = {code: re.compile(signs) for code, signs in _SIGNS.items()}


def carries_amount(words: str, amount: float) -> bool:
    """Whether a number of `words`, taken with a scale that stands there, is `amount`.

    So is the sum of two, since a price can be told as cash and debt taken over.
    """
    held = list(_values(words)) if amount > 0 else []
    if any(_near(value, amount) for values in held for value in values):
        return True
    pairs = combinations(held[:_ADDENDS], 2)
    return any(_near(x + y, amount) for one, other in pairs for x in one for y in other)


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _TOLERANCE * abs(wanted)


def _values(words: str) -> Iterator[list[float]]:
    """What each number can be worth: by the scale right after it, else by any or none that stands.

    The latter for "2 to 3.5 billion", and for figures like "£450" whose scale was left out.
    """
    stand = [1.0, *{_SCALES[sign] for sign in _SCALE.findall(_apart(words))}]
    for readings, end in _figures(words, scaled=len(stand) > 1):
        own = _SCALE.match(_apart(words[end : end + 12]))
        scales = [_SCALES[own[1]]] if own else stand
        yield [number * scale for number in readings for scale in scales]


def _apart(words: str) -> str:
    """With a space between a figure and the letters it runs into, as in "13.9bn"."""
    return re.sub(r"(?<=\d)(?=[A-Za-z])|¢", lambda m: " cents" if m.group() else " ", words)


def _figures(words: str, *, scaled: bool) -> Iterator[tuple[list[float], int]]:
    """The numbers of `words` in each way they can be meant, and where each ends.

    In words, "a" and "one" count only where a scale stands, as in "a billion".
    """
    for found in _NUMBER.finditer(words):
        yield _readings(found.group()), found.end()
    for word in _LETTERS.finditer(words.lower()):
        number = _spelt(word.group())
        if number and (scaled or number > 1):
            yield [number], word.end()


def _readings(digits: str) -> list[float]:
    """A point or a comma parts thousands where three digits follow each, and decimals where it is last."""
    readings = set()
    for thousands, decimal in ((",", "."), (".", ",")):
        whole, _, part = digits.partition(decimal)
        grouped = _GROUPED[thousands].fullmatch(whole) or whole.isdecimal()
        if grouped and (part.isdecimal() or not part) and len(digits) <= _DIGITS:
            readings.add(float(f"{whole.replace(thousands, '')}.{part}"))
    return sorted(readings)


def _spelt(word: str) -> float:
    """A number in letters, or 0."""
    if word in _SPELT:
        return _SPELT[word]
    tens, _, ones = word.partition("-")
    whole = _SPELT.get(tens, 0.0), _SPELT.get(ones, 0.0)
    return sum(whole) if whole[0] >= 20 and 1 <= whole[1] < 10 else 0.0


def carries_currency(words: str, currency: str, article: str) -> bool:
    """Whether `words` can be in `currency`: by their sign or, where they have none, the article's."""
    stands = _currencies(words)
    if stands:
        return currency in stands
    known = currency in _OTHERS or currency in _NAMED_DOLLARS
    return currency in _currencies(article) if known else True


def _currencies(words: str) -> set[str]:
    """The codes that the signs in `words` allow; a plain dollar sign is any dollar."""
    found = {code for code, signs in _OTHERS.items() if signs.search(words)}
    named = {code for code, signs in _NAMED_DOLLARS.items() if signs.search(words)}
    if named:
        return found | named
    return found | set(_NAMED_DOLLARS) if _PLAIN_DOLLAR.search(words) else found


def carries_percent(words: str, percent: float) -> bool:
    """Whether a number or a word such as "half" or "a third" gives this share of 100."""
    if not 0 < percent <= 100:
        return False
    figures = (figure for readings, _ in _figures(words, scaled=True) for figure in readings)
    if any(_near(figure, percent) for figure in figures):
        return True
    low = words.lower()
    return any(
        abs(share - percent) < 0.5 and re.search(rf"\b(?:{said})", low)
        for share, said in _SHARES.items()
    )


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = re.compile(
    r"\b(?:(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+)?"
    r"(?:(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)|(may))\b\.?"
    r"(?:\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!\s*[%:]))?",
    re.I,
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b(?!,\d)|['’](\d\d)\b")
_TIME_WORD = re.compile(
    r"\b(?:today|tonight|yesterday|this|last|previous|past|earlier|recent|recently|ago|now|just|"
    r"morning|afternoon|evening|week|weekend|month|quarter|year|spring|summer|autumn|fall|winter|"
    r"decade|since|\d{4}s|\d{1,2}[/.]\d{1,2})",
    re.I,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_NEAR = (
    (
        2,
        re.compile(
            r"\b(?:today|tonight|yesterday|tomorrow|this (?:morning|afternoon|evening))\b", re.I
        ),
    ),
    (10, re.compile(rf"\b(?:{'|'.join(_DAYS)}|this week|weekend)\b", re.I)),
    (17, re.compile(r"\b(?:last|next) week\b", re.I)),
    (31, re.compile(r"\bthis month\b", re.I)),
    (62, re.compile(r"\b(?:last|next) month\b", re.I)),
)
"""Days that the time these words name can lie from the day of the article, at most."""

_YEARS_APART = (
    (-1, re.compile(r"\b(?:last|previous) year\b", re.I)),
    (0, re.compile(r"\bthis year\b", re.I)),
    (1, re.compile(r"\bnext year\b", re.I)),
)
_YEAR_DAYS = 366


def carries_date(words: str, said: str, written: str | None) -> bool:
    """Whether `words` can mean the date `said` in an article `written` on a day, a month, a year.

    A year, a month or a day that `words` name speaks only for itself; "today", "Tuesday" or "last
    month" only for a time as near to the article. Words without any time can mean the month of the
    article and nothing else: it tells fresh news.
    """
    wanted = _DATE.fullmatch(said)
    if not wanted or not _is_date(said):
        return False
    near = [days for days, told in _NEAR if told.search(words)]
    apart = _days_apart(said, written)
    by_day = bool(near) and apart <= max(near) and _fits_weekday(words, said)
    named = _fits_named(words, wanted, written)
    if named is not None:
        return named or by_day
    if near:
        return by_day
    if not _TIME_WORD.search(words):
        return said == (written or "")[:7]
    return _fits_year(words, int(wanted[1]), written)


def _fits_named(words: str, wanted: re.Match[str], written: str | None) -> bool | None:
    """Whether a year or a month named in `words` is that of the date; None where they name none."""
    years = {int(year or f"20{short}") for year, short in _YEAR.findall(words)}
    months = list(_month_days(words))
    if not years and not months:
        return None
    if years and int(wanted[1]) not in years:
        return False
    if months and wanted[2] and not _fits_month(months, wanted):
        return False
    if years:
        return True
    if any(told.search(words) for _, told in _YEARS_APART):
        return _fits_year(words, int(wanted[1]), written)
    return _days_apart(wanted.group(), written) <= _YEAR_DAYS


def _fits_year(words: str, year: int, written: str | None) -> bool:
    """For words such as "last year" or "recently": a year said so, or any but the far future."""
    if not written:
        return True
    told = [int(written[:4]) + apart for apart, said in _YEARS_APART if said.search(words)]
    return year in told if told else year <= int(written[:4]) + 1


def _days_apart(said: str, written: str | None) -> int:
    """Days between two dates at their nearest, each a day or anywhere in a month or year; 0 if unknown."""
    if not written or not _is_date(written):
        return 0
    (first, last), (begin, end) = _extent(said), _extent(written)
    return max(0, (first - end).days, (begin - last).days)


def _extent(said: str) -> tuple[date, date]:
    """First and last day of a date as precise as it is."""
    first = date.fromisoformat((said + "-01-01")[:10])
    days = {4: 365, 7: 30}.get(len(said), 0)
    return first, first + timedelta(days=days)


def _is_date(said: str) -> bool:
    try:
        date.fromisoformat((said + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _fits_weekday(words: str, said: str) -> bool:
    """Whether the day is one of the weekdays in `words`; "today" beside them can be another."""
    weekdays = [i for i, day in enumerate(_DAYS) if re.search(rf"\b{day}", words, re.I)]
    if not weekdays or len(said) < 10 or _NEAR[0][1].search(words):
        return True
    return date.fromisoformat(said).weekday() in weekdays


def _month_days(words: str) -> Iterator[tuple[int, set[int]]]:
    """Each month named, with the days beside it; "may" only with a day or a capital."""
    for before, name, may, after in _MONTH.findall(words):
        if may == "may" and not (before or after):
            continue
        month = _MONTHS.index((name or may).lower()[:3]) + 1
        yield month, {int(day) for day in (before, after) if day}


def _fits_month(months: list[tuple[int, set[int]]], wanted: re.Match[str]) -> bool:
    month, day = int(wanted[2]), int(wanted[3] or 0)
    return any(m == month and (not day or not days or day in days) for m, days in months)
