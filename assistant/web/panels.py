"""What the page shows of an answer, of the library and of a failure, as HTML.

Pure. Every word that comes from a person, an article or a model passes through `literal`, so that
neither HTML nor Markdown in it is ever read as such. Knows nothing of Gradio but that its Markdown
leaves a line beginning with a `<div>` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.answer.dates import readable, readable_span
from assistant.domain import Abstention, Answer, Citation, Source, Status
from assistant.web.sources import source_href

OFFLINE = "offline"

_MARK = re.compile(r"\[(\d{1,3})\]")
_PLAIN = re.compile(r"[^A-Za-z0-9 \u00a0-\ud7ff\ue000-\U0010ffff]")

_KINDS = {
    Abstention.COMPANY_UNKNOWN: "A company the articles do not mention",
    Abstention.NO_SUCH_DEAL: "No such deal in the articles",
    Abstention.DETAIL_NOT_STATED: "Not stated in the articles",
    Abstention.SOURCES_DISAGREE: "The sources disagree",
    Abstention.PREMISE_CONTRADICTED: "The articles say otherwise",
    Abstention.LIBRARY_EMPTY: "No articles yet",
}


def literal(text: str) -> str:
    """`text` as it stands: every character with a meaning in HTML or Markdown becomes its number."""
    return _PLAIN.sub(lambda found: f"&#{ord(found[0])};", text)


def question_html(question: str) -> str:
    return f'<div class="question">{literal(question)}</div>'


def waiting_html() -> str:
    return '<div class="answer"><p class="waiting">Reading the articles</p></div>'


def draft_html(text: str) -> str:
    """An answer still being written: its marks are shown and lead nowhere yet."""
    return f'<div class="answer draft">{_prose(text, {})}</div>'


def answer_html(answer: Answer) -> str:
    """A finished answer with its sources.

    An abstention does not look like an answer; a premise put right or sources that disagree do, under
    a line that says so.
    """
    parts = [_kind(answer.abstention), _prose(answer.text, _by_number(answer))]
    if answer.citations:
        parts.append(_source_list(answer.citations))
    if answer.notice:
        parts.append(f'<p class="notice">{literal(answer.notice)}</p>')
    parts.append(f'<p class="writer">{_written_by(answer.writer)}</p>')
    look = "answer abstained" if answer.abstained else "answer"
    return f'<div class="{look}">{"".join(parts)}</div>'


def trouble_html(sentence: str) -> str:
    return f'<div class="answer trouble"><p>{literal(sentence)}</p></div>'


def status_html(status: Status) -> str:
    """What is held, how fresh it is, who answers and whether anything leaves the machine."""
    facts = [_held(status)]
    if status.articles and status.updated_at:
        facts.append(f"updated {literal(readable(status.updated_at))}")
    if not status.in_step:
        facts.append("the indexes are catching up")
    facts.append(_answering(status))
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<div class="status"><ul>{items}</ul></div>'


def status_trouble_html(sentence: str) -> str:
    return f'<div class="status trouble"><p>{literal(sentence)}</p></div>'


def welcome_html(examples: Sequence[str], *, empty: bool) -> str:
    """What stands in the chat before the first question."""
    if empty:
        return (
            '<div class="welcome"><h2>There are no articles yet</h2>'
            "<p>Fill the library with your own: text, Markdown or JSONL files, or folders of them."
            "</p><p><code>accord ingest PATH...</code></p><p>Then load this page again.</p></div>"
        )
    buttons = "".join(
        f'<li><button type="button" class="example-question">{literal(example)}</button></li>'
        for example in examples
    )
    return (
        '<div class="welcome"><h2>Ask about a deal</h2>'
        "<p>Who, when, for how much and why, with the words that prove each sentence.</p>"
        f'<ul class="example-questions">{buttons}</ul></div>'
    )


def leaves_machine(status: Status) -> bool:
    """Whether questions or passages are sent anywhere. Unknown writers and embedders count as yes."""
    return status.writer != OFFLINE or "minilm" not in status.embedder.lower()


def _by_number(answer: Answer) -> dict[int, Citation]:
    return {citation.n: citation for citation in answer.citations}


def _prose(text: str, citations: dict[int, Citation]) -> str:
    paragraphs = (part for part in re.split(r"\n\s*\n", text.strip()) if part)
    return "".join(_paragraph(part, citations) for part in paragraphs)


def _paragraph(text: str, citations: dict[int, Citation]) -> str:
    """A paragraph, or the rows of a list where every line begins with a dash."""
    lines = text.split("\n")
    if not all(line.startswith("- ") for line in lines):
        return f"<p>{''.join(_marked(text, citations))}</p>"
    rows = ("".join(_marked(line[2:], citations)) for line in lines)
    return f'<ul class="rows">{"".join(f"<li>{row}</li>" for row in rows)}</ul>'


def _marked(text: str, citations: dict[int, Citation]) -> Iterator[str]:
    """The text, with every `[n]` that cites something turned into a link to its source."""
    done = 0
    for mark in _MARK.finditer(text):
        yield literal(text[done : mark.start()])
        yield _mark(int(mark[1]), citations)
        done = mark.end()
    yield literal(text[done:])


def _mark(n: int, citations: dict[int, Citation]) -> str:
    if n not in citations:
        return f'<span class="cite">&#91;{n}&#93;</span>'
    return _number(citations[n])


def _number(citation: Citation) -> str:
    told = literal(f"Source {citation.n}: {_told(citation.source)}")
    href = literal(source_href(citation))
    return f'<a class="cite" href="{href}" title="{told}">&#91;{citation.n}&#93;</a>'


def _source_list(citations: Sequence[Citation]) -> str:
    """One entry an article, with the number of each quote from it."""
    ordered = sorted(citations, key=lambda citation: citation.n)
    first = {c.source.article_id: c.n for c in reversed(ordered)}
    ordered.sort(key=lambda citation: (first[citation.source.article_id], citation.n))
    groups = groupby(ordered, key=lambda citation: citation.source.article_id)
    return f'<ol class="sources">{"".join(_source_entry(list(g)) for _, g in groups)}</ol>'


def _source_entry(citations: Sequence[Citation]) -> str:
    source = citations[0].source
    numbers = "".join(_number(citation) for citation in citations)
    meta = literal(_meta(source))
    return (
        f'<li><span class="numbers">{numbers}</span>'
        f'<a class="source-link" href="{literal(source_href(citations[0]))}">'
        f"<bdi>{literal(source.title)}</bdi></a>"
        f'<span class="meta"><bdi>{meta}</bdi></span></li>'
    )


def _told(source: Source) -> str:
    meta = _meta(source)
    return f"{source.title} ({meta})" if meta else source.title


def _meta(source: Source) -> str:
    date = readable(source.date) if source.date else ""
    return ", ".join(part for part in (source.publisher, date) if part)


def _kind(kind: Abstention | None) -> str:
    return "" if kind is None else f'<p class="kind">{_KINDS[kind]}</p>'


def _written_by(writer: str) -> str:
    if writer == OFFLINE:
        return "Written offline, on this machine"
    return f"Written by <bdi>{literal(writer)}</bdi>"


def _held(status: Status) -> str:
    if not status.articles:
        return "The library is empty"
    count = "1 article" if status.articles == 1 else f"{status.articles:,} articles"
    span = readable_span(status.first_date, status.last_date)
    return f"{count}, {literal(span)}" if span else count


def _answering(status: Status) -> str:
    writer = (
        "the offline writer answers"
        if status.writer == OFFLINE
        else f"<bdi>{literal(status.writer)}</bdi> answers"
    )
    if leaves_machine(status):
        return f"{writer}; questions and passages are sent to the model server that is configured"
    return f"{writer}; nothing leaves this machine"
