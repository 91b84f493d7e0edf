"""What the page shows of the library and of a failure, as HTML, and what stands in an empty chat.

Pure. Every word that comes from a person, an article or a model passes through `literal`, so that
neither HTML nor Markdown in it is ever read as such. Knows nothing of Gradio but that its Markdown
leaves a line beginning with a `<div>` alone, and lets no `data-` or `aria-` attribute through: what
the page's script needs stands in names, values and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.domain import Status
from assistant.web.texts import Texts
from assistant.web.views.words import counted, date_words

OFFLINE = "offline"

_PLAIN = re.compile(r"[^A-Za-z0-9 \u00a0-\ud7ff\ue000-\U0010ffff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of all that follows; letters find their own direction without it."""
_MARK = re.compile("\ue000(\\d+)\ue001")


def literal(text: str) -> str:
    """`text` as it stands: every character with a meaning in HTML or Markdown becomes its number."""
    return _PLAIN.sub(lambda found: f"&#{ord(found[0])};", _TURNING.sub("", text))


def filled(texts: Texts, key: str, **values: str) -> str:
    """A text of the interface, literal, its fields filled with HTML."""
    html = list(values.values())
    line = literal(texts(key, **{name: f"\ue000{i}\ue001" for i, name in enumerate(values)}))
    return _MARK.sub(lambda found: html[int(found[1])], line)


def masthead_html(texts: Texts) -> str:
    return f'<div class="masthead"><h1>Accord</h1><p>{literal(texts("app.tagline"))}</p></div>'


def status_html(status: Status, texts: Texts) -> str:
    """What is held, how fresh it is, who answers and whether anything leaves the machine."""
    facts = _held(status, texts)
    if status.articles and status.updated_at:
        facts.append(literal(texts("status.updated", date=date_words(texts, status.updated_at))))
    if not status.in_step:
        facts.append(f"<strong>{literal(texts('status.catching_up'))}</strong>")
    facts.append(_answering(status, texts))
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<div class="status"><ul>{items}</ul></div>'


def status_trouble_html(sentence: str) -> str:
    return f'<div class="status trouble"><p>{literal(sentence)}</p></div>'


def welcome_html(examples: Sequence[str], texts: Texts, notice: str = "") -> str:
    """What stands in the chat before the first question, `notice` above it."""
    buttons = "".join(f"<li>{ask_button(example)}</li>" for example in examples)
    return (
        f'<div class="welcome">{_notice(notice)}<h2>{literal(texts("welcome.title"))}</h2>'
        f"<p>{literal(texts('welcome.text'))}</p>"
        f'<ul class="example-questions">{buttons}</ul></div>'
    )


def empty_html(texts: Texts, notice: str = "", *, on_page: bool) -> str:
    """The same where there are no articles: how to fill the library, and where one may, doing it."""
    acts = (
        f"<p>{literal(texts('welcome.empty_page'))}</p>"
        f'<p class="acts"><button type="button" class="seeds primary">'
        f"{literal(texts('welcome.seeds'))}</button> "
        f'<button type="button" class="open-library">{literal(texts("welcome.library"))}</button></p>'
    )
    return (
        f'<div class="welcome">{_notice(notice)}<h2>{literal(texts("welcome.empty_title"))}</h2>'
        f"{acts if on_page else ''}"
        f"<p>{literal(texts('welcome.empty'))}</p><p><code>accord ingest PATH...</code></p></div>"
    )


def ask_button(question: str, look: str = "") -> str:
    """Asks its words. They stand in its `value` as well, where no rendering touches them."""
    looks = f"ask {look}".strip()
    return (
        f'<button type="button" class="{looks}" name="ask" value="{literal(question)}">'
        f"<bdi>{literal(question)}</bdi></button>"
    )


def leaves_machine(status: Status) -> bool:
    """Whether questions or passages are sent anywhere. Unknown writers and embedders count as yes."""
    return status.writer != OFFLINE or "minilm" not in status.embedder.lower()


def _notice(sentence: str) -> str:
    return f'<p class="notice">{literal(sentence)}</p>' if sentence else ""


def _held(status: Status, texts: Texts) -> list[str]:
    if not status.articles:
        return [literal(texts("status.empty"))]
    facts = [
        counted(texts, "articles", status.articles),
        counted(texts, "deals", status.deals),
        counted(texts, "companies", status.companies),
    ]
    dates = dict.fromkeys(date_words(texts, d) for d in (status.first_date, status.last_date) if d)
    match list(dates):
        case [first, last]:
            facts.append(texts("date.span", first=first, last=last))
        case [only]:
            facts.append(only)
    return [literal(fact) for fact in facts]


def _answering(status: Status, texts: Texts) -> str:
    who = (
        literal(texts("status.offline_answers"))
        if status.writer == OFFLINE
        else filled(texts, "status.model_answers", writer=f"<bdi>{literal(status.writer)}</bdi>")
    )
    where = "status.leaves" if leaves_machine(status) else "status.stays"
    return f"{who}; {literal(texts(where))}"
