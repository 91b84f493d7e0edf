"""The addresses of conversations, over real conversations in a real file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from test_chain import EVIDENCE, OFFER
from test_conversations import Talks, opened

from assistant.domain import Conversation, Exchange
from assistant.library.database import open_database
from assistant.library.feedback import FeedbackStore
from assistant.web.conversation_routes import build_conversation_routes
from assistant.web.gate import Gate
from assistant.web.texts import LANGUAGES

NASTY = '"><script>alert(1)</script>\u202e<img src=x>'


class Held:
    """What the service does, over conversations whose answers are written down."""

    def __init__(self, talks: Talks, engine: Engine) -> None:
        self.talks = talks
        self.feedback = FeedbackStore(engine)
        self.failure: Exception | None = None

    def conversations(self, person: str = "", words: str = "") -> list[Conversation]:
        if self.failure:
            raise self.failure
        return self.talks.of(person, words)

    def conversation(self, conversation: str, person: str = "") -> list[Exchange]:
        return self.talks.exchanges(conversation, person)

    def find_conversation(self, conversation: str, person: str = "") -> Conversation:
        return self.talks.find(conversation, person)

    def rename_conversation(self, conversation: str, name: str, person: str = "") -> None:
        self.talks.rename(conversation, person, name)

    def delete_conversation(self, conversation: str, person: str = "") -> None:
        self.talks.delete(conversation, person)

    def drop_last_exchange(
        self, conversation: str, person: str = "", exchange: int | None = None
    ) -> bool:
        return self.talks.drop_last(conversation, person, exchange)

    def give_feedback(
        self, conversation: str, exchange: int, verdict: str, words: str = "", person: str = ""
    ) -> None:
        self.feedback.keep(self.talks.judged(conversation, person, exchange, verdict, words))


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    engine = open_database(f"sqlite:///{tmp_path / 'accord.db'}")
    with opened(tmp_path / "accord.db") as talks:
        yield Held(talks, engine)
    engine.dispose()


@pytest.fixture
def browser(held: Held) -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(Gate)
    app.include_router(build_conversation_routes(held))
    with TestClient(app, follow_redirects=False) as client:
        yield client


def links(html: str) -> list[str]:
    return re.findall(r'data-conversation="([^"]*)"', html)


def test_the_list_is_a_page_of_its_own_with_what_can_be_done(
    browser: TestClient, held: Held
) -> None:
    held.talks.ask("Who bid?", "a")
    held.talks.ask("Who refused?", "b c/d")
    page = browser.get("/conversations")
    assert page.status_code == 200
    assert (
        page.text.count('<article class="view conversations-view" data-view="conversations"') == 1
    )
    assert page.text.count('<section class="conversations">') == 1
    assert links(page.text) == ["b c/d", "a"]
    assert 'href="/chat/?c=b+c%2Fd"' in page.text
    assert 'href="/conversations/b%20c%2Fd.docx"' in page.text
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT[\d:.]+\+00:00">', page.text)
    assert "1 question<" in page.text
    assert re.search(r"<details class=\"delete\">.*Delete for good", page.text)
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    assert "/static/conversations.css" in page.text
    assert 'aria-current="page">Conversations' in page.text


def test_the_list_is_searched_by_words(browser: TestClient, held: Held) -> None:
    held.talks.ask("Who bid?", "a")
    held.talks.ask("Who bid for Marrow?", "b")
    found = browser.get("/conversations", params={"words": " MARROW  bid "})
    assert links(found.text) == ["b"]
    assert 'value="MARROW bid"' in found.text
    nothing = browser.get("/conversations", params={"words": NASTY})
    assert "No conversation holds" in nothing.text
    assert "<script>alert" not in nothing.text


def test_long_lists_have_pages(browser: TestClient, held: Held) -> None:
    for n in range(103):
        held.talks.ask("Who bid?", f"c{n}")
    first, second = (browser.get(f"/conversations?words=bid&page={n}").text for n in (1, 2))
    assert (len(links(first)), len(links(second))) == (100, 3)
    assert 'rel="next" href="/conversations?words=bid&amp;page=2"' in first
    for odd in ("x", "0", "-1", "9" * 5000):
        assert len(links(browser.get(f"/conversations?page={odd}").text)) in (100, 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_list_says_how_one_begins(browser: TestClient, language: str) -> None:
    page = browser.get("/conversations", headers={"accept-language": language})
    assert f'<html lang="{language}">' in page.text
    assert 'class="nothing"' in page.text


@pytest.mark.parametrize("conversation", ["a", "b c/d", "é?#% &", "x.md", NASTY])
def test_a_conversation_is_renamed_saved_and_deleted_through_the_forms_of_the_page(
    browser: TestClient, held: Held, conversation: str
) -> None:
    held.talks.ask("Who bid?", conversation)
    page = browser.get("/conversations").text
    actions = re.findall(r'<form[^>]* method="post" action="([^"]*)"', page)
    files = re.findall(r'<a class="act" href="([^"]*)" download', page)
    done = browser.post(actions[0], data={"name": "The  bid"})
    assert (done.status_code, done.headers["location"]) == (303, "/conversations")
    assert held.talks.find(conversation, "").name == "The bid"

    markdown, word = (browser.get(file) for file in files)
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert 'filename="accord-the-bid.md"' in markdown.headers["content-disposition"]
    assert "> “offered 12 million”" in markdown.text
    assert 'filename="accord-the-bid.docx"' in word.headers["content-disposition"]
    told = [paragraph.text for paragraph in Document(BytesIO(word.content)).paragraphs]
    assert told[:2] == ["The bid", "Who bid?"]
    assert "“offered 12 million”" in told

    assert browser.post(actions[1]).status_code == 303
    assert held.talks.of("") == []


def test_files_are_in_the_language_of_the_browser(browser: TestClient, held: Held) -> None:
    held.talks.ask("Who bid?", "a")
    saved = browser.get("/conversations/a.md", headers={"accept-language": "de"})
    assert "### Quellen" in saved.text
    assert re.search(r"\*\d+\\\. \w+ \d{4}, \d\d:\d\d UTC\*", saved.text)


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "said"),
    [
        ("POST", "/conversations/a/name", {"name": " "}, 400, "1 to 200 characters"),
        ("POST", "/conversations/a/name", {}, 400, "1 to 200 characters"),
        ("POST", "/conversations/a/name", {"name": "x" * 201}, 400, "1 to 200 characters"),
        ("POST", "/conversations/no/name", {"name": "x"}, 404, "there is no conversation"),
        ("POST", "/conversations/no/delete", {}, 404, "there is no conversation"),
        ("GET", "/conversations/no.md", {}, 404, "there is no conversation"),
        ("GET", "/conversations/no.docx", {}, 404, "there is no conversation"),
        ("GET", "/conversations/hers.docx", {}, 404, "there is no conversation"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    browser: TestClient, held: Held, method: str, path: str, data: dict[str, str], status: int,
    said: str,
) -> None:  # fmt: skip
    held.talks.ask("Who bid?", "a")
    held.talks.ask("Who bid?", "hers", "ann")
    response = browser.request(method, path, data=data)
    assert response.status_code == status
    assert said in response.text
    assert 'class="view trouble-view"' in response.text
    assert len(held.talks.exchanges("a", "")) == 1


def test_nothing_hostile_in_a_name_is_markup(browser: TestClient, held: Held) -> None:
    held.talks.ask(NASTY, "a")
    held.talks.rename("a", "", NASTY)
    page = browser.get("/conversations").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert (
        f"<bdi>{NASTY.split('<', maxsplit=1)[0].replace(chr(34), '&quot;').replace('>', '&gt;')}"
        in page
    )


def test_a_failure_is_a_page_and_not_quoted(browser: TestClient, held: Held) -> None:
    held.failure = RuntimeError("secret")
    response = browser.get("/conversations")
    assert response.status_code == 500
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/conversations/a/delete", "/conversations/a/name", "/feedback"])
def test_another_sites_page_may_not_write(browser: TestClient, held: Held, path: str) -> None:
    held.talks.ask("Who bid?", "a")
    response = browser.post(path, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert held.talks.find("a", "").name == "Who bid?"


# Feedback


def give(browser: TestClient, **fields: Any) -> Any:
    return browser.post(
        "/feedback", data={"conversation": "a", "exchange": "0", "verdict": "right", **fields}
    )


def test_feedback_is_kept_with_what_was_judged(browser: TestClient, held: Held) -> None:
    held.talks.ask("Who bid?", "a")
    held.talks.ask("And why?", "a")
    response = give(browser, exchange="1", verdict="incomplete", words=" The board said more. ")
    assert (response.status_code, response.content) == (204, b"")
    (kept,) = held.feedback.all()
    assert (kept.question, kept.before, kept.words) == (
        "And why?",
        "Who bid?",
        "The board said more.",
    )
    assert kept.answer.text == "Kestrel offered 12 million [1]."
    assert kept.answer.citations[0].quote.text == OFFER.proofs[0][1]
    assert kept.answer.citations[0].source == EVIDENCE[0].article.source


@pytest.mark.parametrize(
    ("fields", "status", "code", "said"),
    [
        ({"verdict": "good"}, 400, "feedback_refused", "a verdict is right, wrong, incomplete"),
        ({"verdict": ""}, 400, "feedback_refused", "a verdict is"),
        ({"exchange": "1"}, 400, "feedback_refused", "no exchange 1"),
        ({"exchange": "-1"}, 400, "feedback_refused", "a number from 0"),
        ({"exchange": "9" * 5000}, 400, "feedback_refused", "a number from 0"),
        ({"exchange": "²"}, 400, "feedback_refused", "a number from 0"),
        ({"words": "x" * 2001}, 400, "feedback_refused", "at most 2,000 characters, got 2,001"),
        ({"conversation": "no"}, 404, "conversation_missing", "there is no conversation"),
        ({"conversation": ""}, 404, "conversation_missing", "there is no conversation"),
        ({"conversation": "hers"}, 404, "conversation_missing", "there is no conversation"),
    ],
)
def test_feedback_that_cannot_be_kept_is_refused_in_a_sentence(
    browser: TestClient, held: Held, fields: dict[str, str], status: int, code: str, said: str
) -> None:
    held.talks.ask("Who bid?", "a")
    held.talks.ask("Who bid?", "hers", "ann")
    response = give(browser, **fields)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code
    assert said in error["message"]
    assert held.feedback.all() == []


def test_feedback_needs_nothing_in_words_and_takes_two_thousand(
    browser: TestClient, held: Held
) -> None:
    held.talks.ask("Who bid?", "a")
    assert give(browser).status_code == 204
    assert give(browser, words="é" * 2000).status_code == 204
    (kept,) = held.feedback.all()
    assert len(kept.words) == 2000


def test_conversations_are_listed_beside_the_feedback_of_one_file(
    browser: TestClient, held: Held, tmp_path: Path
) -> None:
    held.talks.ask("Who bid?", "a")
    give(browser)
    with closing(sqlite3.connect(tmp_path / "accord.db")) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM feedback").fetchone()
    assert rows == 1
