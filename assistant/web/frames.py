"""An answer as the page draws it: each frame is the whole HTML of the answer so far.

The door between the assistant's events and the chat: every failure ends here as one sentence, and an
answer can be stopped at any moment, also while a model says nothing. Knows nothing of Gradio.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic

from assistant.domain import Answer, Delta, Finished
from assistant.web.answers import (
    Kept,
    answer_html,
    draft_html,
    stopped_html,
    trouble_html,
    waiting_html,
)
from assistant.web.protocol import PageAssistant
from assistant.web.texts import Texts
from assistant.web.troubles import told
from assistant.web.views.words import number_words

# Fewer, larger updates: at 100 chats each frame costs Gradio more than the text in it.
FRAME_PAUSE_S = 0.1
MAX_QUESTION = 2000
_STOP_LOOK_S = 0.1
"""How often a silent answer is asked whether it was stopped."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The assistant has no more to give; `error` where it failed."""

    error: Exception | None = None


def frames(
    assistant: PageAssistant,
    question: str,
    conversation: str,
    texts: Texts,
    stop: threading.Event,
    pause_s: float = FRAME_PAUSE_S,
) -> Iterator[str]:
    """The last frame is the answer, what had been written when it was stopped, or one sentence saying
    what went wrong. Frames of a draft are at least `pause_s` apart. Raises nothing.
    """
    if len(question) > MAX_QUESTION:
        most = number_words(texts, MAX_QUESTION)
        yield trouble_html(texts("chat.too_long", count=most), texts)
        return
    yield waiting_html(texts)
    said, due = "", 0.0
    for event in _events(assistant, question, conversation, stop):
        match event:
            case Delta(text):
                said += text
                if monotonic() >= due:
                    yield draft_html(said)
                    due = monotonic() + pause_s
            case Finished(answer):
                yield answer_html(answer, texts, _kept(assistant, conversation, answer))
                return
            case _Ended(Exception() as error):
                yield trouble_html(told(error, texts), texts)
                return
    if stop.is_set():
        yield stopped_html(said, texts)
        return
    _log.error("an answer ended without being finished")
    yield trouble_html(texts("chat.broken_off"), texts)


def _events(
    assistant: PageAssistant, question: str, conversation: str, stop: threading.Event
) -> Iterator[Delta | Finished | _Ended]:
    """What the assistant says, until it ends or is stopped. It is asked on a thread of its own, which
    may wait for a model long after nobody listens any more.
    """
    events: SimpleQueue[Delta | Finished | _Ended] = SimpleQueue()

    def write() -> None:
        try:
            for event in assistant.stream(question, conversation):
                events.put(event)
                if stop.is_set():
                    break
        except Exception as error:  # noqa: BLE001 - a door
            events.put(_Ended(error))
        else:
            events.put(_Ended())

    threading.Thread(target=write, name="answer", daemon=True).start()
    while not stop.is_set():
        try:
            event = events.get(timeout=_STOP_LOOK_S)
        except Empty:
            continue
        yield event
        if isinstance(event, _Ended):
            return


def _kept(assistant: PageAssistant, conversation: str, answer: Answer) -> Kept | None:
    """Where the answer just given is kept; None where it is not, so that nobody judges another."""
    try:
        exchanges = assistant.conversation(conversation)
    except Exception as error:  # noqa: BLE001 - an answer is shown all the same
        _log.warning("an answer is not kept: %s", type(error).__name__)
        return None
    if not exchanges or exchanges[-1].question != answer.question:
        return None
    return Kept(conversation, len(exchanges) - 1)
