"""The page over a real library: filled, looked at, asked, left and come back to."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from conftest import TinyEmbeddings, copy_library
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.encoder.minilm import MiniLMEmbeddings
from assistant.library.ingest import Report
from assistant.service import Assistant, Progress, build
from assistant.settings import Settings

from .conftest import PATIENCE_MS, answer, app_of, ask, is_ready, new_window, serving
from .test_everyone import open_window, violations

QUESTION = "How much did Velmora pay for Tarnbeck Castings?"

__all__ = ["open_window"]


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory, library: Path, embedder: MiniLMEmbeddings
) -> Iterator[Assistant]:
    """A copy of the invented library, which these tests change."""
    data = copy_library(library, tmp_path_factory.mktemp("kept") / "data")
    with build(Settings(data=data)) as assistant:
        assistant.embedder = embedder
        yield assistant


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Assistant]:
    """An assistant with no articles."""
    data = tmp_path_factory.mktemp("bare")
    (data / "cache").symlink_to(cache)
    with build(Settings(data=data)) as assistant:
        assistant.embedder = TinyEmbeddings()
        yield assistant


@pytest.fixture(scope="module")
def both(kept: Assistant, bare: Assistant) -> tuple[FastAPI, FastAPI]:
    return app_of(kept, library=True), app_of(bare, library=True)


@pytest.fixture
def place(both: tuple[FastAPI, FastAPI], window: BrowserContext) -> Iterator[Page]:
    """The page over the library that is filled."""
    with serving(both[0]) as address:
        page = window.new_page()
        page.goto(address)
        is_ready(page)
        yield page
        page.close()


def open_library(page: Page) -> None:
    page.click("#tab-library")
    expect(page.locator("#panel .library-view")).to_be_visible()


def choose_note(page: Page, folder: Path, name: str) -> None:
    """Opens the library and chooses a new article for it, which is not sent yet."""
    note = folder / f"{name.lower()}.txt"
    note.write_text(f"{name} hires\n\n{name} hired a cook.", "utf-8")
    open_library(page)
    page.set_input_files('#panel input[type="file"]', note)


def test_files_are_taken_in_and_one_that_cannot_be_is_told(place: Page, tmp_path: Path) -> None:
    good = tmp_path / "skarn.txt"
    good.write_text("Skarn buys Ombrel\n\nSkarn bought Ombrel for 3 million euros.", "utf-8")
    bad = tmp_path / "picture.png"
    bad.write_bytes(b"\x89PNG\r\n")
    open_library(place)
    place.set_input_files('#panel input[type="file"]', [good, bad])
    place.locator("#panel .drop-zone button").click()
    report = place.locator('#panel .intake[data-state="done"]')
    expect(report.locator(".counts")).to_contain_text("1 added")
    expect(report.locator(".skipped li")).to_contain_text("picture.png")
    expect(place.locator("#status")).to_contain_text("13 articles")
    ask(place, QUESTION)
    answer(place, 0)


@pytest.fixture
def held_back(kept: Assistant, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Taking in waits for this."""
    go, ingest = threading.Event(), kept.ingest

    def wait(paths: Sequence[Path], progress: Progress) -> Report:
        assert go.wait(PATIENCE_MS / 1000)
        return ingest(paths, progress)

    monkeypatch.setattr(kept, "ingest", wait)
    return go


@pytest.mark.parametrize("at_once", [True, False])
def test_when_files_are_taken_in_the_focus_is_on_what_is_told_of_it_once(
    place: Page, held_back: threading.Event, tmp_path: Path, at_once: bool
) -> None:
    choose_note(place, tmp_path, "Ombrel")
    place.locator("#panel .drop-zone button").focus()
    if at_once:
        held_back.set()
    place.keyboard.press("Enter")
    if not at_once:
        expect(place.locator('#panel .intake[data-state="working"]')).to_be_visible()
        held_back.set()
    heading = place.locator('#panel .intake[data-state="done"] h3')
    expect(heading).to_be_focused()
    expect(heading).to_have_accessible_description(re.compile("1 added|1 unchanged"))
    expect(place.locator("#panel .intake [role]")).to_have_count(0)
    expect(place.locator("#announcer")).to_be_empty()


def test_whoever_is_elsewhere_is_told_what_was_taken_in_and_keeps_the_focus(
    place: Page, held_back: threading.Event, tmp_path: Path
) -> None:
    choose_note(place, tmp_path, "Kerne")
    place.locator("#panel .drop-zone button").click()
    expect(place.locator('#panel .intake[data-state="working"]')).to_be_visible()
    place.locator("#ask textarea").focus()
    held_back.set()
    expect(place.locator("#announcer")).to_contain_text("What was taken in: 1 added")
    expect(place.locator("#ask textarea")).to_be_focused()


def test_the_status_line_follows_a_merge(place: Page, kept: Assistant, tmp_path: Path) -> None:
    told = tmp_path / "yarrowby.jsonl"
    told.write_text(
        '{"id": "o1", "title": "N1", "text": "Yarrowby Rail agreed to buy Skarnholm for $7 million."}\n'
        '{"id": "o2", "title": "N2", "text": "Yarrowby Trains acquired Varnby Media for $9 million."}',
        "utf-8",
    )
    kept.ingest([told])
    place.reload()
    is_ready(place)
    before = kept.status().companies
    expect(place.locator("#status")).to_contain_text(f"{before} companies")
    open_library(place)
    place.locator("#panel a", has_text="Merged companies").click()
    pair = place.locator("#panel ul.pairs > li", has_text="Yarrowby Trains")
    pair.locator('form[action$="/accept"] button').click()
    expect(place.locator("#panel .note")).to_contain_text("are one company now")
    expect(place.locator("#status")).to_contain_text(f"{before - 1} companies")


def test_an_article_is_removed_in_two_steps(place: Page, kept: Assistant) -> None:
    before = kept.status().articles
    open_library(place)
    entry = place.locator("#panel .held li", has_text="Dunmore Air")
    entry.locator("summary").click()
    entry.locator("button").click()
    expect(place.locator("#panel .note")).to_contain_text("Dunmore Air")
    expect(place.locator("#panel .held li", has_text="Dunmore Air")).to_have_count(0)
    expect(place.locator("#panel .intake")).to_have_count(0)
    assert kept.status().articles == before - 1


def test_how_far_it_is_has_the_colours_of_the_page(place: Page) -> None:
    open_library(place)
    place.evaluate(
        """() => {
          const section = document.createElement("section");
          section.className = "intake";
          section.append(Object.assign(document.createElement("progress"), { max: 2, value: 1 }));
          document.querySelector("#panel .library-view h2").after(section);
        }"""
    )
    shot = Image.open(BytesIO(place.locator("#panel .intake progress").screenshot()))
    accent, ground = (29, 92, 125), (246, 247, 248)
    for share, colour in ((0.25, accent), (0.75, ground)):
        point = (int(shot.width * share), shot.height // 2)
        assert shot.convert("RGB").getpixel(point) == colour


def test_an_article_of_the_library_opens_as_a_source(place: Page) -> None:
    open_library(place)
    place.locator("#panel .held a", has_text="Halvora").click()
    expect(place.locator("#panel article.source")).to_contain_text("games studio Pixelbarn")
    place.locator("#panel .back").click()
    expect(place.locator("#panel .library-view")).to_be_visible()


def test_the_companies_that_are_one_are_looked_at_in_the_panel(place: Page) -> None:
    open_library(place)
    place.locator("#panel a", has_text="Merged companies").click()
    expect(place.locator("#panel article.view h2")).to_be_focused()
    expect(place.locator("#tab-library")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_library(
    both: tuple[FastAPI, FastAPI], open_window: BrowserContext, scheme: Literal["light", "dark"]
) -> None:
    with serving(both[0]) as address:
        page = open_window.new_page()
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        is_ready(page)
        open_library(page)
        found = violations(page, "library")
        page.locator("#panel a", has_text="Merged companies").click()
        expect(page.locator("#panel article.view")).not_to_have_attribute("data-view", "library")
        found += violations(page, "merges")
        page.close()
    assert found == []


def test_an_empty_library_is_filled_by_a_button(
    both: tuple[FastAPI, FastAPI], window: BrowserContext
) -> None:
    with serving(both[1]) as address:
        page = window.new_page()
        page.goto(address)
        is_ready(page)
        expect(page.locator("#status")).to_contain_text("The library is empty")
        page.locator("#chat .open-library").click()
        expect(page.locator("#panel .library-view")).to_be_visible()
        page.keyboard.press("Escape")
        page.locator("#chat .seeds").click()
        expect(page.locator("#panel .intake")).to_be_visible()
        expect(page.locator("#chat .example-questions button")).to_have_count(6, timeout=90_000)
        expect(page.locator("#status")).to_contain_text("articles")
        expect(page.locator('#panel .intake[data-state="done"]')).to_be_visible()
        page.close()


def test_a_conversation_is_there_after_a_restart_with_its_citations(
    tmp_path: Path, library: Path, embedder: MiniLMEmbeddings, chromium: Browser
) -> None:
    data = copy_library(library, tmp_path / "data")
    context = new_window(chromium)
    page = context.new_page()
    addresses: list[str] = []
    for _ in range(2):
        with build(Settings(data=data)) as assistant:
            assistant.embedder = embedder
            with serving(app_of(assistant)) as address:
                page.goto(f"{address}{addresses[0] if addresses else ''}")
                is_ready(page)
                if not addresses:
                    ask(page, QUESTION)
                mark = answer(page, 0).locator("p a.cite").first
                mark.click()
                expect(page.locator("#panel mark")).to_contain_text("340 million")
                expect(page.locator("#rail a[aria-current]")).to_have_count(1)
                addresses.append(page.url.removeprefix(address))
    assert addresses[0].startswith("/chat/?c=")
    assert addresses[0] == addresses[1]
    context.close()
    shutil.rmtree(data)
