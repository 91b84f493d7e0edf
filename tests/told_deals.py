"""Deals for tests, from a sentence: two parties with their names, and the words that are the evidence."""

from __future__ import annotations

from assistant.deals.reading.vicinity import Vicinity, look_around
from assistant.deals.records import ROLES, Core, Kind, Party
from assistant.domain import Article, Quote, Source
from assistant.text import locate_quote


def article(
    text: str, title: str = "Business in brief", date: str | None = "2019-05-15"
) -> Article:
    """15 May 2019 was a Wednesday."""
    return Article(Source("a1", title, date=date), text)


def quote(of: Article, words: str) -> Quote:
    found = locate_quote(of.id, of.content, words)
    assert found, words
    return found


def core(of: Article, evidence: str, *names: str, kind: Kind = Kind.ACQUISITION) -> Core:
    roles = (ROLES[kind] * 3)[: len(names)]
    parties = tuple(Party(n, r, quote(of, n)) for n, r in zip(names, roles, strict=True))
    return Core(kind, parties, (quote(of, evidence),))


def vicinity(text: str, date: str | None = "2019-05-15") -> Vicinity:
    """Around a deal between Alderby and Cresk, whose evidence is the first sentence."""
    of = article(text, date=date)
    return look_around(of, core(of, text.partition(". ")[0], "Alderby", "Cresk"))
