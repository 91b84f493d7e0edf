"""The page itself, as Gradio Blocks: what stands where, and which event calls what.

The callbacks are thin: what they show is made in `dialogue`, `panels` and `answers`. Rail, tabs and
panel are empty places here, filled by the page's script from the plain routes. Importing this imports
Gradio (5 s of processor time): only `server.build_app` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.web.dialogue import Message, messages_of, reopened, stopped, talk
from assistant.web.panels import (
    empty_html,
    masthead_html,
    status_html,
    status_trouble_html,
    welcome_html,
)
from assistant.web.protocol import PageAssistant
from assistant.web.running import Running
from assistant.web.texts import Texts, choose_texts, texts_for
from assistant.web.troubles import told

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the events read and write."""

    head: gr.Markdown
    status: gr.Markdown
    chat: gr.Chatbot
    ask_box: gr.Textbox
    asked: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new: gr.Button
    conversation: gr.Textbox
    again: gr.Textbox
    open: gr.Button
    greet: gr.Button


def build_chat(assistant: PageAssistant, *, library: bool = False) -> gr.Blocks:
    """`library`: whether the library may be changed on the page."""
    page = gr.Blocks(title="Accord", analytics_enabled=False, fill_height=True, fill_width=True)
    with page:
        _Events(assistant, _lay_out(), library=library).wire(page)
    return page


def _lay_out() -> _Parts:
    """Conversations, chat and panel side by side under the top; page.css says how wide."""
    with gr.Row(elem_id="top"):
        head = _text(masthead_html(choose_texts()), elem_id="head")
        _text('<div id="tabs"></div>', elem_id="tabs-holder")
        new = gr.Button("New conversation", elem_id="new", size="sm", scale=0)
    status = _text("", elem_id="status")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="rail-column"):
            _text('<div id="rail"></div>', elem_id="rail-holder")
        with gr.Column(elem_id="talk"):
            chat = _chatbot()
            _text('<div id="notes"></div>', elem_id="notes-holder")
            with gr.Row(elem_id="ask-row"):
                ask_box = _ask_box()
                send = gr.Button("Ask", variant="primary", elem_id="send", scale=0)
                stop = gr.Button("Stop", elem_id="stop", scale=0)
        with gr.Column(elem_id="reading"):
            _text('<div id="panel"></div>', elem_id="panel-holder")
    # Held by the page, not by the server's memory: after a restart of the server it still knows it.
    conversation = gr.Textbox(elem_id="conversation", visible="hidden")
    again = gr.Textbox(elem_id="again", visible="hidden")
    # The question as it was sent: in the box one may already be typing the next.
    asked = gr.Textbox(elem_id="asked", visible="hidden")
    reopen = gr.Button("Open", elem_id="open", visible="hidden")
    greet = gr.Button("Greet", elem_id="greet", visible="hidden")
    named = (conversation, again, reopen, greet)
    return _Parts(head, status, chat, ask_box, asked, send, stop, new, *named)


class _Events:
    """What the page does when something is asked, stopped or opened."""

    def __init__(self, assistant: PageAssistant, parts: _Parts, *, library: bool) -> None:
        self._assistant = assistant
        self._parts = parts
        self._library = library
        self._running = Running()

    def wire(self, page: gr.Blocks) -> None:
        p = self._parts
        exchange = [p.chat, p.conversation, p.again]
        greeted = [p.status, p.chat]
        whole = [*greeted, p.conversation]
        worded = [p.head, p.ask_box, p.send, p.stop, p.new]
        asked = gr.on(
            [p.ask_box.submit, p.send.click], self.ask, [p.asked, *exchange], exchange, **_QUIET
        )
        gr.on([page.load], self.load, None, [*whole, *worded], **_QUIET)
        gr.on([p.greet.click], self.greet, None, greeted, **_QUIET)
        gr.on([p.open.click], self.reopen, [p.conversation], whole, cancels=[asked], **_QUIET)
        gr.on([p.new.click], self.start_over, [p.conversation], whole, cancels=[asked], **_QUIET)
        gr.on([p.stop.click], self.stop, [p.chat, p.conversation], [p.chat], queue=False, **_QUIET)

    def ask(
        self,
        question: str,
        said: list[Message],
        conversation: str,
        again: str,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """Updates of the chat, its name and `again`; the page's script empties the box."""
        question = question.strip()
        if not question:
            yield gr.skip(), gr.skip(), ""
            return
        texts = texts_for(request)
        frames = talk(
            self._assistant, self._running, texts, question, said, conversation, again=again
        )
        for messages, name in frames:
            yield messages, name, ""

    def stop(self, said: list[Message], conversation: str, request: gr.Request) -> Any:
        """An answer being written ends itself; one that a server left behind is ended here."""
        if self._running.stop(conversation):
            return gr.skip()
        messages = stopped(said, texts_for(request))
        return gr.skip() if messages is None else messages

    def load(self, request: gr.Request) -> tuple[Any, ...]:
        """The whole page in the reader's language, with the conversation its address names."""
        texts = texts_for(request)
        conversation = str(request.query_params.get("c", ""))
        return (
            *self._opened(conversation, texts),
            masthead_html(texts),
            gr.update(placeholder=texts("chat.placeholder"), label=texts("chat.label")),
            texts("chat.send"),
            texts("chat.stop"),
            texts("chat.new"),
        )

    def greet(self, request: gr.Request) -> tuple[Any, ...]:
        return self._greeting(texts_for(request))

    def reopen(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        return self._opened(conversation, texts_for(request))

    def start_over(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        self._running.stop(conversation)
        return self._opened("", texts_for(request))

    def _opened(self, conversation: str, texts: Texts) -> tuple[Any, ...]:
        """Status, chat and the conversation's name; an unknown one is a new one, and it says so."""
        try:
            exchanges = reopened(self._assistant, conversation)
        except Exception as error:  # noqa: BLE001 - a door
            _, chat = self._greeting(texts)
            return status_trouble_html(told(error, texts)), {**chat, "value": []}, ""
        if exchanges is None:
            notice = texts("chat.gone") if conversation else ""
            status, chat = self._greeting(texts, notice)
            return status, {**chat, "value": []}, ""
        status, chat = self._greeting(texts)
        return status, {**chat, "value": messages_of(exchanges, conversation, texts)}, conversation

    def _greeting(self, texts: Texts, notice: str = "") -> tuple[str, dict[str, Any]]:
        """The status line, and an update of what the empty chat says, a notice before it."""
        try:
            status = self._assistant.status()
            examples = self._assistant.examples() if status.articles else []
        except Exception as error:  # noqa: BLE001 - a door
            return status_trouble_html(told(error, texts)), gr.update()
        welcome = (
            welcome_html(examples, texts, notice)
            if status.articles
            else empty_html(texts, notice, on_page=self._library)
        )
        return status_html(status, texts), gr.update(placeholder=welcome)


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
        autoscroll=False,
        latex_delimiters=[],
        layout="panel",
        feedback_options=None,
        group_consecutive_messages=False,
        allow_tags=False,
        placeholder=welcome_html([], choose_texts()),
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
        autofocus=True,
        interactive=True,
        scale=1,
    )
