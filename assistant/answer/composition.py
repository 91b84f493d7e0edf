"""From evidence to an answer: a writer's sentences through the gate, and what happens when it fails.

Whatever the model does, the person gets an answer from the articles or a plain statement that there
is none, and is told which writer it came from.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer.citations import Citations
from assistant.answer.material import Material, Writer
from assistant.answer.offline import NAME as OFFLINE
from assistant.domain import Abstention, Answer, Claim, Refusal, Tally
from assistant.errors import ModelError

Emit = Callable[[str], None]

_BARE = {
    Abstention.COMPANY_UNKNOWN: "No article here names that company.",
    Abstention.NO_SUCH_DEAL: "The articles know of no such deal.",
    Abstention.DETAIL_NOT_STATED: "The articles do not say.",
    Abstention.SOURCES_DISAGREE: "The articles disagree, and none of them settles it.",
    Abstention.PREMISE_CONTRADICTED: "The articles do not bear that out.",
    Abstention.LIBRARY_EMPTY: (
        "The library holds no articles yet; take some in with `accord ingest PATH`."
    ),
}


def compose(
    material: Material, model_writer: Writer | None, offline_writer: Writer, emit: Emit
) -> Answer:
    """The answer; `emit` gets its text sentence by sentence while it is written.

    When the model fails after sentences were emitted, the answer returned replaces them.
    """
    if not material.passages:
        return _Page(material, OFFLINE).refused(Refusal(Abstention.LIBRARY_EMPTY, ""))
    notice = None
    if model_writer is not None:
        try:
            answer = _written(material, model_writer, emit)
        except ModelError as error:
            notice = f"{str(error).rstrip('.')}; this answer was written offline."
        else:
            if answer is not None:
                return answer
            notice = (
                f"{model_writer.name} gave no sentence that its quotes prove; "
                "this answer was written offline."
            )
    answer = _written(material, offline_writer, emit, notice)
    if answer is not None:
        return answer
    page = _Page(material, offline_writer.name, notice)
    return page.refused(Refusal(Abstention.DETAIL_NOT_STATED, ""))


def _written(
    material: Material, writer: Writer, emit: Emit, notice: str | None = None
) -> Answer | None:
    """What this writer can prove; None when that is nothing. Raises ModelError."""
    page = _Page(material, writer.name, notice)
    for statement in writer.write(material):
        if isinstance(statement, Refusal):
            return page.refused(statement)
        piece = page.add(statement)
        if piece:
            emit(piece)
    return page.answer()


class _Page:
    """An answer while it is written: sentences in a line, rows below one another, numbers of quotes."""

    def __init__(self, material: Material, writer: str, notice: str | None = None) -> None:
        self._asked = material.question.text
        self._citations = Citations(material.passages, material.book)
        self._writer = writer
        self._notice = notice
        self._text = ""
        self._proven = self._dropped = 0
        self._after_row = False

    def add(self, statement: Claim | Tally) -> str:
        """The piece of text that this adds; empty where nothing proves it."""
        if isinstance(statement, Tally):
            piece = ("\n\n" if self._text else "") + tally_text(statement)
        else:
            sentence = self._citations.cite(statement)
            if sentence is None:
                self._dropped += 1
                return ""
            self._proven += 1
            piece = self._break(statement.row) + sentence
        self._text += piece
        return piece

    def _break(self, row: bool) -> str:
        """What stands between the text so far and a sentence or a row."""
        before, self._after_row = self._after_row, row
        if row:
            return ("\n" if before or not self._text else "\n\n") + "- "
        return ("\n\n" if before else " ") if self._text else ""

    def answer(self) -> Answer | None:
        """None when nothing was proven."""
        if not self._proven:
            return None
        notice = self._notice
        if self._dropped:
            what = "One sentence" if self._dropped == 1 else f"{self._dropped} sentences"
            left_out = f"{what} without a quote that stands in the articles was left out."
            notice = f"{notice} {left_out}" if notice else left_out
        return Answer(
            self._asked, self._text, self._citations.listed(), self._writer, notice=notice
        )

    def refused(self, refusal: Refusal) -> Answer:
        """An abstention. Words of a model that nothing proves give way to a plain sentence."""
        text = None
        if refusal.text:
            text = self._citations.prove(refusal.text, refusal.proofs, refusal.quotes)
        if text is None and self._writer == OFFLINE and not (refusal.proofs or refusal.quotes):
            text = refusal.text
        shown = text or _BARE[refusal.kind]
        listed = self._citations.listed()
        return Answer(self._asked, shown, listed, self._writer, refusal.kind, self._notice)


def tally_text(tally: Tally) -> str:
    """`3 acquisitions in 4 articles, 2004-2005:`."""
    articles = "1 article" if tally.articles == 1 else f"{tally.articles} articles"
    years = ""
    if tally.span:
        first, last = tally.span
        years = f", {first}" if first == last else f", {first}-{last}"
    return f"{tally.deals} {tally.what} in {articles}{years}:"
