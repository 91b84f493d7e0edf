"""A real Chromium looking at a scripted assistant on a real socket.

Every page records what it asks for and what goes wrong in it; `page` fails its test on a request to
another address and on any error in the console.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from deal_books import tell_deals
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from assistant.deals.ledger.book import DealBook
from assistant.web.protocol import PageAssistant
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


def app_of(assistant: PageAssistant, *, library: bool = False) -> FastAPI:
    """On a thread of its own: where Playwright runs, a loop does, which Gradio's page cannot bear."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(build_app, assistant, library=library).result()


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The address of an application on a real socket; port 0 takes a free one."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="package")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    """Seven deals of invented companies."""
    return tell_deals(tmp_path_factory.mktemp("deals"))


@pytest.fixture(scope="package")
def server(book: DealBook) -> Iterator[Served]:
    """One for all tests: putting Gradio's page together takes seconds."""
    assistant = ScriptedAssistant(deals=book)
    with serving(app_of(assistant)) as address:
        yield Served(address, assistant)


@pytest.fixture
def served(server: Served, book: DealBook) -> Served:
    """The server with an assistant that remembers nothing of the tests before."""
    for name, value in vars(ScriptedAssistant(deals=book)).items():
        setattr(server.assistant, name, value)
    return server


@pytest.fixture(scope="package")
def chromium(server: Served) -> Iterator[Browser]:
    """After the server: Playwright's loop runs on."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def window(chromium: Browser) -> BrowserContext:
    """One browser window, whose pages share the cache."""
    return new_window(chromium)


def new_window(chromium: Browser, language: str = "en-GB") -> BrowserContext:
    context = chromium.new_context(locale=language)
    context.set_default_timeout(PATIENCE_MS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context


def is_ready(page: Page) -> None:
    """Gradio has drawn the page, and the page's script has taken its part of it in hand."""
    page.wait_for_selector("#status li, #status .trouble")
    page.wait_for_selector("#tabs .tab")
    page.wait_for_selector("#rail .rail-list > *", state="attached")


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Waits for what no element shows."""
    for _ in range(PATIENCE_MS // 50):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not become so")


def ask(page: Page, question: str) -> None:
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")


def answer(page: Page, index: int) -> Locator:
    """The answer with this index, once it is finished."""
    found = page.locator("#chat .answer").nth(index)
    expect(found.locator(".writer")).to_be_visible()
    return found


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
        # Chromium writes down each page that was refused; what the person is told of it is tested.
        refused = message.text.startswith("Failed to load resource: the server responded with a")
        if message.type in ("error", "warning") and not refused:
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
    is_ready(page)
    yield page
    page.close()
    assert watch.requests > 10
    assert watch.outside == []
    assert watch.trouble == []
