"""An answer as the page draws it: each frame is the whole HTML of the answer so far.

The door between the assistant's events and the chat: every failure ends here as one sentence.
Knows nothing of Gradio.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from time import monotonic

from assistant.domain import Finished
from assistant.web.panels import answer_html, draft_html, trouble_html, waiting_html
from assistant.web.protocol import PageAssistant
from assistant.web.troubles import sentence_of

# Fewer, larger updates: at 100 chats each frame costs Gradio more than the text in it.
FRAME_PAUSE_S = 0.1
MAX_QUESTION = 2000
TOO_LONG = f"A question may have {MAX_QUESTION:,} characters at most. Please ask it shorter."
BROKEN_OFF = "The answer broke off before its end. Please ask again."

_log = logging.getLogger(__name__)


def frames(
    assistant: PageAssistant, question: str, conversation: str, pause_s: float = FRAME_PAUSE_S
) -> Iterator[str]:
    """The last frame is the answer, or one sentence saying what went wrong.

    Frames of a draft are at least `pause_s` apart. Raises nothing.
    """
    if len(question) > MAX_QUESTION:
        yield trouble_html(TOO_LONG)
        return
    yield waiting_html()
    try:
        yield from _written(assistant, question, conversation, pause_s)
    except Exception as error:  # noqa: BLE001 - a door
        yield trouble_html(sentence_of(error))


def _written(
    assistant: PageAssistant, question: str, conversation: str, pause_s: float
) -> Iterator[str]:
    said, due = "", 0.0
    for event in assistant.stream(question, conversation):
        if isinstance(event, Finished):
            yield answer_html(event.answer)
            return
        said += event.text
        if monotonic() >= due:
            yield draft_html(said)
            due = monotonic() + pause_s
    _log.error("an answer ended without being finished")
    yield trouble_html(BROKEN_OFF)
