"""The plain routes of conversations: their list, renaming, deleting, files to keep, and feedback.

Thin: reads the address or the form, asks the assistant, hands the answer to the rendering. Whose the
conversations are is decided elsewhere; until somebody is known they are nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.answer.export import (
    Wording,
    conversation_docx,
    conversation_markdown,
    file_name,
)
from assistant.domain import Conversation, Exchange
from assistant.errors import (
    ConversationBusy,
    ConversationMissing,
    FeedbackRefused,
    NameRefused,
)
from assistant.web.protocol import ConversationAssistant
from assistant.web.texts import FRESH, Texts, texts_for
from assistant.web.troubles import code_of, status_of, told
from assistant.web.views.conversations import LONGEST_SEARCH, conversations_html, time_words
from assistant.web.views.frame import CONVERSATIONS, trouble_html, view_page
from assistant.web.views.words import Html, date_words

_MARKDOWN = "text/markdown; charset=utf-8"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEAD = '<link rel="stylesheet" href="/static/conversations.css">'
_STATUS: dict[type[Exception], int] = {
    ConversationMissing: 404,
    ConversationBusy: 409,
    NameRefused: 400,
    FeedbackRefused: 400,
}

_Write = Callable[[Conversation, list[Exchange], Wording], bytes]


def build_conversation_routes(assistant: ConversationAssistant) -> APIRouter:
    router = APIRouter()
    _add_list(router, assistant)
    _add_files(router, assistant)
    _add_feedback(router, assistant)
    return router


def _add_list(router: APIRouter, assistant: ConversationAssistant) -> None:
    @router.get(CONVERSATIONS)
    def conversations(request: Request) -> Response:
        query = request.query_params
        words = " ".join(query.get("words", "")[:LONGEST_SEARCH].split())

        def make(texts: Texts) -> Response:
            found = assistant.conversations(words=words)
            page = max(1, _number(query.get("page", ""), 1))
            article = conversations_html(texts, found, words, page)
            return _page(texts, texts("conversations.title"), article)

        return _door(request, make)

    # An id may hold a slash: the command line takes any.
    @router.post(f"{CONVERSATIONS}/{{conversation_id:path}}/name")
    def rename(
        request: Request, conversation_id: str, name: Annotated[str, Form()] = ""
    ) -> Response:
        return _act(request, lambda: assistant.rename_conversation(conversation_id, name))

    @router.post(f"{CONVERSATIONS}/{{conversation_id:path}}/delete")
    def delete(request: Request, conversation_id: str) -> Response:
        return _act(request, lambda: assistant.delete_conversation(conversation_id))


def _add_files(router: APIRouter, assistant: ConversationAssistant) -> None:
    def add(ending: str, write: _Write, media: str) -> None:
        @router.get(f"{CONVERSATIONS}/{{conversation_id:path}}.{ending}")
        def file(request: Request, conversation_id: str) -> Response:
            def make(texts: Texts) -> Response:
                conversation = assistant.find_conversation(conversation_id)
                exchanges = assistant.conversation(conversation_id)
                content = write(conversation, exchanges, _wording(texts))
                name = file_name(conversation, ending)
                headers = {**FRESH, "Content-Disposition": f'attachment; filename="{name}"'}
                return Response(content, media_type=media, headers=headers)

            return _door(request, make)

    add("md", lambda *given: conversation_markdown(*given).encode("utf-8", "replace"), _MARKDOWN)
    add("docx", conversation_docx, _DOCX)


def _add_feedback(router: APIRouter, assistant: ConversationAssistant) -> None:
    @router.post("/feedback")
    def feedback(
        request: Request,
        conversation: Annotated[str, Form()] = "",
        exchange: Annotated[str, Form()] = "",
        verdict: Annotated[str, Form()] = "",
        words: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            number = _number(exchange, -1)
            if number < 0:
                raise FeedbackRefused(f"an exchange is a number from 0, not {exchange[:40]!r}")
            assistant.give_feedback(conversation, number, verdict, words)
        except Exception as error:  # noqa: BLE001 - a door
            sentence = told(error, texts_for(request))
            refusal = {"code": code_of(error), "message": sentence}
            return JSONResponse({"error": refusal}, status_code=_status(error))
        return Response(status_code=204)


def _number(text: str, otherwise: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else otherwise


def _wording(texts: Texts) -> Wording:
    return Wording(
        sources=texts("export.sources"),
        not_kept=texts("export.not_kept"),
        untitled=texts("export.untitled"),
        date=lambda date: date_words(texts, date),
        time=lambda at: time_words(texts, at),
    )


def _act(request: Request, act: Callable[[], None]) -> Response:
    def make(_texts: Texts) -> Response:
        act()
        return RedirectResponse(CONVERSATIONS, status_code=303)

    return _door(request, make)


def _door(request: Request, make: Callable[[Texts], Response]) -> Response:
    """The response, or a page that says in one sentence why there is none."""
    texts = texts_for(request)
    try:
        return make(texts)
    except Exception as error:  # noqa: BLE001 - a door
        link = f'<p><a class="view-link act" href="{CONVERSATIONS}">{texts("conversations.title")}</a></p>'
        article = trouble_html(texts, told(error, texts), link)
        return _page(texts, texts("trouble.title"), article, _status(error))


def _status(error: Exception) -> int:
    return _STATUS.get(type(error)) or status_of(error)


def _page(texts: Texts, title: str, article: Html, status: int = 200) -> Response:
    body = view_page(texts, title, article, CONVERSATIONS, head=_HEAD).encode("utf-8", "replace")
    return HTMLResponse(body, status_code=status, headers=FRESH)
