"""From evidence to an answer: a writer's sentences through the gate, and what happens when it fails.

Whatever the model does, the person gets an answer from the articles or a plain statement that there
is none, and is told which writer it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer.citations import Citations
from assistant.answer.grounding import find_stray
from assistant.answer.material import Material, Writer
from assistant.answer.next_questions import next_questions
from assistant.answer.offline import NAME as OFFLINE
from assistant.answer.strength import strength_of
from assistant.answer.subjects import sentences_of, subjects_of
from assistant.answer.verification import Proof, find_fault
from assistant.domain import Abstention, Answer, Claim, Refusal, Strength, Tally
from assistant.errors import ModelError

Emit = Callable[[str], None]

_ANSWERS = frozenset({Abstention.PREMISE_CONTRADICTED, Abstention.SOURCES_DISAGREE})
"""Refusals that answer: shown with their proof, or not at all."""

_MISSING = re.compile(r"(; |, but |, only )")
"""Ends what an abstention says is missing; what follows is the nearest thing known."""

_BARE = {
    Abstention.COMPANY_UNKNOWN: "No article here names that company.",
    Abstention.NO_SUCH_DEAL: "The articles know of no such deal.",
    Abstention.DETAIL_NOT_STATED: "The articles do not say.",
    Abstention.SOURCES_DISAGREE: "The articles disagree, and none of them settles it.",
    Abstention.PREMISE_CONTRADICTED: "The articles do not bear that out.",
    Abstention.LIBRARY_EMPTY: (
        "The library holds no articles yet: take some in under Library on the page, or with accord "
        "ingest while the page is stopped."
    ),
}


def compose(
    material: Material, model_writer: Writer | None, offline_writer: Writer, emit: Emit
) -> Answer:
    """The answer; `emit` gets its text sentence by sentence while it is written.

    When the model fails, or too little of what it wrote is proven, after sentences were emitted, the
    answer returned replaces them.
    """
    if not material.passages:
        return _Page(material, OFFLINE).refused(Refusal(Abstention.LIBRARY_EMPTY, ""))
    return with_subjects(_written(material, model_writer, offline_writer, emit), material)


def with_subjects(answer: Answer, material: Material) -> Answer:
    """The answer with what it is about, how well articles carry it, and what can be asked next."""
    said, abstained = sentences_of(answer.text, answer.citations), answer.abstained
    subjects = subjects_of(material, said, abstained)
    strength = None if abstained else strength_of(material.asking, said, subjects.deals)
    if answer.abstention is Abstention.SOURCES_DISAGREE:
        strength = Strength.DISAGREE
    return replace(
        answer,
        deals=tuple(deal.id for deal in subjects.deals),
        companies=subjects.companies,
        next_questions=next_questions(material, subjects, abstained),
        strength=strength,
    )


def _written(
    material: Material, model_writer: Writer | None, offline_writer: Writer, emit: Emit
) -> Answer:
    notice = None
    if model_writer is not None:
        try:
            return _written_by_model(material, model_writer, emit)
        except ModelError as error:
            notice = f"{str(error).rstrip('.')}; this answer was written offline."
        except _TooLittle as error:
            notice = f"{model_writer.name} {error}; this answer was written offline."
    page = _Page(material, offline_writer.name, notice)
    for statement in offline_writer.write(material):
        if isinstance(statement, Refusal):
            return page.refused(statement)
        if piece := page.add(statement):
            emit(piece)
    return page.answer() or page.refused(Refusal(Abstention.DETAIL_NOT_STATED, ""))


class _TooLittle(Exception):
    """So little of a model's answer is proven that it answers nothing; says what is missing."""


def _written_by_model(material: Material, writer: Writer, emit: Emit) -> Answer:
    """What the model can prove. Raises ModelError and _TooLittle.

    Too little is an answer without its first sentence, which is the answer itself, one of whose
    sentences fewer than half are left, and a correction or a conflict that its quotes do not prove.
    """
    page = _ModelPage(material, writer.name)
    for statement in writer.write(material):
        if isinstance(statement, Refusal):
            return page.refused(statement)
        if piece := page.add(statement):
            emit(piece)
        elif page.first_is_gone:
            raise _TooLittle("gave a first sentence that its quotes do not prove")
    if page.lost > page.kept:
        total = page.lost + page.kept
        raise _TooLittle(f"proved only {page.kept} of its {total} sentences")
    if answer := page.answer():
        return answer
    raise _TooLittle("gave no sentence that its quotes prove")


class _Page:
    """An answer while it is written: sentences in a line, rows below one another, numbers of quotes."""

    def __init__(self, material: Material, writer: str, notice: str | None = None) -> None:
        self._material = material
        self._citations = Citations(material.passages, material.book)
        self._writer = writer
        self._notice = notice
        self._text = ""
        self._proven = self.dropped = 0
        self._after_row = False

    def add(self, statement: Claim | Tally) -> str:
        """The piece of text that this adds; empty where nothing proves it."""
        if isinstance(statement, Tally):
            piece = ("\n\n" if self._text else "") + tally_text(statement)
            self._after_row = False
        else:
            sentence = self._cited(statement)
            if sentence is None:
                self.dropped += 1
                return ""
            self._proven += 1
            piece = self._break(statement.row) + sentence
        self._text += piece
        return piece

    def _cited(self, claim: Claim) -> str | None:
        return self._citations.cite(claim)

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
        if self.dropped:
            what = "One sentence" if self.dropped == 1 else f"{self.dropped} sentences"
            left_out = f"{what} without a quote that stands in the articles was left out."
            notice = f"{notice} {left_out}" if notice else left_out
        return self._answer(self._text, None, notice)

    def refused(self, refusal: Refusal) -> Answer:
        """An abstention. Words that nothing proves give way to a plain sentence."""
        text = None
        if refusal.text:
            text = self._citations.prove(refusal.text, refusal.proofs, refusal.quotes)
        if text is None and not (refusal.proofs or refusal.quotes):
            text = refusal.text
        return self._answer(text or _BARE[refusal.kind], refusal.kind, self._notice)

    def _answer(self, text: str, abstention: Abstention | None, notice: str | None) -> Answer:
        question, listed = self._material.question, self._citations.listed()
        return Answer(
            question.asked or question.text, text, listed, self._writer, abstention, notice
        )


class _ModelPage(_Page):
    """A model's answer: its sentences must also be about what their quotes are about."""

    def __init__(self, material: Material, writer: str) -> None:
        super().__init__(material, writer)
        self.kept = self.lost = 0
        """Its sentences, shown and left out; rows of the ledger are not its own."""

    @property
    def first_is_gone(self) -> bool:
        """Whether a sentence was left out before anything was shown."""
        return bool(self.lost and not self._text)

    def _cited(self, claim: Claim) -> str | None:
        if claim.row:
            return super()._cited(claim)
        strays = self._strays(claim.text, self._citations.located(claim.proofs, claim.quotes))
        cited = None if strays else super()._cited(claim)
        self.kept += cited is not None
        self.lost += cited is None
        return cited

    def refused(self, refusal: Refusal) -> Answer:
        """An abstention that names the nearest fact, proven; a correction or a conflict, proven too.

        Raises _TooLittle where a correction or a conflict is not.
        """
        text = self._proven_refusal(refusal)
        if refusal.kind in _ANSWERS and text is None:
            raise _TooLittle("gave a correction that its quotes do not prove")
        if text is None:
            text = f"{_BARE[refusal.kind]}{self._nearest(refusal.kind)}"
        return self._answer(text, refusal.kind, None)

    def _proven_refusal(self, refusal: Refusal) -> str | None:
        """Its text with marks. What is not stated may speak in the question's words; the rest is proven."""
        proofs = self._citations.located(refusal.proofs, refusal.quotes)
        if not proofs or self._strays(refusal.text, proofs):
            return None
        parts = _MISSING.split(refusal.text, maxsplit=1) if refusal.kind not in _ANSWERS else []
        missing, nearest = (parts[0], parts[2]) if len(parts) == 3 else ("", refusal.text)
        asked = Proof(self._material.question.text)
        if find_fault(missing, [asked, *proofs], self._material.book.directory):
            return None
        proven = self._citations.prove(nearest, refusal.proofs, refusal.quotes)
        return proven and f"{missing}{parts[1] if missing else ''}{proven}"

    def _nearest(self, kind: Abstention) -> str:
        """The nearest fact of the ledger, where the model named none that stands."""
        deal = next(iter(self._material.deals), None)
        if deal is None or kind is Abstention.COMPANY_UNKNOWN:
            return ""
        quote = deal.evidence[0]
        proven = self._citations.prove(quote.text, (), (quote,))
        return f" The nearest they come: {proven}" if proven else ""

    def _strays(self, text: str, proofs: Sequence[Proof]) -> bool:
        question = self._material.question
        parties = (party.name for deal in self._material.deals for party in deal.parties)
        asked = (*question.earlier, question.asked, question.text, question.alone)
        about = " ".join([*asked, *parties, self._text])
        told = " ".join(proof.words for proof in proofs)
        return bool(find_stray(text, told, " ".join(proof.title for proof in proofs), about))


def tally_text(tally: Tally) -> str:
    """`3 acquisitions in 4 articles, 2004-2005:`."""
    articles = "1 article" if tally.articles == 1 else f"{tally.articles} articles"
    years = ""
    if tally.span:
        first, last = tally.span
        years = f", {first}" if first == last else f", {first}-{last}"
    return f"{tally.deals} {tally.what} in {articles}{years}:"
