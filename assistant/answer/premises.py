"""What the ledger says to a question that asks whether a deal is, or takes one for granted.

Yes and no with the record that says so; a deal taken for done that came to nothing, or that another
company did, is corrected with its proof. Knows only deals with two named parties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer.asking import Asking, Form, Part, Placed
from assistant.answer.facts import BROKEN, deals_between, fitting_deals
from assistant.answer.material import Material
from assistant.answer.question import Aspect
from assistant.answer.wording import quotes_of, tell_standing
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Stage
from assistant.domain import Abstention, Claim, Refusal

_SPARE = 1
"""Words beside those of dealing that a question whether a deal is may have."""

_COMMON = frozenset(
    "a an and any at by did do does ever for from has have had in into is it its not of on or so that the their "
    "there to up was were will with would actually already indeed really deal deals company companies firm "
    "group manage managed able successfully go through went gone come off".split()
)
_TAKES_FOR_DONE = re.compile(
    r"\b(?:complet\w+|finally|end(?:ed)? up|pa(?:id|y|ying)|bought|acquired|took over|closed|merged|swallowed)\b",
    re.IGNORECASE,
)


def judge(material: Material) -> Claim | Refusal | None:
    """Yes, no, or a correction; None where the ledger settles nothing."""
    asking = material.asking
    if asking.form is not Form.PLAIN or len(asking.companies) < 2:
        return None
    if asking.aspect is Aspect.YES_NO:
        return _yes_or_no(material) if _is_bare(material) else None
    if asking.aspect in (Aspect.HOW_MUCH, Aspect.WHEN, Aspect.WHY, Aspect.WHO):
        return _corrected(material)
    return None


def best_known(deals: Sequence[Deal]) -> Deal:
    """Of several that fit, the one that articles are about, most of them tell, and last."""
    return max(deals, key=lambda d: (d.main, d.independent, d.date or ""))


def _yes_or_no(material: Material) -> Claim | Refusal | None:
    if material.deals:
        deal = best_known(material.deals)
        if deal.stage in BROKEN:
            return _contradicted(f"No: {tell_standing(deal)}.", deal)
        word = "Yes" if deal.stage in (Stage.COMPLETED, Stage.ANNOUNCED) else "Not yet"
        return Claim(f"{word}: {tell_standing(deal)}.", (), quotes_of(deal))
    turned = fitting_deals(material.book, _turned(material.asking))
    if turned:
        deal = best_known(turned)
        return _contradicted(f"It is the other way round: {tell_standing(deal)}.", deal)
    others = _by_others(material)
    if others and not deals_between(material.book, material.asking):
        deal = best_known(others)
        said = f"The articles tell of no such deal, but of another: {tell_standing(deal)}."
        return _contradicted(said, deal)
    return None


def _corrected(material: Material) -> Refusal | None:
    """For a question that takes a deal for done which the articles say came to nothing."""
    if not _TAKES_FOR_DONE.search(material.question.text):
        return None
    deals = material.deals
    if deals and all(deal.stage in BROKEN for deal in deals):
        deal = best_known(deals)
        return _contradicted(f"That did not come about: {tell_standing(deal)}.", deal)
    return None


def _contradicted(text: str, deal: Deal) -> Refusal:
    return Refusal(Abstention.PREMISE_CONTRADICTED, text, (), quotes_of(deal))


def _turned(asking: Asking) -> Asking:
    """The same question with buyer and target the other way round."""
    other = {Part.BUYER: Part.TARGET, Part.TARGET: Part.BUYER}
    companies = tuple(replace(p, part=other.get(p.part, p.part)) for p in asking.companies)
    return replace(asking, companies=companies if companies != asking.companies else ())


def _by_others(material: Material) -> list[Deal]:
    """Deals of the same kinds in which somebody else did it to the target, and that came about."""
    targets = [p for p in material.asking.companies if p.part is Part.TARGET]
    if not targets:
        return []
    alone: tuple[Placed, ...] = (targets[0],)
    found = fitting_deals(material.book, replace(material.asking, companies=alone))
    return [deal for deal in found if deal.stage in (Stage.COMPLETED, Stage.ANNOUNCED)]


def _is_bare(material: Material) -> bool:
    """Whether nothing is asked but whether there is such a deal."""
    text = material.question.text
    for placed in sorted(material.asking.companies, key=lambda p: -p.named.span.start):
        text = text[: placed.named.span.start] + " " + text[placed.named.span.end :]
    words = [w for w in re.findall(r"[a-z]{2,}", text.lower()) if w not in _COMMON]
    return len(words) <= _SPARE + 1
