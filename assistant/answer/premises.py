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
from assistant.answer.wording import describe_standing, name_deal, quotes_of, tell_standing
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.records import Stage
from assistant.domain import Abstention, Claim, Refusal

_SPARE = 2
"""Words, the verb of dealing among them, that a question whether a deal is may have beside names."""

_PAIR = 2
_STEPS = 2
"""Events from which a deal has a history to be told."""

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


def last_known(material: Material, *, dated: bool) -> Claim | None:
    """Where the deal asked about stands and where it stood before, for a question of its status, or of
    its time where the sentences chosen tell none (`dated`).
    """
    aspect = material.asking.aspect
    if aspect not in (Aspect.STATUS, Aspect.WHEN) or not material.deals:
        return None
    deal = best_known(material.deals)
    enough = len(deal.history) >= _STEPS
    if not (enough if aspect is Aspect.STATUS else deal.stage_date and not dated):
        return None
    steps = [(event.date_quotes or event.quotes)[0] for event in deal.history]
    quotes = tuple(dict.fromkeys((*quotes_of(deal), *steps)))
    return Claim(f"Last known of {name_deal(deal)}: {describe_standing(deal)}.", (), quotes)


def no_such_deal(material: Material) -> Refusal | None:
    """For a question of a deal between two companies that have none, and that no passage names together."""
    asking, book = material.asking, material.book
    ids = [set(placed.named.company_ids) for placed in asking.companies[:2]]
    apart = len(ids) == _PAIR and not ids[0] & ids[1]
    if not (apart and asking.kinds) or deals_between(book, asking):
        return None
    for item in material.passages:
        told = f"{item.article.source.title} {item.passage.text}"
        if _names_all(book, told, ids):
            return None
    names = " and ".join(placed.named.text for placed in asking.companies[:2])
    deal = best_known([deal for one in ids for deal in book.of(one)])
    said = (
        f"The articles tell of no deal between {names}. Of them they tell: {tell_standing(deal)}."
    )
    return Refusal(Abstention.NO_SUCH_DEAL, said, (), quotes_of(deal))


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
    if turned := _the_other_way(material):
        return turned
    others = deals_between(material.book, material.asking) or _by_others(material)
    return _another(others) if others else None


def _the_other_way(material: Material) -> Refusal | None:
    """The deal in which the target is the buyer."""
    turned = fitting_deals(material.book, _turned(material.asking))
    if not turned:
        return None
    deal = best_known(turned)
    return _contradicted(f"It is the other way round: {tell_standing(deal)}.", deal)


def _somebody_else(material: Material) -> Refusal | None:
    """The deal in which another company is the buyer, where no sentence names the two asked about."""
    others = _by_others(material)
    if not others or deals_between(material.book, material.asking) or _stand_together(material):
        return None
    return _another(others)


def _another(deals: Sequence[Deal]) -> Refusal:
    deal = best_known(deals)
    said = f"The articles tell of no such deal, but of another: {tell_standing(deal)}."
    return _contradicted(said, deal)


def _stand_together(material: Material) -> bool:
    """Whether a sentence of the passages names the first two companies of the question."""
    ids = [set(placed.named.company_ids) for placed in material.asking.companies[:2]]
    for item in material.passages:
        for span in item.passage.sentences:
            if _names_all(material.book, item.article.content[span.start : span.end], ids):
                return True
    return False


def _names_all(book: DealBook, text: str, ids: Sequence[set[str]]) -> bool:
    """Whether a text names one of each set of companies."""
    here = {i for named in book.directory.find(text) for i in named.company_ids}
    return all(here & some for some in ids)


def _corrected(material: Material) -> Refusal | None:
    """For a question that takes a deal for done which the articles say came to nothing, or that went
    the other way.
    """
    deals = material.deals
    if not deals and _is_plainly_told(material):
        return _the_other_way(material) or _somebody_else(material)
    if not _TAKES_FOR_DONE.search(material.question.text):
        return None
    if deals and all(deal.stage in BROKEN for deal in deals):
        deal = best_known(deals)
        return _contradicted(f"That did not come about: {tell_standing(deal)}.", deal)
    return None


_BUY = re.compile(
    r"\s+(?:\w+ly )?(?:p(?:ay|aid) when (?:it|they) )?"
    r"(?:buy|bought|acquired?|take over|took over|purchased?|pay for|paid for|swallow(?:ed)?)\s+(?:the )?",
    re.IGNORECASE,
)


def _is_plainly_told(material: Material) -> bool:
    """Whether a buyer, a verb of buying and its object follow one another: only then is who does what
    in the question beyond doubt.
    """
    buyer, target = material.asking.companies[:2]
    between = material.question.text[buyer.named.span.end : target.named.span.start]
    parts = (buyer.part, target.part)
    return parts == (Part.BUYER, Part.TARGET) and bool(_BUY.fullmatch(between))


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
    return len(words) <= _SPARE
