"""What persons say of answers: right, wrong or incomplete, kept with question, answer and evidence.

A copy of what was judged, so that it stays when the conversation goes on. Knows nothing of
conversations but their ids.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, text

from assistant.domain import Abstention, Answer, Citation, Exchange, Quote, Source, Span
from assistant.errors import FeedbackRefused
from assistant.library import database as db

LONGEST_WORDS = 2000
"""Characters of what a person adds in words."""


class Judgement(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A word on one answer. `number` is that of its exchange in the conversation, from 0.

    `before` is the question before it as it stands alone, empty where there was none. `asked` and `at`
    are when it was asked and when it was judged: UTC, ISO 8601.
    """

    person: str
    conversation: str
    number: int
    asked: str
    before: str
    question: str
    answer: Answer
    judgement: Judgement
    words: str = ""
    at: str = ""


def judge_exchange(
    exchange: Exchange, before: str, verdict: str, words: str, place: tuple[str, str, int]
) -> Feedback:
    """`place` is person, conversation and number of the exchange. Raises FeedbackRefused."""
    if verdict not in list(Judgement):
        raise FeedbackRefused(f"a verdict is {', '.join(Judgement)}, not {verdict[:40]!r}")
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise FeedbackRefused(
            f"what is said of an answer has at most {LONGEST_WORDS:,} characters, "
            f"got {len(words):,}; shorten it"
        )
    if exchange.answer is None:
        raise FeedbackRefused("the answer to this question was not kept; ask the question again")
    return Feedback(
        *place,
        exchange.asked,
        before,
        exchange.question,
        exchange.answer,
        Judgement(verdict),
        words,
    )


class FeedbackStore:
    """Over one database. Safe to share between threads; one process writes at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = threading.Lock()

    def keep(self, feedback: Feedback) -> None:
        """In place of what the same person said of the same exchange before.

        An exchange that was asked anew, under the number of one that was dropped, is another one.
        """
        table = db.feedback.c
        row = _row(replace(feedback, at=datetime.now(UTC).isoformat(timespec="seconds")))
        same = [table[name] == row[name] for name in ("person", "conversation", "number", "asked")]
        with self._writing, self._engine.begin() as connection:
            connection.execute(delete(db.feedback).where(*same))
            connection.execute(insert(db.feedback).values(row))

    def all(self) -> list[Feedback]:
        """Everybody's, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(db.feedback).order_by(db.feedback.c.id))
            return [_read(row) for row in rows]

    def forget(self, conversation: str, person: str) -> None:
        """What was said of the answers of a conversation; it is overwritten, not only unlinked."""
        table = db.feedback.c
        mine = (table.conversation == _plain(conversation), table.person == _plain(person))
        is_sqlite = self._engine.dialect.name == "sqlite"
        with self._writing, self._engine.connect() as connection:
            if is_sqlite:
                connection.execute(text("PRAGMA secure_delete=ON"))
            connection.execute(delete(db.feedback).where(*mine))
            connection.commit()
            if is_sqlite:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _row(feedback: Feedback) -> dict[str, Any]:
    answer = feedback.answer
    return {
        "person": _plain(feedback.person),
        "conversation": _plain(feedback.conversation),
        "number": feedback.number,
        "asked": feedback.asked,
        "before": _plain(feedback.before),
        "question": _plain(feedback.question),
        "answer": _plain(answer.text),
        "writer": answer.writer,
        "abstention": answer.abstention.value if answer.abstention else None,
        "evidence": [_evidence(citation) for citation in answer.citations],
        "verdict": feedback.judgement.value,
        "words": _plain(feedback.words),
        "at": feedback.at,
    }


def _evidence(citation: Citation) -> dict[str, Any]:
    source, quote = citation.source, citation.quote
    return {
        "n": citation.n,
        "article_id": source.article_id,
        "title": _plain(source.title),
        "publisher": _plain(source.publisher),
        "date": source.date,
        "url": _plain(source.url),
        "quote": _plain(quote.text),
        "start": quote.span.start,
        "end": quote.span.end,
    }


def _plain(words: str) -> str:
    """As every database takes it: no half characters, and no NUL, which PostgreSQL refuses."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _read(row: Row[Any]) -> Feedback:
    answer = Answer(
        question=row.question,
        text=row.answer,
        citations=tuple(_citation(given) for given in row.evidence),
        writer=row.writer,
        abstention=Abstention(row.abstention) if row.abstention else None,
    )
    return Feedback(
        row.person,
        row.conversation,
        row.number,
        row.asked,
        row.before,
        row.question,
        answer,
        Judgement(row.verdict),
        row.words,
        row.at,
    )


def _citation(given: dict[str, Any]) -> Citation:
    article_id = given["article_id"]
    source = Source(article_id, given["title"], given["publisher"], given["date"], given["url"])
    # Located when the answer was written.
    quote = Quote(article_id, Span(given["start"], given["end"]), given["quote"])
    return Citation(given["n"], quote, source)
