"""A core becomes a whole record, in which every field stands in the article."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from told_deals import article, core, quote

from assistant.deals.reading.details import complete, told_date, told_value
from assistant.deals.records import Basis, Core, DealMention, Kind, Party, Role, Stage
from assistant.domain import Article, Quote

TEXT = (
    "Alderby said on Monday it had agreed to buy 60 percent of Cresk, a maker of heat pumps, for €40 million, "
    "or €12 a share. The purchase will help Alderby to expand in the growing Nordic market. "
    "Alderby bought the radio maker Dorn in 2016 for $5 million."
)


def mentions() -> tuple[Article, DealMention, DealMention]:
    of = article(TEXT, "Alderby to buy Cresk")
    first = core(of, TEXT.partition(" The purchase")[0], "Alderby", "Cresk")
    second = core(
        of, "Alderby bought the radio maker Dorn in 2016 for $5 million", "Alderby", "Dorn"
    )
    return of, complete(of, first, [first, second]), complete(of, second, [first, second])


def quotes(mention: DealMention) -> Iterator[Quote]:
    yield mention.standing.quote
    yield from (v.quote for v in mention.values)
    yield from (d.quote for d in mention.dates)
    yield from (r.quote for r in mention.reasons)
    yield from (f.quote for f in (mention.stake, mention.subject) if f)


def test_a_record_is_filled() -> None:
    _, main, _ = mentions()
    value = told_value(main)
    assert value
    assert (value.amount, value.currency) == (40_000_000, "EUR")
    assert told_date(main) == told_date(main, "2019-06-01") == "2019-05-13"
    assert main.standing.stage is Stage.ANNOUNCED
    assert main.stake
    assert main.stake.percent == 60
    assert main.subject
    assert main.subject.text == "heat pumps"
    assert [r.quote.text[:12] for r in main.reasons] == ["The purchase"]
    assert main.main


def test_two_deals_of_an_article_share_nothing() -> None:
    _, _, passing = mentions()
    value = told_value(passing)
    assert value
    assert (value.amount, value.currency) == (5_000_000, "USD")
    assert told_date(passing) == "2016"
    assert passing.standing.stage is Stage.COMPLETED
    assert passing.stake is None
    assert passing.reasons == ()
    assert not passing.main


def test_every_quote_stands_in_the_article() -> None:
    of, *both = mentions()
    for mention in both:
        for found in quotes(mention):
            assert of.content[found.span.start : found.span.end] == found.text


def test_a_price_a_share_is_shown_only_where_no_whole_price_is() -> None:
    of = article("Alderby agreed to buy Cresk at €12 a share.")
    mention = complete(of, core(of, "Alderby agreed to buy Cresk", "Alderby", "Cresk"))
    value = told_value(mention)
    assert value
    assert value.basis is Basis.PER_SHARE


def test_what_is_not_said_stays_empty() -> None:
    of = article("Alderby bought Cresk.", date=None)
    mention = complete(of, core(of, "Alderby bought Cresk", "Alderby", "Cresk"))
    assert (mention.values, mention.dates, mention.stake, mention.reasons) == ((), (), None, ())
    assert told_value(mention) is None
    assert told_date(mention) is None
    assert told_date(replace(mention, main=True), "2019-06-01") == "2019-06"
    assert told_date(replace(mention, main=False), "2019-06-01") is None


@pytest.mark.parametrize(
    "piece", ['"', "“", "x", "word and ", "$1 million to ", "1,", "((", "said Al, ", "Bid. ", "\n"]
)
def test_a_hostile_text_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    """200,000 characters in at most 10 s, where half a second is usual and a quadratic reading takes minutes."""
    head = "Alderby will buy Cresk. "
    of = Article(article("").source, head + (piece * 200_000)[:200_000])
    buyer, target = (
        Party(n, r, quote(of, n)) for n, r in (("Alderby", Role.ACQUIRER), ("Cresk", Role.TARGET))
    )
    everything = Quote(of.id, quote(of, head.strip()).span, head.strip())
    began = time.process_time()
    complete(of, Core(Kind.ACQUISITION, (buyer, target), (everything,)))
    assert time.process_time() - began < 10
