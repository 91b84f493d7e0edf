"""Files into articles: plain text, Markdown with front matter, JSON Lines.

Reads what lies on disk and never fetches. What cannot be read is handed back as `Skipped`, with
the file or line it stands in and what to do; the rest goes on.
"""

from __future__ import annotations

import hashlib
import html
import html.entities
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from assistant.domain import Article, Source
from assistant.errors import ArticleRefused

SUFFIXES = (".txt", ".md", ".markdown", ".jsonl")
WRONG_KIND = f"Accord reads {', '.join(SUFFIXES)} files; convert it to one of them"
_TITLE_AT_MOST = 160
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9].*)?)?)?")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_UNSEEN = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content no reader of a page sees, each with how it ends."""
_OPENING = re.compile(r"<(script|style)(?:\s[^<>]*)?>|^(?:```|~~~)", re.IGNORECASE | re.MULTILINE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]*[a-z][A-Za-z0-9]*);")
"""With its semicolon and not in capitals alone: "AT&T" and "R&D;" are no entities."""


@dataclass(frozen=True, slots=True)
class Read:
    """An article and where it came from. `own_id`: its id was given, not made from the file's path."""

    article: Article
    origin: str
    own_id: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or a line that was left out; `why` says what to do about it."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was sent: it lies at `path`, and its sender calls it `name`, which is opened nowhere."""

    path: Path
    name: str


def list_files(paths: Sequence[Path | Received]) -> Iterator[Path | Received | Skipped]:
    """Files under `paths` in a stable order; hidden ones inside folders are passed over."""
    for path in paths:
        if isinstance(path, Received):
            yield path
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() or p.is_symlink())
            visible = [p for p in inside if not _hidden(p.relative_to(path)) and not p.is_dir()]
            if not visible:
                yield Skipped(_shown(str(path)), "the folder holds no files")
            yield from visible
        elif path.exists():
            yield path
        else:
            yield Skipped(str(path), "there is no such file or folder")


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def read_file(file: Path | Received, max_bytes: int) -> Iterator[Read | Skipped]:
    """The articles of one file, and what had to be left out of it."""
    called: PurePath
    if isinstance(file, Received):
        path, called = file.path, PurePosixPath(file.name)
    else:
        path = called = file
    try:
        reader = _READERS.get(called.suffix.lower())
        if reader is None:
            raise ArticleRefused(WRONG_KIND)
        raw = _bytes(path, max_bytes)
        yield from reader(called, raw)
    except ArticleRefused as error:
        yield Skipped(_shown(str(called)), str(error))
    except OSError as error:
        yield Skipped(_shown(str(called)), f"cannot be read: {error.strerror}")


def _bytes(path: Path, max_bytes: int) -> bytes:
    size = path.stat().st_size
    if size > max_bytes:
        raise ArticleRefused(
            f"{size / 1e6:.0f} MB is over the limit of {max_bytes / 1e6:.0f} MB; "
            "split it or raise ACCORD_MAX_FILE_MB"
        )
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise ArticleRefused("is not the UTF-16 it says it is; save it as UTF-8") from None
    if b"\x00" in raw[:65536]:
        raise ArticleRefused("is a binary file, not text")
    if not raw.strip():
        raise ArticleRefused("is empty")
    return raw


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ArticleRefused(
            f"is not UTF-8 (byte {error.start + 1}); save it in that encoding"
        ) from None


def _seen(text: str) -> str:
    """The text without its scripts and style sheets; one that never ends, or stands in code, is text."""
    kept, at, look, dead = [], 0, 0, set[str]()
    while found := _OPENING.search(text, look):
        look = found.end()
        if not found[1]:
            ends = text.find(f"\n{found[0]}", look)
            look = ends + 4 if ends >= 0 else look
            continue
        name = found[1].lower()
        end = None if name in dead else _UNSEEN[name].search(text, look)
        if end is None:
            dead.add(name)
            continue
        kept.append(text[at : found.start()])
        at = look = end.end()
    return "".join(kept) + text[at:]


def _spelled(text: str) -> str:
    """The text with the characters that its HTML entities stand for."""
    # `html.unescape` takes the beginning of a name for one: "&nothing;" would be "¬hing;".
    return _ENTITY.sub(
        lambda found: (
            html.unescape(found[0])
            if found[0][1] == "#"
            else html.entities.html5.get(found[0][1:], found[0])
        ),
        text,
    )


def _read_text(path: PurePath, raw: bytes) -> Iterator[Read]:
    text = _spelled(_seen(_decoded(raw))).strip()
    head, _, rest = text.partition("\n")
    is_title = len(head) <= _TITLE_AT_MOST and not head.rstrip().endswith((".", ",", ";", ":"))
    title = head.strip() if is_title and rest.strip() else _spoken(path)
    body = rest.strip() if is_title and rest.strip() else text
    yield _from_file(path, {"title": title}, body)


def _read_markdown(path: PurePath, raw: bytes) -> Iterator[Read]:
    import frontmatter
    from yaml import YAMLError

    text = _decoded(raw)
    try:
        fields, body = frontmatter.parse(text)
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" (line {mark.line + 2})" if mark else ""
        raise ArticleRefused(f"its front matter is not valid YAML{at}; correct it") from None
    # What stands between two lines of dashes and names no field is text.
    body = _seen(body if fields else text).strip()
    heading = re.match(r"#\s+(.+?)\s*#*\n", body + "\n")
    if "title" not in fields:
        fields["title"] = _spelled(heading.group(1)) if heading else _spoken(path)
        body = body[heading.end() :].strip() if heading else body
    yield _from_file(path, fields, _plain(body))


def _plain(markdown: str) -> str:
    """Markdown as the text a reader would see, a blank line between blocks."""
    from markdown_it import MarkdownIt

    blocks = []
    for token in MarkdownIt().parse(markdown):
        if token.type == "inline":
            parts = [
                " " if child.type in {"softbreak", "hardbreak"} else child.content
                for child in token.children or ()
                if child.type != "html_inline"
            ]
            blocks.append("".join(parts))
        elif token.type == "html_block":
            blocks.append(html.unescape(_TAG.sub(" ", token.content)).strip())
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content.strip())
    return "\n\n".join(block for block in blocks if block.strip())


def _from_file(path: PurePath, fields: dict[str, Any], text: str) -> Read:
    own_id = fields.get("id") is not None
    if not own_id:
        # What was sent has no place but its name: sent again it is the same article.
        place = path.resolve() if isinstance(path, Path) else path
        print_ = hashlib.sha256(os.fsencode(place)).hexdigest()[:8]
        fields = fields | {"id": f"{_shown(path.stem)}-{print_}"}
    return Read(_article(fields | {"text": text}), _shown(str(path)), own_id)


def _shown(name: str) -> str:
    """A file's name as text, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _spoken(path: PurePath) -> str:
    words = re.sub(r"[-_\s]+", " ", _shown(path.stem)).strip()
    return words[:1].upper() + words[1:]


def _read_jsonl(path: PurePath, raw: bytes) -> Iterator[Read | Skipped]:
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{_shown(str(path))}:{number}"
        try:
            fields = json.loads(_decoded(line))
            if not isinstance(fields, dict):
                raise ArticleRefused('is not a JSON object such as {"id": ..., "text": ...}')
            if not _words(fields, "id").strip():
                raise ArticleRefused('has no "id"; give each article one of its own')
            yield Read(_article(fields), where, own_id=True)
        except ArticleRefused as error:
            yield Skipped(where, str(error))
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "too long or too deep"
            yield Skipped(where, f"is not valid JSON ({why}); correct the line")


def _article(fields: dict[str, Any]) -> Article:
    text = _words(fields, "text")
    if not text.strip():
        raise ArticleRefused("has no text")
    source = Source(
        article_id=_words(fields, "id").strip(),
        title=" ".join(_words(fields, "title").split()),
        publisher=_words(fields, "publisher").strip(),
        date=parse_date(fields.get("date")),
        url=_words(fields, "url").strip(),
    )
    if len(source.article_id) > 512:
        raise ArticleRefused("its id is longer than 512 characters; give it a shorter one")
    return Article(source, text)


def _words(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ArticleRefused(f'its "{name}" is not text; put it in quotation marks')
    words = str(value)
    if "\x00" in words or any("\ud800" <= letter <= "\udfff" for letter in words):
        raise ArticleRefused(
            f'its "{name}" holds a character no text may hold (NUL or half a pair)'
        )
    return words


def parse_date(value: Any) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, at the precision given; None stays None.

    A time after the day is dropped. Raises ArticleRefused naming any other value.
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    match = _DATE.fullmatch(str(value).strip())
    try:
        if match is None or isinstance(value, bool):
            raise ValueError
        year, month, day = match.groups()
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ArticleRefused(
            f"its date {str(value)[:40]!r} is none; write YYYY, YYYY-MM or YYYY-MM-DD"
        ) from None
    return "-".join(part for part in (year, month, day) if part)


_READERS: dict[str, Callable[[PurePath, bytes], Iterator[Read | Skipped]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".jsonl": _read_jsonl,
}
