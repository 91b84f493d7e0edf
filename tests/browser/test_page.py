"""What a person sees and does, in a real browser. The answers are scripted; the page is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from assistant.domain import Delta, Finished
from assistant.errors import ModelTimeout

from .conftest import Served, answer, ask, is_ready
from .scripted import (
    HOSTILE,
    NASTY,
    NASTY_ANSWER,
    PARTNERS,
    PARTNERS_ANSWER,
    PURCHASE,
    TESLA,
    XIAOMI,
)

EXPERIENCE = "spoke of the deep experience of the new partner in artificial intelligence"


def quote(page: Page) -> str:
    """The words marked in the open source, which must be in view."""
    mark = page.locator("#panel mark")
    expect(mark).to_be_in_viewport(ratio=1)
    return mark.inner_text()


def test_tells_what_is_held_and_who_answers(page: Page) -> None:
    facts = page.locator("#status li").all_inner_texts()
    assert facts == [
        "43 articles",
        "12 deals",
        "1 company",
        "November 2005 to 14 June 2018",
        "updated 24 November 2026",
        "the offline writer answers; nothing leaves this machine",
    ]


def test_shows_an_answer_while_it_is_written(page: Page, served: Served) -> None:
    seen = threading.Event()

    def script() -> Iterator[Delta | Finished]:
        yield Delta("Xiaomi partnered with Baidu")
        assert seen.wait(20)
        yield PARTNERS_ANSWER

    served.assistant.scripts[PARTNERS] = script
    ask(page, PARTNERS)
    draft = page.locator("#chat .draft")
    expect(draft).to_have_text("Xiaomi partnered with Baidu")
    expect(page.locator("#chat .question")).to_have_text(PARTNERS)
    page.fill("#ask textarea", "typed while waiting")
    seen.set()
    expect(answer(page, 0)).to_contain_text("Lei Jun named the deep experience")
    expect(draft).to_have_count(0)
    expect(page.locator("#ask textarea")).to_have_value("typed while waiting")


def test_a_mark_opens_its_source_with_the_quote_in_view(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator("p a.cite", has_text="[2]").click()
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(XIAOMI.source.title)
    expect(panel.locator("article .meta")).to_have_text(
        "Mobile World · 28 November 2017 · Open at news.example"
    )
    link = panel.locator("article .meta a")
    assert link.get_attribute("href") == "https://news.example/xiaomi-baidu"
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(panel).to_contain_text("No sum of money was named.")
    assert quote(page) == EXPERIENCE


def test_the_source_list_opens_the_same_sources(page: Page) -> None:
    ask(page, PARTNERS)
    sources = answer(page, 0).locator("ol.sources li")
    expect(sources).to_have_count(1)
    expect(sources.locator(".meta")).to_have_text("Mobile World, 28 November 2017")
    sources.locator("a.source-link").click()
    assert quote(page).startswith("they will work together")
    sources.locator("a.cite", has_text="[2]").click()
    expect(page.locator("#panel mark")).to_have_text(EXPERIENCE)
    assert quote(page) == EXPERIENCE


def test_citations_stay_right_for_every_answer_of_a_conversation(
    page: Page, served: Served
) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, PURCHASE)
    answer(page, 1).locator("p a.cite", has_text="[1]").click()
    expect(page.locator("#panel h2")).to_have_text("Baidu buys KITT.AI of Seattle")
    assert quote(page) == "Baidu has bought KITT.AI, a company of Seattle"
    answer(page, 0).locator("p a.cite", has_text="[1]").click()
    expect(page.locator("#panel h2")).to_have_text(XIAOMI.source.title)
    assert quote(page).startswith("they will work together")
    names = {conversation for _, conversation in served.assistant.asked}
    assert len(served.assistant.asked) == 2
    assert len(names) == 1


def test_a_new_conversation_starts_empty_under_a_new_name(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator("p a.cite").first.click()
    quote(page)
    page.click("#new")
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(page.locator("#panel h2")).to_have_count(0)
    ask(page, PURCHASE)
    answer(page, 0)
    names = [conversation for _, conversation in served.assistant.asked]
    assert names[0] != names[1]


def test_tells_who_wrote_an_answer_and_how_it_went(page: Page) -> None:
    ask(page, PURCHASE)
    written = answer(page, 0)
    expect(written.locator(".writer")).to_have_text("Written by gpt-5-mini")
    expect(written.locator(".notice")).to_have_text(
        "The model was slow to answer, so a second try was made."
    )


def test_an_abstention_does_not_look_like_an_answer(page: Page) -> None:
    ask(page, TESLA)
    abstained = answer(page, 0)
    expect(abstained).to_have_class("answer done abstained")
    expect(abstained.locator(".kind")).to_have_text("No such deal in the articles")
    abstained.locator("p a.cite").click()
    assert quote(page) == "Xiaomi and Baidu said on Tuesday that they will work together"


def test_an_example_question_is_asked_by_a_click(page: Page, served: Served) -> None:
    examples = page.locator(".example-questions button")
    assert examples.all_inner_texts() == [PARTNERS, PURCHASE, TESLA]
    examples.nth(1).click()
    answer(page, 0)
    assert [question for question, _ in served.assistant.asked] == [PURCHASE]
    expect(examples).to_have_count(0)


def test_a_failure_is_one_sentence_and_the_chat_goes_on(page: Page, served: Served) -> None:
    def late() -> Iterator[Delta | Finished]:
        raise ModelTimeout("The model said nothing for 45 s; ask again later")

    served.assistant.scripts["late"] = late
    served.assistant.scripts["broken"] = lambda: iter([Delta(str(1 // 0))])
    ask(page, "late")
    trouble = page.locator("#chat .trouble")
    expect(trouble.locator("p")).to_have_text("The model said nothing for 45 s; ask again later")
    ask(page, "broken")
    expect(trouble.nth(1)).to_contain_text("Something went wrong inside Accord")
    ask(page, PARTNERS)
    expect(answer(page, 2)).to_contain_text("Xiaomi partnered with Baidu")


def test_hostile_words_stay_words(page: Page) -> None:
    ask(page, NASTY)
    said = answer(page, 0)
    expect(page.locator("#chat .question")).to_have_text(NASTY)
    paragraphs = said.locator("p.said").all_inner_texts()
    shown = " ".join(" ".join(paragraphs).split())
    assert shown == " ".join(NASTY_ANSWER.answer.text.split())
    expect(said.locator(".notice")).to_have_text("<i>notice</i> [x](https://evil.example)")
    expect(said.locator(".writer")).to_have_text("Written by <b>model</b>")
    expect(said.locator("a.source-link")).to_have_text(HOSTILE.source.title)
    said.locator("p a.cite").click()
    assert quote(page) == "The price was $120 million & not $90 million."
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(HOSTILE.source.title)
    expect(panel).to_contain_text("<form action=https://evil.example>")
    strangers = (
        "img, script, style, form, strong, em, h1, h3, code, table, iframe, svg, math, .katex"
    )
    for place in (said, panel):
        expect(place.locator(strangers)).to_have_count(0)
    assert page.evaluate("window.hurt") is None
    addresses = [link.get_attribute("href") or "" for link in page.locator("#chat a").all()]
    assert addresses
    assert all(address.startswith(("/source?", "/chat/?")) for address in addresses)


def test_the_keyboard_is_enough(page: Page) -> None:
    expect(page.locator("#ask textarea")).to_be_focused()
    page.keyboard.type(PARTNERS)
    page.keyboard.press("Enter")
    mark = answer(page, 0).locator("p a.cite").nth(1)
    expect(page.locator("#ask textarea")).to_be_focused()
    for _ in range(24):
        page.keyboard.press("Shift+Tab")
        if mark.evaluate("mark => mark === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert quote(page) == EXPERIENCE
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_count(0)
    expect(mark).to_be_focused()


def test_a_line_break_is_typed_with_shift_and_enter(page: Page, served: Served) -> None:
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    expect(page.locator("#ask textarea")).to_have_value("first\nsecond")
    assert served.assistant.asked == []


def test_an_empty_library_says_how_to_fill_it(page: Page, served: Served) -> None:
    served.assistant.held = replace(served.assistant.held, articles=0, updated_at=None)
    page.reload()
    expect(page.locator("#chat .welcome code")).to_have_text("accord ingest PATH...")
    expect(page.locator("#status")).to_contain_text("The library is empty")
    expect(page.locator(".example-questions button")).to_have_count(0)


def test_a_source_opens_as_a_page_of_its_own(page: Page, served: Served) -> None:
    ask(page, PARTNERS)
    href = answer(page, 0).locator("p a.cite").nth(1).get_attribute("href")
    page.goto(f"{served.address}{href}")
    mark = page.locator("article.source mark")
    expect(mark).to_have_text(EXPERIENCE)
    expect(mark).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("viewport", [(390, 844)])
def test_fits_a_telephone(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0).locator("p a.cite").nth(1).click()
    assert quote(page) == EXPERIENCE
    expect(page.locator("#talk")).to_be_hidden()
    box = page.locator("#reading").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#panel .close").click()
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(246, 247, 248)"), ("dark", "rgb(19, 23, 27)")]
)
def test_follows_the_system_in_light_and_dark(
    page: Page, scheme: Literal["light", "dark"], ground: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.reload()
    is_ready(page)
    shown = "getComputedStyle(document.querySelector('gradio-app')).backgroundColor"
    assert page.evaluate(shown) == ground
