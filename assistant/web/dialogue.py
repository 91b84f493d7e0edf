"""What stands in the chat as a list of messages: gone on with, taken back by one, reopened, stopped.

The messages come back from the browser with each question, so nothing here trusts them: they are only
shown again, and where a question is taken back it is the assistant that knows which is the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from assistant.domain import Exchange
from assistant.errors import ConversationMissing
from assistant.web.answers import Kept, answer_html, question_html, stopped_html, trouble_html
from assistant.web.frames import frames
from assistant.web.panels import literal
from assistant.web.protocol import PageAssistant
from assistant.web.running import Running
from assistant.web.texts import Texts

Message = dict[str, Any]
"""Gradio's form: `role`, and `content`, which comes back as a list of content blocks."""

_ID = re.compile(r"[0-9a-f]{32}")
"""The name that the page gives to a new conversation."""
_LONGEST_ID = 200
_NUMBER = re.compile(r"[0-9]{1,9}")
_PENDING = '<div class="answer pending'


def talk(
    assistant: PageAssistant,
    running: Running,
    texts: Texts,
    question: str,
    said: Sequence[Message],
    conversation: str,
    *,
    again: str,
) -> Iterator[tuple[list[Message], str]]:
    """The messages and the conversation's name, frame by frame.

    `again` is empty, or names the exchange that this one takes the place of: its number from 0, or a
    word where its answer was not kept. Where that one is no longer the last, nothing is asked.
    """
    conversation = named(assistant, conversation)
    before: list[Message] | None = list(said)
    if again:
        before = _taken_back(assistant, list(said), conversation, again)
    asked = message("user", question_html(question))
    if before is None:
        held = messages_of(reopened(assistant, conversation) or [], conversation, texts)
        refused = message("assistant", trouble_html(texts("chat.elsewhere"), texts))
        yield [*held, asked, refused], conversation
        return
    before.append(asked)
    with running.answer(conversation) as stop:
        for frame in frames(assistant, question, conversation, texts, stop):
            yield [*before, message("assistant", frame)], conversation


def named(assistant: PageAssistant, conversation: str) -> str:
    """The conversation that is gone on with: as the page names it, one that is held, or a new one."""
    if _ID.fullmatch(conversation):
        return conversation
    if conversation and reopened(assistant, conversation) is not None:
        return conversation
    return uuid4().hex


def reopened(assistant: PageAssistant, conversation: str) -> list[Exchange] | None:
    """What was asked and answered there; None where no such conversation is held."""
    if not conversation or len(conversation) > _LONGEST_ID:
        return None
    try:
        return assistant.conversation(conversation)
    except ConversationMissing:
        return None


def messages_of(exchanges: Sequence[Exchange], conversation: str, texts: Texts) -> list[Message]:
    """The chat as it stood, every citation in its place."""
    shown = []
    for number, exchange in enumerate(exchanges):
        answer = exchange.answer
        html = (
            answer_html(answer, texts, Kept(conversation, number))
            if answer
            else f'<div class="answer done"><p class="notice">{literal(texts("chat.unkept"))}</p></div>'
        )
        shown += [message("user", question_html(exchange.question)), message("assistant", html)]
    return shown


def stopped(said: Sequence[Message], texts: Texts) -> list[Message] | None:
    """The messages with the end of an answer that nobody writes any more; None where none is open."""
    if not said or not html_of(said[-1]).startswith(_PENDING):
        return None
    html = html_of(said[-1])
    if "draft" not in html[:60]:
        return [*said[:-1], message("assistant", stopped_html("", texts))]
    notice = stopped_html("", texts).partition(">")[2]
    begun = html.partition(">")[2].removesuffix("</div>")
    return [
        *said[:-1],
        message("assistant", f'<div class="answer done stopped">{begun}{notice}'),
    ]


def message(role: str, html: str) -> Message:
    return {"role": role, "content": html}


def html_of(said: Message) -> str:
    """The HTML of a message, in either form that Gradio gives it."""
    content = said.get("content")
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))


def _taken_back(
    assistant: PageAssistant, said: list[Message], conversation: str, again: str
) -> list[Message] | None:
    """Without the last question and its answer, which the assistant forgets where it kept them; None
    where another one is the last by now.
    """
    asked = [i for i, one in enumerate(said) if one.get("role") == "user"]
    if not asked:
        return said
    if _NUMBER.fullmatch(again):
        question = html_of(said[asked[-1]])
        if not _forgotten(assistant, conversation, int(again), question):
            return None
    return said[: asked[-1]]


def _forgotten(assistant: PageAssistant, conversation: str, number: int, question: str) -> bool:
    """Of this number another question may stand there, put in its place from another window."""
    try:
        held = assistant.conversation(conversation)
        if not held or question_html(held[-1].question) != question:
            return False
        return assistant.drop_last_exchange(conversation, exchange=number)
    except ConversationMissing:
        # Deleted meanwhile, the conversation begins anew with the question.
        return True
