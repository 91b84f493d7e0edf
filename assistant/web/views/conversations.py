"""Conversations as a list: searched, opened, renamed, saved as files, deleted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlencode

from assistant.domain import Conversation
from assistant.web.texts import Texts
from assistant.web.views.filters import PAGE
from assistant.web.views.frame import CONVERSATIONS, article_html, page_of, pages_html
from assistant.web.views.words import Html, attribute, counted, date_words, held_safe, told

LONGEST_SEARCH = 200


def conversations_html(
    texts: Texts, found: Sequence[Conversation], words: str, wanted: int = 1
) -> Html:
    """One page of them, in the order given; `words` are what was searched for."""
    page, pages = page_of(len(found), wanted)
    shown = found[(page - 1) * PAGE : page * PAGE]
    parts = [_search(texts, words)]
    if shown:
        items = "".join(_item(texts, conversation) for conversation in shown)
        hrefs = (_href(words, page - 1), _href(words, page + 1))
        parts += [f"<ol>{items}</ol>", pages_html(texts, page, pages, hrefs)]
    else:
        parts.append(_nothing(texts, words))
    body = f'<section class="conversations">{"".join(parts)}</section>'
    heading = Html(escape(counted(texts, "conversations", len(found))))
    return article_html("conversations", heading, [body])


def chat_href(conversation_id: str) -> str:
    return f"/chat/?{urlencode({'c': conversation_id})}"


def time_words(texts: Texts, at: str) -> str:
    """`1 March 2026, 14:05 UTC` of an ISO time in UTC."""
    return texts("conversations.time", date=date_words(texts, at[:10]), time=at[11:16])


def _href(words: str, page: int) -> str:
    fields = [("words", words)] if words else []
    return f"{CONVERSATIONS}?{urlencode([*fields, ('page', str(page))])}"


def _path(conversation_id: str) -> str:
    return f"{CONVERSATIONS}/{quote(conversation_id, safe='')}"


def _search(texts: Texts, words: str) -> str:
    label = escape(texts("conversations.words"))
    return (
        f'<search><form class="filters" method="get" action="{CONVERSATIONS}">'
        f'<label class="wide"><span>{label}</span><input name="words" value="{attribute(words)}" '
        f'maxlength="{LONGEST_SEARCH}" autocomplete="off"></label>'
        f'<button type="submit">{escape(texts("conversations.search"))}</button></form></search>'
    )


def _nothing(texts: Texts, words: str) -> str:
    if not words:
        return f'<p class="nothing">{escape(texts("conversations.empty"))}</p>'
    sentence = told(texts, "conversations.none", words=Html(f"“{held_safe(words)}”"))
    everything = escape(texts("conversations.all"))
    return (
        f'<p class="nothing">{sentence}</p>'
        f'<p><a class="view-link act" href="{CONVERSATIONS}">{everything}</a></p>'
    )


def _item(texts: Texts, conversation: Conversation) -> str:
    time = escape(time_words(texts, conversation.asked))
    count = escape(counted(texts, "questions", conversation.questions))
    return (
        f'<li><a class="conversation-link" data-conversation="{attribute(conversation.id)}" '
        f'href="{attribute(chat_href(conversation.id))}">{held_safe(conversation.name)}</a>'
        f'<p class="meta"><time datetime="{attribute(conversation.asked)}">{time}</time>'
        f"<span>{count}</span></p>{_more(texts, conversation)}</li>"
    )


def _more(texts: Texts, conversation: Conversation) -> str:
    """What else can be done with it; deleting takes a second step."""
    path = attribute(_path(conversation.id))
    label = attribute(texts("conversations.more", name=conversation.name))
    files = "".join(
        f'<a class="act" href="{path}.{ending}" download>{escape(texts(key))}</a>'
        for ending, key in (("md", "conversations.as_markdown"), ("docx", "conversations.as_word"))
    )
    return (
        f'<details class="more"><summary aria-label="{label}"><span aria-hidden="true">⋯</span>'
        f"</summary>{_rename(texts, conversation, path)}"
        f'<p class="acts">{files}</p>{_delete(texts, conversation, path)}</details>'
    )


def _rename(texts: Texts, conversation: Conversation, path: str) -> str:
    return (
        f'<form class="rename" method="post" action="{path}/name">'
        f"<label><span>{escape(texts('conversations.name'))}</span>"
        f'<input name="name" value="{attribute(conversation.name)}" required maxlength="200" '
        f'autocomplete="off"></label>'
        f'<button type="submit">{escape(texts("conversations.rename"))}</button></form>'
    )


def _delete(texts: Texts, conversation: Conversation, path: str) -> str:
    count = Html(escape(counted(texts, "questions", conversation.questions)))
    goes = told(texts, "conversations.goes", questions=count)
    return (
        f'<details class="delete"><summary>{escape(texts("conversations.delete"))}</summary>'
        f'<form method="post" action="{path}/delete"><p>{goes}</p>'
        f'<button type="submit">{escape(texts("conversations.delete_now"))}</button>'
        "</form></details>"
    )
