"""Amounts are read in every form they come in, and a deal's price is told from other money."""

from __future__ import annotations

import pytest
from told_deals import article, core, vicinity

from assistant.deals.reading.money import find_amounts, price_of, read_figure
from assistant.deals.reading.vicinity import look_around
from assistant.deals.records import Basis


@pytest.mark.parametrize(
    ("words", "amount", "currency"),
    [
        ("$13.9bn", 13_900_000_000, "USD"),
        ("US$ 3 billion", 3_000_000_000, "USD"),
        ("€57m", 57_000_000, "EUR"),
        ("A$40 million", 40_000_000, "AUD"),
        ("CA$2.5-billion", 2_500_000_000, "CAD"),
        ("NZ$ 18 million", 18_000_000, "NZD"),
        ("¥300 billion", 300_000_000_000, "JPY"),
        ("8.9 billion yuan", 8_900_000_000, "CNY"),
        ("RMB 620 million", 620_000_000, "CNY"),
        ("Rs 90 crore", 900_000_000, "INR"),
        ("£1.2 million", 1_200_000, "GBP"),
        ("9 million dollars", 9_000_000, "USD"),
        ("40 million Canadian dollars", 40_000_000, "CAD"),
        ("$1.7 billion CAD", 1_700_000_000, "CAD"),
        ("half a billion euros", 500_000_000, "EUR"),
        ("EUR1,250,000", 1_250_000, "EUR"),
        ("GBP 1,4 billion", 1_400_000_000, "GBP"),
        ("7 million Swedish kronor", 7_000_000, "SEK"),
    ],
)
def test_reads_an_amount(words: str, amount: float, currency: str) -> None:
    found = find_amounts(vicinity(f"Alderby will pay {words} for Cresk."))
    assert [(a.money.amount, a.money.currency) for a in found] == [(amount, currency)]
    assert found[0].money.quote.text == words


@pytest.mark.parametrize(
    "words", ["12 percent", "three plants", "5 million users", "try 3 times", "in 2004"]
)
def test_reads_no_money_where_there_is_none(words: str) -> None:
    assert find_amounts(vicinity(f"Alderby bought Cresk, with {words}.")) == []


@pytest.mark.parametrize(
    ("told", "currency"),
    [("of Norway", "NOK"), ("in Oslo", "NOK"), ("of Denmark", "DKK"), ("of the north", "DKK")],
)
def test_kroner_are_those_of_the_land_told_of_most(told: str, currency: str) -> None:
    (amount,) = find_amounts(vicinity(f"Alderby {told} will pay 3 million kroner for Cresk."))
    assert amount.money.currency == currency


def test_a_range_keeps_both_ends() -> None:
    (amount,) = find_amounts(vicinity("Alderby offered between €250m and €300m for Cresk."))
    assert (amount.money.amount, amount.money.high) == (250_000_000, 300_000_000)
    assert amount.money.basis is Basis.RANGE
    assert amount.money.quote.text == "€250m and €300m"


def test_cash_and_shares_are_summed() -> None:
    (amount,) = find_amounts(
        vicinity("Alderby gives $20 million in cash and $30 million in stock for Cresk.")
    )
    assert amount.money.amount == 50_000_000


@pytest.mark.parametrize(
    ("words", "basis"),
    [
        ("$25 a share", Basis.PER_SHARE),
        ("about $25 million", Basis.ESTIMATE),
        ("$25 million", Basis.TOTAL),
    ],
)
def test_says_what_an_amount_is(words: str, basis: Basis) -> None:
    (amount,) = find_amounts(vicinity(f"Alderby will buy Cresk for {words}."))
    assert amount.money.basis is basis


def test_a_bare_dollar_takes_the_currency_given_elsewhere() -> None:
    found = find_amounts(
        vicinity("Alderby will buy Cresk for C$80 million. The $80 million are paid in cash.")
    )
    assert {a.money.currency for a in found} == {"CAD"}


@pytest.mark.parametrize(
    ("figure", "number"), [("1,250.5", 1250.5), ("1,3", 1.3), ("12,000", 12000)]
)
def test_a_comma_groups_three_digits_and_else_is_a_point(figure: str, number: float) -> None:
    assert read_figure(figure) == number


def test_the_price_is_not_the_revenue() -> None:
    near = vicinity(
        "Alderby has agreed to buy Cresk for $40 million. Cresk had revenue of $90 million last year. "
        "Alderby has debts of $700 million."
    )
    assert [value.amount for value in price_of(near)] == [40_000_000]


def test_a_conversion_in_brackets_comes_after_what_it_converts() -> None:
    near = vicinity("Alderby has agreed to buy Cresk for €40 million ($52 million) in cash.")
    assert price_of(near)[0].currency == "EUR"


def test_a_price_in_the_next_sentence_is_found() -> None:
    near = vicinity("Alderby will buy Cresk, the two said. The deal is worth £60 million.")
    assert [(v.amount, v.currency) for v in price_of(near)] == [(60_000_000, "GBP")]


def test_another_deals_price_stays_with_the_other() -> None:
    of = article("Alderby agreed to buy Cresk. In 2016 Alderby bought Dorn for $5 million.")
    first = core(of, "Alderby agreed to buy Cresk", "Alderby", "Cresk")
    second = core(of, "In 2016 Alderby bought Dorn for $5 million", "Alderby", "Dorn")
    assert price_of(look_around(of, first, [second])) == ()
    assert [v.amount for v in price_of(look_around(of, second, [first]))] == [5_000_000]


def test_an_undisclosed_price_is_none() -> None:
    assert price_of(vicinity("Alderby bought Cresk for an undisclosed sum.")) == ()


def test_of_one_price_in_several_currencies_the_first_is_the_price() -> None:
    near = vicinity(
        "Alderby has agreed to buy Cresk for £20 million, 3 billion yen, or US$30 million."
    )
    assert [v.currency for v in price_of(near)][:1] == ["GBP"]


def test_a_titles_rounded_price_gives_way_to_the_one_in_the_text() -> None:
    content = "Alderby has agreed to buy Cresk for $11.5 billion."
    told = article(content, title="Alderby to buy Cresk for $11 billion")
    near = look_around(told, core(told, content, "Alderby", "Cresk"))
    assert price_of(near)[0].amount == 11_500_000_000
