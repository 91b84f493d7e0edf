from __future__ import annotations

import pytest

from assistant.answer.antecedents import Turn
from assistant.answer.followups import stand_all_alone, stand_alone
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.register import Company

NAMES = (
    "Velmora", "Tarnbeck Castings", "Oskeld", "Quillon", "Tolmar", "Vitrea", "Halvora", "Pixelbarn",
    "Ravensund Bank", "Ravensund Foods",
)  # fmt: skip
BOOK = DealBook(
    companies=tuple(Company(f"c{n}", name, (name,), (), 1, 1) for n, name in enumerate(NAMES, 1))
)


def follow(before: str, text: str, answer: str = "") -> str:
    return stand_alone(text, [Turn(before, answer)], BOOK.directory.find, BOOK).text


@pytest.mark.parametrize(
    ("before", "text", "alone"),
    [
        ("Who did Oskeld partner with and why?", "what about Quillon?",
         "Who did Quillon partner with and why?"),
        ("Who did Oskeld partner with?", "And quillon?", "Who did quillon partner with?"),
        ("Who did Oskeld partner with?", "Same for Tolmar's, too", "Who did Tolmar partner with?"),
        ("List the partners of Oskeld.", "and of Quillon", "List the partners of Quillon."),
        ("Who bought Vitrea?", "What about Brandtwerk?", "Who bought Brandtwerk?"),
        ("How much did Velmora pay for Vitrea?", "And for Tarnbeck Castings?",
         "How much did Velmora pay for Tarnbeck Castings?"),
        ("Who bought Vitrea, and when did Vitrea agree?", "what about Tolmar?",
         "Who bought Tolmar, and when did Tolmar agree?"),
    ],
)  # fmt: skip
def test_a_company_named_alone_takes_the_place_of_the_one_before(
    before: str, text: str, alone: str
) -> None:
    assert follow(before, text) == alone


@pytest.mark.parametrize(
    ("before", "text", "alone"),
    [
        ("When did Velmora buy Vitrea?", "and why?", "Why did Velmora buy Vitrea?"),
        ("Did Velmora buy Vitrea?", "When was that?", "When did Velmora buy Vitrea?"),
        ("Why did Velmora buy Vitrea?", "the price?", "For how much did Velmora buy Vitrea?"),
        ("Which unit did Tolmar sell to Vitrea?", "Why?", "Why did Tolmar sell the unit to Vitrea?"),
        ("Who is buying Vitrea?", "why did they do that?", "Why is it buying Vitrea?"),
        ("Which maker of glass bought Vitrea?", "why?", "Why the maker of glass bought Vitrea?"),
        ("Who did Oskeld partner with and why?", "and when?", "When did Oskeld partner?"),
        ("What became of Velmora's bid for Vitrea?", "how come?", "Why Velmora's bid for Vitrea?"),
        ("Who bought Vitrea?", "who else?", "Who else bought Vitrea?"),
        ("Which firms did Velmora buy?", "Any others?", "Which other firms did Velmora buy?"),
    ],
)  # fmt: skip
def test_a_side_asked_about_alone_is_asked_of_the_same_deal(
    before: str, text: str, alone: str
) -> None:
    assert follow(before, text) == alone


@pytest.mark.parametrize(
    ("before", "text", "alone"),
    [
        ("What did Velmora buy in 2005?", "and the year after?", "What did Velmora buy in 2006?"),
        ("What did Velmora buy in March 2005 and why?", "the previous year?",
         "What did Velmora buy in 2004 and why?"),
        ("What did Velmora buy between 2005 and 2007?", "and the following year?",
         "What did Velmora buy in 2008?"),
        ("What did Velmora buy?", "and in 2008?", "What did Velmora buy in 2008?"),
        ("What did Velmora buy and why?", "in 2008?", "What did Velmora buy in 2008, and why?"),
        ("What did Velmora buy in 2005?", "and since then?", "What did Velmora buy since 2005?"),
        ("What did Velmora buy since 2005?", "what about March 2009", "What did Velmora buy in March 2009?"),
        ("Who led the 2005 merger of Oskeld?", "And the year after?", "Who led the 2006 merger of Oskeld?"),
        ("What did Velmora buy?", "and the year after?", "and the year after?"),
    ],
)  # fmt: skip
def test_a_time_told_alone_is_the_time_of_the_same_question(
    before: str, text: str, alone: str
) -> None:
    assert follow(before, text) == alone


def test_a_year_may_count_from_the_one_the_answer_gives() -> None:
    assert follow("What did Velmora buy?", "and the year after?", "Vitrea, in 2005 [1].") == (
        "What did Velmora buy in 2006?"
    )


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("no, I meant the bank", "Who bought Ravensund Bank?"),
        ("the foods one?", "Who bought Ravensund Foods?"),
        ("I meant Quillon", "Who bought Quillon?"),
        ("No, the shipyard", "Who bought Ravensund (the shipyard)?"),
        ("sorry, who did Quillon buy?", "who did Quillon buy?"),
        ("No, not 2005 but 2006", "Who bought Ravensund in 2006?"),
    ],
)
def test_a_correction_says_which_was_meant(text: str, alone: str) -> None:
    assert follow("Who bought Ravensund?", text) == alone


@pytest.mark.parametrize(
    ("before", "text", "alone"),
    [
        ("Who bought Vitrea?", "How much did they pay?",
         "How much did they pay in the acquisition of Vitrea?"),
        ("Did Velmora buy Vitrea?", "and what did it pay?",
         "What did Velmora pay in the acquisition of Vitrea?"),
        ("Which firm bought Vitrea from Tolmar?", "What does the seller keep?",
         "What does Tolmar keep in the acquisition of Vitrea?"),
        ("Who invested in Pixelbarn?", "Was the deal approved?",
         "Was the deal approved in the investment in Pixelbarn?"),
        ("When did Oskeld partner with Quillon?", "Is it over?",
         "Is it over in the partnership of Oskeld and Quillon?"),
        ("What did Velmora offer for Vitrea?", "What had it paid for Tolmar before?",
         "What had Velmora paid for Tolmar before?"),
        ("Who bought Vitrea?", "And how many jobs are lost?",
         "How many jobs are lost in the acquisition of Vitrea?"),
    ],
)  # fmt: skip
def test_what_a_question_leaves_unsaid_is_carried_over(before: str, text: str, alone: str) -> None:
    found = stand_alone(text, [Turn(before)], BOOK.directory.find, BOOK)
    assert (found.text, found.carried) == (alone, True)


def test_they_are_whom_the_answer_names() -> None:
    answer = "Velmora bought Vitrea in 2005 [1]."
    assert follow("Who bought Vitrea?", "how much did they pay?", answer) == (
        "How much did Velmora pay in the acquisition of Vitrea?"
    )
    assert follow("Who did Oskeld partner with?", "why?", "With Quillon [1].") == (
        "Why did Oskeld partner with Quillon?"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Who bought Tolmar?",
        "Which companies were bought in 2007?",
        "Who owns Gazprom?",
        "",
        "?",
        "東京は？",
        "\x00 (((",
    ],
)
def test_a_question_that_takes_nothing_from_those_before_stays_as_it_is(text: str) -> None:
    assert follow("Who bought Vitrea?", text) == text
    assert stand_alone(text, [], BOOK.directory.find, BOOK).text == text


def test_a_follow_up_of_a_follow_up_leans_on_what_that_one_meant() -> None:
    asked = [
        "Who did Oskeld buy?",
        "what about Quillon?",
        "and in 2008?",
        "the year after?",
        "why?",
    ]
    assert [turn.question for turn in stand_all_alone(asked, BOOK.directory.find, BOOK)] == [
        "Who did Oskeld buy?",
        "Who did Quillon buy?",
        "Who did Quillon buy in 2008?",
        "Who did Quillon buy in 2009?",
        "Why did Quillon buy in 2009?",
    ]
