"""Files that a browser sends: received within the limits, taken in one sending at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import ArticleRefused, WeightsMissing
from assistant.library.formats import Skipped
from assistant.library.ingest import Report
from assistant.web.intake import DONE, IDLE, WORKING, Intake, Progress, Reception, called, receive

BOUNDARY = "----accord"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(files: Sequence[tuple[str, bytes]], field: str = "files") -> bytes:
    """What a browser sends for these files."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"Content-Type: text/plain\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, content in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def received(body: bytes, folder: Path, most: int = 1000, step: int = 7) -> Reception:
    async def chunks() -> AsyncIterator[bytes]:
        for i in range(0, len(body), step):
            yield body[i : i + step]

    return asyncio.run(receive(chunks(), TYPE, folder, most))


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_files_are_received_as_they_are_however_they_come(tmp_path: Path, step: int) -> None:
    sent = [("a.txt", b"One\r\n--\r\ntwo"), ("b/c.jsonl", '{"id": "ä"}'.encode())]
    found = received(form(sent), tmp_path, step=step)
    assert [(one.name, one.path.read_bytes()) for one in found.files] == sent
    assert found.skipped == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "/etc/shadow.txt", "..\\..\\boot.txt", "a/../../b.txt", "\x00x.txt"],
)
def test_the_name_of_a_file_is_no_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (found,) = received(form([(name, b"text")]), folder).files
    assert found.path.parent == folder
    assert found.path.name.isdecimal()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == [
        "inside",
        f"inside/{found.path.name}",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\deals\\a.md", "C:/deals/a.md"),
        ("a\u202egpj.txt", "agpj.txt"),
        ("  ", ""),
        ("..", ""),
        ("x" * 500 + ".md", "x" * 197 + ".md"),
    ],
)
def test_a_name_is_told_without_what_hides_or_leads_away(name: str, shown: str) -> None:
    assert called(name) == shown


def test_a_file_over_the_limit_is_left_out_and_the_others_come(tmp_path: Path) -> None:
    sent = [("big.txt", b"x" * 2_000_001), ("small.txt", b"Small"), ("just.txt", b"y" * 2_000_000)]
    found = received(form(sent), tmp_path, most=2_000_000, step=65_536)
    assert [one.name for one in found.files] == ["small.txt", "just.txt"]
    (left_out,) = found.skipped
    assert left_out.where == "big.txt"
    assert "over the limit of 2 MB" in left_out.why
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 2_000_005


def test_no_more_is_kept_than_sixteen_of_the_largest_files(tmp_path: Path) -> None:
    found = received(form([(f"{i}.txt", b"x" * 1000) for i in range(18)]), tmp_path)
    assert len(found.files) == 16
    assert [one.where for one in found.skipped] == ["16.txt", "17.txt"]
    assert len(list(tmp_path.iterdir())) == 16


def test_a_kind_that_is_not_read_is_not_even_kept(tmp_path: Path) -> None:
    found = received(form([("deal.pdf", b"%PDF"), ("noname", b"x")]), tmp_path)
    assert [one.where for one in found.skipped] == ["deal.pdf", "noname"]
    assert ".jsonl files; convert it" in found.skipped[0].why
    assert list(tmp_path.iterdir()) == []


def test_a_form_without_a_file_brings_nothing(tmp_path: Path) -> None:
    assert received(form([("", b"")]), tmp_path) == Reception()
    assert received(form([("a.txt", b"x")], field="other"), tmp_path) == Reception()


@pytest.mark.parametrize(
    "body",
    [
        form([("a.txt", b"x" * 50)])[:-40],
        b"no form at all",
        b"",
        form([("a" * 20_000 + ".txt", b"x")]),
    ],
)
def test_what_comes_damaged_or_in_part_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ArticleRefused, match="send them again"):
        received(body, tmp_path)


def test_another_sort_of_body_is_refused(tmp_path: Path) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(ArticleRefused, match="no form with files"):
        asyncio.run(receive(nothing(), "application/json", tmp_path, 10))


# Taking in


class Held:
    """Work that goes on until it is let go."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.go, self.ended = threading.Event(), threading.Event()
        self.failure = failure

    def work(self, progress: Progress) -> Report:
        progress("embedding", 3, 12)
        assert self.go.wait(30)
        if self.failure:
            raise self.failure
        return Report(added=2, skipped=[Skipped("a.pdf", "is no text")])

    def finish(self) -> None:
        self.go.set()
        assert self.ended.wait(30)
        for thread in threading.enumerate():
            if thread.name == "intake":
                thread.join(30)


def test_one_taking_in_at_a_time_with_its_progress_and_its_report() -> None:
    intake, held = Intake(), Held()
    assert intake.stand().state == IDLE
    assert intake.start(held.work, held.ended.set)
    assert not intake.start(lambda _progress: Report())
    assert intake.stand().state == WORKING
    held.finish()
    stand = intake.stand()
    assert (stand.state, stand.report.added, len(stand.report.skipped)) == (DONE, 2, 1)
    again = Held()
    assert intake.start(again.work, again.ended.set)
    again.finish()


def test_progress_is_what_the_work_says() -> None:
    intake, told = Intake(), threading.Event()
    held = Held()

    def work(progress: Progress) -> Report:
        progress("embedding", 3, 12)
        told.set()
        return held.work(progress)

    assert intake.start(work, held.ended.set)
    assert told.wait(30)
    stand = intake.stand()
    assert (stand.what, stand.done, stand.total) == ("embedding", 3, 12)
    held.finish()


@pytest.mark.parametrize(
    ("done", "next_"),
    [
        ("reading", "indexing words"),
        ("indexing words", "indexing and reading deals"),
        ("embedding", "reading deals"),
        ("reading deals", "joining deals"),
    ],
)
def test_a_step_that_is_done_gives_way_to_the_next(done: str, next_: str) -> None:
    intake, told = Intake(), threading.Event()
    held = Held()

    def work(progress: Progress) -> Report:
        progress(done, 12, 12)
        told.set()
        assert held.go.wait(30)
        return Report()

    assert intake.start(work, held.ended.set)
    assert told.wait(30)
    stand = intake.stand()
    assert (stand.what, stand.done, stand.total) == (next_, 0, 0)
    held.finish()


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (WeightsMissing("the weights are not installed; install them"), "install them"),
        (RuntimeError("secret"), "Something went wrong"),
    ],
)
def test_a_failure_is_one_sentence_and_the_next_taking_in_goes_on(
    failure: Exception, told: str
) -> None:
    intake, held = Intake(), Held(failure)
    assert intake.start(held.work, held.ended.set)
    held.finish()
    stand = intake.stand()
    assert stand.state == DONE
    assert told in stand.trouble
    assert "secret" not in stand.trouble
    again = Held()
    assert intake.start(again.work, again.ended.set)
    again.finish()
    assert intake.stand().trouble == ""
