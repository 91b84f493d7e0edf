"""A question and its answer as HTML: while it is written, finished, stopped, or failed.

Pure. A finished answer carries its sources, how strong they are, what can be done with it and what may
be asked next; where it is kept and what it is about stand in the address of a hidden link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from assistant.domain import Answer, Citation, Source
from assistant.web.panels import OFFLINE, ask_button, filled, literal
from assistant.web.sources import safe_url, source_href
from assistant.web.texts import Texts
from assistant.web.views.words import date_words

VERDICTS = ("right", "wrong", "incomplete")
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an answer is kept: the conversation, and the number of its exchange there, from 0."""

    conversation: str
    exchange: int


def question_html(question: str) -> str:
    return f'<div class="question"><bdi>{literal(question)}</bdi></div>'


def waiting_html(texts: Texts) -> str:
    return (
        f'<div class="answer pending"><p class="waiting">{literal(texts("chat.waiting"))}</p></div>'
    )


def draft_html(text: str) -> str:
    """An answer still being written: its marks are shown and lead nowhere yet."""
    return f'<div class="answer pending draft">{_prose(text, _Marks())}</div>'


def stopped_html(text: str, texts: Texts) -> str:
    """What had been written when it was stopped. It is not kept, so that asking again begins anew."""
    notice = f'<p class="notice">{literal(texts("chat.stopped"))}</p>'
    return (
        f'<div class="answer done stopped">{_prose(text, _Marks())}{notice}'
        f'<div class="actions">{_again(texts)}</div></div>'
    )


def trouble_html(sentence: str, texts: Texts) -> str:
    return (
        f'<div class="answer done trouble"><p>{literal(sentence)}</p>'
        f'<div class="actions">{_again(texts)}</div></div>'
    )


def answer_html(answer: Answer, texts: Texts, kept: Kept | None = None) -> str:
    """A finished answer.

    An abstention does not look like an answer; a premise put right or sources that disagree do, under
    a line that says so.
    """
    marks = _Marks(answer.citations, texts)
    parts = [_kind(answer, texts), _prose(answer.text, marks), _nearest(answer, texts)]
    if answer.citations:
        parts.append(_source_list(answer.citations, marks, texts))
    if answer.notice:
        parts.append(f'<p class="notice"><bdi>{literal(answer.notice)}</bdi></p>')
    parts += [_foot(answer, texts), _actions(texts, kept), _next(answer, texts)]
    parts += [f'<div class="copy-text" hidden>{literal(copied(answer, texts))}</div>']
    parts += [_place(answer, kept)]
    look = "answer done abstained" if answer.abstained else "answer done"
    return f'<div class="{look}">{"".join(parts)}</div>'


def copied(answer: Answer, texts: Texts) -> str:
    """The answer as plain text, with its marks and under them the sources with the words quoted."""
    lines = [answer.text.strip()]
    if answer.citations:
        lines += ["", texts("list.colon", name=texts("chat.sources"), told="").rstrip()]
    for one in sorted(answer.citations, key=lambda citation: citation.n):
        lines.append(f"[{one.n}] {_told(one.source, texts)}: “{' '.join(one.quote.text.split())}”")
        lines += [safe_url(one.source.url)] if safe_url(one.source.url) else []
    return "\n".join(lines)


# Prose and its marks


class _Marks:
    """The numbers of an answer as links to their sources; those of a draft lead nowhere."""

    def __init__(self, citations: Sequence[Citation] = (), texts: Texts | None = None) -> None:
        self._by_number = {citation.n: citation for citation in citations}
        self._texts = texts

    def __call__(self, n: int) -> str:
        citation = self._by_number.get(n)
        if citation is None or self._texts is None:
            return f'<span class="cite">&#91;{n}&#93;</span>'
        told = self._texts("source.number", n=n, told=_told(citation.source, self._texts))
        return (
            f'<a class="cite" href="{literal(source_href(citation))}" title="{literal(told)}">'
            f"&#91;{n}&#93;</a>"
        )


def _prose(text: str, marks: _Marks) -> str:
    paragraphs = (part for part in re.split(r"\n\s*\n", text.strip()) if part)
    return "".join(_paragraph(part, marks) for part in paragraphs)


def _paragraph(text: str, marks: _Marks) -> str:
    """A paragraph, or the rows of a list where every line begins with a dash."""
    lines = text.split("\n")
    if not all(line.startswith("- ") for line in lines):
        return f'<p class="said" dir="auto">{"".join(_marked(text, marks))}</p>'
    rows = ("".join(_marked(line[2:], marks)) for line in lines)
    return f'<ul class="rows said">{"".join(f"<li><bdi>{row}</bdi></li>" for row in rows)}</ul>'


def _marked(text: str, marks: _Marks) -> Iterator[str]:
    """The text, with every `[n]` that cites something turned into a link to its source."""
    done = 0
    for mark in _MARK.finditer(text):
        yield literal(text[done : mark.start()])
        yield marks(int(mark[1]))
        done = mark.end()
    yield literal(text[done:])


# Sources


def _source_list(citations: Sequence[Citation], marks: _Marks, texts: Texts) -> str:
    """One entry an article, with the number of each quote from it."""
    ordered = sorted(citations, key=lambda citation: citation.n)
    first = {c.source.article_id: c.n for c in reversed(ordered)}
    ordered.sort(key=lambda citation: (first[citation.source.article_id], citation.n))
    groups = groupby(ordered, key=lambda citation: citation.source.article_id)
    entries = (_source_entry(list(group), marks, texts) for _, group in groups)
    return f'<ol class="sources">{"".join(entries)}</ol>'


def _source_entry(citations: Sequence[Citation], marks: _Marks, texts: Texts) -> str:
    source = citations[0].source
    numbers = "".join(marks(citation.n) for citation in citations)
    return (
        f'<li><span class="numbers">{numbers}</span>'
        f'<a class="source-link" href="{literal(source_href(citations[0]))}">'
        f"<bdi>{literal(source.title)}</bdi></a>"
        f'<span class="meta"><bdi>{literal(_meta(source, texts))}</bdi></span></li>'
    )


def _told(source: Source, texts: Texts) -> str:
    meta = _meta(source, texts)
    return f"{source.title} ({meta})" if meta else source.title


def _meta(source: Source, texts: Texts) -> str:
    date = date_words(texts, source.date) if source.date else ""
    return texts("list.comma").join(part for part in (source.publisher, date) if part)


# Around the prose


def _kind(answer: Answer, texts: Texts) -> str:
    if answer.abstention is None:
        return ""
    return f'<p class="kind">{literal(texts(f"abstention.{answer.abstention}"))}</p>'


def _foot(answer: Answer, texts: Texts) -> str:
    """How strong the sources are, and who wrote it."""
    parts = []
    if answer.strength is not None:
        words = literal(texts(f"strength.{answer.strength}"))
        parts.append(f'<span class="strength {answer.strength}">{words}</span>')
    if answer.writer == OFFLINE:
        who = literal(texts("status.written_offline"))
    else:
        who = filled(texts, "status.written_by", writer=f"<bdi>{literal(answer.writer)}</bdi>")
    parts.append(f'<span class="writer">{who}</span>')
    return f'<p class="foot">{"".join(parts)}</p>'


def _again(texts: Texts) -> str:
    """For the last answer alone; page.css hides it under the others."""
    return "".join(
        f'<button type="button" class="act {act}">{literal(texts(f"chat.{act}"))}</button>'
        for act in ("retry", "edit")
    )


def _actions(texts: Texts, kept: Kept | None) -> str:
    copy = f'<button type="button" class="act copy">{literal(texts("chat.copy"))}</button>'
    verdicts = "".join(
        f'<button type="button" class="act verdict" name="verdict" value="{verdict}">'
        f"{literal(texts(f'feedback.{verdict}'))}</button>"
        for verdict in VERDICTS
    )
    judged = f'<span class="verdicts">{verdicts}</span>' if kept else ""
    return f'<div class="actions">{copy}{_again(texts)}{judged}</div>'


def _nearest(answer: Answer, texts: Texts) -> str:
    """Of an abstention: the question that asks for the nearest known fact."""
    if not answer.abstained or not answer.next_questions:
        return ""
    label = f'<span class="label">{literal(texts("chat.nearest"))}</span>'
    return f'<p class="nearest">{label}{ask_button(answer.next_questions[0])}</p>'


def _next(answer: Answer, texts: Texts) -> str:
    questions = answer.next_questions[1 if answer.abstained else 0 :]
    if not questions:
        return ""
    items = "".join(f"<li>{ask_button(question)}</li>" for question in questions)
    label = literal(texts("chat.next"))
    return f'<div class="next"><p class="label">{label}</p><ul>{items}</ul></div>'


def _place(answer: Answer, kept: Kept | None) -> str:
    fields: list[tuple[str, object]] = []
    if kept:
        fields += [("c", kept.conversation), ("exchange", kept.exchange)]
    fields += [("deal", deal) for deal in answer.deals]
    fields += [("company", company) for company in answer.companies]
    return f'<a class="place" hidden href="/chat/?{literal(urlencode(fields))}">{len(fields)}</a>'
