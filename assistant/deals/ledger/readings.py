"""An article read for the ledger: its mentions, and what it says of the names in them.

Reading itself is passed in as a `Reader`. Knows nothing of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.deals.ledger.company_names import company_key, is_short_form
from assistant.deals.ledger.copies import sketch
from assistant.deals.ledger.statements import (
    Naming,
    Tie,
    find_marks,
    find_ties,
    short_form_used,
)
from assistant.deals.records import DealMention
from assistant.domain import Article
from assistant.errors import AccordError, WeightsMissing

MODEL = "model "
"""How the versions of readers begin whose readings cost money, and so are not read over."""


class Reader(Protocol):
    """Reads an article's deals. `version` changes whenever it may read an article otherwise; asking
    for it must be cheap, since that is all a ledger that is up to date asks.
    """

    @property
    def version(self) -> str: ...

    def read(self, article: Article) -> list[DealMention]:
        """Raises an AccordError where this article cannot be read; the others are read all the same."""
        ...


@dataclass(frozen=True, slots=True)
class Unread:
    """An article the reader failed at, and what it said."""

    article_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ledger keeps of an article. `failure` is empty where it could be read."""

    article_id: str
    sketch: tuple[int, ...]
    mentions: tuple[DealMention, ...] = ()
    namings: tuple[Naming, ...] = ()
    ties: tuple[Tie, ...] = ()
    failure: str = ""
    disagreement: tuple[str, ...] = ()


def take_reading(article: Article, reader: Reader) -> Reading:
    """Read one article; a failure that the reader raises on purpose is kept, not passed on.

    Raises WeightsMissing all the same: without weights it is not this article that cannot be read.
    """
    try:
        return reading_of(article, reader.read(article))
    except WeightsMissing:
        raise
    except AccordError as error:
        print_ = sketch(article.text)
        return Reading(article.id, print_, failure=str(error) or type(error).__name__)


def reading_of(
    article: Article, mentions: Sequence[DealMention], disagreement: Sequence[str] = ()
) -> Reading:
    """What is kept of an article that has been read; `disagreement` is with another reader."""
    return Reading(
        article.id,
        sketch(article.text),
        tuple(mentions),
        tuple(_namings(article, mentions)),
        tuple(find_ties(article.id, article.content)),
        disagreement=tuple(disagreement),
    )


def _namings(article: Article, mentions: Sequence[DealMention]) -> list[Naming]:
    names: dict[str, str] = {}
    for mention in mentions:
        for party in mention.parties:
            short = party.quote.text.strip()
            tells = is_short_form(short, party.name) and company_key(short) != ""
            names[party.name] = names.get(party.name) or (short if tells else "")
    for name, short in names.items():
        names[name] = short or short_form_used(article.content, name)
    marks = find_marks(article.content, names)
    return [Naming(article.id, name, short, marks[name]) for name, short in names.items()]
