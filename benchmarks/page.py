"""How fast the page is there and answers, measured in Chromium on this machine.

    python -m benchmarks.page LIBRARY

LIBRARY is a data folder, which is opened and gets the conversations of the runs. First content is the
first paint of content after going to the address; first words are those of an answer by the offline
writer after Enter, and the whole answer after that. Each run is a window of its own with an empty
cache; the first is left out. Requests are those that leave 127.0.0.1.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from assistant.service import build
from assistant.settings import Settings
from benchmarks.record import record
from benchmarks.served_page import browsing, served

RUNS = 10
_WATCH = """() => {
    window.times = {};
    const note = (name) => { window.times[name] ??= performance.now(); };
    const look = () => {
        if (document.querySelector("#chat .answer.draft, #chat .answer.done")) note("words");
        if (document.querySelector("#chat .answer.done")) note("whole");
    };
    new MutationObserver(look).observe(document.getElementById("chat"), {subtree: true, childList: true});
    // On the window and before all others: the page takes the key for itself.
    addEventListener("keydown", (event) => {
        if (event.key === "Enter") note("sent");
    }, true);
}"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    library: Path = parser.parse_args().library
    with build(Settings(data=library, writer="offline")) as assistant:
        assistant.open_indexes()
        questions = assistant.examples()
        with served(assistant) as address, browsing() as browser:
            runs = [
                _measure(browser, address, questions[n % len(questions)]) for n in range(RUNS + 1)
            ]
    kept = runs[1:]
    figures: dict[str, Any] = {
        name: {
            "median_ms": round(statistics.median(run[name] for run in kept)),
            "most_ms": round(max(run[name] for run in kept)),
        }
        for name in ("first_content", "ready", "first_words", "whole_answer")
    }
    figures["requests_outside"] = sum(int(run["outside"]) for run in runs)
    figures["requests_a_load"] = round(statistics.median(run["requests"] for run in kept))
    record("page", figures)


def _measure(browser: Browser, address: str, question: str) -> dict[str, float]:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("#status li")
    page.wait_for_selector("#tabs .tab")
    ready: float = page.evaluate("performance.now()")
    requests = len(asked)
    told = _ask(page, question)
    outside = [url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))]
    paint: float = page.evaluate(_PAINT)
    context.close()
    return {
        "first_content": paint,
        "ready": ready,
        "first_words": told["words"] - told["sent"],
        "whole_answer": told["whole"] - told["sent"],
        "outside": len(outside),
        "requests": requests,
    }


def _ask(page: Page, question: str) -> dict[str, float]:
    page.evaluate(_WATCH)
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    page.locator("#chat .answer.done .writer").wait_for(timeout=60_000)
    times: dict[str, float] = page.evaluate("window.times")
    return times


if __name__ == "__main__":
    main()
