"""The chat as messages: gone on with, taken back, reopened, stopped. The assistant behind is scripted."""

from __future__ import annotations

from collections.abc import Generator
from typing import cast

from browser.scripted import (
    NASTY,
    NASTY_ANSWER,
    PARTNERS,
    PARTNERS_ANSWER,
    PURCHASE,
    ScriptedAssistant,
)

from assistant.domain import Exchange
from assistant.web.answers import Kept, answer_html, draft_html, waiting_html
from assistant.web.dialogue import Message, html_of, message, messages_of, named, stopped, talk
from assistant.web.running import Running
from assistant.web.texts import choose_texts

TEXTS = choose_texts()
NAME = "a" * 32


def after(
    assistant: ScriptedAssistant,
    question: str,
    said: list[Message] | None = None,
    *,
    again: str = "",
) -> list[Message]:
    """The messages when the question is answered, in the form in which the browser sends them back."""
    frames = talk(assistant, Running(), TEXTS, question, said or [], NAME, again=again)
    messages, _ = list(frames)[-1]
    return [
        {"role": one["role"], "content": [{"type": "text", "text": html_of(one)}]}
        for one in messages
    ]


def test_a_question_asked_again_takes_the_place_of_the_last() -> None:
    assistant = ScriptedAssistant()
    said = after(assistant, PURCHASE, after(assistant, PARTNERS))
    said = after(assistant, NASTY, said, again="1")
    assert [one.question for one in assistant.kept[NAME]] == [PARTNERS, NASTY]
    assert [one["role"] for one in said] == ["user", "assistant"] * 2
    assert html_of(said[-1]) == answer_html(NASTY_ANSWER.answer, TEXTS, Kept(NAME, 1))


def test_an_answer_that_was_never_kept_is_taken_back_from_the_page_alone() -> None:
    assistant = ScriptedAssistant({"broken": lambda: iter([])})
    said = after(assistant, "broken", after(assistant, PARTNERS))
    said = after(assistant, PURCHASE, said, again="unkept")
    assert [one.question for one in assistant.kept[NAME]] == [PARTNERS, PURCHASE]
    assert len(said) == 4


def test_of_an_answer_that_is_no_longer_the_last_nothing_is_taken_back() -> None:
    assistant = ScriptedAssistant()
    said = after(assistant, PARTNERS)
    after(assistant, PURCHASE, said)
    shown = after(assistant, NASTY, said, again="0")
    assert [one.question for one in assistant.kept[NAME]] == [PARTNERS, PURCHASE]
    assert [question for question, _ in assistant.asked] == [PARTNERS, PURCHASE]
    assert [html_of(one) for one in shown[:4]] == [
        html_of(one) for one in messages_of(assistant.kept[NAME], NAME, TEXTS)
    ]
    assert "This conversation went on elsewhere" in html_of(shown[-1])
    shown = after(assistant, NASTY, shown, again="unkept")
    assert [one.question for one in assistant.kept[NAME]] == [PARTNERS, PURCHASE, NASTY]
    assert len(shown) == 6


def test_a_question_that_took_the_place_of_the_last_is_not_taken_back_for_it() -> None:
    assistant = ScriptedAssistant()
    said = after(assistant, PARTNERS)
    after(assistant, PURCHASE, said, again="0")
    after(assistant, NASTY, said, again="0")
    assert [one.question for one in assistant.kept[NAME]] == [PURCHASE]


def test_asking_again_of_what_was_deleted_begins_anew() -> None:
    assistant = ScriptedAssistant()
    said = after(assistant, PARTNERS)
    assistant.delete_conversation(NAME)
    assert len(after(assistant, PURCHASE, said, again="0")) == 2
    assert [one.question for one in assistant.kept[NAME]] == [PURCHASE]


def test_asking_again_of_nothing_is_asking() -> None:
    assert len(after(ScriptedAssistant(), PARTNERS, again="0")) == 2


def test_a_conversation_is_reopened_as_it_stood() -> None:
    assistant = ScriptedAssistant()
    said = after(assistant, PURCHASE, after(assistant, PARTNERS))
    again = messages_of(assistant.conversation(NAME), NAME, TEXTS)
    assert [html_of(one) for one in again] == [html_of(one) for one in said]


def test_a_question_whose_answer_was_not_kept_says_so() -> None:
    (_, answer) = messages_of([Exchange(PARTNERS, None, "")], NAME, TEXTS)
    assert "The answer to this question was not kept." in html_of(answer).replace("&#46;", ".")


def test_a_conversation_has_the_name_it_was_given_or_a_new_one() -> None:
    assistant = ScriptedAssistant()
    assistant.kept["from the terminal"] = [Exchange(PARTNERS, PARTNERS_ANSWER.answer, "")]
    assert named(assistant, NAME) == NAME
    assert named(assistant, "from the terminal") == "from the terminal"
    strange = {named(assistant, name) for name in ("", "<script>", "x" * 500)}
    assert len(strange) == 3
    assert all(len(name) == 32 for name in strange)


def test_an_answer_that_nobody_writes_any_more_is_ended() -> None:
    asked = message("user", "q")
    begun = stopped([asked, message("assistant", draft_html("Xiaomi [1]"))], TEXTS)
    assert begun is not None
    assert html_of(begun[-1]).startswith('<div class="answer done stopped"><p class="said"')
    assert html_of(begun[-1]).count("<div") == html_of(begun[-1]).count("</div>")
    waiting = stopped([asked, message("assistant", waiting_html(TEXTS))], TEXTS)
    assert waiting is not None
    assert "waiting" not in html_of(waiting[-1])
    assert (
        stopped([asked, message("assistant", answer_html(PARTNERS_ANSWER.answer, TEXTS))], TEXTS)
        is None
    )
    assert stopped([], TEXTS) is None


def test_stopping_reaches_the_answers_of_one_conversation() -> None:
    running = Running()
    with running.answer("a") as first, running.answer("b") as other:
        assert running.stop("a")
        assert (first.is_set(), other.is_set()) == (True, False)
    assert other.is_set()
    assert not running.stop("a")


def test_a_page_that_went_away_stops_its_answer() -> None:
    running = Running()
    told = talk(ScriptedAssistant(), running, TEXTS, PARTNERS, [], NAME, again="")
    talking = cast("Generator[object]", told)
    next(talking)
    assert running.stop(NAME)
    talking.close()
    assert not running.stop(NAME)
