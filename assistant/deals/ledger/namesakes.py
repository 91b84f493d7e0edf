"""Two companies of one name, told apart by what articles say of them.

Pure. A legal form of another law, another country or another trade makes another company; what the
owner says is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.deals.ledger.company_names import ORDINARY, company_key, name_form
from assistant.deals.ledger.statements import Naming


def tell_apart(namings: Sequence[Naming]) -> list[tuple[Naming, str]]:
    """Namings of one key, each with the company it is of; "" is the one, or the one mostly meant.

    Two are told apart by legal forms of two countries, by two countries, or by two trades. Namings
    without a mark go with the company mostly meant if it is named three times as often as the
    others, and else by themselves.
    """
    marked: list[tuple[_Seen, list[Naming]]] = []
    for naming in namings:
        seen = _Seen.of(naming)
        if not seen:
            continue
        fitting = [pair for pair in marked if pair[0].fits(seen)]
        if fitting:
            best = max(fitting, key=lambda pair: pair[0].shared(seen))
            best[0].add(seen)
            best[1].append(naming)
        else:
            marked.append((seen, [naming]))
    if len(marked) < 2:
        # "News" is the paper or the news: an ordinary word is a company's name by its legal form.
        bare = "bare" if marked and company_key(namings[0].name) in ORDINARY else ""
        return [(n, "" if _Seen.of(n) else bare) for n in namings]
    marked.sort(key=lambda pair: -len(pair[1]))
    most, rest = len(marked[0][1]), sum(len(some) for _, some in marked[1:])
    variants = {n: pair[0].label for pair in marked for n in pair[1]}
    plain = marked[0][0].label if most >= 3 * rest else ""
    return [(n, variants.get(n, plain)) for n in namings]


class _Seen:
    """What is known of the company that some namings mean."""

    def __init__(self, law: str, country: str, trade: str) -> None:
        self.law, self.country, self.trade = law, country, trade

    @classmethod
    def of(cls, naming: Naming) -> _Seen:
        return cls(name_form(naming.name).law, naming.marks.country, naming.marks.trade)

    def __bool__(self) -> bool:
        return bool(self.law or self.country or self.trade)

    @property
    def label(self) -> str:
        return "/".join((self.law, self.country, self.trade))

    def fits(self, other: _Seen) -> bool:
        if _differ(self.law, other.law) or _differ(self.country, other.country):
            return False
        # One company has many trades ("retailer", "bank"): they part two only where no country binds.
        return bool(self.country and other.country) or not _differ(self.trade, other.trade)

    def shared(self, other: _Seen) -> int:
        pairs = ((self.law, other.law), (self.country, other.country), (self.trade, other.trade))
        return sum(bool(a) and a == b for a, b in pairs)

    def add(self, other: _Seen) -> None:
        self.law = self.law or other.law
        self.country = self.country or other.country
        self.trade = self.trade or other.trade


def _differ(left: str, right: str) -> bool:
    return bool(left and right) and left != right
