"""The addresses of the views: what they answer to a browser and to a person who mistypes one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from deal_books import tell_deals
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.companies import Join, Why
from assistant.domain import Article, Source, Span
from assistant.errors import ArticleMissing, LibraryLocked
from assistant.ledger_formats import COLUMNS, deals_csv
from assistant.web.gate import Gate
from assistant.web.view_routes import build_view_routes

VIEWS = ("/deals", "/timeline", "/map", "/companies")


class Held:
    """A book and the articles beside it; fails where `failure` is set."""

    def __init__(self, book: DealBook) -> None:
        self._book = book
        self.failure: Exception | None = None

    def book(self) -> DealBook:
        if self.failure:
            raise self.failure
        return self._book

    def article(self, article_id: str) -> Article:
        if article_id != "a2":
            raise ArticleMissing(f"there is no article {article_id!r}")
        return Article(Source("a2", "News"), "Velmora, called Vel, agreed to buy Siskin Systems.")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    held = tell_deals(tmp_path_factory.mktemp("routes"))
    there = Join("Vel", "Velmora", Why.BRACKET, "a2", Span(14, 24))
    gone = Join("VLM", "Velmora", Why.BRACKET, "a99", Span(0, 9))
    companies = tuple(
        replace(one, names=("Velmora", "Vel"), joins=(there, gone))
        if one.name == "Velmora"
        else one
        for one in held.companies
    )
    return DealBook(held.deals, companies)


@pytest.fixture
def held(book: DealBook) -> Held:
    return Held(book)


@pytest.fixture
def browser(held: Held) -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(Gate)
    app.include_router(build_view_routes(held))
    with TestClient(app) as client:
        yield client


def velmora(book: DealBook) -> str:
    return next(company.id for company in book.companies if company.name == "Velmora")


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_is_a_page_of_its_own(browser: TestClient, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "unsafe-eval" not in response.headers["content-security-policy"]
    assert response.text.count("<main") == response.text.count('<article class="view') == 1
    assert 'href="/static/views.css"' in response.text


def test_the_browser_chooses_the_language(browser: TestClient) -> None:
    response = browser.get("/timeline", headers={"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"})
    assert '<html lang="fr">' in response.text
    assert "Chronologie" in response.text
    assert response.headers["vary"] == "Accept-Language"


def test_every_link_of_every_view_leads_somewhere(browser: TestClient, book: DealBook) -> None:
    seen: set[str] = set()
    todo = [*VIEWS, f"/companies/{velmora(book)}"]
    while todo and len(seen) < 150:
        path = todo.pop()
        response = browser.get(path)
        assert response.status_code == 200, path
        seen.add(path)
        if response.headers["content-type"].startswith("text/html"):
            hrefs = re.findall(r'href="(/[^"#]*)', response.text)
            own = (h.replace("&amp;", "&") for h in hrefs if re.match(r"/(deals|comp|time|map)", h))
            todo += [href for href in own if href not in seen and href not in todo]
    assert len(seen) > 40


def test_filters_carry_over_to_the_other_views(browser: TestClient) -> None:
    text = browser.get("/deals?kind=partnership&sort=value&page=2").text
    assert 'href="/timeline?kind=partnership"' in text
    assert 'href="/map?kind=partnership"' in text


@pytest.mark.parametrize(
    "query", ["", "?company=Velmora&sort=value", "?status=completed&sort=-deal"]
)
def test_the_files_hold_exactly_what_the_table_shows(browser: TestClient, query: str) -> None:
    shown = re.findall(r'href="/deals/(d\d+)"', browser.get(f"/deals{query}").text)
    response = browser.get(f"/deals.csv{query}")
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == shown
    assert "accord-deals.csv" in response.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(browser.get(f"/deals.xlsx{query}").content))["deals"]
    assert [str(row[0].value) for row in sheet.iter_rows(min_row=2)] == shown


def test_the_csv_is_that_of_the_command(browser: TestClient, book: DealBook) -> None:
    told = browser.get("/deals.csv?sort=date").content.decode("utf-8-sig")
    assert told == deals_csv(book.deals)


@pytest.mark.parametrize("path", ["/deals", "/timeline", "/map"])
def test_a_filter_that_cannot_be_understood_is_refused_in_words(
    browser: TestClient, path: str
) -> None:
    response = browser.get(f"{path}?since=soon")
    assert response.status_code == 400
    assert "<bdi>soon</bdi>” is no date" in response.text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_refused_with_a_code_and_a_message(browser: TestClient, form: str) -> None:
    response = browser.get(f"/deals.{form}?since=soon")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "filter_refused"
    assert "soon" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "path", ["/deals/d99999", "/deals/x", "/companies/c99999", "/companies/%3Cb%3E"]
)
def test_what_is_not_there_is_404_with_one_sentence(browser: TestClient, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 404
    assert "the list of" in response.text
    assert "<b>" not in response.text


def test_the_words_that_join_two_names_are_shown_while_they_are_held(
    browser: TestClient, book: DealBook
) -> None:
    text = browser.get(f"/companies/{velmora(book)}").text
    assert "called Vel" in text
    assert "VLM" in text
    assert "article=a99" not in text


@pytest.mark.parametrize("path", [*VIEWS, "/deals/d1", "/companies/c1"])
def test_a_failure_is_one_sentence_on_a_page(browser: TestClient, held: Held, path: str) -> None:
    held.failure = LibraryLocked("another process owns the folder; stop it")
    response = browser.get(path)
    assert response.status_code == 503
    assert "another process owns the folder; stop it" in response.text
    assert browser.get("/deals.csv").json()["error"]["code"] == "library_locked"


def test_what_nobody_raised_on_purpose_is_not_quoted(browser: TestClient, held: Held) -> None:
    held.failure = RuntimeError("secret")
    response = browser.get("/map")
    assert response.status_code == 500
    assert "secret" not in response.text
