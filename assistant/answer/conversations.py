"""Conversations as LangGraph's checkpointer keeps them: listed, opened, searched, renamed, deleted,
and gone on with.

Each belongs to one person, or to nobody. The person is part of the key it is kept under, so that
another's conversation is not refused but not there.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as encoded
from weakref import WeakValueDictionary

from assistant.answer.chain import config_of, stream_answer
from assistant.answer.exchanges import read_exchanges
from assistant.domain import Conversation, Delta, Exchange, Finished
from assistant.errors import ConversationBusy, ConversationMissing, NameRefused

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver

PATIENCE_S = 30.0
"""How long a second question of one conversation waits for the first."""

LONGEST_NAME = 200
_SHOWN_NAME = 120
_PERSON = "person:"


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

    def stream(self, question: str, conversation: str, person: str) -> Iterator[Delta | Finished]:
        """The next question of a conversation, or the first of a new one. Raises ConversationBusy."""
        with self.turn(conversation, person) as key:
            for part in stream_answer(self._chain(), question, (), key):
                if isinstance(part, Finished):
                    self._drop_steps(key)
                yield part

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

    def find(self, conversation: str, person: str) -> Conversation:
        """Raises ConversationMissing."""
        values, at = self._held(conversation, person)
        return _listed(conversation, values, at)

    def rename(self, conversation: str, person: str, name: str) -> None:
        """Raises ConversationMissing, NameRefused."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise NameRefused(
                f"a name needs 1 to {LONGEST_NAME} characters, got {len(name)}; give another"
            )
        with self.turn(conversation, person) as key:
            self._held(conversation, person)
            self._chain().update_state(config_of(key), {"name": name}, as_node="write")
            self._drop_steps(key)

    def delete(self, conversation: str, person: str) -> None:
        """For good: what it held is overwritten in the database. Raises ConversationMissing."""
        with self.turn(conversation, person) as key:
            self._held(conversation, person)
            self.saver.delete_thread(key)
        with self.saver.cursor(transaction=False) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

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

    def _held(self, conversation: str, person: str) -> tuple[dict[str, Any], str]:
        values, at = self._values(key_of(conversation, person))
        if not values.get("asked"):
            raise ConversationMissing(
                f"there is no conversation {conversation!r}; `accord conversations` lists them"
            )
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
