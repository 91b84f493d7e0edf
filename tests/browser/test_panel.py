"""The tabs beside the chat and the views in the panel, over a small ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import answer, ask, is_ready
from .scripted import PARTNERS, PURCHASE


def tab(page: Page, name: str) -> None:
    page.click(f"#tab-{name}")
    expect(page.locator(f"#tab-{name}")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel article")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("deals", ".deals-table"),
        ("timeline", ".timeline"),
        ("map", "svg.map"),
        ("company", "ul.companies"),
    ],
)
def test_every_tab_can_be_used_by_itself(page: Page, name: str, shown: str) -> None:
    tab(page, name)
    expect(page.locator(f"#panel {shown}")).to_be_visible()
    expect(page.locator("#panel .notice")).to_have_count(0)


def test_the_source_tab_says_what_opens_in_it(page: Page) -> None:
    tab(page, "source")
    expect(page.locator("#panel")).to_contain_text("Choose a number in an answer")


def test_the_tabs_are_filled_by_the_last_answer(page: Page) -> None:
    ask(page, PARTNERS)
    written = answer(page, 0)
    expect(written).to_have_attribute("data-deals", "d1 d2")
    expect(written).to_have_attribute("data-companies", "c1")
    expect(page.locator("#tab-deals")).to_have_attribute(
        "aria-label", "Deals: 2 of the last answer"
    )
    tab(page, "deals")
    expect(page.locator("#panel h2")).to_contain_text("2 of 7 deals")
    page.locator("#panel .bar", has_text="Show all").locator("a", has_text="Show all").click()
    expect(page.locator("#panel h2")).to_contain_text("7 deals")
    page.locator("#panel .bar a", has_text="Only the last answer's").click()
    expect(page.locator("#panel h2")).to_contain_text("2 of 7 deals")


def test_an_open_view_follows_the_answers(page: Page) -> None:
    tab(page, "deals")
    expect(page.locator("#panel h2")).to_contain_text("7 deals")
    ask(page, PARTNERS)
    expect(page.locator("#panel h2")).to_contain_text("2 of 7 deals")
    ask(page, PURCHASE)
    answer(page, 1)
    expect(page.locator("#panel h2")).to_contain_text("7 deals")
    expect(page.locator("#ask textarea")).to_be_focused()


def test_links_stay_in_the_panel_and_lead_back(page: Page) -> None:
    tab(page, "deals")
    address = page.url
    page.locator("#panel .deals-table td.deal a").first.click()
    expect(page.locator("#panel article")).to_have_attribute("data-view", "record")
    expect(page.locator("#panel h2")).to_be_focused()
    page.locator("#panel .parties a").first.click()
    expect(page.locator("#panel article")).to_have_attribute("data-view", "company")
    expect(page.locator("#tab-company")).to_have_attribute("aria-selected", "true")
    page.locator("#panel .back").click()
    expect(page.locator("#panel article")).to_have_attribute("data-view", "record")
    page.locator("#panel .back").click()
    expect(page.locator("#panel article")).to_have_attribute("data-view", "deals")
    expect(page.locator("#panel .back")).to_have_count(0)
    assert page.url == address


def test_a_form_filters_in_the_panel(page: Page) -> None:
    tab(page, "deals")
    page.locator("#panel details.filtering summary").click()
    page.fill('#panel input[name="company"]', "Orva")
    page.locator("#panel form.filters button").click()
    expect(page.locator("#panel h2")).to_contain_text("2 of 7 deals")
    page.locator("#panel .chip").click()
    expect(page.locator("#panel h2")).to_contain_text("7 deals")


def test_a_refused_filter_says_why_and_stays_to_be_put_right(page: Page) -> None:
    tab(page, "timeline")
    page.locator("#panel details.filtering summary").click()
    page.fill('#panel input[name="since"]', "long ago")
    page.locator("#panel form.filters button").click()
    expect(page.locator("#panel .notice")).to_contain_text("“long ago” is no date")
    expect(page.locator('#panel input[name="since"]')).to_be_visible()


def test_a_file_is_downloaded(page: Page) -> None:
    tab(page, "deals")
    with page.expect_download() as download:
        page.locator("#panel .downloads a").first.click()
    assert download.value.suggested_filename == "accord-deals.csv"
    expect(page.locator("#panel .deals-table")).to_be_visible()


def test_a_view_asks_in_the_chat(page: Page) -> None:
    tab(page, "deals")
    page.locator("#panel .deals-table td.deal a").first.click()
    page.locator("#panel button.ask").first.click()
    expect(page.locator("#chat .question")).to_contain_text("What is the reason for")


@pytest.mark.parametrize("viewport", [(390, 844), (720, 450)])
def test_a_view_that_covers_the_chat_gives_way_to_what_it_asks(page: Page) -> None:
    tab(page, "deals")
    page.locator("#panel .deals-table td.deal a").first.click()
    page.locator("#panel button.ask").first.click()
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("#chat .question")).to_be_in_viewport()
    expect(page.locator("#ask textarea")).to_be_focused()


@pytest.mark.parametrize(("part", "view"), [("node", "company"), ("link", "record")])
@pytest.mark.parametrize("by_keyboard", [False, True])
def test_the_map_leads_on_in_the_panel(page: Page, part: str, view: str, by_keyboard: bool) -> None:
    tab(page, "map")
    address = page.url
    drawn = page.locator(f"#panel svg.map a.{part}").first
    if by_keyboard:
        drawn.focus()
        page.keyboard.press("Enter")
    else:
        drawn.dispatch_event("click")
    expect(page.locator("#panel article")).to_have_attribute("data-view", view)
    expect(page.locator("#panel h2")).to_be_focused()
    assert page.url == address


def test_the_keyboard_goes_on_from_a_tab_into_its_view(page: Page) -> None:
    page.focus("#tab-deals")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("#tab-deals")).to_be_focused()
    page.focus("#tab-source")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .source-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#tab-source")).to_be_focused()


def test_the_keyboard_walks_along_the_tabs_and_out_again(page: Page) -> None:
    page.locator("#tab-source").focus()
    for key, name in (
        ("ArrowRight", "deals"),
        ("ArrowRight", "timeline"),
        ("End", "company"),
        ("ArrowRight", "source"),
        ("ArrowLeft", "company"),
        ("Home", "source"),
        ("ArrowRight", "deals"),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#tab-{name}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .deals-table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tab-deals")).to_be_focused()


def test_the_focus_is_in_the_library_while_it_is_filled(page: Page) -> None:
    def with_library(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, json={**given.json(), "library": True})

    view = '<article class="view library-view" data-view="library"><h2>Library</h2></article>'
    page.route("**/texts", with_library)
    page.route("**/library", lambda route: route.fulfill(content_type="text/html", body=view))
    page.route("**/library/seeds", lambda route: route.fulfill(status=200, body=""))
    page.route("**/library/progress", lambda route: route.fulfill(json={"state": "idle"}))
    page.reload()
    is_ready(page)
    page.evaluate(
        """() => {
          const seeds = Object.assign(document.createElement("button"), { className: "seeds" });
          document.querySelector("#tabs").after(seeds);
          seeds.focus();
        }"""
    )
    page.keyboard.press("Enter")
    expect(page.locator("#panel .library-view")).to_be_visible()
    expect(page.locator("#panel .shown")).to_be_focused()
    page.evaluate("document.querySelector('.seeds').remove()")
    page.keyboard.press("Escape")
    expect(page.locator("#tab-library")).to_be_focused()


def test_a_missing_record_is_one_sentence(page: Page) -> None:
    tab(page, "deals")
    link = page.locator("#panel .deals-table td.deal a").first
    link.evaluate("link => link.setAttribute('href', '/deals/d999')")
    link.click()
    expect(page.locator("#panel")).to_contain_text("No deal has the id “d999”")
    page.locator("#panel .back").click()
    expect(page.locator("#panel .deals-table")).to_be_visible()


@pytest.mark.parametrize("viewport", [(390, 844)])
@pytest.mark.parametrize("name", ["deals", "timeline", "map", "company"])
def test_a_view_covers_the_chat_on_a_telephone(page: Page, name: str) -> None:
    tab(page, name)
    expect(page.locator("#talk")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#panel .close").click()
    expect(page.locator("#ask textarea")).to_be_in_viewport()
