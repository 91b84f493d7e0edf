"""Articles read offline from end to end, with the shipped weights."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from assistant.deals.reading.reader import OfflineReader
from assistant.deals.reading.sentences import LONGEST, sentences_of
from assistant.deals.records import DealMention, Kind, Role, Stage
from assistant.domain import Article, Source

BOUGHT = (
    "Velmora Motors said on Tuesday it had agreed to buy Tarnbeck Foods for $340 million. The purchase "
    "would help it enter the northern market, its chief executive said."
)


@pytest.fixture(scope="module")
def reader(cache: Path) -> OfflineReader:
    return OfflineReader(cache)


def _article(text: str, title: str = "Velmora Motors to buy Tarnbeck Foods") -> Article:
    return Article(Source("a-1", title, date="2014-03-13"), text)


def _quotes(mention: DealMention) -> list[str]:
    quotes = [*mention.core.evidence, mention.standing.quote]
    quotes += [party.quote for party in mention.parties]
    quotes += [value.quote for value in mention.values]
    quotes += [moment.quote for moment in mention.dates]
    quotes += [reason.quote for reason in mention.reasons]
    return [quote.text for quote in quotes]


def test_an_article_gives_its_deal_with_every_field(reader: OfflineReader) -> None:
    (deal,) = reader.read(_article(BOUGHT))
    assert deal.kind is Kind.ACQUISITION
    assert [(p.name, p.role) for p in deal.parties] == [
        ("Velmora Motors", Role.ACQUIRER),
        ("Tarnbeck Foods", Role.TARGET),
    ]
    assert deal.standing.stage is Stage.ANNOUNCED
    assert [(v.amount, v.currency) for v in deal.values] == [(340_000_000, "USD")]
    assert deal.dates[0].date == "2014-03-11"
    assert "enter the northern market" in deal.reasons[0].quote.text
    assert deal.main


def test_every_quote_stands_in_the_article(reader: OfflineReader) -> None:
    article = _article(BOUGHT)
    for mention in reader.read(article):
        for quote in _quotes(mention):
            assert quote in article.content


def test_the_same_article_is_read_the_same(reader: OfflineReader) -> None:
    assert reader.read(_article(BOUGHT)) == reader.read(_article(BOUGHT))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lkjsdf oiuwer mnbxcv qpwoe.",
        '"' * 3000,
        "bought " * 500,
        "Wir haben gestern lange geschlafen und dann gut gegessen.",
        "今天天气很好，我们去公园散步。",
        "Prices rose and shops had to deal with inflation. A good deal of rain fell on Brask.",
    ],
)
def test_an_article_without_a_deal_gives_none(reader: OfflineReader, text: str) -> None:
    assert reader.read(_article(text, "News of the day")) == []


def test_a_line_without_end_is_read_to_its_end(reader: OfflineReader) -> None:
    noise = "the weather stayed fine for all who walked "
    article = _article(f"{noise * 400}. {BOUGHT}", "News of the day")
    assert max(span.end - span.start for span in sentences_of(article)) <= LONGEST
    assert [deal.kind for deal in reader.read(article)] == [Kind.ACQUISITION]


def test_a_deal_late_in_a_book_is_found(reader: OfflineReader) -> None:
    article = _article(f"{'It rained in Brask. ' * 500}{BOUGHT}", "News of the day")
    (deal,) = reader.read(article)
    assert {p.name for p in deal.parties} == {"Velmora Motors", "Tarnbeck Foods"}


def test_sentences_fill_the_article_in_order() -> None:
    article = _article(f"{'word ' * 2000}end. Short one.")
    spans = sentences_of(article)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    kept = "".join(article.content[s.start : s.end] for s in spans)
    assert "".join(kept.split()) == "".join(article.content.split())
