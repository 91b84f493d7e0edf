"""A page that stays open while the server behind it stops and starts again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, expect

from assistant.web.server import build_app

from .scripted import PARTNERS, PURCHASE, ScriptedAssistant

Served = tuple[FastAPI, ScriptedAssistant]


@pytest.fixture(scope="module")
def twice() -> list[Served]:
    """The application before and after. Made before the window, whose loop runs on."""
    assistants = [ScriptedAssistant(), ScriptedAssistant()]
    return [(build_app(assistant), assistant) for assistant in assistants]


@contextmanager
def _serving(listener: socket.socket, app: FastAPI) -> Iterator[None]:
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.05)
    yield
    running.should_exit = True
    thread.join(timeout=20)


def test_an_open_conversation_goes_on_after_the_server_was_restarted(
    twice: list[Served], window: BrowserContext
) -> None:
    (first_app, first), (second_app, second) = twice
    page = window.new_page()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with listener, _serving(listener, first_app):
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("#status li")
        page.fill("#ask textarea, #ask input", PARTNERS)
        page.click("#send")
        expect(page.locator("#chat .answer .writer")).to_have_count(1)
    with socket.create_server(("127.0.0.1", port)) as listener, _serving(listener, second_app):
        page.fill("#ask textarea, #ask input", PURCHASE)
        page.click("#send")
        expect(page.locator("#chat .answer .writer")).to_have_count(2)
    page.close()
    ((_, before),) = first.asked
    ((_, after),) = second.asked
    assert before == after != ""
