"""A real Chromium looking at a scripted assistant on a real socket.

Every page records what it asks for and what goes wrong in it; `page` fails its test on a request to
another address and on any error in the console.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from assistant.web.server import build_app

from .scripted import ScriptedAssistant

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LEFT_OUT = (
    "tests/browser was left out: no `chromium` on the path (Debian: apt-get install chromium)"
)
PATIENCE_MS = 20_000
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        here = Path(__file__).parent
        left_out = [item for item in items if here in item.path.parents]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line(LEFT_OUT, yellow=True)


class Served:
    """The address of the page and the assistant behind it."""

    def __init__(self, address: str, assistant: ScriptedAssistant) -> None:
        self.address = address
        self.assistant = assistant


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    assistant = ScriptedAssistant()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            build_app(assistant), log_level="warning", timeout_graceful_shutdown=1
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.05)
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", assistant)
        running.should_exit = True
        thread.join(timeout=20)


@pytest.fixture
def served(server: Served) -> Served:
    """The server with an assistant that remembers nothing of the tests before."""
    fresh = ScriptedAssistant()
    server.assistant.scripts = fresh.scripts
    server.assistant.held = fresh.held
    server.assistant.asked = fresh.asked
    return server


@pytest.fixture(scope="module")
def window(server: Served) -> Iterator[BrowserContext]:
    """One browser window, whose pages share the cache. After the server: Playwright's loop runs on."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = chromium.new_context()
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield context
        chromium.close()


class Watch:
    """What a page asked for elsewhere, and what went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.requests = 0
        self.outside: list[str] = []
        self.trouble: list[str] = []
        self._address = address
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def _request(self, request: Request) -> None:
        self.requests += 1
        if not request.url.startswith((f"{self._address}/", "data:", "blob:")):
            self.outside.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(message.text)


@pytest.fixture
def viewport() -> tuple[int, int]:
    return (1440, 900)


@pytest.fixture
def page(window: BrowserContext, served: Served, viewport: tuple[int, int]) -> Iterator[Page]:
    """The page, loaded and ready for a question."""
    page = window.new_page()
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    watch = Watch(page, served.address)
    page.goto(served.address)
    page.wait_for_selector("#status li")
    yield page
    page.close()
    assert watch.requests > 10
    assert watch.outside == []
    assert watch.trouble == []
