"""From evidence to an answer: a writer's sentences through the gate, and what happens when it fails.

Whatever the model does, the person gets an answer from the articles or a plain statement that there
is none, and is told which writer it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.answer.citations import Citations
from assistant.answer.offline import NAME as OFFLINE
from assistant.domain import Abstention, Answer, Evidence, Question, Refusal, Writer
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
    question: Question,
    evidence: Sequence[Evidence],
    model_writer: Writer | None,
    offline_writer: Writer,
    emit: Emit,
) -> Answer:
    """The answer; `emit` gets its text sentence by sentence while it is written.

    When the model fails after sentences were emitted, the answer returned replaces them.
    """
    if not evidence:
        return _refused(question, Refusal(Abstention.LIBRARY_EMPTY, ""), Citations(()), OFFLINE)
    notice = None
    if model_writer is not None:
        try:
            answer = _written(question, evidence, model_writer, emit)
        except ModelError as error:
            notice = f"{str(error).rstrip('.')}; this answer was written offline."
        else:
            if answer is not None:
                return answer
            notice = (
                f"{model_writer.name} gave no sentence that its quotes prove; "
                "this answer was written offline."
            )
    answer = _written(question, evidence, offline_writer, emit, notice)
    if answer is not None:
        return answer
    refusal = Refusal(Abstention.DETAIL_NOT_STATED, "")
    return _refused(question, refusal, Citations(evidence), offline_writer.name, notice)


def _written(
    question: Question,
    evidence: Sequence[Evidence],
    writer: Writer,
    emit: Emit,
    notice: str | None = None,
) -> Answer | None:
    """What this writer can prove; None when that is nothing. Raises ModelError."""
    citations = Citations(evidence)
    shown: list[str] = []
    dropped = 0
    for statement in writer.write(question, evidence):
        if isinstance(statement, Refusal):
            return _refused(question, statement, citations, writer.name, notice)
        sentence = citations.cite(statement)
        if sentence is None:
            dropped += 1
            continue
        emit(f" {sentence}" if shown else sentence)
        shown.append(sentence)
    if not shown:
        return None
    if dropped:
        what = "One sentence" if dropped == 1 else f"{dropped} sentences"
        left_out = f"{what} without a quote that stands in the articles was left out."
        notice = f"{notice} {left_out}" if notice else left_out
    return Answer(question.text, " ".join(shown), citations.listed(), writer.name, notice=notice)


def _refused(
    question: Question,
    refusal: Refusal,
    citations: Citations,
    writer: str,
    notice: str | None = None,
) -> Answer:
    """An abstention. Words of a model that nothing proves give way to a plain sentence."""
    text = citations.prove(refusal.text, refusal.proofs) if refusal.text else None
    if text is None and writer == OFFLINE and not refusal.proofs:
        text = refusal.text
    shown = text or _BARE[refusal.kind]
    return Answer(question.text, shown, citations.listed(), writer, refusal.kind, notice)
