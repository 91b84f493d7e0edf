from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.answer.exchanges import FORM, read_exchanges, store_exchange
from assistant.domain import Abstention, Answer, Citation, Question, Quote, Source, Span, Strength
from assistant.errors import ConversationTooNew

SOURCE = Source("a-1", "Kestrel bids", "Harbour Post", "2011-03", "https://harbour.example/1")
CITED = Citation(1, Quote("a-1", Span(13, 40), "Kestrel offered 12 million."), SOURCE)
ANSWER = Answer(
    "And how much?", "Kestrel offered 12 million [1].", (CITED,), "offline", None, "Slow."
)
QUESTION = Question("How much did Kestrel offer?", ("Who bid?",), "And how much?")
AT = "2026-01-02T03:04:05+00:00"


def test_what_an_answer_is_about_is_kept_with_it() -> None:
    answer = replace(
        ANSWER,
        deals=("d2", "d1"),
        companies=("c3",),
        next_questions=("Why did Kestrel bid?",),
        strength=Strength.ONE,
    )
    record = json.loads(json.dumps(store_exchange(QUESTION, answer, AT)))
    (exchange,) = read_exchanges([record], ["And how much?"], AT)
    assert exchange.answer == answer


def test_an_exchange_of_the_first_form_is_read_without_what_it_did_not_keep() -> None:
    record = json.loads(json.dumps(store_exchange(QUESTION, ANSWER, AT)))
    for name in ("deals", "companies", "next_questions", "strength"):
        del record["answer"][name]
    (exchange,) = read_exchanges([{**record, "form": 1}], ["And how much?"], AT)
    assert exchange.answer == ANSWER


@pytest.mark.parametrize("abstention", [None, Abstention.NO_SUCH_DEAL])
def test_what_was_stored_as_plain_data_is_read_as_it_was(abstention: Abstention | None) -> None:
    answer = Answer("And how much?", ANSWER.text, (CITED,), "offline", abstention, "Slow.")
    record = json.loads(json.dumps(store_exchange(QUESTION, answer, AT)))
    (exchange,) = read_exchanges([record], ["And how much?"], AT)
    assert (exchange.question, exchange.answer, exchange.asked) == ("And how much?", answer, AT)


def test_questions_asked_before_answers_were_kept_come_first_and_have_none() -> None:
    record = store_exchange(QUESTION, ANSWER, AT)
    old, new = read_exchanges([record], ["Who bid?", "And how much?"], AT)
    assert (old.question, old.answer) == ("Who bid?", None)
    assert new.answer == ANSWER


def test_a_form_of_a_newer_version_is_refused_with_advice() -> None:
    record = {**store_exchange(QUESTION, ANSWER, AT), "form": FORM + 1}
    with pytest.raises(ConversationTooNew, match="install the newer version"):
        read_exchanges([record], ["And how much?"], AT)
