"""What can be done with an answer: stopped, asked again, changed, copied, judged, gone on from."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assistant.domain import Delta, Finished

from .conftest import Served, answer, ask, is_ready, until
from .scripted import NASTY, PARTNERS, PARTNERS_ANSWER, PURCHASE, TESLA, told


def test_an_answer_can_be_stopped_and_what_stood_stays(page: Page, served: Served) -> None:
    ended = threading.Event()

    def endless() -> Iterator[Delta | Finished]:
        try:
            for _ in range(2000):
                yield Delta("Xiaomi partnered ")
                ended.wait(0.01)
        finally:
            ended.set()

    served.assistant.scripts["endless"] = endless
    ask(page, "endless")
    expect(page.locator("#chat .draft")).to_contain_text("Xiaomi partnered")
    page.click("#stop")
    stopped = page.locator("#chat .answer.stopped")
    expect(stopped).to_contain_text("Xiaomi partnered")
    expect(stopped.locator(".notice")).to_have_text("Stopped before its end.")
    assert ended.wait(10), "the assistant went on writing"
    expect(page.locator("#send")).to_be_visible()
    expect(page.locator("#stop")).to_be_hidden()
    ask(page, PARTNERS)
    answer(page, 1)


def test_a_silent_model_can_be_stopped_too(page: Page, served: Served) -> None:
    never = threading.Event()

    def silent() -> Iterator[Delta | Finished]:
        never.wait(30)
        yield PARTNERS_ANSWER

    served.assistant.scripts["silent"] = silent
    ask(page, "silent")
    expect(page.locator("#chat .waiting")).to_be_visible()
    page.click("#stop")
    expect(page.locator("#chat .stopped .notice")).to_have_text("Stopped before its end.")
    never.set()


def test_a_question_is_asked_again_in_its_place(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, PURCHASE)
    answer(page, 1).locator(".retry").click()
    until(page, lambda: len(served.assistant.asked) == 3)
    answer(page, 1)
    expect(page.locator("#chat .question")).to_have_text([PARTNERS, PURCHASE])
    assert [question for question, _ in served.assistant.asked] == [PARTNERS, PURCHASE, PURCHASE]
    (kept,) = served.assistant.kept.values()
    until(page, lambda: [exchange.question for exchange in kept] == [PARTNERS, PURCHASE])


def test_only_the_last_question_can_be_asked_again(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, PURCHASE)
    expect(answer(page, 1).locator(".retry")).to_be_visible()
    expect(answer(page, 0).locator(".retry")).to_be_hidden()
    expect(answer(page, 0).locator(".copy")).to_be_visible()


def test_the_last_question_is_changed_and_its_answer_replaced(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator(".edit").click()
    box = page.locator("#ask textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value(PARTNERS)
    expect(page.locator("#notes")).to_contain_text("You are changing your last question")
    ask(page, PURCHASE)
    expect(answer(page, 0)).to_contain_text("Baidu bought KITT.AI")
    expect(page.locator("#chat .question")).to_have_text([PURCHASE])
    expect(page.locator("#notes p")).to_have_count(0)
    (kept,) = served.assistant.kept.values()
    assert [exchange.question for exchange in kept] == [PURCHASE]


def test_changing_a_question_can_be_called_off(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator(".edit").click()
    page.locator("#notes button").click()
    expect(page.locator("#ask textarea")).to_have_value("")
    ask(page, PURCHASE)
    answer(page, 1)
    (kept,) = served.assistant.kept.values()
    assert [exchange.question for exchange in kept] == [PARTNERS, PURCHASE]


def two_conversations(page: Page) -> None:
    """That of PARTNERS, then that of PURCHASE, which is open."""
    ask(page, PARTNERS)
    answer(page, 0)
    page.click("#new")
    expect(page.locator("#chat .question")).to_have_count(0)
    ask(page, PURCHASE)
    answer(page, 0)
    expect(page.locator("#rail a.conversation-link")).to_have_text([PURCHASE, PARTNERS])


def questions(served: Served) -> list[list[str]]:
    return [[one.question for one in kept] for kept in served.assistant.kept.values()]


@pytest.mark.parametrize("changed", ["", " and why?"])
def test_changing_a_question_ends_where_another_conversation_is_opened(
    page: Page, served: Served, changed: str
) -> None:
    two_conversations(page)
    box = page.locator("#ask textarea")
    answer(page, 0).locator(".edit").click()
    page.keyboard.type(changed)
    page.locator("#rail a.conversation-link").nth(1).click()
    expect(page.locator("#chat .question")).to_have_text([PARTNERS])
    expect(page.locator("#notes p")).to_have_count(0)
    expect(box).to_have_value(f"{PURCHASE}{changed}" if changed else "")
    ask(page, TESLA)
    answer(page, 1)
    assert questions(served) == [[PARTNERS, TESLA], [PURCHASE]]


def test_changing_a_question_ends_with_a_new_conversation(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator(".edit").click()
    page.click("#new")
    expect(page.locator("#chat .welcome")).to_be_visible()
    expect(page.locator("#notes p")).to_have_count(0)
    expect(page.locator("#ask textarea")).to_have_value("")
    expect(page.locator("#ask textarea")).to_be_focused()
    ask(page, PURCHASE)
    answer(page, 0)
    assert questions(served) == [[PARTNERS], [PURCHASE]]


def test_a_suggested_question_replaces_none_that_is_being_changed(
    page: Page, served: Served
) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator(".edit").click()
    page.keyboard.type(" And why?")
    answer(page, 0).locator(".next button").first.click()
    answer(page, 1)
    assert questions(served) == [[PARTNERS, PURCHASE]]
    expect(page.locator("#notes p")).to_have_count(0)
    expect(page.locator("#ask textarea")).to_have_value(f"{PARTNERS} And why?")


@pytest.mark.parametrize("act", ["retry", "edit"])
def test_an_older_window_replaces_no_question_that_it_does_not_show(
    page: Page, served: Served, act: str
) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    until(page, lambda: "?c=" in page.url)
    other = page.context.new_page()
    other.goto(page.url)
    is_ready(other)
    ask(other, PURCHASE)
    answer(other, 1)
    other.close()
    page.locator(f"#chat .{act}").last.click()
    if act == "edit":
        ask(page, NASTY)
    asked = PARTNERS if act == "retry" else NASTY
    expect(page.locator("#chat .question")).to_have_text([PARTNERS, PURCHASE, asked])
    refused = page.locator("#chat .answer").last
    expect(refused).to_contain_text("This conversation went on elsewhere")
    assert questions(served) == [[PARTNERS, PURCHASE]]
    refused.locator(".retry").click()
    answer(page, 2)
    assert questions(served) == [[PARTNERS, PURCHASE, asked]]


def test_what_is_typed_right_after_a_question_stays(page: Page, served: Served) -> None:
    begun = threading.Event()

    def slow() -> Iterator[Delta | Finished]:
        begun.wait(20)
        yield from told(PARTNERS_ANSWER)

    served.assistant.scripts[PARTNERS] = slow
    page.keyboard.type(PARTNERS)
    page.keyboard.press("Enter")
    page.keyboard.type("Which company")
    expect(page.locator("#chat .waiting")).to_be_visible()
    page.keyboard.type(" did Baidu buy?")
    expect(page.locator("#ask textarea")).to_have_value(PURCHASE)
    begun.set()
    answer(page, 0)
    assert [question for question, _ in served.assistant.asked] == [PARTNERS]
    page.keyboard.press("Enter")
    answer(page, 1)
    expect(page.locator("#ask textarea")).to_have_value("")


def test_a_question_that_is_too_long_is_refused_whole(page: Page, served: Served) -> None:
    long = "Who bid for it?\n" + "why " * 1250 + "then"
    ask(page, long)
    refused = page.locator("#chat .answer.trouble")
    expect(refused).to_contain_text("at most")
    expect(page.locator("#ask textarea")).to_have_value("")
    refused.locator(".edit").click()
    expect(page.locator("#ask textarea")).to_have_value(long)
    ask(page, PARTNERS)
    answer(page, 0)
    assert questions(served) == [[PARTNERS]]


def test_the_focus_goes_from_stop_to_the_box_when_an_answer_ends(
    page: Page, served: Served
) -> None:
    enough = threading.Event()

    def slow() -> Iterator[Delta | Finished]:
        enough.wait(20)
        yield from told(PARTNERS_ANSWER)

    served.assistant.scripts[PARTNERS] = slow
    ask(page, PARTNERS)
    page.focus("#stop")
    enough.set()
    answer(page, 0)
    expect(page.locator("#ask textarea")).to_be_focused()


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    ask(page, PARTNERS)
    copy = answer(page, 0).locator(".copy")
    copy.click()
    expect(copy).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(PARTNERS_ANSWER.answer.text)
    assert "[2] Xiaomi and Baidu join forces" in text
    assert "“spoke of the deep experience of the new partner in artificial intelligence”" in text
    expect(copy).to_have_text("Copy with sources")


def test_what_can_be_asked_next_is_asked_by_a_click(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    following = answer(page, 0).locator(".next button")
    expect(following).to_have_text([PURCHASE, TESLA])
    following.first.click()
    answer(page, 1)
    assert [question for question, _ in served.assistant.asked] == [PARTNERS, PURCHASE]


def test_an_abstention_offers_the_nearest_fact(page: Page, served: Served) -> None:
    ask(page, TESLA)
    nearest = answer(page, 0).locator(".nearest")
    expect(nearest).to_contain_text("The nearest the articles know")
    nearest.locator("button").click()
    expect(answer(page, 1)).to_contain_text("Xiaomi partnered with Baidu")


def test_says_how_strong_the_sources_are(page: Page) -> None:
    ask(page, PARTNERS)
    expect(answer(page, 0).locator(".strength")).to_have_text("Told by one source")


def test_a_right_answer_is_judged_by_one_click(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    said = answer(page, 0)
    said.locator(".verdict", has_text="Right").click()
    expect(said.locator(".thanks")).to_contain_text("Thank you")
    expect(said.locator('.verdict[value="right"]')).to_have_attribute("aria-pressed", "true")
    assert served.assistant.judged == [(PARTNERS, "right", "")]


def test_a_wrong_answer_is_told_of_in_a_word_by_keyboard(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, PURCHASE)
    said = answer(page, 1)
    said.locator('.verdict[value="incomplete"]').focus()
    page.keyboard.press("Enter")
    field = said.locator("form.feedback textarea")
    expect(field).to_be_focused()
    page.keyboard.type("The price is missing.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said.locator(".thanks")).to_have_attribute("role", "status")
    expect(said.locator('.verdict[value="incomplete"]')).to_be_focused()
    assert served.assistant.judged == [(PURCHASE, "incomplete", "The price is missing.")]


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_a_word_on_an_answer_can_be_called_off(page: Page, served: Served, way: str) -> None:
    ask(page, PARTNERS)
    said = answer(page, 0)
    right, wrong = (said.locator(f'.verdict[value="{value}"]') for value in ("right", "wrong"))
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    wrong.click()
    expect(said.locator("form.feedback textarea")).to_be_focused()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        said.locator("form.feedback button", has_text=way).click()
    expect(said.locator("form.feedback")).to_have_count(0)
    expect(wrong).to_be_focused()
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert served.assistant.judged == [(PARTNERS, "right", "")]


def test_a_refused_word_is_told_and_the_chat_goes_on(page: Page) -> None:
    ask(page, PARTNERS)
    said = answer(page, 0)
    said.locator('.verdict[value="wrong"]').click()
    said.locator("form.feedback textarea").fill("refuse this")
    said.locator("form.feedback .primary").click()
    expect(said.locator(".thanks")).to_contain_text("write less")
    expect(said.locator('.verdict[aria-pressed="true"]')).to_have_count(0)
    ask(page, PURCHASE)
    answer(page, 1)
