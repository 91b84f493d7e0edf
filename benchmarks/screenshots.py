"""The pictures of the documents, made from the starter articles by the offline writer.

    python -m benchmarks.screenshots docs/images

Light and dark, chat with source, map, timeline, first look, telephone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from assistant.service import build
from assistant.settings import Settings
from benchmarks.served_page import browsing, served

FIRST = "Why did Intel leave One Laptop per Child?"
SECOND = "How much did eBay agree to pay for Skype?"
_WIDE = (1440, 900)
_PHONE = (390, 844)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        build(Settings(data=Path(data), writer="offline")) as assistant,
    ):
        assistant.ingest_seeds()
        with served(assistant) as address, browsing() as browser:
            for scheme in ("light", "dark"):
                _take_wide(browser, address, folder, scheme)
            _take_phone(browser, address, folder)


def _take_wide(
    browser: Browser, address: str, folder: Path, scheme: Literal["light", "dark"]
) -> None:
    page = _page(browser, address, _WIDE, scheme)
    _save(page, folder / f"first-{scheme}.png")
    for number, question in enumerate((FIRST, SECOND)):
        _ask(page, question, number)
    page.locator("#chat .answer").last.locator("p a.cite").first.click()
    page.wait_for_selector("#panel mark")
    _save(page, folder / f"chat-{scheme}.png")
    for name in ("deals", "timeline", "map"):
        page.click(f"#tab-{name}")
        page.wait_for_selector(f"#panel .{name}-view")
        show_all = page.locator("#panel .bar a", has_text="Show all")
        if show_all.count():
            show_all.click()
            show_all.wait_for(state="detached")
        _save(page, folder / f"{name}-{scheme}.png")
    page.context.close()


def _take_phone(browser: Browser, address: str, folder: Path) -> None:
    page = _page(browser, address, _PHONE, "light")
    _save(page, folder / "phone-first.png")
    _ask(page, SECOND, 0)
    _save(page, folder / "phone-chat.png")
    page.locator("#chat .answer p a.cite").first.click()
    page.wait_for_selector("#panel mark")
    _save(page, folder / "phone-source.png")
    page.context.close()


def _page(
    browser: Browser, address: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#status li")
    page.wait_for_selector("#tabs .tab")
    return page


def _ask(page: Page, question: str, number: int) -> None:
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    page.locator("#chat .answer").nth(number).locator(".writer").wait_for()


def _save(page: Page, path: Path) -> None:
    page.wait_for_timeout(700)  # until the last thing has moved to its place
    page.screenshot(path=path)


if __name__ == "__main__":
    main()
