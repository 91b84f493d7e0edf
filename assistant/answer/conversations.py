"""Conversations as LangGraph's checkpointer keeps them: listed, opened, searched, renamed, deleted,
and gone on with.

Each belongs to one person, or to nobody. The person is part of the key it is kept under, so that
another's conversation is not refused but not there.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote as encoded
from weakref import WeakValueDictionary

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Overwrite

from assistant.answer.chain import config_of, stream_answer
from assistant.answer.exchanges import asked_alone, read_exchanges
from assistant.domain import Conversation, Delta, Exchange, Finished
from assistant.errors import ConversationBusy, ConversationMissing, FeedbackRefused, NameRefused
from assistant.library.feedback import Feedback, judge_exchange

PATIENCE_S = 30.0
"""How long a second question of one conversation waits for the first."""

LONGEST_NAME = 200
_SHOWN_NAME = 120
_PERSON = "person:"


def open_conversations(path: Path, chain: Callable[[], Any]) -> Conversations:
    """In tables of LangGraph's own in the SQLite file at `path`, also where articles lie elsewhere."""
    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    return Conversations(SqliteSaver(connection), chain)


class Conversations:
    """Over one database. Safe to share between threads. `saver` is the checkpointer of the chain, which
    is asked for when something is asked or renamed; looking needs none.
    """

    def __init__(self, saver: SqliteSaver, chain: Callable[[], Any]) -> None:
        self.saver = saver
        self._chain = chain
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._lock = threading.Lock()
        with saver.cursor() as cursor:
            # What is deleted is overwritten, not only unlinked.
            cursor.execute("PRAGMA secure_delete=ON")

    def close(self) -> None:
        self.saver.conn.close()

    def stream(self, question: str, conversation: str, person: str) -> Iterator[Delta | Finished]:
        """The next question of a conversation, or the first of a new one. Raises ConversationBusy.

        An answer that is not heard to its end, or fails, leaves nothing behind.
        """
        with self.turn(conversation, person) as key:
            before, whole = self._last_step(key), False
            try:
                with closing(stream_answer(self._chain(), question, (), key)) as parts:
                    for part in parts:
                        if isinstance(part, Finished):
                            self._drop_steps(key)
                            whole = True
                        yield part
            finally:
                if not whole:
                    self._take_back(key, before)

    def of(self, person: str, words: str = "") -> list[Conversation]:
        """A person's conversations, the last asked first; with `words`, those that hold each of them."""
        wanted = words.casefold().split()
        found = []
        for key in self._keys(person):
            values, at = self._values(key)
            asked = values.get("asked") or []
            if asked and all(word in _text_of(values) for word in wanted):
                found.append(_listed(_id_of(key), values, at))
        return sorted(found, key=lambda c: (c.asked, c.id), reverse=True)

    def exchanges(self, conversation: str, person: str) -> list[Exchange]:
        """What was asked and answered, in order. Raises ConversationMissing."""
        values, at = self._held(conversation, person)
        return read_exchanges(values.get("exchanges") or [], values["asked"], at)

    def judged(
        self, conversation: str, person: str, number: int, verdict: str, words: str
    ) -> Feedback:
        """What a person says of the answer of the exchange of this number, counted from 0.

        Raises ConversationMissing, FeedbackRefused.
        """
        values, at = self._held(conversation, person)
        records, asked = values.get("exchanges") or [], values["asked"]
        if not 0 <= number < len(asked):
            raise FeedbackRefused(f"there is no exchange {number}; they are numbered from 0")
        exchange = read_exchanges(records, asked, at)[number]
        before = asked_alone(records, asked)[number - 1] if number else ""
        return judge_exchange(exchange, before, verdict, words, (person, conversation, number))

    def find(self, conversation: str, person: str) -> Conversation:
        """Raises ConversationMissing."""
        values, at = self._held(conversation, person)
        return _listed(conversation, values, at)

    def rename(self, conversation: str, person: str, name: str) -> None:
        """Raises ConversationMissing, NameRefused."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise NameRefused(
                f"a conversation's name has 1 to {LONGEST_NAME} characters; give another"
            )
        with self.turn(conversation, person) as key:
            self._held(conversation, person)
            self._chain().update_state(config_of(key), {"name": name}, as_node="write")
            self._drop_steps(key)

    def drop_last(self, conversation: str, person: str, exchange: int | None = None) -> bool:
        """Forget its last question with the answer, so that the next is asked in the state before it.

        With `exchange`, only where the last one has this number, counted from 0; whether it was
        forgotten. A conversation that holds nothing more is not listed until something is asked in it
        again; it keeps the name it was given. Raises ConversationMissing.
        """
        with self.turn(conversation, person) as key:
            values, _ = self._held(conversation, person)
            asked = values["asked"][:-1]
            if exchange not in (None, len(asked)):
                return False
            if asked or values.get("name"):
                state = {
                    "question": asked[-1] if asked else "",
                    "asked": Overwrite(asked),
                    "exchanges": Overwrite((values.get("exchanges") or [])[:-1]),
                }
                self._chain().update_state(config_of(key), state, as_node="write")
                self._drop_steps(key)
            else:
                self.saver.delete_thread(key)
        self._truncate_log()
        return True

    def delete(self, conversation: str, person: str) -> None:
        """For good: what it held is overwritten in the database. Raises ConversationMissing."""
        with self.turn(conversation, person) as key:
            if not self._values(key)[0]:
                raise _missing(conversation)
            self.saver.delete_thread(key)
        self._truncate_log()

    @contextmanager
    def turn(self, conversation: str, person: str) -> Iterator[str]:
        """The conversation to oneself, and its key: two answers at once would lose one of them.

        Raises ConversationBusy when another has it for longer than `PATIENCE_S`.
        """
        key = key_of(conversation, person)
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
        # A plain lock: an answer that is streamed ends on another thread than it began on.
        if not turn.lock.acquire(timeout=PATIENCE_S):
            raise ConversationBusy(
                "another question of this conversation is still being answered; wait for its answer"
            )
        try:
            yield key
        finally:
            turn.lock.release()

    def _drop_steps(self, key: str) -> None:
        """Forget all states of a conversation but the last, each of which holds everything before it."""
        last = "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?)"
        with self.saver.cursor() as cursor:
            for table in ("writes", "checkpoints"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < {last}",  # noqa: S608 - no input
                    (key, key),
                )

    def _last_step(self, key: str) -> str:
        """The id of the last state, empty where there is none; ids rise with time."""
        with self.saver.cursor(transaction=False) as cursor:
            query = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?"
            return cursor.execute(query, (key,)).fetchone()[0] or ""

    def _take_back(self, key: str, step: str) -> None:
        """Forget what came after a state: LangGraph keeps half an answer, to go on with it."""
        with self.saver.cursor() as cursor:
            for table in ("writes", "checkpoints"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id > ?",  # noqa: S608 - no input
                    (key, step),
                )

    def _truncate_log(self) -> None:
        """What was deleted stands in the write-ahead log until that is emptied."""
        with self.saver.cursor(transaction=False) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _held(self, conversation: str, person: str) -> tuple[dict[str, Any], str]:
        values, at = self._values(key_of(conversation, person))
        if not values.get("asked"):
            raise _missing(conversation)
        return values, at

    def _values(self, key: str) -> tuple[dict[str, Any], str]:
        """The last state of a conversation, empty where there is none, and when it was written."""
        held = self.saver.get_tuple(config_of(key))
        if held is None:
            return {}, ""
        return held.checkpoint["channel_values"], held.checkpoint["ts"]

    def _keys(self, person: str) -> list[str]:
        mine = _prefix(person)
        with self.saver.cursor(transaction=False) as cursor:
            rows = cursor.execute("SELECT DISTINCT thread_id FROM checkpoints").fetchall()
        keys = [row[0] for row in rows]
        if person:
            return [key for key in keys if key.startswith(mine)]
        return [key for key in keys if key.startswith(mine) or not key.startswith(_PERSON)]


class _Turn:
    """Who has it answers; forgotten when nobody waits."""

    __slots__ = ("__weakref__", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()


def key_of(conversation: str, person: str) -> str:
    """What a conversation is kept under; no two of different persons are alike.

    Nobody's conversations keep their bare id, as those of versions that knew no persons.
    """
    if not person and not conversation.startswith(_PERSON):
        return conversation
    return f"{_prefix(person)}{conversation}"


def _missing(conversation: str) -> ConversationMissing:
    return ConversationMissing(
        f"there is no conversation {conversation!r}; `accord conversations` lists them"
    )


def _prefix(person: str) -> str:
    return f"{_PERSON}{encoded(person, safe='')}:"


def _id_of(key: str) -> str:
    return key.split(":", 2)[2] if key.startswith(_PERSON) else key


def _listed(conversation: str, values: dict[str, Any], at: str) -> Conversation:
    records = values.get("exchanges") or []
    asked = values["asked"]
    began = records[0]["at"] if len(records) == len(asked) else at
    name = values.get("name") or _cut(asked[0])
    return Conversation(conversation, name, began, records[-1]["at"] if records else at, len(asked))


def _cut(question: str) -> str:
    name = " ".join(question.split())
    return name if len(name) <= _SHOWN_NAME else f"{name[: _SHOWN_NAME - 1]}…"


def _text_of(values: dict[str, Any]) -> str:
    """What was asked and answered, without the numbers of quotes, and the name, to be searched."""
    answers = [record["answer"]["text"] for record in values.get("exchanges") or []]
    texts = [values.get("name") or "", *values["asked"], *answers]
    return re.sub(r"\[\d+\]", "", "\n".join(texts)).casefold()
