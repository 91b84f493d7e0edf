"""A page that stays open while the server behind it stops and starts again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from assistant.domain import Delta, Finished

from .conftest import answer, app_of, ask, is_ready, new_window, serving
from .scripted import PARTNERS, PURCHASE, ScriptedAssistant

Served = tuple[FastAPI, ScriptedAssistant]


@pytest.fixture(scope="module")
def twice() -> list[Served]:
    """The application before and after. Made before the window, whose loop runs on."""
    assistants = [ScriptedAssistant(), ScriptedAssistant()]
    return [(app_of(assistant), assistant) for assistant in assistants]


def test_an_open_conversation_goes_on_after_the_server_was_restarted(
    twice: list[Served], chromium: Browser
) -> None:
    (first_app, first), (second_app, second) = twice
    page = new_window(chromium).new_page()
    with serving(first_app) as address:
        port = urlsplit(address).port or 0
        page.goto(address)
        is_ready(page)
        ask(page, PARTNERS)
        answer(page, 0)
    page.fill("#ask textarea", PURCHASE)
    expect(page.locator("#notes")).to_contain_text("Accord cannot be reached")
    page.press("#ask textarea", "Enter")
    page.wait_for_timeout(500)
    expect(page.locator("#ask textarea")).to_have_value(PURCHASE)
    with serving(second_app, port):
        expect(page.locator("#notes")).to_contain_text("Accord was started anew")
        answer(page, 1)
        expect(page.locator("#chat .question")).to_have_text([PARTNERS, PURCHASE])
    page.context.close()
    ((_, before),) = first.asked
    ((_, after),) = second.asked
    assert before == after != ""


def test_a_question_cut_off_by_a_restart_is_not_lost(
    twice: list[Served], chromium: Browser
) -> None:
    (first_app, first), (second_app, _) = twice
    never = threading.Event()

    def cut_off() -> Iterator[Delta | Finished]:
        yield Delta("Xiaomi partnered")
        never.wait(4)

    first.scripts["cut off"] = cut_off
    page = new_window(chromium).new_page()
    with serving(first_app) as address:
        port = urlsplit(address).port or 0
        page.goto(address)
        is_ready(page)
        ask(page, "cut off")
        expect(page.locator("#chat .draft")).to_contain_text("Xiaomi partnered")
    with serving(second_app, port):
        expect(page.locator("#notes")).to_contain_text("Accord was started anew")
        expect(page.locator("#ask textarea")).to_have_value("cut off")
        expect(page.locator("#chat .pending")).to_have_count(0)
        ask(page, PARTNERS)
        expect(page.locator("#chat .answer .writer")).to_have_count(1)
    never.set()
    page.context.close()
