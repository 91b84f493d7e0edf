"""What of a deal that a model states becomes a record: only what the article's own words carry.

Quotes are located, names must stand in the article, amounts and dates must be in their quotes. A
deal with fewer than two such parties, or without two of them near its evidence, is dropped whole.
What the gate cannot tell is whether true words were understood rightly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.deals.model.figures import (
    carries_amount,
    carries_currency,
    carries_date,
    carries_percent,
)
from assistant.deals.model.form import Dropped, StatedDeal, StatedMoney, StatedParty, dropped
from assistant.deals.records import (
    ROLES,
    Core,
    DealMention,
    Moment,
    Money,
    Party,
    Reason,
    Stake,
    Standing,
    Subject,
)
from assistant.domain import Article, Quote, Span
from assistant.text import locate_quote

CONFIDENCE = 0.95
"""Of ten records of a capable model that pass the gate, less than one is false (DealQA)."""

_REACH = 400
"""Characters around the evidence in which two parties are named: so they were in 110 of 110 true records."""

_SUBJECT_CHARS = 200
_NAME_CHARS = 100
_FAINT = frozenset(
    "the and of for group company corporation corp inc limited international".split()
)


@dataclass(frozen=True, slots=True)
class Gate:
    """One piece of one article; `notes` is told of everything that is dropped."""

    article: Article
    within: Span
    notes: Callable[[Dropped], None]

    def mention(self, stated: StatedDeal) -> DealMention | None:
        """The record, or None when the deal as a whole does not stand."""
        evidence = self._located("evidence", stated.evidence)
        if not evidence:
            self._refused(stated, "none of its evidence stands in the article")
            return None
        parties = self._parties(stated, evidence[0].span)
        if len(parties) < 2:
            self._refused(stated, "fewer than two of its parties stand in the article")
            return None
        standing_quote = self._locate(stated.status_quote) or evidence[0]
        mention = DealMention(
            self.article.id,
            Core(stated.kind, parties, evidence, CONFIDENCE),
            Standing(stated.status, standing_quote),
            stated.main,
        )
        if not self._named_near(mention):
            self._refused(stated, "its evidence stands where its parties are not named")
            return None
        return self._with_details(mention, stated)

    def _with_details(self, mention: DealMention, stated: StatedDeal) -> DealMention:
        return replace(
            mention,
            values=_present(self._money(one) for one in stated.values),
            dates=_present(
                Moment(one.milestone, one.date, quote)
                for one in stated.dates
                if (quote := self._dated(one.quote, one.date))
            ),
            stake=self._stake(stated),
            subject=self._subject(stated.subject),
            reasons=tuple(
                Reason(quote, one.voice, self._who(one.who))
                for one in stated.reasons
                if (quote := self._told("reason", one.quote))
            ),
        )

    def _refused(self, stated: StatedDeal, why: str) -> None:
        names = ", ".join(party.name for party in stated.parties)
        self.notes(dropped("deal", f"{stated.kind}: {names}", why))

    def _locate(self, words: str) -> Quote | None:
        return locate_quote(self.article.id, self.article.content, words, self.within)

    def _told(self, what: str, words: str) -> Quote | None:
        """The quote, or a note that it is not there."""
        quote = self._locate(words)
        if quote is None:
            self.notes(dropped(what, words, "does not stand in the article"))
        return quote

    def _located(self, what: str, several: Iterable[str]) -> tuple[Quote, ...]:
        return _present(self._told(what, words) for words in several)

    def _parties(self, stated: StatedDeal, near: Span) -> tuple[Party, ...]:
        """Each named party once; a name said to be on both sides is on neither."""
        found: dict[str, Party] = {}
        sides: dict[str, set[str]] = {}
        for party in stated.parties:
            if (quote := self._party_quote(stated, party, near)) is None:
                continue
            key = quote.text.casefold()
            sides.setdefault(key, set()).add(party.role)
            found.setdefault(key, Party(quote.text, party.role, quote))
        for key in [key for key, roles in sides.items() if len(roles) > 1]:
            self.notes(dropped("party", found.pop(key).name, "has two roles"))
        return tuple(found.values())

    def _party_quote(self, stated: StatedDeal, party: StatedParty, near: Span) -> Quote | None:
        if party.role not in ROLES[stated.kind]:
            why = f"{stated.kind} has no {party.role}"
            self.notes(dropped("party", party.name, why))
            return None
        quote = locate_quote(self.article.id, self.article.content, party.name, near)
        if quote is None or len(quote.text) > _NAME_CHARS or not _looks_like_a_name(quote, party):
            self.notes(dropped("party", party.name, "is not named so in the article"))
            return None
        return quote

    def _named_near(self, mention: DealMention) -> bool:
        """Whether a word of the names of two parties stands near some evidence, or in the title."""
        content = self.article.content
        spans = [quote.span for quote in mention.core.evidence]
        around = [content[max(0, s.start - _REACH) : s.end + _REACH] for s in spans]
        places = "\n".join([self.article.source.title, *around]).lower()
        near = [any(word in places for word in _name_words(p.name)) for p in mention.parties]
        return sum(near) >= 2

    def _money(self, stated: StatedMoney) -> Money | None:
        quote = self._told("value", stated.quote)
        if quote is None:
            return None
        said = f"{stated.amount:g} {stated.currency}"
        amounts = [stated.amount] if stated.high is None else [stated.amount, stated.high]
        currency = stated.currency.strip().upper()
        if not all(carries_amount(quote.text, amount) for amount in amounts):
            self.notes(dropped("value", said, f"is not the amount in its quote {quote.text!r}"))
            return None
        if not re.fullmatch(r"[A-Z]{3}", currency) or not carries_currency(
            quote.text, currency, self.article.content
        ):
            self.notes(dropped("value", said, f"is not the currency of its quote {quote.text!r}"))
            return None
        return Money(stated.amount, currency, stated.basis, quote, stated.high)

    def _dated(self, words: str, date: str) -> Quote | None:
        quote = self._told("date", words)
        if quote and not carries_date(quote.text, date, self.article.source.date):
            self.notes(dropped("date", date, f"is not the date in its quote {quote.text!r}"))
            return None
        return quote

    def _stake(self, stated: StatedDeal) -> Stake | None:
        if stated.stake is None or not (quote := self._told("stake", stated.stake.quote)):
            return None
        percent = stated.stake.percent
        if percent is not None and not carries_percent(quote.text, percent):
            self.notes(dropped("stake", percent, f"is not the share in its quote {quote.text!r}"))
            return None
        return Stake(percent, quote)

    def _subject(self, words: str | None) -> Subject | None:
        if not words or not (quote := self._told("subject", words[:_SUBJECT_CHARS])):
            return None
        return Subject(quote.text, quote)

    def _who(self, name: str | None) -> str:
        """Who gives a reason, as the article writes it; empty where it names nobody so."""
        if not name or not (quote := self._told("who", name[:_NAME_CHARS])):
            return ""
        return quote.text


_Found = TypeVar("_Found")


def _present(found: Iterable[_Found | None]) -> tuple[_Found, ...]:
    return tuple(one for one in found if one is not None)


def _looks_like_a_name(quote: Quote, party: StatedParty) -> bool:
    """`locate_quote` folds case, so "Target" would be found in "a target of 5 %"."""
    return quote.text != quote.text.lower() or party.name.strip() == quote.text


def _name_words(name: str) -> Sequence[str]:
    words = [word for word in re.findall(r"[\w&]+", name.lower()) if word not in _FAINT]
    return [word for word in words if len(word) > 1] or [name.lower()]
