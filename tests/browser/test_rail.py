"""The conversations at the left: named, searched, reopened, renamed, deleted, also after a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Served, answer, ask, is_ready
from .scripted import PARTNERS, PURCHASE


def listed(page: Page) -> Locator:
    return page.locator("#rail a.conversation-link")


def two_conversations(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    expect(listed(page)).to_have_text([PARTNERS])
    page.click("#new")
    expect(page.locator("#chat .question")).to_have_count(0)
    ask(page, PURCHASE)
    answer(page, 0)
    expect(listed(page)).to_have_text([PURCHASE, PARTNERS])


def test_a_conversation_is_reopened_from_the_list(page: Page, served: Served) -> None:
    two_conversations(page)
    expect(listed(page).first).to_have_attribute("aria-current", "page")
    listed(page).nth(1).click()
    expect(page.locator("#chat .question")).to_have_text([PARTNERS])
    expect(page.locator("#ask textarea")).to_be_focused()
    expect(listed(page).nth(1)).to_have_attribute("aria-current", "page")
    answer(page, 0).locator("p a.cite", has_text="[2]").click()
    expect(page.locator("#panel mark")).to_be_in_viewport(ratio=1)
    ask(page, PURCHASE)
    answer(page, 1)
    assert served.assistant.asked[0][1] == served.assistant.asked[2][1]


def test_a_conversation_is_there_after_a_reload_with_its_citations(page: Page) -> None:
    ask(page, PARTNERS)
    address = answer(page, 0).locator("p a.cite").nth(1).get_attribute("href")
    expect(listed(page).first).to_have_attribute("aria-current", "page")
    assert "?c=" in page.url
    page.reload()
    is_ready(page)
    again = answer(page, 0).locator("p a.cite").nth(1)
    assert again.get_attribute("href") == address
    again.click()
    expect(page.locator("#panel mark")).to_be_in_viewport(ratio=1)
    expect(page.locator("#tab-deals .count")).to_have_text("2")


def test_the_way_back_leads_through_the_conversations(page: Page) -> None:
    two_conversations(page)
    listed(page).nth(1).click()
    expect(page.locator("#chat .question")).to_have_text([PARTNERS])
    page.go_back()
    expect(page.locator("#chat .question")).to_have_text([PURCHASE])


def test_an_address_of_no_conversation_is_a_new_one(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/chat/?c=%3Cscript%3Ealert(1)%3C/script%3E")
    is_ready(page)
    expect(page.locator("#chat .welcome")).to_be_visible()
    expect(page.locator("#chat .notice")).to_contain_text("There is no conversation at this")
    ask(page, PARTNERS)
    answer(page, 0)
    page.click("#new")
    expect(page.locator("#chat .welcome")).to_be_visible()
    expect(page.locator("#chat .notice")).to_have_count(0)


def test_a_conversation_is_renamed_and_its_name_is_shown(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    expect(page.locator("#name")).to_be_hidden()
    page.locator("#rail .more > summary").click()
    page.fill('#rail input[name="name"]', "<b>Partners</b> of \u202eXiaomi")
    page.locator("#rail .rename button").click()
    expect(listed(page)).to_have_text(["<b>Partners</b> of \u202eXiaomi"])
    expect(page.locator("#name")).to_contain_text("<b>Partners</b>")
    expect(page.locator("#rail b")).to_have_count(0)
    assert page.title().startswith("<b>Partners</b>")


def test_a_refused_name_leaves_the_list_as_it_is(page: Page) -> None:
    two_conversations(page)
    page.locator("#rail .more > summary").first.click()
    field = page.locator('#rail input[name="name"]').first
    field.fill("   ")
    field.press("Enter")
    expect(page.locator("#rail .notice")).to_have_text(
        "a conversation's name has 1 to 200 characters; give another"
    )
    expect(listed(page)).to_have_text([PURCHASE, PARTNERS])
    expect(field).to_be_focused()
    field.fill("The purchase")
    field.press("Enter")
    expect(listed(page)).to_have_text(["The purchase", PARTNERS])
    expect(page.locator("#rail .notice")).to_have_count(0)


def test_escape_closes_what_is_open_at_a_conversation(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    more, delete = (page.locator(f"#rail .{name} > summary") for name in ("more", "delete"))
    more.click()
    delete.click()
    page.keyboard.press("Escape")
    expect(page.locator("#rail .delete[open]")).to_have_count(0)
    expect(delete).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#rail details[open]")).to_have_count(0)
    expect(more).to_be_focused()


def test_a_conversation_is_deleted_in_two_steps(page: Page, served: Served) -> None:
    two_conversations(page)
    page.locator("#rail .more > summary").first.click()
    page.locator("#rail .delete > summary").first.click()
    page.locator("#rail .delete button").first.click()
    expect(listed(page)).to_have_text([PARTNERS])
    expect(page.locator("#chat .question")).to_have_count(0)
    assert len(served.assistant.kept) == 1


def test_conversations_are_searched_while_typing(page: Page) -> None:
    two_conversations(page)
    page.fill("#rail .rail-search", "KITT")
    expect(listed(page)).to_have_text([PURCHASE])
    page.fill("#rail .rail-search", "")
    expect(listed(page)).to_have_count(2)


@pytest.mark.parametrize("viewport", [(1024, 768), (390, 844)])
def test_the_list_is_a_drawer_where_the_window_is_narrow(page: Page) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    expect(page.locator("#rail")).to_be_hidden()
    menu = page.locator("#menu")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rail .rail-search")).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    listed(page).click()
    expect(page.locator("#rail")).to_be_hidden()
    expect(page.locator("#chat .question")).to_have_text([PARTNERS])


@pytest.mark.parametrize("viewport", [(390, 844)])
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_drawer_closes_when_the_keyboard_leaves_it(page: Page, key: str) -> None:
    ask(page, PARTNERS)
    answer(page, 0)
    page.click("#menu")
    expect(listed(page)).to_have_count(1)
    for _ in range(9):
        page.keyboard.press(key)
        if page.locator("#rail :focus").count() == 0:
            break
    expect(page.locator("#rail")).to_be_hidden()
    expect(page.locator("#menu")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("body:not(:focus) :focus")).to_have_count(1)
