"""The library on the page, over a real library: seeing, taking in, removing, and which companies are one."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import HELD, Opener, TinyEmbeddings
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.deals.ledger.companies import Why
from assistant.errors import WeightsMissing
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.web.gate import Gate
from assistant.web.library_routes import build_library_routes
from assistant.web.routes import build_routes
from assistant.web.view_routes import build_view_routes

ACTS = (
    "/library/files",
    "/library/seeds",
    "/library/articles/corvane/remove",
    "/library/merges/accept",
    "/library/merges/reject",
    "/library/merges/keep",
    "/library/merges/split",
    "/library/merges/undo",
)
HERE = {"origin": "http://testserver"}


@pytest.fixture
def filled(open_assistant: Opener, copied: Path) -> Assistant:
    return open_assistant(copied)


@pytest.fixture
def empty(open_assistant: Opener, tmp_path: Path, cache: Path) -> Assistant:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "cache").symlink_to(cache)
    settings = Settings(max_file_mb=1)
    return open_assistant(tmp_path / "empty", TinyEmbeddings(), settings)


def browse(assistant: Assistant, allowed: bool = True) -> TestClient:
    app = FastAPI()
    app.add_middleware(Gate)
    app.include_router(build_routes(assistant))
    app.include_router(build_view_routes(assistant))
    app.include_router(build_library_routes(assistant, allowed))
    return TestClient(app, headers=HERE)


@pytest.fixture
def browser(filled: Assistant) -> Iterator[TestClient]:
    with browse(filled) as client:
        yield client


@pytest.fixture
def fresh(empty: Assistant) -> Iterator[TestClient]:
    with browse(empty) as client:
        yield client


def done(client: TestClient) -> str:
    """The library's page when what is being taken in is taken in."""
    until = time.monotonic() + 120
    while client.get("/library/progress").json()["state"] == "working":
        assert time.monotonic() < until
        time.sleep(0.02)
    return client.get("/library").text


def send(client: TestClient, *files: tuple[str, bytes]) -> Any:
    sent = [("files", (name, content)) for name, content in files]
    return client.post("/library/files", files=sent, follow_redirects=False)


def words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def forms(html: str, act: str) -> list[dict[str, str]]:
    """The fields of each form that does this."""
    found = re.findall(rf'<form method="post" action="{act}">(.*?)</form>', html)
    field = re.compile(r'name="(\w+)" value="([^"]*)"')
    return [{name: unescape(value) for name, value in field.findall(form)} for form in found]


# Looking


def test_the_view_says_what_is_held_and_lists_it_newest_first(browser: TestClient) -> None:
    response = browser.get("/library")
    assert response.status_code == 200
    assert '<article class="view library-view" data-view="library">' in response.text
    told = words_of(response.text)
    assert f"{HELD} articles" in told
    assert "2012 to 2019" in told
    assert told.index("Tolmar sells its glass unit") < told.index("Ravensund and Kelpie Bank plan")
    assert "Harbour Post, 2 September 2014, 1 deal" in told


def test_every_article_leads_to_its_source_with_its_title_marked(browser: TestClient) -> None:
    hrefs = re.findall(r'<a class="source-link" href="([^"]+)"', browser.get("/library").text)
    assert len(hrefs) == HELD
    for href in hrefs:
        shown = browser.get(unescape(href).partition("#")[0])
        assert shown.status_code == 200
        assert '<mark id="quote">' in shown.text


def test_articles_are_searched_by_words_of_title_and_publisher(browser: TestClient) -> None:
    text = browser.get("/library?words=TARNBECK harbour").text
    assert len(re.findall('class="source-link"', text)) == 2
    none = browser.get("/library?words=<i>zzz").text
    assert "No article has these words" in none
    assert "<i>" not in none


def test_fifty_articles_stand_on_a_page(fresh: TestClient, empty: Assistant) -> None:
    lines = [
        json.dumps({"id": f"n{i}", "title": f"Note {i:03}", "text": "Nothing was bought."})
        for i in range(120)
    ]
    send(fresh, ("notes.jsonl", "\n".join(lines).encode()))
    assert "120 added" in words_of(done(fresh))
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += re.findall(r"<bdi>(Note \d+)</bdi></a>", fresh.get(f"/library?page={page}").text)
    assert len(seen) == len(set(seen)) == 120
    assert "Page 3 of 3" in fresh.get("/library?page=99").text
    assert "words=note" in fresh.get("/library?words=note&page=2").text


# Who may


@pytest.mark.parametrize("act", ACTS)
def test_who_is_not_allowed_sees_no_form_and_is_refused_each_act(
    filled: Assistant, act: str
) -> None:
    with browse(filled, allowed=False) as client:
        for view in ("/library", "/library/merges"):
            shown = client.get(view)
            assert shown.status_code == 200
            assert 'method="post"' not in shown.text
        response = client.post(act, data={"number": "1"})
        assert response.status_code == 403
        assert "ACCORD_LIBRARY_ON_PAGE" in response.text
        assert client.get("/library/progress").status_code == 403
    assert filled.status().articles == HELD


@pytest.mark.parametrize("act", ACTS)
def test_a_page_of_another_site_may_not_write(browser: TestClient, act: str) -> None:
    for headers in ({"origin": "http://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        response = browser.post(act, headers=headers)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "other_site"


@pytest.mark.parametrize(
    ("told", "host", "may"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "localhost", True),
        ("auto", "::1", True),
        ("auto", "0.0.0.0", False),
        ("auto", "127.0.0.1.example", False),
        ("yes", "0.0.0.0", True),
        ("no", "127.0.0.1", False),
    ],
)
def test_the_page_may_change_the_library_where_nobody_else_reaches_it(
    told: str, host: str, may: bool
) -> None:
    assert Settings(library_on_page=told, host=host).page_curates is may


# Taking in


def test_files_of_every_kind_are_taken_in_and_what_is_skipped_has_its_reason(
    fresh: TestClient,
) -> None:
    shown = fresh.get("/library").text
    assert "The library is empty" in words_of(shown)
    assert ".txt, .md, .markdown, .jsonl files of up to 1 MB" in words_of(shown)
    line = {"id": "w1", "title": "Wire", "text": "Halvora invested in Pixelbarn."}
    response = send(
        fresh,
        ("talks.txt", b"Velmora buys Tarnbeck\n\nVelmora agreed to buy Tarnbeck Castings."),
        ("pact.md", b"# Oskeld and Quillon\n\nOskeld and Quillon signed a partnership."),
        ("wire.jsonl", json.dumps(line).encode() + b"\nno json\n"),
        ("scan.pdf", b"%PDF"),
        ("latin.txt", b"\xe4\xf6"),
        ("big.txt", b"x" * 1_000_001),
    )
    assert (response.status_code, response.headers["location"]) == (303, "/library")
    told = words_of(done(fresh))
    assert "3 added, 0 updated, 0 unchanged, 4 skipped" in told
    assert "scan.pdf: Accord reads .txt" in told
    assert "wire.jsonl:2: is not valid JSON" in told
    assert "latin.txt: is not UTF-8" in told
    assert "big.txt: is over the limit of 1 MB; split it or raise ACCORD_MAX_FILE_MB" in told
    assert tempfile.gettempdir() not in told


def test_a_file_sent_again_is_unchanged_and_an_edited_one_is_updated(
    fresh: TestClient, empty: Assistant
) -> None:
    for content, outcome in (
        (b"Velmora agreed to buy Tarnbeck.", "1 added, 0 updated, 0 unchanged"),
        (b"Velmora agreed to buy Tarnbeck.", "0 added, 0 updated, 1 unchanged"),
        (b"Velmora completed its purchase of Tarnbeck.", "0 added, 1 updated, 0 unchanged"),
    ):
        send(fresh, ("talks.txt", content))
        assert outcome in words_of(done(fresh))
    (source,) = empty.curation.articles().sources
    assert source.title == "Talks"


def test_what_was_received_is_gone_when_it_is_taken_in(
    fresh: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "received"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    send(fresh, ("a.txt", b"Velmora agreed to buy Tarnbeck."))
    done(fresh)
    assert list(place.iterdir()) == []
    fresh.post("/library/files", content=b"damaged", headers={"content-type": "multipart/x"})
    assert list(place.iterdir()) == []


def test_an_empty_library_is_begun_with_the_seeds(fresh: TestClient, empty: Assistant) -> None:
    assert 'action="/library/seeds"' in fresh.get("/library").text
    assert fresh.post("/library/seeds", follow_redirects=False).status_code == 303
    text = done(fresh)
    assert "added" in words_of(text)
    assert 'action="/library/seeds"' not in text
    assert empty.status().deals > 0


def test_sending_nothing_is_told(fresh: TestClient) -> None:
    response = fresh.post("/library/files", files=[("files", ("", b""))])
    assert response.status_code in (200, 400)
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    told = fresh.post("/library/files", content=body, headers=headers)
    assert "No file was chosen" in told.text


def test_damaged_sending_is_one_sentence(fresh: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    response = fresh.post("/library/files", content=b"--b\r\nbroken", headers=headers)
    assert response.status_code == 400
    assert "send them again" in response.text


def test_a_failure_loses_nothing_and_is_told_in_one_sentence(
    filled: Assistant, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise WeightsMissing("the embedding weights are not installed; install them")

    with monkeypatch.context() as patch:
        patch.setattr(filled.indexes, "catch_up", fail)
        send(browser, ("a.txt", b"Velmora agreed to buy Siskin Systems."))
        told = words_of(done(browser))
    assert "the embedding weights are not installed; install them" in told
    assert "stays; send the rest again" in told
    assert f"{HELD + 1} articles" in told
    send(browser, ("a.txt", b"Velmora agreed to buy Siskin Systems."))
    assert "0 added, 0 updated, 1 unchanged" in words_of(done(browser))
    assert filled.status().in_step


def test_whoever_looks_meanwhile_sees_how_far_it_is_and_cannot_begin_another(
    filled: Assistant, browser: TestClient
) -> None:
    with filled._writing:
        send(browser, ("a.txt", b"Velmora agreed to buy Siskin Systems."))
        text = browser.get("/library").text
        assert 'data-state="working"' in text
        assert "<progress" in text
        assert 'enctype="multipart/form-data"' not in text
        german = browser.get("/library/progress", headers={"accept-language": "de"}).json()
        assert german == {"state": "working", "what": "wird vorbereitet", "done": 0, "total": 0}
        for response in (
            browser.post("/library/seeds"),
            browser.post("/library/articles/corvane/remove"),
            browser.post("/library/files", files=[("files", ("b.txt", b"text"))]),
        ):
            assert "Articles are being taken in just now" in response.text
    assert "1 added" in words_of(done(browser))


# Removing


def test_an_article_is_removed_behind_a_second_step_with_all_that_was_read_from_it(
    filled: Assistant, browser: TestClient
) -> None:
    before = filled.status()
    shown = browser.get("/library?words=tolmar").text
    assert re.search(r"<details class=\"removing\"><summary[^>]*>Remove</summary><form", shown)
    response = browser.post("/library/articles/wire-4/remove", follow_redirects=False)
    assert response.status_code == 303
    told = browser.get(response.headers["location"])
    assert "“Tolmar sells its glass unit to Vitrea” is removed." in words_of(told.text)
    after = filled.status()
    assert (after.articles, after.in_step) == (before.articles - 1, True)
    assert after.deals == before.deals - 1
    gone = browser.post("/library/articles/wire-4/remove")
    assert "wire-4" in gone.text
    assert "no article has the id" in gone.text


def test_an_article_of_any_id_and_title_can_be_removed(fresh: TestClient, empty: Assistant) -> None:
    odd = [
        {"id": "a/b?c#d%e", "title": "<script>alert(1)</script>", "text": "One."},
        {"id": "http://x.example/1?y=2", "text": "No title here.\nMore."},
    ]
    send(fresh, ("odd.jsonl", "\n".join(map(json.dumps, odd)).encode()))
    shown = done(fresh)
    assert "<script>alert" not in shown
    assert "No title here." in words_of(shown)
    actions = re.findall(r'action="(/library/articles/[^"]+)"', shown)
    assert sorted(actions) == sorted(
        f"/library/articles/{quote(one['id'], safe='')}/remove" for one in odd
    )
    for action in actions:
        assert "is removed" in words_of(fresh.post(unescape(action)).text)
    assert empty.status().articles == 0


def test_what_was_taken_in_is_told_no_more_when_something_else_was_done(fresh: TestClient) -> None:
    send(fresh, ("a.txt", b"Velmora agreed to buy Tarnbeck."))
    shown = done(fresh)
    assert "1 added" in words_of(shown)
    (action,) = re.findall(r'action="(/library/articles/[^"]+)"', shown)
    told = words_of(fresh.post(unescape(action)).text)
    assert "is removed" in told
    assert "1 added" not in told
    assert "1 added" not in words_of(fresh.get("/library").text)


def test_an_empty_library_is_not_said_to_hold_articles(fresh: TestClient) -> None:
    for view in ("/deals", "/timeline", "/map", "/companies"):
        told = words_of(fresh.get(view).text)
        assert "There are no deals yet: no article in the library tells of one." in told


# Which companies are one


@pytest.fixture
def named(empty: Assistant) -> Assistant:
    """Two names that a rule joins, and two that only look alike."""
    tell = (
        ("n1", "Velmora Systems (VS) agreed to buy Tarnbeck Castings for $5 million."),
        ("n2", "VS completed its purchase of Kelpie Foods for $2 million."),
        ("n3", "Oskeld Rail agreed to buy Quillon for $7 million."),
        ("n4", "Oskeld Trains acquired Siskin Media for $9 million."),
    )
    lines = [json.dumps({"id": i, "title": "News", "text": text}) for i, text in tell]
    path = Path(empty.status().data) / "told.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    assert empty.ingest([path]).added == len(tell)
    return empty


@pytest.fixture
def deciding(named: Assistant) -> Iterator[TestClient]:
    with browse(named) as client:
        yield client


def names(assistant: Assistant) -> set[frozenset[str]]:
    return {frozenset((c.name, *c.names)) for c in assistant.curation.companies()}


def test_a_merge_by_rule_is_shown_with_its_reason_and_its_words(deciding: TestClient) -> None:
    text = deciding.get("/library/merges").text
    assert '<article class="view merges-view" data-view="merges">' in text
    told = words_of(text)
    assert "VS is Velmora Systems: an article gives the short name in brackets" in told
    assert 'class="source-link quote"' in text


def test_the_words_for_a_merge_stand_with_the_title_of_an_article_without_deals(
    fresh: TestClient, empty: Assistant
) -> None:
    tell = (
        ("wn-1", "An old story", "Velmora Systems (VS) hired a cook."),
        ("n2", "VS buys", "VS agreed to buy Kelpie Foods for $2 million."),
        ("n3", "Velmora buys", "Velmora Systems agreed to buy Tarnbeck for $5 million."),
    )
    lines = [json.dumps({"id": i, "title": title, "text": text}) for i, title, text in tell]
    send(fresh, ("told.jsonl", "\n".join(lines).encode()))
    done(fresh)
    assert empty.book().source("wn-1") is None
    text = fresh.get("/library/merges").text
    (cited,) = re.findall(r'class="source-link quote"[^>]*>(.*?)</a>', text)
    assert "wn-1" not in words_of(cited)


def test_companies_of_one_name_are_told_apart_by_what_articles_say_of_them(
    fresh: TestClient,
) -> None:
    tell = (
        ("s1", "Pub channel sold", "Irish broadcaster Setanta agreed to buy Tarnbeck Castings."),
        ("s2", "Beer in Bonn", "German brewer Setanta agreed to buy Kelpie Foods."),
        ("s3", "Steel in Turin", "Italian steelmaker Setanta agreed to buy Quillon Rail."),
    )
    lines = [json.dumps({"id": i, "title": title, "text": text}) for i, title, text in tell]
    send(fresh, ("told.jsonl", "\n".join(lines).encode()))
    done(fresh)
    text = fresh.get("/library/merges").text
    told = words_of(text)
    for words in (
        "Irish broadcaster; deals with Tarnbeck; told of in “Pub channel sold”",
        "German brewer; deals with Kelpie Foods; told of in “Beer in Bonn”",
        "Italian steelmaker; deals with Quillon Rail; told of in “Steel in Turin”",
    ):
        assert told.count(words) == 2
    labels = re.findall(r'class="quiet" aria-label="([^"]*)"', text)
    assert len(labels) == len(set(labels)) == 6


def test_a_merge_is_split_and_the_split_is_taken_back(
    deciding: TestClient, named: Assistant
) -> None:
    before = names(named)
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/split")
    text = deciding.post("/library/merges/split", data=fields).text
    assert "VS is a company of its own now." in words_of(text)
    assert names(named) != before
    assert forms(text, "/library/merges/split") == []
    (undoing,) = forms(text, "/library/merges/undo")
    text = deciding.post("/library/merges/undo", data=undoing).text
    assert "taken back" in words_of(text)
    assert forms(text, "/library/merges/undo") == []
    assert names(named) == before


def test_a_merge_that_is_kept_is_the_owners_word_from_then_on(
    deciding: TestClient, named: Assistant
) -> None:
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/keep")
    text = deciding.post("/library/merges/keep", data=fields).text
    assert "VS and Velmora Systems stay one company." in words_of(text)
    assert forms(text, "/library/merges/keep") == []
    (velmora,) = named.ledger.companies("Velmora Systems")
    assert [join.why for join in velmora.joins] == [Why.OWNER]


def test_a_possible_merge_is_accepted(deciding: TestClient, named: Assistant) -> None:
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/accept")
    assert {fields["left_name"], fields["right_name"]} == {"Oskeld Rail", "Oskeld Trains"}
    text = deciding.post("/library/merges/accept", data=fields).text
    assert "Oskeld Rail and Oskeld Trains are one company now." in words_of(text)
    assert frozenset({"Oskeld Rail", "Oskeld Trains"}) in names(named)
    assert "No two names look like" in words_of(text)


def test_a_rejected_merge_is_not_asked_about_again_until_it_is_undone(
    deciding: TestClient, named: Assistant
) -> None:
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/reject")
    text = deciding.post("/library/merges/reject", data=fields).text
    assert "stay two companies" in words_of(text)
    assert forms(text, "/library/merges/accept") == []
    named.ledger.regroup()
    text = deciding.get("/library/merges").text
    assert forms(text, "/library/merges/accept") == []
    (undoing,) = forms(text, "/library/merges/undo")
    text = deciding.post("/library/merges/undo", data=undoing).text
    assert forms(text, "/library/merges/accept") == [fields]


def test_an_act_on_what_has_changed_meanwhile_does_nothing(
    deciding: TestClient, named: Assistant
) -> None:
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/accept")
    before = names(named)
    stale = fields | {"left_name": "Another"}
    for data in (stale, fields | {"left": fields["right"]}, fields | {"left": "c999"}):
        text = deciding.post("/library/merges/accept", data=data).text
        assert "have changed meanwhile" in text
    text = deciding.post("/library/merges/undo", data={"number": "77"}).text
    assert "has the number 77" in text
    text = deciding.post("/library/merges/split", data={"name": "<b>Nobody</b>"}).text
    assert "called" in text
    assert "<b>" not in text
    assert deciding.post("/library/merges/undo", data={"number": "x"}).status_code == 422
    assert names(named) == before


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_every_language_has_the_words_of_every_section(deciding: TestClient, language: str) -> None:
    headers = {"accept-language": language}
    (fields,) = forms(deciding.get("/library/merges").text, "/library/merges/reject")
    for view in ("/library", "/library/merges"):
        response = deciding.get(view, headers=headers)
        assert response.status_code == 200
        assert f'<html lang="{language}">' in response.text
    assert deciding.post("/library/merges/reject", data=fields, headers=headers).status_code == 200
