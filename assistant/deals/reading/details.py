"""What an article tells of a deal whose kind, parties and evidence are known: the rest of its record.

Every field has the words that prove it; what the article does not say stays empty. Knows nothing of how
the core was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.deals.reading.money import price_of
from assistant.deals.reading.reasons import reasons_of
from assistant.deals.reading.standing import standing_of
from assistant.deals.reading.subjects import stake_of, subject_of
from assistant.deals.reading.times import moments_of
from assistant.deals.reading.vicinity import Vicinity, look_around
from assistant.deals.records import Basis, Core, DealMention, Money
from assistant.domain import Article

_MONTH = len("2005-09")
_OPENING = 2
"""A deal told in the title or in the first sentence after it is what the article is about."""


def complete(article: Article, core: Core, others: Sequence[Core] = ()) -> DealMention:
    """The record of a deal. `others` are the article's other deals, whose prices and dates are not this one's."""
    near = look_around(article, core, [other for other in others if other != core])
    standing = standing_of(near)
    return DealMention(
        article_id=article.id,
        core=core,
        standing=standing,
        main=_leads(near),
        values=price_of(near),
        dates=moments_of(near, standing.stage),
        stake=stake_of(near),
        subject=subject_of(near),
        reasons=reasons_of(near),
    )


def _leads(near: Vicinity) -> bool:
    """Whether the article opens with the deal: all that is told comes later for what it touches in passing."""
    if not near.told or near.told[0] >= _OPENING:
        return False
    titled = 0 in near.told or near.ours(0) > 0
    return titled or near.told[0] == 1


def told_value(mention: DealMention) -> Money | None:
    """The one amount to show: the surest that is not a price a share, else that."""
    whole = [value for value in mention.values if value.basis is not Basis.PER_SHARE]
    return next(iter([*whole, *mention.values]), None)


def told_date(mention: DealMention, reported: str | None = None) -> str | None:
    """The one date to show: the surest; of an article's own deal without one, the month it was reported in.

    `reported` is the article's date.
    """
    if mention.dates:
        return mention.dates[0].date
    return reported[:_MONTH] if reported and mention.main else None
