from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from loopback_model import (
    Behaviour,
    LoopbackModel,
    Request,
    breaks_off,
    fails,
    hangs,
    says,
)

from assistant.deals.model.cost import Usage
from assistant.deals.model.reading import CloseReading, ModelReader
from assistant.deals.model.run import HOPELESS, THREAD_NAME, Sink, estimate_run, read_articles
from assistant.domain import Article, Source
from assistant.language.chat import build_chat_model

Behave = Callable[[int, int], Behaviour]
"""The number of the article asked about and how often it was asked before, to what is answered."""


@pytest.fixture(autouse=True, scope="module")
def _no_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OPENAI_ORG_ID", raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield


@pytest.fixture
def server() -> Iterator[LoopbackModel]:
    with LoopbackModel() as model:
        yield model


class _Kept:
    """Where a run puts what it reads, as the ledger would."""

    def __init__(self) -> None:
        self.readings: dict[str, CloseReading] = {}
        self.threads: set[str] = set()

    def __call__(self, article: Article, reading: CloseReading) -> None:
        assert article.id not in self.readings
        self.readings[article.id] = reading
        self.threads.add(threading.current_thread().name)


@pytest.fixture
def kept() -> _Kept:
    return _Kept()


def _reader(server: LoopbackModel, timeout_s: float = 10.0) -> ModelReader:
    return ModelReader(build_chat_model("m", "key", server.base_url, timeout_s, 0), "m")


def _articles(count: int, first: int = 0) -> list[Article]:
    return [
        Article(
            Source(f"n-{n}", f"Number {n}", date="2011-05-02"),
            f"Tolmar{n} Foods bought Grell{n} Mills for 7 million euros.",
        )
        for n in range(first, first + count)
    ]


def _deal(n: int) -> dict[str, Any]:
    return {
        "evidence": [f"Tolmar{n} Foods bought Grell{n} Mills"],
        "kind": "acquisition",
        "main": True,
        "parties": [
            {"name": f"Tolmar{n} Foods", "role": "acquirer"},
            {"name": f"Grell{n} Mills", "role": "target"},
        ],
        "status": "completed",
        "status_quote": "bought",
        "values": [],
        "dates": [],
        "stake": None,
        "subject": None,
        "reasons": [],
    }


def _says(n: int) -> Behaviour:
    return says(json.dumps({"deals": [_deal(n)]}), piece_chars=200)


def _by_article(behave: Behave) -> Callable[[Request], Behaviour]:
    """A script that answers by the article; the server calls it for one request at a time or several."""
    asked: dict[int, int] = {}
    lock = threading.Lock()

    def script(request: Request) -> Behaviour:
        found = re.findall(r"title: Number (\d+)", request.messages)
        n = int(found[-1])
        with lock:
            before = asked.get(n, 0)
            asked[n] = before + 1
        return behave(n, before)

    return script


def _ids(numbers: range | list[int]) -> list[str]:
    return [f"n-{n}" for n in numbers]


def test_every_article_is_read_and_kept_in_the_thread_that_runs(
    server: LoopbackModel, kept: _Kept
) -> None:
    server.behave(_by_article(lambda n, _: _says(n)))
    heard: list[int] = []
    report = read_articles(_reader(server), _articles(9), kept, progress=heard.append)
    assert sorted(kept.readings) == _ids(range(9))
    assert (report.read, report.deals, report.failures, report.stopped) == (9, 9, (), "")
    assert report.usage.requests == 9
    assert not report.usage.estimated
    assert heard == list(range(1, 10))
    assert kept.threads == {threading.current_thread().name}


def test_no_article_is_no_work(server: LoopbackModel, kept: _Kept) -> None:
    report = read_articles(_reader(server), [], kept)
    assert (report.read, report.stopped) == (0, "")
    assert not server.requests


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_articles_are_in_flight_than_workers(
    server: LoopbackModel, kept: _Kept, workers: int
) -> None:
    """What is drawn and not yet kept is in flight: all that a crash can lose."""
    server.behave(_by_article(lambda n, _: _says(n)))
    ahead: list[int] = []

    def drawn() -> Iterator[Article]:
        for number, article in enumerate(_articles(12), start=1):
            ahead.append(number - len(kept.readings))
            yield article

    read_articles(_reader(server), drawn(), kept, workers=workers)
    assert max(ahead) == workers


def test_several_articles_are_read_at_once(server: LoopbackModel, kept: _Kept) -> None:
    together = threading.Barrier(3, timeout=10)

    def behave(n: int, _before: int) -> Behaviour:
        together.wait()
        return _says(n)

    server.behave(_by_article(behave))
    assert read_articles(_reader(server), _articles(6), kept, workers=3).read == 6


@pytest.mark.parametrize(("status", "told"), [(401, "refused the key"), (429, "no more requests")])
def test_a_refusal_stops_the_run_and_what_is_done_is_kept(
    server: LoopbackModel, kept: _Kept, status: int, told: str
) -> None:
    server.behave(_by_article(lambda n, _: _says(n) if n < 5 else fails(status)))
    report = read_articles(_reader(server), _articles(50), kept, workers=2)
    assert sorted(kept.readings) == _ids(range(5))
    assert told in report.stopped
    assert report.failures == ()
    assert len(server.chats) <= 8


def test_a_run_that_stopped_goes_on_where_it_was(server: LoopbackModel, kept: _Kept) -> None:
    server.behave(_by_article(lambda n, _: _says(n) if n < 5 else fails(401)))
    reader = _reader(server)
    read_articles(reader, _articles(8), kept, workers=1)
    server.requests.clear()
    server.behave(_by_article(lambda n, _: _says(n)))
    pending = [article for article in _articles(8) if article.id not in kept.readings]
    report = read_articles(reader, pending, kept, workers=1)
    assert (report.read, len(server.chats)) == (3, 3)
    assert sorted(kept.readings) == _ids(range(8))


@pytest.mark.parametrize(
    "failure",
    [
        says("No deals today."),
        fails(500),
        breaks_off(json.dumps({"deals": [_deal(3)]}), how="reset"),
        hangs(),
    ],
    ids=["nonsense", "error", "cut", "hang"],
)
def test_an_article_that_fails_once_is_read_at_the_second_try(
    server: LoopbackModel, kept: _Kept, failure: Behaviour
) -> None:
    server.behave(_by_article(lambda n, before: failure if n == 3 and not before else _says(n)))
    report = read_articles(_reader(server, timeout_s=1.0), _articles(6), kept, workers=2)
    assert (report.read, report.failures, report.stopped) == (6, (), "")


def test_an_article_that_fails_twice_is_named_and_passed_over(
    server: LoopbackModel, kept: _Kept
) -> None:
    server.behave(_by_article(lambda n, _: says("{broken") if n == 3 else _says(n)))
    report = read_articles(_reader(server), _articles(6), kept, workers=2)
    (failure,) = report.failures
    assert failure.article_id == "n-3"
    assert "JSON" in failure.why
    assert report.read == 5
    assert "n-3" not in kept.readings
    assert len(server.chats) == 7


def test_a_model_that_is_down_is_not_asked_about_every_article(
    server: LoopbackModel, kept: _Kept
) -> None:
    server.behave(_by_article(lambda n, _: _says(n) if n < 2 else fails(503)))
    report = read_articles(_reader(server), _articles(100), kept, workers=1)
    assert report.read == 2
    assert [failure.article_id for failure in report.failures] == _ids(range(2, 2 + HOPELESS))
    assert report.stopped.startswith(f"{HOPELESS} articles in a row failed: ")
    assert len(server.chats) == 2 + 2 * HOPELESS


def test_failures_here_and_there_do_not_stop_a_run(server: LoopbackModel, kept: _Kept) -> None:
    server.behave(_by_article(lambda n, _: says("no") if n % 2 else _says(n)))
    report = read_articles(_reader(server), _articles(4 * HOPELESS), kept, workers=1)
    assert (report.read, len(report.failures), report.stopped) == (10, 10, "")


def test_what_cannot_be_kept_ends_the_run(server: LoopbackModel, kept: _Kept) -> None:
    server.behave(_by_article(lambda n, _: _says(n)))

    def full(article: Article, reading: CloseReading) -> None:
        if len(kept.readings) == 2:
            raise OSError("the disk is full")
        kept(article, reading)

    sink: Sink = full
    with pytest.raises(OSError, match="disk"):
        read_articles(_reader(server), _articles(50), sink, workers=1)
    assert len(kept.readings) == 2
    assert len(server.chats) <= 4


def test_a_run_that_ends_waits_for_nobody(server: LoopbackModel, kept: _Kept) -> None:
    """Neither for a model that hangs, at the end of the program: its thread is a daemon."""
    server.behave(_by_article(lambda n, _: hangs() if n else _says(n)))

    def full(_article: Article, _reading: CloseReading) -> None:
        raise OSError("the disk is full")

    begun = time.monotonic()
    with pytest.raises(OSError, match="disk"):
        read_articles(_reader(server, timeout_s=3.0), _articles(4), full, workers=3)
    assert time.monotonic() - begun < 2
    mine = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]
    assert all(thread.daemon for thread in mine)


def test_a_bug_in_a_reader_is_not_taken_for_an_article_that_fails(kept: _Kept) -> None:
    class Broken:
        def read_closely(self, article: Article) -> CloseReading:
            raise ZeroDivisionError(article.id)

        def estimate(self, article: Article) -> Usage:
            return Usage()

    with pytest.raises(ZeroDivisionError, match="n-0"):
        read_articles(Broken(), _articles(3), kept)


def test_the_cost_is_known_before_anything_is_sent(server: LoopbackModel) -> None:
    reader = _reader(server)
    usage = estimate_run(reader, _articles(10))
    assert (usage.requests, usage.estimated) == (10, True)
    assert usage.tokens_in == sum(reader.estimate(article).tokens_in for article in _articles(10))
    assert not server.requests
