"""Whether the words a sentence cites carry it: its figures, its dates, its names, and who does what.

One gate for both writers. It refuses what it finds contradicted or missing and passes the rest; that
the words were said is the gate's before it. Figures are compared by value, dates by the days they can
mean, names by their words or as names of one company, direction where grammar tells it in both.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer.dates import MONTHS
from assistant.answer.sentences import names_in
from assistant.deals.ledger.company_names import LEGAL_FORMS, name_form
from assistant.deals.ledger.directory import CompanyDirectory
from assistant.deals.model.figures import (
    carries_amount,
    carries_currency,
    carries_date,
    carries_percent,
)
from assistant.deals.reading.grammar import find_forms, masked
from assistant.deals.reading.pairs import Link
from assistant.deals.reading.windows import Sighting
from assistant.domain import Span


@dataclass(frozen=True, slots=True)
class Proof:
    """Words cited, the title of their article and its date (`YYYY[-MM[-DD]]`), where they are known.

    `companies` are ids of those that the ledger knows the words to mean, whatever name they use.
    """

    words: str
    title: str = ""
    date: str | None = None
    companies: frozenset[str] = frozenset()
    deals: frozenset[tuple[str, str]] = frozenset()
    """Buyer and target, by id, of the deals that the ledger has from the article."""


def find_fault(text: str, proofs: Sequence[Proof], directory: CompanyDirectory) -> str | None:
    """What in `text` the words cited do not carry, such as "the figure 40"; None where all is carried."""
    plain = _plain(text)
    if any(plain in _plain(proof.words) for proof in proofs):
        return None
    faults = (
        *_figure_faults(text, proofs),
        *_name_faults(text, proofs, directory),
        *_direction_faults(text, proofs, directory),
    )
    return next(iter(faults), None)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+|[$€£¥%]", text.lower()))


# Figures

_SIGN = r"US\$|[$€£¥]"
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_MONTH = "|".join(MONTHS)
_DATE = (
    rf"(?P<date>\b(?:(?P<d1>\d{{1,2}}) (?P<m1>{_MONTH})|"
    rf"(?P<m2>{_MONTH})(?: (?P<d2>\d{{1,2}})(?!\d))?),? (?P<y1>(?:19|20)\d\d)\b)"
)
_FIGURE = re.compile(
    rf"{_DATE}|(?P<percent>(?P<share>\d[\d.,]*) ?(?:%|per ?cent\b))|"
    rf"(?P<sign>{_SIGN})?(?P<number>(?<![\w.])\d[\d.,]*(?<=\d))(?: ?(?P<scale>{'|'.join(_SCALES)})\b)?"
    r"(?: (?P<unit>euros?|dollars?|pounds?|yen|yuan|rupees|francs|crowns|kronor|[A-Z]{3}\b))?",
)
_CURRENCIES = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "euro": "EUR", "dollar": "USD",
               "pound": "GBP", "yen": "JPY", "yuan": "CNY", "rupee": "INR", "franc": "CHF"}  # fmt: skip


def _figure_faults(text: str, proofs: Sequence[Proof]) -> Iterator[str]:
    for found in _FIGURE.finditer(text):
        if not any(_carries(found, proof) for proof in proofs):
            yield f"the figure {found[0].strip()}"


def _carries(found: re.Match[str], proof: Proof) -> bool:
    words = proof.words
    if found["date"]:
        return _carries_date(found, proof)
    if found["percent"]:
        return carries_percent(words, _number(found["share"]))
    number, unit = found["number"], found["sign"] or (found["unit"] or "").rstrip("s")
    if not (unit or found["scale"]):
        if re.fullmatch(r"(?:19|20)\d\d", number):
            return _year_fits(number, proof) and carries_date(words, number, proof.date)
        return bool(re.search(rf"(?<![\w.,]){re.escape(number)}(?![\w]|[.,]\d)", words)) or (
            carries_amount(words, _number(number))
        )
    currency = _CURRENCIES.get(unit) or (unit if unit.isalpha() and unit.isupper() else None)
    # Words without any sign of a currency contradict none.
    if currency and not carries_currency(words, currency, found["sign"] or unit):
        return False
    amount = _number(number) * _SCALES.get(found["scale"] or "", 1.0)
    return carries_amount(words, amount) or carries_amount(words.lower(), amount)


def _carries_date(found: re.Match[str], proof: Proof) -> bool:
    month = MONTHS.index(found["m1"] or found["m2"]) + 1
    day = found["d1"] or found["d2"]
    said = f"{found['y1']}-{month:02}" + (f"-{int(day):02}" if day else "")
    written = said == (proof.date or "")[: len(said)]
    return written or (
        _year_fits(found["y1"], proof) and carries_date(proof.words, said, proof.date)
    )


def _year_fits(year: str, proof: Proof) -> bool:
    """Whether the words name the year, or it is the article's or one beside it: "last year", "in May"."""
    if year in proof.words or not proof.date:
        return True
    named = re.search(r"\b(?:19|20)\d\d\b", proof.words) and not _BY_DAY.search(proof.words)
    return not named and abs(int(year) - int(proof.date[:4])) <= 1


_BY_DAY = re.compile(r"day\b|\b(?:this|last|next|yesterday|tomorrow)\b", re.IGNORECASE)
"""Words that tell a time from the day of the article, whatever year stands beside them."""


def _number(digits: str) -> float:
    plain = digits.rstrip(".,")
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", plain).replace(",", ".")
    return float(plain) if plain.count(".") < 2 else 0.0


# Names

_LEGAL = frozenset(form for forms in LEGAL_FORMS.values() for form in forms.split())
_FIRST = re.compile(r"^[\W_]*(\w[\w&.+'’-]*)(?=(?:['’]s)? [A-Z])")


def _name_faults(text: str, proofs: Sequence[Proof], directory: CompanyDirectory) -> Iterator[str]:
    told = " ".join(f"{proof.title} {proof.words}" for proof in proofs)
    held = {word.lower() for word in re.findall(r"\w+", told)}
    known = {i for named in directory.find(told) for i in named.company_ids}
    known.update(*(proof.companies for proof in proofs))
    said = directory.find(text)
    for named in said:
        if not known.intersection(named.company_ids) and not _stands(named.text, held):
            yield f"the company {named.text}"
    covered = {re.sub(r"['’]s$", "", word) for one in said for word in one.text.split()}
    covered |= {found["unit"] for found in _FIGURE.finditer(text) if found["unit"]}
    first = re.match(r"\W*(\w[\w&.+'’-]*)", text)
    for name in names_in(text):
        opens = first is not None and name == first[1].rstrip(".") and not _FIRST.match(text)
        if name not in covered and not opens and not _stands(name, held) and name not in MONTHS:
            yield f"the name {name}"


def _stands(name: str, held: set[str]) -> bool:
    """Whether each word of a name stands in the words cited; initials stand for a name there."""
    words = name_form(re.sub(r"['’]s$", "", name)).words
    words = () if words[0] in _LEGAL else words
    return all(
        word in held or f"{word}s" in held or word.removesuffix("s") in held for word in words
    )


# Direction

_DIRECTED = frozenset(link for link in Link if link >= Link.ACQUIRES)


def _direction_faults(
    text: str, proofs: Sequence[Proof], directory: CompanyDirectory
) -> Iterator[str]:
    said = _deeds(text, directory)
    told = {deed for proof in proofs for deed in _deeds(proof.words, directory)}
    known = {(*pair, Link.ACQUIRES) for proof in proofs for pair in proof.deals}
    for one, other, link in said:
        bought = Link.ACQUIRES if link is Link.INVESTS_IN else link
        forth, back = (one, other, link), (other, one, link)
        against = back in told or (forth not in told and (other, one, bought) in known)
        if against and forth not in told and (one, other, bought) not in known:
            yield "who does what"
    if any(_trades_places(text, proof.words, directory) for proof in proofs):
        yield "who does what"


def _deeds(text: str, directory: CompanyDirectory) -> set[tuple[str, str, Link]]:
    """Who does what with whom, by the plain forms of grammar; companies by id."""
    named = directory.find(text)
    ids = list(dict.fromkeys(one.company_ids[0] for one in named))
    sightings = [Sighting(ids.index(one.company_ids[0]), one.span) for one in named]
    if len(ids) < 2:
        return set()
    forms = find_forms(masked(text, Span(0, len(text)), sightings))
    return {(ids[f.first], ids[f.second], f.link) for f in forms if f.link in _DIRECTED}


_ALIKE = 0.8
"""Share of a sentence's words that stand in the same order in the words cited: it repeats them."""


def _trades_places(text: str, words: str, directory: CompanyDirectory) -> bool:
    """Whether a sentence repeats the words cited with companies in one another's place."""
    mine, theirs = _with_names_hidden(text, directory), _with_names_hidden(words, directory)
    tokens = [[word for word, _ in side] for side in (mine, theirs)]
    if tokens[0].count(_NAME) < 2:
        return False
    blocks = difflib.SequenceMatcher(
        None, tokens[0], tokens[1], autojunk=False
    ).get_matching_blocks()
    if sum(block.size for block in blocks) < _ALIKE * len(mine):
        return False
    if _TURNING & {*_left_over(tokens[0], blocks, 0), *_left_over(tokens[1], blocks, 1)}:
        return False
    pairs = [
        (mine[block.a + i][1], theirs[block.b + i][1])
        for block in blocks
        for i in range(block.size)
    ]
    moved = {(said, told) for said, told in pairs if said and told and not set(said) & set(told)}
    return any(
        set(said) & set(other) and set(told) & set(one)
        for said, told in moved
        for one, other in moved
    )


_NAME = "‹›"
_TURNING = frozenset("by was were is are be been being from to of with".split())
"""Small words that turn a sentence around without changing what it says: "was bought by"."""


def _left_over(tokens: Sequence[str], blocks: Sequence[difflib.Match], side: int) -> Iterator[str]:
    """The words between the first and the last that both sides share, which only this side has."""
    shared = {block[side] + i for block in blocks for i in range(block.size)}
    yield from (tokens[i] for i in range(min(shared), max(shared)) if i not in shared)


def _with_names_hidden(text: str, directory: CompanyDirectory) -> list[tuple[str, tuple[str, ...]]]:
    """Words in small letters, a company's name as one mark with its ids."""
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    for named in directory.find(text):
        found += [(word, ()) for word in re.findall(r"\w+", text[at : named.span.start].lower())]
        found.append((_NAME, named.company_ids))
        at = named.span.end
    return found + [(word, ()) for word in re.findall(r"\w+", text[at:].lower())]
