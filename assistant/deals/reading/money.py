"""Amounts of money in an article, and which of them is the price of a deal.

Reads figures with a currency before or after them, scales, ranges and prices a share. Converts no
currency, and knows nothing of what a deal would be worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from assistant.deals.reading.currencies import LANDS, PREFIXES, SCALES, SPELLED, WORDS
from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.deals.records import Basis, Money
from assistant.domain import Span

BESIDE = 30
"""Letters between a price and its conversion at most."""

ROUNDED = 0.08
"""Of a title's amount: what rounding may take from it or add."""

MOST, MOST_IN_SENTENCE = 80, 20
"""Amounts looked at: each is compared with every other."""

_HEAD = 20_000
"""Letters of an article that are asked what currency it counts in."""

_OF_KRONER = re.compile("Norw|Oslo"), re.compile("Danish|Denmark|Copenhagen")


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))


_AMOUNT = re.compile(
    rf"(?<![\w$£€¥])(?:(?P<prefix>{_either(list(PREFIXES))})[ \u00a0]?)?"
    r"(?:(?P<figure>\d{1,15}(?:[.,]\d{1,9}){0,4})(?![\d])|(?P<spelled>half a|"
    rf"{_either([w for w in SPELLED if w != 'half a'])})(?= (?:hundred |thousand |million|billion|trillion|crore)))"
    rf"(?:[ \u00a0-]?(?P<scale>{_either(list(SCALES))})(?!\w))?"
    rf"(?:[ \u00a0-](?:(?P<land>{_either(list(LANDS))})[ \u00a0])?(?P<word>{_either(list(WORDS))})(?:s|es)?(?!\w))?",
    re.I,
)
_CASH_AND = re.compile(r" in cash,? (?:and|plus) ")
_PAID_IN = re.compile(r" (?:in|of) (?:\w+ of )?(?:assumed )?(?:stock|shares|debt|notes)\b")
_SHARE = re.compile(
    r"(?: in cash)?,? (?:a|per|each|for each|for every|an?) (?:\w+ )?(?:share|unit)|(?: apiece)",
    re.I,
)
_OR = frozenset({",", ", or", "or", "/"})
_ABOUT = re.compile(
    r"(?:estimated(?: price of)?|approximately|roughly|around|about|nearly|almost|over|more than|less than|up to|under|"
    r"at least|close to|some|reportedly|believed to be)(?: at| about| around)? $", re.I
)  # fmt: skip
_BARE_BEFORE = re.compile(
    r"\b(?:for|worth|of|at|about|around|roughly|estimated|nearly|paid|pay|over) (?:an? )?$", re.I
)
_BARE_AFTER = re.compile(
    r" ?(?:[.,;)]|$|by |from |in |to |with |deal|bid|offer|price|acquisition|takeover|purchase)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it stands. `sentence` is its index; `bracketed`: in brackets after another, a conversion."""

    money: Money
    sentence: int
    bracketed: bool = False

    @property
    def span(self) -> Span:
        return self.money.quote.span


def read_figure(figure: str) -> float:
    """`1,250.5` and `1,3` alike: a comma with three digits behind it groups, else it is a point."""
    if "," in figure and "." not in figure and len(figure.rsplit(",", 1)[1]) != 3:
        figure = figure.replace(",", ".", 1)
    figure = figure.replace(",", "")
    head, *tail = figure.split(".")
    return float(head + "".join(tail)) if len(tail) > 1 else float(figure)


def find_amounts(near: Vicinity) -> list[Amount]:
    """All amounts of the vicinity, in reading order, the two ends of a range as one."""
    found: list[Amount] = []
    usual = _usual_currency(near.content)
    for index in near.near:
        found.extend(
            _joined(near, list(islice(_sentence_amounts(near, index, usual), MOST_IN_SENTENCE)))
        )
    return _settled(found[:MOST])


def _settled(amounts: list[Amount]) -> list[Amount]:
    """A bare `$` takes the dollar that another place gives to the same figure."""
    clear = {
        a.money.amount: a.money.currency
        for a in amounts
        if "$" in a.money.quote.text and not a.money.quote.text.startswith("$")
    }
    return [
        replace(a, money=replace(a.money, currency=clear[a.money.amount]))
        if a.money.quote.text.startswith("$")
        and a.money.currency == "USD"
        and a.money.amount in clear
        else a
        for a in amounts
    ]


def _usual_currency(content: str) -> str:
    """What an amount without a currency is in: the sign seen most in the article's head, else dollars."""
    signs = {"£": "GBP", "€": "EUR", "$": "USD"}
    head = content[:_HEAD]
    best = max(signs, key=head.count)
    return signs[best] if head.count(best) else "USD"


def _sentence_amounts(near: Vicinity, index: int, usual: str) -> Iterator[Amount]:
    span = near.sentences[index]
    for match in _AMOUNT.finditer(near.content, span.start, span.end):
        currency = _currency(match, near.content, usual)
        if currency is None:
            continue
        number = match["figure"]
        amount = read_figure(number) if number else float(SPELLED[match["spelled"].lower()])
        amount = round(amount * SCALES.get((match["scale"] or "").lower(), 1.0), 2)
        place = Span(match.start(), match.end())
        before, after = (
            near.content[max(0, place.start - 40) : place.start],
            near.content[place.end : place.end + 40],
        )
        basis = Basis.ESTIMATE if _ABOUT.search(before) else Basis.TOTAL
        if _SHARE.match(after):
            basis = Basis.PER_SHARE
        bracketed = before.rstrip().endswith(
            ("(", "(about", "(around", "(approximately", "(some", "; ", ";")
        )
        yield Amount(Money(amount, currency, basis, near.quote(place)), index, bracketed)


def _currency(match: re.Match[str], content: str, usual: str) -> str | None:
    prefix, land, word, scale = (match[g] for g in ("prefix", "land", "word", "scale"))
    if land:
        return LANDS[land.lower()]
    if word:
        named = WORDS[word.lower()]
        if word.lower() in ("krone", "kroner"):
            norway, denmark = (len(land.findall(content, 0, _HEAD)) for land in _OF_KRONER)
            named = "NOK" if norway > denmark else named
        return named if not prefix or named != "USD" else PREFIXES[prefix.lower()]
    if prefix and (prefix != prefix.lower() or not prefix.isalpha() or prefix.startswith("euro")):
        return PREFIXES[prefix.lower()]
    if scale and len(scale) > 1 and match["figure"]:
        before, after = (
            content[max(0, match.start() - 24) : match.start()],
            content[match.end() : match.end() + 14],
        )
        if _BARE_BEFORE.search(before) and _BARE_AFTER.match(after):
            return usual
    return None


def _joined(near: Vicinity, amounts: list[Amount]) -> list[Amount]:
    """The ends of a range as one amount, and cash with shares or debt as their sum."""
    merged: list[Amount] = []
    for amount in amounts:
        last = merged[-1] if merged else None
        joined = _range_of(near, last, amount) or _sum_of(near, last, amount) if last else None
        if joined:
            merged[-1] = joined
        else:
            merged.append(amount)
    return merged


def _range_of(near: Vicinity, low: Amount, high: Amount) -> Amount | None:
    first, second = low.money, high.money
    gap = near.content[low.span.end : high.span.start].strip().lower()
    opened = near.content[max(0, low.span.start - 9) : low.span.start].lower().endswith("between ")
    joined = gap in ("to", "-", "–", "or") or (gap == "and" and opened)
    if not joined or first.currency != second.currency or first.amount >= second.amount:
        return None
    quote = near.quote(Span(low.span.start, high.span.end))
    return Amount(
        Money(first.amount, first.currency, Basis.RANGE, quote, second.amount), low.sentence
    )


def _sum_of(near: Vicinity, cash: Amount, rest: Amount) -> Amount | None:
    gap = near.content[cash.span.end : rest.span.start]
    tail = _PAID_IN.match(near.content, rest.span.end, rest.span.end + 40)
    before = near.content[max(0, cash.span.start - 2) : cash.span.start]
    if (
        not tail
        or not _CASH_AND.fullmatch(gap)
        or cash.money.currency != rest.money.currency
        or "(" in before
    ):
        return None
    total = cash.money.amount + rest.money.amount
    quote = near.quote(Span(cash.span.start, tail.end()))
    return Amount(Money(total, cash.money.currency, Basis.TOTAL, quote), cash.sentence)


_PRICE = re.compile(
    r"\b(?:worth|valued|values|price[ds]?|pa(?:y|ys|id|ying)|offer(?:s|ed|ing)?|bids?|deal|transaction|consideration|"
    r"acqui\w+|purchas\w+|takeover|buy(?:s|ing|out)?|bought|s[oe]ll(?:s|ing)?|sold|sale|merger|cost(?:s|ing)?|swap|"
    r"invest\w*|raise[ds]?|put(?:s|ting)?|fund\w*|contract|order)\b"
)
_NO_PRICE = re.compile(
    r"\b(?:revenues?|sales|turnover|profits?|earnings|loss(?:es)?|debts?|loans?|fines?|savings?|save[sd]?|synerg\w+|"
    r"assets|market (?:value|cap\w*)|capitali[sz]ation|fees?|a year|per year|annual\w*|yearly|damages|budget|"
    r"closed at|shares? (?:fell|rose|closed)|cash pile|salar\w+|bonus\w*|tax\w*|subsid\w+|deposits?)\b"
)


def rivalry(
    near: Vicinity, span: Span, index: int, rivals: Sequence[tuple[Span, int]]
) -> list[str]:
    """Whether other words of the same sort, given with their sentences, stand nearer to the deal's evidence."""
    others = [(s, i) for s, i in rivals if s != span]
    inside = sum(near.in_evidence(s) for s, _ in others)
    beside = sum(i in near.told for _, i in others)
    place = "in" if near.in_evidence(span) else "told" if index in near.told else "out"
    return [
        f"{place}/inside={min(2, inside)}",
        f"{place}/beside={min(2, beside)}",
        f"{place}/others={min(3, len(others))}",
    ]


def price_features(near: Vicinity, amount: Amount, amounts: Sequence[Amount]) -> list[str]:
    """What speaks for and against an amount's being the deal's price."""
    span, content, money = amount.span, near.content, amount.money
    sentence = near.sentences[amount.sentence]
    left = content[max(sentence.start, span.start - 60) : span.start].lower()
    right = content[span.end : min(sentence.end, span.end + 60)].lower()
    features = ["bias", f"basis={money.basis}", f"bracketed={amount.bracketed}"]
    features += [f"l={w}" for w in _tokens(left)[-4:]] + [f"r={w}" for w in _tokens(right)[:4]]
    features += [f"l1={w}" for w in _tokens(left)[-1:]] + [f"r1={w}" for w in _tokens(right)[:1]]
    cues = f"price={bool(_PRICE.search(left))}{bool(_PRICE.search(right[:30]))}"
    bars = f"bar={bool(_NO_PRICE.search(left))}{bool(_NO_PRICE.search(right[:40]))}"
    lead = bool(near.told) and near.told[0] <= 1
    steps = min((abs(amount.sentence - t) for t in near.told), default=9)
    zone = "told" if not steps else "beside" if steps < 3 else "far"
    alone = "alone" if not near.elsewhere else "among"
    features += [
        cues,
        bars,
        cues + bars,
        f"{zone}/{cues}",
        f"{zone}/{bars}",
        f"{zone}/lead={lead}/{cues}",
    ]
    features += [
        f"{zone}/ours={near.ours(amount.sentence) > 0}",
        f"{zone}/{alone}",
        f"{zone}/{near.core.kind}",
    ]
    features += place_features(near, span, amount.sentence)
    features += rivalry(near, span, amount.sentence, [(a.span, a.sentence) for a in amounts])
    features.append("small" if money.amount < 1e5 else "large")
    features.append(f"kind={near.core.kind}")
    return features


def place_features(near: Vicinity, span: Span, index: int) -> list[str]:
    """Where words stand, seen from a deal's evidence and its parties' names."""
    told = near.told
    features = [f"evidence={near.in_evidence(span)}", f"other_deal={near.in_other_deal(span)}"]
    if told:
        steps = min((index - t for t in told), key=abs)
        features.append(f"steps={max(-3, min(4, steps))}")
    features.append(f"title={index == 0}")
    features += [f"ours={min(2, near.ours(index))}", f"theirs={min(1, near.theirs(index))}"]
    gaps = {True: 999, False: 999}
    for naming in near.namings[index]:
        gap = max(naming.span.start - span.end, span.start - naming.span.end, 0)
        gaps[naming.ours] = min(gaps[naming.ours], gap)
    features.append(
        f"nearest={'none' if gaps[True] == gaps[False] else 'ours' if gaps[True] < gaps[False] else 'theirs'}"
    )
    before = [n for n in near.namings[index] if n.span.end <= span.start]
    after = [n for n in near.namings[index] if n.span.start >= span.end]
    features.append(f"last={max(before, key=lambda n: n.span.end).ours if before else None}")
    features.append(f"first={min(after, key=lambda n: n.span.start).ours if after else None}")
    sentence = near.sentences[index]
    evidence = [
        e.span
        for e in near.core.evidence
        if e.span.start < sentence.end and sentence.start < e.span.end
    ]
    if evidence and not near.in_evidence(span):
        gap = min(max(e.start - span.end, span.start - e.end) for e in evidence)
        features.append(f"gap={'close' if gap < 15 else 'middle' if gap < 60 else 'far'}")
        features.append(f"before={span.start < evidence[0].start}")
    return features


_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[^\w\s]")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def price_of(near: Vicinity) -> tuple[Money, ...]:
    """The deal's price, then its price a share and its conversions where they are told; or nothing."""
    weights = read_weights("money")["price"]
    amounts = find_amounts(near)
    scored = [(linear_score(price_features(near, a, amounts), weights), a) for a in amounts]
    likely = [(s, a) for s, a in scored if s >= weights["threshold"]]
    shares = [a for a in amounts if a.money.basis is Basis.PER_SHARE and _is_bid(near, a)][:1]
    if not likely:
        return tuple(a.money for a in shares)
    best = max(likely, key=lambda pair: (pair[0], -pair[1].span.start))[1]
    best = _before_others(near, _before_brackets(_unrounded(best, likely), amounts), amounts)
    beside = [
        a
        for a in amounts
        if a.bracketed and a is not best and 0 <= a.span.start - best.span.end < BESIDE
    ]
    others = [a for a in (*beside, *shares) if a is not best]
    return tuple(a.money for a in (best, *others))


def _is_bid(near: Vicinity, amount: Amount) -> bool:
    """Whether a price a share is what the deal offers: told with the deal, and no closing price."""
    left = near.content[max(0, amount.span.start - 60) : amount.span.start].lower()
    told = (
        amount.sentence in near.told
        or min((abs(amount.sentence - t) for t in near.told), default=9) < 3
    )
    theirs = near.in_other_deal(amount.span) and not near.in_evidence(amount.span)
    return told and not theirs and bool(_PRICE.search(left)) and not _NO_PRICE.search(left)


def _unrounded(best: Amount, likely: Sequence[tuple[float, Amount]]) -> Amount:
    """A title rounds: its amount gives way to one of the text that is nearly the same, with more figures."""
    if best.sentence:
        return best
    told, figures = best.money, _figures(best)
    closer = [
        amount
        for _, amount in likely
        if amount.sentence
        and amount.money.currency == told.currency
        and abs(amount.money.amount - told.amount) < ROUNDED * told.amount
        and _figures(amount) > figures
    ]
    return closer[0] if closer else best


def _figures(amount: Amount) -> int:
    """Significant figures: 3 of 11.5 billion."""
    return len(f"{amount.money.amount:.0f}".rstrip("0"))


def _before_others(near: Vicinity, best: Amount, amounts: Sequence[Amount]) -> Amount:
    """Of one price in several currencies, as in "2 million pounds, 3 million euros or $4 million", the first."""
    same = (best.money.amount, best.money.currency)
    for at, amount in enumerate(amounts):
        if (amount.money.amount, amount.money.currency) == same:
            first = at
            while first and _goes_on(near, amounts[first - 1], amounts[first]):
                first -= 1
            if first != at:
                return amounts[first]
    return best


def _goes_on(near: Vicinity, one: Amount, other: Amount) -> bool:
    gap = near.content[one.span.end : other.span.start].strip()
    return gap in _OR and one.money.currency != other.money.currency


def _before_brackets(best: Amount, amounts: Sequence[Amount]) -> Amount:
    """An amount that is elsewhere given in brackets, as a conversion, gives way to the one it converts."""
    same = (best.money.amount, best.money.currency)
    for first, second in pairwise(amounts):
        told = second.bracketed and (second.money.amount, second.money.currency) == same
        if told and not first.bracketed and 0 <= second.span.start - first.span.end < 16:
            return first
    for first, second, third in zip(amounts, amounts[1:], amounts[2:], strict=False):
        told = (
            third.bracketed
            and second.bracketed
            and (third.money.amount, third.money.currency) == same
        )
        if told and 0 <= second.span.start - first.span.end < 16:
            return first
    return best
