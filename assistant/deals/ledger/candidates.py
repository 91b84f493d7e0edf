"""Pairs of companies that may be one, for the owner to decide: the rules saw too little to join them.

Pure, and cheap: names are compared only where they share a word that tells. Two that stand in one deal
or are parties of deals in one article are two, and so are two that the owner holds apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.companies import Act, Decision
from assistant.deals.ledger.company_names import (
    ORDINARY,
    SMALL_WORDS,
    company_key,
    is_part,
    is_short_form,
    name_form,
)
from assistant.deals.ledger.register import Company
from assistant.deals.ledger.statements import FIELDS, NATIONS, find_marks
from assistant.domain import Article

MOST = 50
_CROWD = 40
"""Companies with one word in common, above which the word is taken to tell nothing."""
_PARTNERS = 2
_LOOKED_AT = 5
"""Articles in which a company's country and trade are looked for."""
_NEAR = 90
"""Characters beside a name in which its country and trade stand."""


class Likeness(StrEnum):
    """What two names have in common, the most telling first."""

    SAME = "one name, told apart by country, trade or legal form"
    BEGINS = "one name begins with the other"
    INITIALS = "one name is the initials of the other"
    INSIDE = "one name stands inside the other"
    FIRST_WORD = "both names begin with the same word"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two companies by the names that are alike; `shared` counts companies that both dealt with."""

    left: Company
    right: Company
    name: str
    other: str
    likeness: Likeness
    shared: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """What tells a company from another of its name.

    `called` are words of articles for its country and trade, `partners` those it had most deals with,
    `title` is that of the first article that tells of it.
    """

    called: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    title: str = ""


def possible_merges(
    book: DealBook, decisions: Sequence[Decision] = (), most: int = MOST
) -> list[Candidate]:
    """The likeliest first: those with a partner in common, then by likeness, then by number of deals."""
    partners, apart = _partners(book), _apart(book) | _held_apart(book, decisions)
    found = []
    for left, right in _pairs(book.companies):
        alike = None if frozenset((left.id, right.id)) in apart else _likeness(left, right)
        if alike:
            shared = len(partners[left.id] & partners[right.id])
            found.append(Candidate(left, right, *alike, shared))
    order = list(Likeness)
    found.sort(
        key=lambda c: (
            c.shared == 0,
            order.index(c.likeness),
            -c.shared,
            -(c.left.deals + c.right.deals),
            c.left.name.casefold(),
            c.right.name.casefold(),
        )
    )
    return found[:most]


def _pairs(companies: Sequence[Company]) -> list[tuple[Company, Company]]:
    """Companies of whose names two share a word that tells, or one is the initials of the other."""
    by_word: dict[str, set[int]] = defaultdict(set)
    for i, company in enumerate(companies):
        for name in {company.name, *company.names}:
            form = name_form(name)
            by_word[form.key].add(i)
            for word in form.words:
                if _tells([word]):
                    by_word[word].add(i)
            for initials in form.initials if len(form.words) > 1 else ():
                if len(initials) > 2:
                    by_word[initials].add(i)
    pairs = {
        pair
        for some in by_word.values()
        if len(some) <= _CROWD
        for pair in combinations(sorted(some), 2)
    }
    return [(companies[a], companies[b]) for a, b in sorted(pairs)]


def _likeness(left: Company, right: Company) -> tuple[str, str, Likeness] | None:
    """The two names that are most alike, and how."""
    order = list(Likeness)
    found = [
        (a, b, likeness)
        for a in dict.fromkeys((left.name, *left.names))
        for b in dict.fromkeys((right.name, *right.names))
        if (likeness := _alike(a, b))
    ]
    return min(found, key=lambda one: order.index(one[2]), default=None)


def _alike(a: str, b: str) -> Likeness | None:
    if company_key(a) == company_key(b):
        return Likeness.SAME
    short, long = sorted((a, b), key=lambda name: len(name_form(name).words))
    words, more = name_form(short).words, name_form(long).words
    if words == more[: len(words)]:
        parted = is_part(short, long) or ORDINARY.issuperset(words)
        return None if parted else Likeness.BEGINS
    # Two letters are the initials of too many.
    if len(company_key(short)) > 2 and is_short_form(short, long):
        return Likeness.INITIALS
    if _stands_in(words, more):
        return Likeness.INSIDE
    return Likeness.FIRST_WORD if words[0] == more[0] and _tells(words[:1]) else None


def _stands_in(words: Sequence[str], more: Sequence[str]) -> bool:
    """Whether `words` stand in `more`, one after another, and name something by themselves."""
    places = range(1, len(more) - len(words) + 1)
    return _tells(words) and any(tuple(more[i : i + len(words)]) == tuple(words) for i in places)


def _tells(words: Sequence[str]) -> bool:
    """Whether these words alone name something."""
    return not (ORDINARY | SMALL_WORDS).issuperset(words) and len("".join(words)) > 2


def _partners(book: DealBook) -> dict[str, set[str]]:
    """With whom each company had a deal."""
    met: dict[str, set[str]] = defaultdict(set)
    for deal in book.deals:
        ids = {party.company_id for party in deal.parties}
        for company_id in ids:
            met[company_id] |= ids - {company_id}
    return met


def _apart(book: DealBook) -> set[frozenset[str]]:
    """Companies that one deal, or one article in what it tells of deals, names side by side."""
    in_article: dict[str, set[str]] = defaultdict(set)
    groups: list[set[str]] = []
    for deal in book.deals:
        groups.append({party.company_id for party in deal.parties})
        for told in deal.tellings:
            in_article[told.source.article_id] |= {c.company_id for c in told.companies}
    return _couples([*groups, *in_article.values()])


def _couples(groups: Iterable[set[str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for some in groups for pair in combinations(sorted(some), 2)}


def _held_apart(book: DealBook, decisions: Sequence[Decision]) -> set[frozenset[str]]:
    """Pairs that the owner rejected, and every pair of a name that was split off."""
    by_key: dict[str, set[str]] = defaultdict(set)
    for company in book.companies:
        for name in {company.name, *company.names}:
            by_key[company_key(name)].add(company.id)

    def meant(name: str, article_id: str) -> set[str]:
        found = by_key[company_key(name)]
        return found & book.meant_in(article_id, name) if article_id else found

    apart: set[frozenset[str]] = set()
    for d in decisions:
        if d.act is Act.SPLIT and not d.undone_at:
            alone = by_key[company_key(d.name)]
            apart |= {frozenset((one, other.id)) for one in alone for other in book.companies}
        if d.act is Act.APART and not d.undone_at:
            apart |= {
                frozenset((one, other))
                for one in meant(d.name, d.article_id)
                for other in meant(d.other, d.other_article_id)
            }
    return apart


# What tells the two apart


def told_in(book: DealBook, company: Company) -> dict[str, str]:
    """The name of a company in each of the first articles that tell of its deals, by article id."""
    found: dict[str, str] = {}
    for deal in book.of([company.id]):
        for telling in deal.tellings:
            for party, known in zip(telling.mention.parties, telling.companies, strict=True):
                if known.company_id == company.id and len(found) < _LOOKED_AT:
                    found.setdefault(telling.source.article_id, party.name)
    return found


def portray(book: DealBook, company: Company, articles: Mapping[str, Article]) -> Portrait:
    """`articles` are those of `told_in`, as far as they are held."""
    places = told_in(book, company)
    met = Counter(
        party.name
        for deal in book.of([company.id])
        for party in {p.company_id: p for p in deal.parties}.values()
        if party.company_id != company.id
    )
    called = dict.fromkeys(
        word
        for article_id, name in places.items()
        if article_id in articles
        for word in _called(articles[article_id].content, name)
    )
    ranked = sorted(met, key=lambda name: (-met[name], name.casefold()))
    titles = (source.title for article_id in places if (source := book.source(article_id)))
    return Portrait(tuple(called), tuple(ranked[:_PARTNERS]), next(titles, ""))


def _called(content: str, name: str) -> list[str]:
    """The words of an article by which `find_marks` knows country and trade of a name: "Irish", "bank"."""
    marks = find_marks(content, [name])[name]
    near = " ".join(
        content[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        for found in re.finditer(re.escape(name), content)
    )
    words = [w for word in re.findall(r"[\w.]+", near) for w in (word, word.rstrip("."))]
    nation = next((w for w in words if marks.country and NATIONS.get(w) == marks.country), "")
    trade = next((w for w in words if marks.trade and FIELDS.get(w) == marks.trade), "")
    return [word for word in (nation, trade) if word]
