"""A follow-up made to stand alone by a language model, and the check that it invented nothing.

The model gets the conversation and the question. What it writes is taken only when every name and
figure of it stands in the conversation; otherwise, and when it fails, the offline rewriting holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from assistant.answer.antecedents import Find, Turn
from assistant.answer.followups import Standing
from assistant.answer.sentences import names_in
from assistant.language.chat import stream_text
from assistant.language.prompts import fence_mark, fenced, load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

TIMEOUT_S = 10.0
"""A person waits for this before the answer begins; the answer itself may take longer."""

_SHOWN = 4
_SHOWN_CHARS = 800
_MOST_CHARS = 2000
_LONGEST = 300
_FIGURE = re.compile(r"\d[\d.,]*")


class ModelRewriter:
    """Asks a chat model. Raises `ModelError` when it does not answer."""

    def __init__(self, model: BaseChatModel) -> None:
        self._model = model

    def rewrite(
        self, text: str, earlier: Sequence[Turn], offline: Standing, find: Find
    ) -> Standing:
        """The model's rewriting where it invents nothing, else `offline`, the one by rules."""
        written = ""
        messages = _messages(text, earlier)
        with closing(stream_text(self._model, messages, timeout_s=TIMEOUT_S)) as pieces:
            for piece in pieces:
                written += piece
                if len(written) > _MOST_CHARS or "}" in piece:
                    break
        question = read_question(written)
        turns = (f"{turn.question}\n{turn.answer}" for turn in earlier[-_SHOWN:])
        told = "\n".join([text, offline.text, *turns])
        if question and invents_nothing(question, told, find):
            return Standing(question)
        return offline


def _messages(text: str, earlier: Sequence[Turn]) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    lines = []
    for turn in earlier[-_SHOWN:]:
        lines.append(f"Question: {_one_line(turn.question)}")
        if turn.answer:
            lines.append(f"Answer: {_one_line(turn.answer)}")
    told, asked = "\n".join(lines), _one_line(text)
    mark = fence_mark([told, asked])
    variables = {
        "mark": mark,
        "conversation": fenced("conversation", told, mark),
        "question": asked,
    }
    return [
        SystemMessage(load_prompt("followup", {})),
        HumanMessage(load_prompt("followup_input", variables)),
    ]


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"\s*\[\d+\]", "", text).split())[:_SHOWN_CHARS]


def read_question(written: str) -> str:
    """The question in a model's answer; empty where there is none of sensible length."""
    for brace in re.finditer(r"\{", written):
        try:
            found, _ = json.JSONDecoder(strict=False).raw_decode(written, brace.start())
        except (json.JSONDecodeError, RecursionError):
            continue
        question = found.get("question")
        if isinstance(question, str) and 0 < len(question.strip()) <= _LONGEST:
            return " ".join(question.split())
    return ""


def invents_nothing(question: str, told: str, find: Find) -> bool:
    """Whether every name, figure and company of a question stands in what was told."""
    held = {
        word.strip(".,;:!?()\"'’").removesuffix("'s").removesuffix("’s")
        for word in told.casefold().split()
    }
    first = question.split(maxsplit=1)[0].casefold()
    names = {name.casefold() for name in names_in(question)} - {first}
    if not names <= held | {first}:
        return False
    if not set(_FIGURE.findall(question)) <= set(_FIGURE.findall(told)):
        return False
    companies = {i for named in find(question) for i in named.company_ids}
    return companies <= {i for line in told.splitlines() for n in find(line) for i in n.company_ids}
