"""Files that a browser sends: received into a folder of their own, then taken in on a thread, one taking-in
at a time, with its progress and its report.

The name of a file is kept to tell of it and is used as a path nowhere. Knows nothing of pages.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool

from assistant.errors import ArticleRefused
from assistant.library.formats import SUFFIXES, WRONG_KIND, Received, Skipped
from assistant.library.ingest import Report
from assistant.web.troubles import sentence_of

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FIELD = "files"
IDLE, WORKING, DONE = "idle", "working", "done"

_ALL_AT_MOST = 16
"""Files of the largest size that one sending may fill the disk with."""
_FILES_AT_MOST = 2000
_HEAD_AT_MOST = 8192
"""Bytes of the lines above a file; browsers write some hundred."""
_NAME_AT_MOST = 200

_THEN = {
    "reading": "indexing words",
    "indexing words": "indexing and reading deals",
    "embedding": "reading deals",
    "reading deals": "joining deals",
}
"""What is done after each step: a step that is done is told of last when the next has begun."""

Progress = Callable[[str, int, int], None]
Work = Callable[[Progress], Report]


# Taking in


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a taking-in is. `what` is as the assistant calls it, `total` is 0 where it cannot be told;
    `trouble` is a sentence, where it failed.
    """

    state: str = IDLE
    what: str = ""
    done: int = 0
    total: int = 0
    report: Report = field(default_factory=Report)
    trouble: str = ""


class Intake:
    """One taking-in at a time. Its outcome is kept until the next begins, for whoever looks later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stand = Stand()

    def stand(self) -> Stand:
        with self._lock:
            return self._stand

    def start(self, work: Work, after: Callable[[], None] = lambda: None) -> bool:
        """Do the work on a thread, then `after`, whatever came of it; False where another is at work.

        What was taken in before a failure stays: each article is written whole by itself.
        """
        with self._lock:
            if self._stand.state == WORKING:
                return False
            self._stand = Stand(WORKING)
        threading.Thread(target=self._run, args=(work, after), name="intake", daemon=True).start()
        return True

    def forget(self) -> None:
        """The outcome of the last is no news any more."""
        with self._lock:
            if self._stand.state == DONE:
                self._stand = Stand()

    def _run(self, work: Work, after: Callable[[], None]) -> None:
        try:
            outcome = Stand(DONE, report=work(self._note))
        except Exception as error:  # noqa: BLE001 - a door
            outcome = Stand(DONE, trouble=sentence_of(error))
        finally:
            after()
        with self._lock:
            self._stand = outcome

    def _note(self, what: str, done: int, total: int) -> None:
        if done >= total > 0 and what in _THEN:
            what, done, total = _THEN[what], 0, 0
        with self._lock:
            self._stand = replace(self._stand, what=what, done=done, total=total)


# Receiving


@dataclass(slots=True)
class Reception:
    """What was sent: files that lie in the folder, and those left out with the reason."""

    files: list[Received] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


async def receive(
    body: AsyncIterable[bytes], content_type: str, folder: Path, max_bytes: int
) -> Reception:
    """The files of a form, written into `folder` as they come. No file of more than `max_bytes` is kept.

    Raises ArticleRefused where the body is no form with files, or broke off.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise ArticleRefused("What came is no form with files; choose files on the page.")
    parts = _Parts(folder, max_bytes)
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())
        async for chunk in body:
            # On a thread: the disk may be slow, and others are being answered meanwhile.
            await run_in_threadpool(parser.write, chunk)
        parser.finalize()
    except FormParserError:
        raise ArticleRefused("The files came damaged; send them again.") from None
    except OSError as error:
        raise ArticleRefused(
            f"The files cannot be kept while they come: {error.strerror}."
        ) from None
    finally:
        parts.close()
    if not parts.whole:
        raise ArticleRefused("The files did not come whole; send them again.")
    return parts.reception


class _Parts:
    """Follows the parser through the parts of a form: the lines above each, then its bytes."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.reception = Reception()
        self.whole = False
        self._folder, self._max = folder, max_bytes
        self._left = max_bytes * _ALL_AT_MOST
        self._head = self._name = b""
        self._heads: dict[bytes, bytes] = {}
        self._file: Received | None = None
        self._open: BinaryIO | None = None
        self._size = 0

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_line,
            "on_headers_finished": self._open_file,
            "on_part_data": self._write,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _begin(self) -> None:
        self._heads, self._file, self._size = {}, None, 0

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._bound_head()

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._head += data[start:end]
        self._bound_head()

    def _bound_head(self) -> None:
        kept = sum(map(len, self._heads.values()))
        if len(self._name) + len(self._head) + kept > _HEAD_AT_MOST or len(self._heads) > 20:
            raise FormParserError("the lines above a part are too long")

    def _end_line(self) -> None:
        self._heads[self._name.lower()] = self._head
        self._name = self._head = b""

    def _open_file(self) -> None:
        _, options = parse_options_header(self._heads.get(b"content-disposition", b""))
        name = called(options.get(b"filename", b"").decode("utf-8", "replace"))
        if options.get(b"name") != FIELD.encode() or not name:
            return
        number = len(self.reception.files)
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            self._skip(name, WRONG_KIND)
        elif number >= _FILES_AT_MOST:
            self._skip(name, f"more than {_FILES_AT_MOST} files at once; send it by itself")
        else:
            self._file = Received(self._folder / f"{number:04}", name)
            self._open = self._file.path.open("wb")

    def _write(self, data: bytes, start: int, end: int) -> None:
        if self._file is None or self._open is None:
            return
        self._size += end - start
        if self._size > self._max:
            self._drop(
                f"is over the limit of {_mb(self._max)}; split it or raise ACCORD_MAX_FILE_MB"
            )
        elif end - start > self._left:
            self._drop(f"more than {_mb(self._max * _ALL_AT_MOST)} at once; send it by itself")
        else:
            self._left -= end - start
            self._open.write(data[start:end])

    def _drop(self, why: str) -> None:
        """Keep nothing of the file that is coming; its further bytes are passed over."""
        assert self._file is not None, "called while a file is written"  # noqa: S101
        self.close()
        self._left += self._file.path.stat().st_size
        self._file.path.unlink()
        self._skip(self._file.name, why)
        self._file = None

    def _skip(self, name: str, why: str) -> None:
        self.reception.skipped.append(Skipped(name, why))

    def _end(self) -> None:
        self.close()
        if self._file is not None:
            self.reception.files.append(self._file)

    def _finish(self) -> None:
        self.whole = True


def called(name: str) -> str:
    """The name of a file as it is told: without signs that show nothing or turn a line around, and with no
    part that would lead out of a folder. Empty where nothing is left.
    """
    parts = "".join(c for c in name.replace("\\", "/") if c.isprintable()).split("/")
    kept = "/".join(part.strip() for part in parts if part.strip(" ."))
    return kept[-_NAME_AT_MOST:].lstrip("/")


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
