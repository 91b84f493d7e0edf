"""The page for everyone: axe-core, a screen reader, large type, little motion, other languages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.domain import Delta, Finished
from assistant.web.texts import choose_texts

from .conftest import PATIENCE_MS, Served, answer, ask, is_ready, new_window
from .scripted import NASTY, PARTNERS, PARTNERS_ANSWER, TESLA, finished, told

TABS = ("source", "deals", "timeline", "map", "company")


def violations(page: Page, where: str) -> list[str]:
    """What axe-core finds serious or critical."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{where}: {one['id']} ({one['impact']}) {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.fixture(scope="module")
def open_window(chromium: Browser) -> Iterator[BrowserContext]:
    """A window in which axe-core may run beside the page's own scripts."""
    context = chromium.new_context(locale="en-GB", bypass_csp=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_window: BrowserContext, served: Served, scheme: Literal["light", "dark"]
) -> None:
    page = open_window.new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto(served.address)
    is_ready(page)
    found = violations(page, "first look")
    ask(page, TESLA)
    answer(page, 0)
    ask(page, PARTNERS)
    answer(page, 1).locator('.verdict[value="wrong"]').click()
    answer(page, 1).locator("p a.cite").first.click()
    expect(page.locator("#panel mark")).to_be_visible()
    found += violations(page, "chat with source")
    for name in TABS[1:]:
        page.click(f"#tab-{name}")
        expect(page.locator("#panel article.view")).to_be_visible()
        expect(page.locator("body.loading-panel")).to_have_count(0)
        found += violations(page, name)
    page.locator("#tab-deals").click()
    page.locator("#panel .deals-table td.deal a").first.click()
    expect(page.locator('#panel [data-view="record"]')).to_be_visible()
    found += violations(page, "record")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#panel .close").click()
    page.click("#menu")
    page.locator("#rail .more > summary").first.click()
    found += violations(page, "conversations on a telephone")
    page.close()
    assert found == []


def test_a_streamed_answer_is_announced_once(page: Page, served: Served) -> None:
    seen = threading.Event()

    def script() -> Iterator[Delta | Finished]:
        yield Delta("Xiaomi partnered with Baidu")
        assert seen.wait(20)
        yield PARTNERS_ANSWER

    served.assistant.scripts[PARTNERS] = script
    page.evaluate(
        """() => {
            window.spoken = [];
            const watch = new MutationObserver(() => {
                const said = document.getElementById("announcer").textContent;
                if (said) window.spoken.push(said);
            });
            watch.observe(document.getElementById("announcer"), {childList: true, subtree: true});
        }"""
    )
    ask(page, PARTNERS)
    expect(page.locator("#chat .draft")).to_be_visible()
    expect(page.locator('#chat [role="log"]')).to_have_attribute("aria-live", "off")
    assert page.evaluate("window.spoken") == []
    seen.set()
    answer(page, 0)
    expect(page.locator("#announcer")).to_contain_text("Lei Jun named the deep experience")
    spoken = page.evaluate("window.spoken")
    assert len(spoken) == 1
    assert "Copy with sources" not in spoken[0]


@pytest.mark.parametrize("viewport", [(720, 450), (390, 844), (1024, 768)])
def test_nothing_is_cut_off_at_200_percent_nor_on_small_windows(page: Page) -> None:
    width = page.evaluate("innerWidth")
    for question in (PARTNERS, NASTY):
        ask(page, question)
        answer(page, 0 if question == PARTNERS else 1)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        log = page.locator('#chat [role="log"]')
        assert log.evaluate("log => log.scrollWidth - log.clientWidth") <= 0
    expect(page.locator("#ask textarea")).to_be_in_viewport()
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)


LONG = "Who told the whole story?"
LONG_ANSWER = finished(LONG, "\n\n".join(f"Paragraph {n} of what was told." for n in range(40)))


@pytest.mark.parametrize("viewport", [(720, 450), (390, 400)])
def test_the_first_look_begins_in_sight_where_it_does_not_fit(page: Page) -> None:
    page.locator('#chat [role="log"]').evaluate("log => (log.scrollTop = 0)")
    heading, log = page.locator("#chat .welcome h2"), page.locator('#chat [role="log"]')
    expect(heading).to_be_in_viewport(ratio=1)
    tops = [one.evaluate("one => one.getBoundingClientRect().top") for one in (heading, log)]
    assert tops[0] >= tops[1]


@pytest.mark.parametrize("viewport", [(720, 450), (1440, 900)])
def test_a_long_answer_is_read_from_its_beginning(page: Page, served: Served) -> None:
    served.assistant.scripts[LONG] = lambda: told(LONG_ANSWER)
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, LONG)
    answer(page, 1)
    question = page.locator("#chat .question").nth(1)
    expect(question).to_be_in_viewport(ratio=1)
    expect(page.locator("#chat .answer").nth(1).locator("p").first).to_be_in_viewport()
    page.wait_for_timeout(400)  # nothing scrolls it away afterwards
    expect(question).to_be_in_viewport(ratio=1)
    log = page.locator('#chat [role="log"]')
    gap = page.evaluate(
        "([one, two]) => one.getBoundingClientRect().top - two.getBoundingClientRect().top",
        [question.element_handle(), log.element_handle()],
    )
    assert 0 <= gap < 40


def test_an_answer_being_written_stays_where_it_is_scrolled(page: Page, served: Served) -> None:
    go_on = threading.Event()

    def slow() -> Iterator[Delta | Finished]:
        begun, parted, rest = LONG_ANSWER.answer.text.partition("Paragraph 30")
        yield Delta(begun)
        go_on.wait(20)
        yield Delta(parted + rest)
        yield LONG_ANSWER

    served.assistant.scripts[LONG] = slow
    ask(page, PARTNERS)
    answer(page, 0)
    ask(page, LONG)
    expect(page.locator("#chat .draft")).to_contain_text("Paragraph 29")
    log = page.locator('#chat [role="log"]')
    log.evaluate("log => (log.scrollTop = 5)")
    go_on.set()
    answer(page, 1)
    assert log.evaluate("log => log.scrollTop") == 5


def test_the_first_key_leads_to_the_question(page: Page) -> None:
    skip = page.locator("a[href], button, input, textarea, [tabindex]").first
    skip.focus()
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    expect(skip).to_have_text("Skip to the question")
    page.keyboard.press("Enter")
    expect(page.locator("#ask textarea")).to_be_focused()


def test_a_huge_word_and_turned_letters_stay_in_their_place(page: Page, served: Served) -> None:
    huge = f"{'Donaudampfschifffahrt' * 40} \u202etxt.exe \u2066left open"
    final = Finished(
        type(PARTNERS_ANSWER.answer)(
            huge, f"{huge} [1]\n\nAnd so on.", PARTNERS_ANSWER.answer.citations, "offline"
        )
    )
    served.assistant.scripts[huge[:2000]] = lambda: iter([Delta(huge), final])
    ask(page, huge[:2000])
    said = answer(page, 0)
    log = page.locator('#chat [role="log"]')
    assert log.evaluate("log => log.scrollWidth - log.clientWidth") <= 0
    assert "\u202e" not in said.inner_text()
    expect(said.locator("p.said").nth(1)).to_have_text("And so on.")


def test_little_motion_is_none(page: Page, served: Served) -> None:
    page.emulate_media(reduced_motion="reduce")
    never = threading.Event()

    def silent() -> Iterator[Delta | Finished]:
        never.wait(30)
        yield PARTNERS_ANSWER

    served.assistant.scripts["silent"] = silent
    ask(page, "silent")
    waiting = page.locator("#chat .waiting")
    expect(waiting).to_be_visible()
    assert waiting.evaluate("waiting => getComputedStyle(waiting).animationName") == "none"
    never.set()
    answer(page, 0)


@pytest.mark.parametrize("language", ["de-DE", "es-ES", "fr-FR", "zh-CN"])
def test_the_page_speaks_the_language_of_the_browser(
    chromium: Browser, served: Served, language: str
) -> None:
    texts = choose_texts(language)
    context = new_window(chromium, language)
    page = context.new_page()
    page.goto(served.address)
    is_ready(page)
    assert page.locator("html").get_attribute("lang") == texts.language
    expect(page.locator("#send")).to_have_text(texts("chat.send"))
    expect(page.locator("#new")).to_have_text(texts("chat.new"))
    expect(page.locator("#ask textarea")).to_have_attribute(
        "placeholder", texts("chat.placeholder")
    )
    expect(page.locator("#status")).to_contain_text(texts("status.stays"))
    expect(page.locator("#chat .welcome h2")).to_have_text(texts("welcome.title"))
    for name in TABS:
        expect(page.locator(f"#tab-{name}")).to_contain_text(texts(f"tab.{name}"))
    ask(page, PARTNERS)
    expect(answer(page, 0).locator(".copy")).to_have_text(texts("chat.copy"))
    page.click("#tab-deals")
    expect(page.locator("#panel .bar .close")).to_have_text(texts("source.close"))
    expect(page.locator("#panel th").first).to_contain_text(texts("deals.date"))
    context.close()
