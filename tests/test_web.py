"""The page without a browser: what is rendered, what the routes answer, what the server promises."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from threading import Event

import pytest
from browser.scripted import (
    ARTICLES,
    FULL,
    HOSTILE,
    KITT,
    NASTY_ANSWER,
    PARTNERS,
    PARTNERS_ANSWER,
    TESLA_ANSWER,
    XIAOMI,
    ScriptedAssistant,
    cite,
    finished,
)
from fastapi.testclient import TestClient

from assistant.answer.dates import readable, readable_span
from assistant.domain import (
    Abstention,
    Article,
    Citation,
    Delta,
    Finished,
    Source,
    Span,
    Status,
)
from assistant.errors import LibraryLocked, ModelTimeout, SettingsError
from assistant.web.answers import Kept, answer_html, copied, draft_html
from assistant.web.frames import frames
from assistant.web.gate import content_policy
from assistant.web.panels import (
    empty_html,
    leaves_machine,
    literal,
    status_html,
    welcome_html,
)
from assistant.web.server import build_app, serve
from assistant.web.sources import Place, check_of, safe_url, source_href, source_html
from assistant.web.texts import LANGUAGES, choose_texts

ROOT = Path(__file__).parent.parent
TEXTS = choose_texts()
BROWSER = {"accept": "text/html", "accept-encoding": "gzip, br"}


class Seen(HTMLParser):
    """A piece of HTML as a browser takes it: its tags, their attributes, its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.tags and self.tags.index("mark") > self._last_end():
            self.marked += data

    def _last_end(self) -> int:
        ends = [at for at, tag in enumerate(self.tags) if tag == "/mark"]
        starts = [at for at, tag in enumerate(self.tags) if tag == "mark"]
        return -1 if len(starts) > len(ends) else len(self.tags)

    def values(self, name: str) -> list[str | None]:
        return [value for attribute, value in self.attributes if attribute == name]


def place_of(citation: Citation) -> Place:
    quote = citation.quote
    return Place(quote.article_id, quote.span, check_of(quote.text))


def paragraph(html: str) -> str:
    """The words of the first paragraph."""
    return Seen(html.partition("</p>")[0]).text


# Answers


@pytest.mark.parametrize(
    "words", ["<b>&amp;</b>", "**a** _b_ `c` # d", "a\n\n- b", "$1 $2", "[1](x)"]
)
def test_no_character_of_markup_survives_literally(words: str) -> None:
    shown = literal(words)
    assert Seen(shown).text == words
    assert not set(shown) & set("<>*_`$[]()!\n-")
    assert Seen(shown).tags == []


def test_words_of_every_script_stay_as_they_are() -> None:
    assert literal("小米 и Société Générale") == "小米 и Société Générale"


def test_a_lone_surrogate_does_not_reach_the_wire() -> None:
    literal("\ud800 broken").encode()


def test_each_mark_leads_to_its_own_quote() -> None:
    one, two = PARTNERS_ANSWER.answer.citations
    addresses = Seen(answer_html(PARTNERS_ANSWER.answer, TEXTS)).values("href")
    assert addresses[:2] == [source_href(one), source_href(two)]


def test_a_mark_without_a_citation_leads_nowhere() -> None:
    answer = finished("?", "Said [7] twice [1].", cite(1, KITT, "Baidu")).answer
    html = answer_html(answer, TEXTS)
    assert Seen(html).text.startswith("Said [7] twice [1].")
    assert Seen(html).values("href").count(source_href(answer.citations[0])) == 3
    assert 'class="cite">&#91;7&#93;</span>' in html


def test_a_draft_has_marks_and_no_links() -> None:
    seen = Seen(draft_html("Bought. [1]"))
    assert seen.text == "Bought. [1]"
    assert "a" not in seen.tags


def test_sources_are_listed_once_an_article_in_the_order_of_their_marks() -> None:
    answer = finished(
        "?",
        "[1][2][3]",
        cite(3, KITT, "The price"),
        cite(1, KITT, "Baidu has bought"),
        cite(2, XIAOMI, "said on Tuesday"),
    ).answer
    entries = answer_html(answer, TEXTS).partition("</ol>")[0].split("<li>")[1:]
    assert [Seen(entry).text.split("Baidu")[0] for entry in entries] == ["[1][3]", "[2]Xiaomi and "]
    listed = Seen(entries[0].partition("</li>")[0]).text
    assert listed == "[1][3]Baidu buys KITT.AI of SeattleTrade Wire, July 2017"


@pytest.mark.parametrize("kind", list(Abstention))
def test_every_kind_of_not_knowing_has_words_of_its_own(kind: Abstention) -> None:
    answer = replace(TESLA_ANSWER.answer, abstention=kind)
    look = "answer done abstained" if answer.abstained else "answer done"
    assert answer_html(answer, TEXTS).startswith(f'<div class="{look}"><p class="kind">')


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_speaks_the_language_of_the_reader(language: str) -> None:
    texts = choose_texts(language)
    text = Seen(answer_html(PARTNERS_ANSWER.answer, texts, Kept("c", 0))).text
    for key in ("strength.one", "status.written_offline", "chat.copy", "feedback.incomplete"):
        assert texts(key) in text


def test_a_copy_has_its_marks_and_the_words_quoted() -> None:
    assert copied(PARTNERS_ANSWER.answer, TEXTS).splitlines()[2:] == [
        "Sources:",
        f"[1] {XIAOMI.source.title} (Mobile World, 28 November 2017): “they will work together on "
        "artificial intelligence and the internet of things”",
        "https://news.example/xiaomi-baidu",
        f"[2] {XIAOMI.source.title} (Mobile World, 28 November 2017): “spoke of the deep experience "
        "of the new partner in artificial intelligence”",
        "https://news.example/xiaomi-baidu",
    ]


def test_an_answer_says_where_it_is_kept_and_what_it_is_about() -> None:
    addresses = Seen(answer_html(PARTNERS_ANSWER.answer, TEXTS, Kept("a&b", 3))).values("href")
    assert addresses[-1] == "/chat/?c=a%26b&exchange=3&deal=d1&deal=d2&company=c1"


def test_only_a_kept_answer_can_be_judged() -> None:
    assert "verdict" not in answer_html(PARTNERS_ANSWER.answer, TEXTS)
    assert "verdict" in answer_html(PARTNERS_ANSWER.answer, TEXTS, Kept("c", 0))


def test_the_nearest_fact_of_an_abstention_is_a_button() -> None:
    html = answer_html(TESLA_ANSWER.answer, TEXTS)
    assert html.count('<p class="nearest">') == 1
    assert Seen(html).values("value") == [PARTNERS]


def test_a_premise_put_right_is_an_answer() -> None:
    answer = replace(TESLA_ANSWER.answer, abstention=Abstention.PREMISE_CONTRADICTED)
    html = answer_html(answer, TEXTS)
    assert Seen(html).text.startswith("The articles say otherwise")
    assert "abstained" not in html


def test_rows_are_a_list_and_keep_their_marks() -> None:
    text = "2 deals in 1 article:\n\n- One [1]\n- Two [1]\n\nThat is all."
    html = answer_html(finished(text, text, cite(1, KITT, "Baidu")).answer, TEXTS)
    answer = html.partition("</ul>")[0]
    assert answer.count("<li>") == 2
    assert ">2 deals in 1 article" in answer
    assert "- One" not in Seen(answer).text
    assert Seen(answer).values("href")


def test_an_answer_is_one_line_so_that_markdown_leaves_it_alone() -> None:
    html = answer_html(NASTY_ANSWER.answer, TEXTS)
    assert "\n" not in html
    assert html.startswith("<div")


def test_hostile_words_bring_no_tag_and_no_address() -> None:
    seen = Seen(answer_html(NASTY_ANSWER.answer, TEXTS))
    allowed = {"div", "p", "a", "ol", "li", "span", "bdi", "button"}
    assert {tag.removeprefix("/") for tag in seen.tags} == allowed
    assert {name for name, _ in seen.attributes} == {
        "class", "dir", "hidden", "href", "title", "type",
    }  # fmt: skip
    assert all((href or "").startswith(("/source?", "/chat/?")) for href in seen.values("href"))
    assert HOSTILE.source.title in seen.text


# Status and welcome


def test_the_status_says_that_nothing_leaves_the_machine() -> None:
    text = Seen(status_html(FULL, TEXTS)).text
    assert "43 articles12 deals1 companyNovember 2005 to 14 June 2018updated 24 November" in text
    assert "nothing leaves this machine" in status_html(FULL, TEXTS)


@pytest.mark.parametrize(
    "status", [replace(FULL, writer="gpt-5-mini"), replace(FULL, embedder="text-embedding-3-small")]
)
def test_the_status_says_when_something_leaves_the_machine(status: Status) -> None:
    assert leaves_machine(status)
    assert "nothing leaves" not in status_html(status, TEXTS)
    assert "are sent to the model server" in status_html(status, TEXTS)


def test_the_status_says_when_the_indexes_are_behind() -> None:
    assert "catching up" in status_html(replace(FULL, in_step=False), TEXTS)


def test_an_empty_library_offers_no_questions() -> None:
    html = empty_html(TEXTS, on_page=False)
    assert "accord ingest PATH..." in html
    assert "button" not in html
    assert 'class="seeds primary"' in empty_html(TEXTS, on_page=True)


def test_an_example_is_asked_in_its_own_words() -> None:
    assert Seen(welcome_html(["<b>Who</b> bought “it”?"], TEXTS)).values("value") == [
        "<b>Who</b> bought “it”?"
    ]


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2018", "2018"),
        ("2018-06", "June 2018"),
        ("2018-06-04", "4 June 2018"),
        ("2018-06-04T10:00:00+00:00", "4 June 2018"),
        ("2018-13", "2018-13"),
        ("last week", "last week"),
    ],
)
def test_dates_are_told_in_words(date: str, words: str) -> None:
    assert readable(date) == words


def test_a_span_of_one_date_is_that_date() -> None:
    assert readable_span("2018", "2018") == "2018"
    assert readable_span(None, "2018") == "2018"
    assert readable_span(None, None) == ""


# Sources


@pytest.mark.parametrize("citation", PARTNERS_ANSWER.answer.citations)
def test_the_quote_is_marked_in_the_whole_text(citation: Citation) -> None:
    seen = Seen(source_html(XIAOMI, place_of(citation), TEXTS))
    assert seen.marked == citation.quote.text
    assert "No sum of money was named." in seen.text


def test_a_quote_from_the_title_into_the_text_is_marked_in_both() -> None:
    words = "of Seattle\nBaidu has bought"
    seen = Seen(source_html(KITT, place_of(cite(1, KITT, words)), TEXTS))
    assert seen.marked == words.replace("\n", "")
    assert seen.tags.count("mark") == 2


def test_an_edited_article_is_shown_and_nothing_in_it_is_marked() -> None:
    place = place_of(PARTNERS_ANSWER.answer.citations[0])
    edited = Article(XIAOMI.source, "A new beginning. " + XIAOMI.text)
    html = source_html(edited, place, TEXTS)
    assert "<mark" not in html
    assert "has been edited since the answer was written" in html


def test_a_place_beyond_the_end_marks_nothing() -> None:
    assert "<mark" not in source_html(KITT, Place("kitt", Span(9000, 9001), check_of("")), TEXTS)


def test_a_hostile_article_brings_no_tag() -> None:
    seen = Seen(source_html(HOSTILE, Place(HOSTILE.id, Span(0, 4), check_of("<img")), TEXTS))
    allowed = {"article", "header", "h2", "bdi", "mark", "p", "a", "div"}
    assert {tag.removeprefix("/") for tag in seen.tags} == allowed
    assert seen.marked == "<img"
    assert {name for name, _ in seen.attributes} == {
        "class", "tabindex", "href", "target", "rel", "title", "id",
    }  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http:", "http://[", "x", ""],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) == ""
    source = Source("a", "Title", url=url)
    assert "href" not in source_html(Article(source, "Text."), Place("a", Span(0, 1), "x"), TEXTS)


# Frames


def last_of(assistant: ScriptedAssistant, question: str) -> str:
    return drawn(assistant, question)[-1]


def drawn(
    assistant: ScriptedAssistant, question: str, pause_s: float = 0, stop: Event | None = None
) -> list[str]:
    return list(frames(assistant, question, "c", TEXTS, stop or Event(), pause_s))


def test_a_draft_grows_until_the_answer_takes_its_place() -> None:
    shown = [Seen(html).text for html in drawn(ScriptedAssistant(), PARTNERS)]
    assert shown[1:4] == ["Xiaomi", "Xiaomi partnered", "Xiaomi partnered with"]
    assert shown[-1] == Seen(answer_html(PARTNERS_ANSWER.answer, TEXTS, Kept("c", 0))).text


def test_quick_deltas_share_a_frame() -> None:
    assert len(drawn(ScriptedAssistant(), PARTNERS, pause_s=60)) == 3


def test_a_stopped_answer_keeps_what_stood_and_says_so() -> None:
    stop = Event()

    def script() -> Iterator[Delta | Finished]:
        yield Delta("Xiaomi partnered with")
        stop.set()
        yield Delta(" nobody waits for this")

    html = drawn(ScriptedAssistant({"q": script}), "q", stop=stop)[-1]
    assert "Stopped before its end." in Seen(html).text
    assert 'class="answer done stopped"' in html


def test_a_model_that_says_nothing_can_be_stopped() -> None:
    stop, never = Event(), Event()

    def script() -> Iterator[Delta | Finished]:
        never.wait(30)
        yield PARTNERS_ANSWER

    shown = frames(ScriptedAssistant({"q": script}), "q", "c", TEXTS, stop)
    assert "Reading the articles" in next(shown)
    stop.set()
    assert "Stopped before its end." in Seen(list(shown)[-1]).text
    never.set()


def test_an_error_raised_on_purpose_is_told_in_its_words() -> None:
    def script() -> Iterator[Delta | Finished]:
        yield Delta("Half a sen")
        raise ModelTimeout("Nothing came for 45 s & <more>")

    html = last_of(ScriptedAssistant({"q": script}), "q")
    assert paragraph(html) == "Nothing came for 45 s & <more>"


def test_an_unexpected_error_is_logged_and_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    def script() -> Iterator[Delta | Finished]:
        raise RuntimeError("secret of the house")
        yield Delta("")

    html = last_of(ScriptedAssistant({"q": script}), "q")
    assert "secret" not in html
    assert "Something went wrong inside Accord" in html
    assert "secret of the house" in caplog.text


def test_an_answer_without_an_end_is_told() -> None:
    html = last_of(ScriptedAssistant({"q": lambda: iter([Delta("Half")])}), "q")
    assert paragraph(html) == "The answer broke off before its end; ask again."


def test_a_question_too_long_is_not_asked() -> None:
    assistant = ScriptedAssistant()
    said = paragraph(last_of(assistant, "why " * 600))
    assert said == "A question may have 2,000 characters at most; ask it shorter."
    assert assistant.asked == []


# Routes


@pytest.fixture(scope="module")
def assistant() -> ScriptedAssistant:
    return ScriptedAssistant()


@pytest.fixture(scope="module")
def client(assistant: ScriptedAssistant) -> Iterator[TestClient]:
    with TestClient(build_app(assistant), base_url="http://127.0.0.1:7860") as client:
        yield client


def test_the_root_leads_to_the_chat(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert response.status_code == 307
    assert response.headers["location"] == "/chat/"
    assert "<gradio-app" in client.get("/chat/").text


def test_health_is_ok(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "in_step": True}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (LibraryLocked("Held by process 7"), 503, "library_locked"),
        (KeyError("x"), 500, "unexpected"),
    ],
)
def test_health_tells_what_is_wrong(
    client: TestClient,
    assistant: ScriptedAssistant,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def fail() -> Status:
        raise error

    monkeypatch.setattr(assistant, "status", fail)
    response = client.get("/health")
    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert "Held by process 7" in response.text or code == "unexpected"


@pytest.mark.parametrize("citation", PARTNERS_ANSWER.answer.citations)
def test_the_address_of_a_citation_shows_its_source(client: TestClient, citation: Citation) -> None:
    response = client.get(source_href(citation))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "private, no-store"
    assert Seen(response.text).marked == citation.quote.text


def test_an_id_with_every_awkward_character_finds_its_article(client: TestClient) -> None:
    citation = cite(1, HOSTILE, "The price was $120 million & not $90 million.")
    assert Seen(client.get(source_href(citation)).text).marked == citation.quote.text


def test_an_unknown_article_is_not_found(client: TestClient) -> None:
    response = client.get("/source?article=%3Cb%3E&start=0&end=1&check=x")
    assert response.status_code == 404
    assert "There is no article with the id &#x27;&lt;b&gt;&#x27;" in response.text


@pytest.mark.parametrize("query", ["", "article=kitt&start=a&end=1&check=x"])
def test_a_damaged_address_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/source?{query}").status_code == 422


def test_a_backward_span_is_refused(client: TestClient) -> None:
    assert client.get("/source?article=kitt&start=5&end=5&check=x").status_code == 400


STATIC = sorted(path.name for path in (ROOT / "assistant/web/static").iterdir())


@pytest.mark.parametrize("name", STATIC)
def test_static_files_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 200


def test_the_script_is_given_its_words_in_the_language_of_the_reader(client: TestClient) -> None:
    given = client.get("/texts", headers={"accept-language": "de-AT,en;q=0.5"})
    assert "Accept-Language" in given.headers["vary"]
    assert given.json()["language"] == "de"
    assert given.json()["texts"]["panel.all"] == "Alle zeigen"
    assert given.json()["library"] is False


def test_every_text_that_the_script_names_is_given_to_it(client: TestClient) -> None:
    given = client.get("/texts").json()["texts"]
    scripts = "".join(
        (ROOT / f"assistant/web/static/{n}").read_text("utf-8") for n in STATIC if n.endswith(".js")
    )
    groups = "|".join({key.partition(".")[0] for key in given})
    named = set(re.findall(rf'"((?:{groups})\.[a-z_]+)"', scripts))
    assert len(named) > 20
    assert named <= set(given)


def test_the_page_can_tell_that_the_server_was_started_anew(client: TestClient) -> None:
    assert client.get("/alive").json() == {"started": client.get("/texts").json()["started"]}


# What a browser may do


@pytest.mark.parametrize("path", ["/chat/", "/health", "/static/page.js", "/nothing-here"])
def test_every_response_carries_the_policies(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=BROWSER).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert "unsafe" not in policy["script-src"]
    assert policy["default-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["form-action"] == "'self'"
    assert policy["connect-src"] == "'self' blob:"
    assert headers["x-content-type-options"] == "nosniff"


def test_only_the_inline_scripts_of_the_page_may_run(client: TestClient) -> None:
    page = client.get("/chat/", headers=BROWSER)
    assert page.headers["content-security-policy"] == content_policy(page.content)
    assert page.headers["content-security-policy"].count("sha256-") >= 1
    assert "sha256-" not in client.get("/health").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/health", "/chat/config", "/chat/gradio_api/info"])
def test_no_other_origin_may_read(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:7860"}, 405),
        ({"sec-fetch-site": "same-origin", "origin": "https://name.behind.proxy"}, 405),
        ({}, 405),
    ],
)
def test_no_other_site_may_write(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/health", headers=headers).status_code == status


def test_nothing_of_gradio_is_linked_or_recorded(client: TestClient) -> None:
    config = client.get("/chat/config").json()
    assert config["footer_links"] == []
    assert config["run_history"] is False
    assert client.get("/chat/gradio_api/runs").status_code == 404
    assert client.get("/chat/gradio_api/info").json()["named_endpoints"] == {}


# The server


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as refused:
            serve(ScriptedAssistant(), "127.0.0.1", port)
    assert str(refused.value) == (
        f"Port {port} at 127.0.0.1 is already in use: stop what uses it or set ACCORD_PORT"
    )


def test_an_address_of_another_machine_is_told_in_one_line() -> None:
    with pytest.raises(SettingsError, match=r"^Cannot serve at 192\.0\.2\.1, port 7860: .+$"):
        serve(ScriptedAssistant(), "192.0.2.1", 7860)


SERVE = """
import sys

def watch(event, args):
    if event == "socket.connect" and args[1][0] not in ("127.0.0.1", "::1"):
        print("OUTSIDE", args[1], file=sys.stderr)
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", "localhost", None):
        print("OUTSIDE", args[0], file=sys.stderr)

sys.addaudithook(watch)
from browser.scripted import ScriptedAssistant
from assistant.web.server import serve
assert "gradio" not in sys.modules
serve(ScriptedAssistant(), "127.0.0.1", 0)
"""


def test_prints_its_address_when_it_listens_and_contacts_nobody() -> None:
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        stop = threading.Timer(90, process.kill)
        stop.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Accord is at http://127.0.0.1:")
        address = line.removeprefix("Accord is at ").strip()
        for page in ("/health", "/chat/"):
            with urllib.request.urlopen(address + page) as response:
                assert response.status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        stop.cancel()
    assert process.returncode == 0
    assert errors == ""


def test_the_scripted_articles_hold_their_quotes() -> None:
    for citation in PARTNERS_ANSWER.answer.citations:
        span = citation.quote.span
        content = ARTICLES[citation.quote.article_id].content
        assert content[span.start : span.end] == citation.quote.text
