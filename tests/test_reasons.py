"""Reasons are found where the article gives them, no longer than they are, with who gives them."""

from __future__ import annotations

import pytest
from told_deals import article, core, vicinity

from assistant.deals.reading.extents import find_extents
from assistant.deals.reading.reasons import MOST, reasons_of
from assistant.deals.reading.vicinity import look_around
from assistant.deals.records import Kind, Reason, Voice

NEWS = "Alderby has agreed to buy Cresk. "


def reasons(text: str) -> tuple[Reason, ...]:
    return reasons_of(vicinity(NEWS + text))


@pytest.mark.parametrize(
    "text",
    [
        "The purchase will help Alderby to expand in the growing market for heat pumps.",
        "Alderby wants to strengthen its position against larger competitors.",
        "The acquisition is expected to save both companies 20 million a year.",
    ],
)
def test_a_reporters_reason_is_found(text: str) -> None:
    (reason,) = reasons(text)
    assert reason.quote.text in text
    assert len(reason.quote.text) > len(text) / 2
    assert reason.voice is Voice.REPORTER


def test_a_partys_words_are_quoted_without_the_rest_of_the_sentence() -> None:
    said = "Together we can offer our customers a much broader range of products"
    (reason,) = reasons(f'"{said}," said Mira Toll, chief executive of Alderby.')
    assert reason.quote.text.strip(",") == said
    assert (reason.voice, reason.who) == (Voice.PARTY, "Mira Toll")


def test_an_analyst_is_an_observer() -> None:
    (reason,) = reasons("Analysts said the deal would help Alderby to compete with larger rivals.")
    assert reason.voice is Voice.OBSERVER


@pytest.mark.parametrize(
    "text",
    [
        "Cresk was founded in 1954 and employs 300 people.",
        "Shareholders of Cresk vote in March.",
        "The terms were not disclosed.",
    ],
)
def test_what_explains_nothing_is_no_reason(text: str) -> None:
    assert reasons(text) == ()


def test_a_part_of_a_sentence_that_names_only_another_deals_party_is_no_reason() -> None:
    text = (
        "Alderby has agreed to buy Cresk to reach more customers in Norway, which would help it to expand, "
        "as its earlier partnership with Tolbrook helped it to grow in Denmark."
    )
    of = article(text)
    other = core(of, "partnership with Tolbrook", "Tolbrook", "Alderby", kind=Kind.PARTNERSHIP)
    near = look_around(of, core(of, text, "Alderby", "Cresk"), [other])
    for reason in reasons_of(near):
        assert "Tolbrook" not in reason.quote.text or "Cresk" in reason.quote.text


def test_a_first_sentence_that_stands_for_a_title_may_give_the_reason() -> None:
    lead = "Alderby will buy Cresk to strengthen its position in the growing market for heat pumps."
    of = article("The papers were signed on Monday.", title=lead)
    (reason,) = reasons_of(look_around(of, core(of, lead, "Alderby", "Cresk")))
    assert "strengthen its position" in reason.quote.text


PACT = "On Monday Alderby signed an agreement with Cresk."
EARLIER = "It follows its pact with Tolbrook."
AIMS = "This collaboration puts the focus on quieter pumps."


def test_what_this_agreement_is_for_is_the_reason_of_the_first_deal_told() -> None:
    of = article(f"{PACT} {EARLIER} {AIMS}")
    first = core(of, PACT, "Alderby", "Cresk", kind=Kind.PARTNERSHIP)
    second = core(of, EARLIER, "Alderby", "Tolbrook", kind=Kind.PARTNERSHIP)
    (reason,) = reasons_of(look_around(of, first, [second]))
    assert "quieter pumps" in reason.quote.text
    for other in reasons_of(look_around(of, second, [first])):
        assert "quieter pumps" not in other.quote.text


def test_no_more_than_a_few_reasons_are_kept() -> None:
    text = "The deal will help Alderby to expand and to compete with larger rivals in its market. "
    assert 1 <= len(reasons(text * 12)) <= MOST


def test_extents_of_a_sentence_stay_inside_it() -> None:
    near = vicinity(
        NEWS
        + 'He said that it would "make us stronger abroad", because the market is growing, too.'
    )
    sentence = near.sentences[2]
    extents = find_extents(near, 2)
    assert {"sentence", "quoted", "reported", "clause"} <= {e.form for e in extents}
    assert all(sentence.start <= e.span.start < e.span.end <= sentence.end for e in extents)
