from __future__ import annotations

import pytest

from assistant.answer.question import Aspect, leans_back, read_aspect, search_text, split_question
from assistant.domain import Question


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("Who bought Skype?", Aspect.WHO),
        ("Whose stake did Halvora buy?", Aspect.WHO),
        ("Which company did Velmora buy?", Aspect.WHO),
        ("And who advised them?", Aspect.WHO),
        ("Which companies did Baidu buy?", Aspect.LIST),
        ("List the partners of Oskeld.", Aspect.LIST),
        ("What airlines ordered the jet?", Aspect.LIST),
        ("How much did Velmora pay?", Aspect.HOW_MUCH),
        ("How many jets did Dunmore order?", Aspect.HOW_MUCH),
        ("What was the purchase price?", Aspect.HOW_MUCH),
        ("What stake does Halvora get?", Aspect.HOW_MUCH),
        ("When did the merger close?", Aspect.WHEN),
        ("In what year was it announced?", Aspect.WHEN),
        ("Why did Intel leave?", Aspect.WHY),
        ("What was the reason for the sale?", Aspect.WHY),
        ("why?", Aspect.WHY),
        ("What did Lei Jun say about it?", Aspect.SAID),
        ("How did the board react?", Aspect.SAID),
        ("What happened to the merger?", Aspect.STATUS),
        ("What became of the bid?", Aspect.STATUS),
        ("Did Xiaomi buy Tesla?", Aspect.YES_NO),
        ("Is the deal approved?", Aspect.YES_NO),
        ("  Was it sold?  ", Aspect.YES_NO),
        ("What does Quillon supply?", Aspect.WHAT),
        ("Tell me about Velmora", Aspect.WHAT),
        ("", Aspect.WHAT),
        ("東京電力", Aspect.WHAT),
    ],
)
def test_the_form_of_a_question_tells_its_aspect(text: str, aspect: Aspect) -> None:
    assert read_aspect(text) is aspect


@pytest.mark.parametrize(
    "text",
    [
        "And why?",
        "When?",
        "How much did they pay?",
        "What about Nokia?",
        "Is it closed?",
        "who bought",
    ],
)
def test_a_question_that_needs_the_one_before_leans_back(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize("text", ["Who bought Skype?", "How much did Velmora pay for Tarnbeck?"])
def test_a_question_that_names_its_companies_stands_alone(text: str) -> None:
    assert not leans_back(text)


def test_a_follow_up_is_searched_with_the_question_before_it_alone() -> None:
    question = Question("And why?", ("Who bought Skype?", "Who left Oskeld?"))
    assert search_text(question) == "Who left Oskeld? And why?"


def test_a_question_that_stands_alone_is_searched_as_it_is() -> None:
    assert search_text(Question("Who bought Skype?", ("Who left Oskeld?",))) == "Who bought Skype?"
    assert search_text(Question("And why?")) == "And why?"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who bought Skype?", ["Who bought Skype?"]),
        ("Who bought Skype, and why?", ["Who bought Skype?", "why?"]),
        ("Who bought Skype and for how much?", ["Who bought Skype?", "for how much?"]),
        ("Did Procter and Gamble merge?", ["Did Procter and Gamble merge?"]),
        ("Tell me of Skype and when it was sold.", ["Tell me of Skype and when it was sold."]),
    ],
)
def test_two_questions_in_one_are_told_apart(text: str, parts: list[str]) -> None:
    assert split_question(text) == parts


def test_a_bare_second_question_is_not_searched_for() -> None:
    assert search_text(Question("Who bought Skype, and why?")) == "Who bought Skype?"
    whole = "Who bought Skype, and when was it founded?"
    assert search_text(Question(whole)) == whole
