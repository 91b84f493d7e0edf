"""The form in which a conversation keeps its exchanges: plain data, with a number that says which form.

An answer is kept with its citations as they were; an article may have been edited since, and whoever
opens a source checks the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.domain import (
    Abstention,
    Answer,
    Citation,
    Exchange,
    Question,
    Quote,
    Source,
    Span,
    Strength,
)
from assistant.errors import ConversationTooNew

FORM = 2
"""To be raised when the form changes; every form up to this one is read. The first did not keep what
an answer is about, how well it is carried and what can be asked next.
"""

Record = dict[str, Any]


def store_exchange(question: Question, answer: Answer, at: str) -> Record:
    """A record of text, numbers, lists and mappings alone."""
    return {
        "form": FORM,
        "asked": question.asked or question.text,
        "alone": question.alone or question.text,
        "at": at,
        "answer": {
            "text": answer.text,
            "writer": answer.writer,
            "abstention": answer.abstention.value if answer.abstention else None,
            "notice": answer.notice,
            "citations": [_store_citation(citation) for citation in answer.citations],
            "deals": list(answer.deals),
            "companies": list(answer.companies),
            "next_questions": list(answer.next_questions),
            "strength": answer.strength.value if answer.strength else None,
        },
    }


def _store_citation(citation: Citation) -> Record:
    source, quote = citation.source, citation.quote
    return {
        "n": citation.n,
        "article_id": source.article_id,
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
        "url": source.url,
        "quote": quote.text,
        "start": quote.span.start,
        "end": quote.span.end,
    }


def asked_alone(records: Sequence[Mapping[str, Any]], asked: Sequence[str]) -> list[str]:
    """The questions of a conversation as they stand alone; as asked where answers were not kept."""
    return [*asked[: len(asked) - len(records)], *(record["alone"] for record in records)]


def read_exchanges(
    records: Sequence[Mapping[str, Any]], asked: Sequence[str], at: str
) -> list[Exchange]:
    """All exchanges of a conversation. `asked` are its questions, and those before the first record
    were asked, no later than `at`, when answers were not kept. Raises ConversationTooNew.
    """
    before = [Exchange(question, None, at) for question in asked[: len(asked) - len(records)]]
    return before + [_read(record) for record in records]


def _read(record: Mapping[str, Any]) -> Exchange:
    check_form(record)
    given = record["answer"]
    answer = Answer(
        question=record["asked"],
        text=given["text"],
        citations=tuple(_read_citation(one) for one in given["citations"]),
        writer=given["writer"],
        abstention=Abstention(given["abstention"]) if given["abstention"] else None,
        notice=given["notice"],
        deals=tuple(given.get("deals", ())),
        companies=tuple(given.get("companies", ())),
        next_questions=tuple(given.get("next_questions", ())),
        strength=Strength(given["strength"]) if given.get("strength") else None,
    )
    return Exchange(record["asked"], answer, record["at"])


def check_form(record: Mapping[str, Any]) -> None:
    """Raises ConversationTooNew on a record that a newer version wrote."""
    if record["form"] > FORM:
        raise ConversationTooNew(
            f"the conversation was written by a newer Accord, in form {record['form']}, and this one "
            f"reads forms up to {FORM}; install the newer version"
        )


def _read_citation(given: Mapping[str, Any]) -> Citation:
    source = Source(
        given["article_id"], given["title"], given["publisher"], given["date"], given["url"]
    )
    # Located when the answer was written; whether it still stands is seen when the source is opened.
    quote = Quote(given["article_id"], Span(given["start"], given["end"]), given["quote"])
    return Citation(given["n"], quote, source)
