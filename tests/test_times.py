"""Dates are told from the article's day, at the precision their words have, and a deal gets its own."""

from __future__ import annotations

import pytest
from told_deals import article, core, vicinity

from assistant.deals.reading.times import find_times, moments_of
from assistant.deals.reading.vicinity import look_around
from assistant.deals.records import Milestone, Stage


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on 3 April 2018", "2018-04-03"),
        ("on April 3, 2018", "2018-04-03"),
        ("on April 3", "2019-04-03"),
        ("on December 3", "2018-12-03"),
        ("in April 2017", "2017-04"),
        ("in March", "2019-03"),
        ("in November", "2018-11"),
        ("last May", "2018-05"),
        ("in April of last year", "2018-04"),
        ("in 2011", "2011"),
        ("in late 2011", "2011"),
        ("today", "2019-05-15"),
        ("this morning", "2019-05-15"),
        ("yesterday", "2019-05-14"),
        ("on Monday", "2019-05-13"),
        ("on Wednesday", "2019-05-15"),
        ("last Wednesday", "2019-05-08"),
        ("last Friday", "2019-05-10"),
        ("last week", "2019-05"),
        ("earlier this week", "2019-05"),
        ("earlier this month", "2019-05"),
        ("last month", "2019-04"),
        ("last year", "2018"),
        ("earlier this year", "2019"),
        ("three years ago", "2016"),
        ("two months ago", "2019-03"),
        ("ten days ago", "2019-05-05"),
        ("last summer", "2018"),
        ("2018-02-07", "2018-02-07"),
    ],
)
def test_reads_a_date(words: str, date: str) -> None:
    found = find_times(vicinity(f"Alderby bought Cresk {words}."))
    assert [t.date for t in found] == [date]


@pytest.mark.parametrize(
    "words",
    [
        "recently",
        "in the 1990s",
        "for 2,011 euros",
        "and may sell it",
        "on April 31",
        "to march on",
        "soon",
    ],
)
def test_reads_no_date_where_there_is_none(words: str) -> None:
    assert find_times(vicinity(f"Alderby bought Cresk {words}.")) == []


def test_a_month_to_come_lies_ahead() -> None:
    found = find_times(vicinity("Alderby will buy Cresk by March."))
    assert [t.date for t in found] == ["2020-03"]


@pytest.mark.parametrize("date", [None, "2019", "2019-05"])
def test_without_the_articles_day_only_full_dates_are_told(date: str | None) -> None:
    found = find_times(
        vicinity("Alderby bought Cresk on Monday. It was founded in May 1980.", date)
    )
    assert [t.date for t in found] == ["1980-05"]


def test_a_deal_gets_the_day_on_which_it_was_announced() -> None:
    near = vicinity("Alderby said on Monday it would buy Cresk. Cresk was founded in 1954.")
    (moment,) = moments_of(near, Stage.ANNOUNCED)
    assert (moment.date, moment.milestone) == ("2019-05-13", Milestone.ANNOUNCED)
    assert moment.quote.text == "Monday"


def test_two_deals_do_not_share_a_date() -> None:
    of = article("Alderby announced today that it will buy Cresk. In 2016 Alderby bought Dorn.")
    first = core(of, "Alderby announced today that it will buy Cresk", "Alderby", "Cresk")
    second = core(of, "In 2016 Alderby bought Dorn", "Alderby", "Dorn")
    assert [m.date for m in moments_of(look_around(of, first, [second]), Stage.ANNOUNCED)] == [
        "2019-05-15"
    ]
    assert [m.date for m in moments_of(look_around(of, second, [first]), Stage.COMPLETED)] == [
        "2016"
    ]


def test_what_is_not_dated_has_no_date() -> None:
    assert moments_of(vicinity("Alderby has bought Cresk."), Stage.COMPLETED) == ()
