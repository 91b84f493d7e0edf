"""The page itself, as Gradio Blocks: what stands where, and which event calls what.

Importing this imports Gradio (5 s of processor time): only `server.build_app` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import gradio as gr

from assistant.web.frames import MAX_QUESTION, frames
from assistant.web.panels import (
    question_html,
    status_html,
    status_trouble_html,
    welcome_html,
)
from assistant.web.protocol import PageAssistant
from assistant.web.troubles import sentence_of

_ID = re.compile(r"[0-9a-f]{32}")
"""What the page may send back as the name of its conversation: what it was given."""

Message = dict[str, Any]
"""Gradio's form: `role`, and `content`, which comes back as a list of content blocks."""

_MASTHEAD = (
    '<div class="masthead"><h1>Accord</h1>'
    "<p>Answers about corporate deals from your own articles, with the words that prove them.</p>"
    "</div>"
)
_SOURCE_PANEL = '<aside id="source-panel"></aside>'


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the events read and write."""

    conversation: gr.Textbox
    new: gr.Button
    status: gr.Markdown
    chat: gr.Chatbot
    ask_box: gr.Textbox
    send: gr.Button


def build_chat(assistant: PageAssistant) -> gr.Blocks:
    page = gr.Blocks(title="Accord", analytics_enabled=False, fill_height=True, fill_width=True)
    with page:
        _wire(_lay_out(), page, assistant)
    return page


def _lay_out() -> _Parts:
    """A column that talks and, beside it, one to read in; page.css says how wide."""
    with gr.Row(elem_id="top"):
        _text(_MASTHEAD, elem_id="head")
        new = gr.Button("New conversation", elem_id="new", size="sm", scale=0)
    status = _text("", elem_id="status")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            chat = _chatbot()
            with gr.Row(elem_id="ask-row"):
                ask_box = _ask_box()
                send = gr.Button("Ask", variant="primary", elem_id="send", scale=0)
        with gr.Column(elem_id="reading"):
            _text(_SOURCE_PANEL, elem_id="source-holder")
    # Held by the page, not by the server's memory: after a restart of the server it still knows it.
    conversation = gr.Textbox(elem_id="conversation", visible="hidden")
    return _Parts(conversation, new, status, chat, ask_box, send)


def _wire(parts: _Parts, page: gr.Blocks, assistant: PageAssistant) -> None:
    def ask(question: str, said: list[Message], name: str) -> Iterator[tuple[Any, ...]]:
        yield from _ask(assistant, question, said, name)

    def greet() -> tuple[str, Message]:
        return _greeting(assistant)

    def start_over() -> tuple[str, Message, str]:
        status, chat = _greeting(assistant)
        return status, {**chat, "value": []}, ""

    exchange = [parts.ask_box, parts.chat, parts.conversation]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked = gr.on([parts.ask_box.submit, parts.send.click], ask, exchange, exchange, **quiet)
    gr.on([page.load], greet, None, [parts.status, parts.chat], **quiet)
    anew = [parts.status, parts.chat, parts.conversation]
    gr.on([parts.new.click], start_over, None, anew, cancels=[asked], **quiet)


def _ask(
    assistant: PageAssistant, question: str, said: list[Message], conversation: str
) -> Iterator[tuple[Any, ...]]:
    """Updates of the box, the chat and the conversation; the box is emptied once, not while typing."""
    question = question.strip()
    if not question:
        yield gr.skip(), gr.skip(), gr.skip()
        return
    if not _ID.fullmatch(conversation):
        conversation = uuid4().hex
    said = [*said, _message("user", question_html(question))]
    box: Any = ""
    for frame in frames(assistant, question, conversation):
        yield box, [*said, _message("assistant", frame)], conversation
        box = gr.skip()


def _greeting(assistant: PageAssistant) -> tuple[str, Message]:
    """The status line, and an update of what the empty chat says."""
    try:
        status = assistant.status()
        examples = assistant.examples() if status.articles else []
    except Exception as error:  # noqa: BLE001 - a door
        return status_trouble_html(sentence_of(error)), gr.update()
    welcome = welcome_html(examples, empty=not status.articles)
    return status_html(status), gr.update(placeholder=welcome)


def _message(role: str, html: str) -> Message:
    return {"role": role, "content": html}


def _text(html: str, elem_id: str) -> gr.Markdown:
    """Gradio sanitises Markdown as well; `gr.HTML` it does not."""
    return gr.Markdown(html, elem_id=elem_id, latex_delimiters=[], container=False)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height="100%",
        buttons=[],
        latex_delimiters=[],
        layout="panel",
        feedback_options=None,
        group_consecutive_messages=False,
        allow_tags=False,
        placeholder=welcome_html([], empty=False),
    )


def _ask_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="ask",
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask about a deal",
        lines=1,
        max_lines=6,
        max_length=MAX_QUESTION,
        autofocus=True,
        scale=1,
    )
