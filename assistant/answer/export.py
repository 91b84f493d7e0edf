"""A conversation as a document to keep: Markdown or Word, with the sources under each answer.

What persons, articles and models wrote is words and nothing else in either: in Markdown every sign with
a meaning is escaped, in Word it is text, and no address becomes a link but those of sources on the web.
Characters that are not shown and turn a line around or break a file are dropped, in quotes too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.answer.dates import readable
from assistant.domain import Citation, Conversation, Exchange, Source

if TYPE_CHECKING:
    from docx.document import Document


@dataclass(frozen=True, slots=True)
class Wording:
    """The document's own words, and dates of articles (`YYYY[-MM[-DD]]`) and times (ISO) in words."""

    sources: str = "Sources"
    not_kept: str = "The answer was not kept."
    untitled: str = "No title"
    date: Callable[[str], str] = readable
    time: Callable[[str], str] = lambda at: f"{readable(at[:10])}, {at[11:16]} UTC"


ENGLISH = Wording()


def conversation_markdown(
    conversation: Conversation, exchanges: Sequence[Exchange], wording: Wording = ENGLISH
) -> str:
    """CommonMark; questions are headings, answers paragraphs, sources a list with quotes."""
    blocks = [f"# {_escaped(_line(conversation.name)) or _escaped(wording.untitled)}"]
    for exchange in exchanges:
        blocks += _markdown_exchange(exchange, wording)
    return "\n\n".join(blocks) + "\n"


def conversation_docx(
    conversation: Conversation, exchanges: Sequence[Exchange], wording: Wording = ENGLISH
) -> bytes:
    """A Word document of the same form, in the styles that Word has for headings, lists and quotes."""
    # lxml and the template take a tenth of a second: for those who want a document.
    import docx

    document = docx.Document()
    _set_properties(document, conversation)
    document.add_heading(_line(conversation.name) or wording.untitled, 0)
    for exchange in exchanges:
        _add_exchange(document, exchange, wording)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def file_name(conversation: Conversation, ending: str) -> str:
    """Of plain letters, figures and hyphens; from the name where that has some."""
    words = re.findall(r"[a-z0-9]+", conversation.name.lower())
    return f"{'-'.join(['accord', *words])[:80].rstrip('-')}.{ending}"


def _set_properties(document: Document, conversation: Conversation) -> None:
    # The template's own say that it was made in 2013, by its author.
    properties = document.core_properties
    properties.author = "Accord"
    properties.title = _line(conversation.name)[:255]
    properties.comments = ""
    asked = datetime.fromisoformat(conversation.asked)
    properties.created = properties.modified = asked.astimezone(UTC).replace(tzinfo=None)


def _add_exchange(document: Document, exchange: Exchange, wording: Wording) -> None:
    document.add_heading(_line(exchange.question), 1)
    document.add_paragraph().add_run(_line(wording.time(exchange.asked))).italic = True
    answer = exchange.answer
    if answer is None:
        document.add_paragraph(wording.not_kept)
        return
    for lines in _paragraphs(answer.text):
        if _is_list(lines):
            for line in lines:
                document.add_paragraph(line.removeprefix("- "), "List Bullet")
        else:
            document.add_paragraph("\n".join(lines))
    if answer.notice:
        document.add_paragraph().add_run(_line(answer.notice)).italic = True
    if answer.citations:
        document.add_heading(wording.sources, 2)
    for citation in answer.citations:
        _add_source(document, citation, wording)


def _add_source(document: Document, citation: Citation, wording: Wording) -> None:
    source = citation.source
    paragraph = document.add_paragraph(f"[{citation.n}] ")
    paragraph.add_run(_line(source.title) or wording.untitled).bold = True
    origin = _origin(source, wording)
    if origin:
        paragraph.add_run(f", {origin}")
    if source.url:
        paragraph.add_run(f"\n{_line(source.url)}")
    document.add_paragraph(f"“{_line(citation.quote.text)}”", "Quote")


def _origin(source: Source, wording: Wording) -> str:
    date = wording.date(source.date) if source.date else ""
    return ", ".join(part for part in (_line(source.publisher), _line(date)) if part)


# The words of others

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, marks of direction, half characters and others that no text needs, no file takes."""


def _clean(text: str) -> str:
    broken = re.sub("\r\n?|[\u0085\u2028\u2029\v\f]", "\n", text).replace("\t", " ")
    return _UNSEEN.sub("", broken)


def _line(text: str) -> str:
    """On one line."""
    return " ".join(_clean(text).split())


def _paragraphs(text: str) -> Iterator[list[str]]:
    """The lines of each paragraph, none of them empty."""
    for part in re.split(r"\n\s*\n", _clean(text)):
        lines = [" ".join(line.split()) for line in part.split("\n")]
        if any(lines):
            yield [line for line in lines if line]


def _is_list(lines: Sequence[str]) -> bool:
    return all(line.startswith("- ") for line in lines)


# Markdown

_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp):|\b(www)\.", re.IGNORECASE)
"""What readers of Markdown make a link of without being asked."""


def _escaped(text: str) -> str:
    """A line of text that means itself, also at the beginning of a line."""
    text = re.sub(r"[\\`*_{}\[\]<>#|~$&^=@]", r"\\\g<0>", text)
    text = re.sub(r"!(?=\\\[)", r"\\!", text)
    # A number with a point, or a dash or plus, begins a list.
    text = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", text)
    text = re.sub(r"^[+\-]", r"\\\g<0>", text)
    return _ADDRESS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", text)


def _markdown_exchange(exchange: Exchange, wording: Wording) -> Iterator[str]:
    yield f"## {_escaped(_line(exchange.question))}"
    yield f"*{_escaped(_line(wording.time(exchange.asked)))}*"
    answer = exchange.answer
    if answer is None:
        yield _escaped(wording.not_kept)
        return
    for lines in _paragraphs(answer.text):
        yield _markdown_paragraph(lines)
    if answer.notice:
        yield f"*{_escaped(_line(answer.notice))}*"
    if answer.citations:
        yield f"### {_escaped(wording.sources)}"
    for citation in answer.citations:
        yield _markdown_source(citation, wording)


def _markdown_paragraph(lines: Sequence[str]) -> str:
    if _is_list(lines):
        return "\n".join(f"- {_escaped(line.removeprefix('- '))}" for line in lines)
    return "\\\n".join(_escaped(line) for line in lines)


def _markdown_source(citation: Citation, wording: Wording) -> str:
    source = citation.source
    origin = _origin(source, wording)
    title = _escaped(_line(source.title) or wording.untitled)
    parts = [f"**\\[{citation.n}\\] {title}**", *([_escaped(origin)] if origin else [])]
    line = ", ".join(parts)
    if source.url:
        line += f"\\\n{_markdown_address(_line(source.url))}"
    return f"{line}\n\n> “{_escaped(_line(citation.quote.text))}”"


def _markdown_address(url: str) -> str:
    """A link where it leads to the web, else its letters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return _escaped(url)
    on_web = parts.scheme in ("http", "https") and parts.hostname
    return f"<{url}>" if on_web and not re.search(r"[\s<>\\]", url) else _escaped(url)
