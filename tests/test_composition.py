"""What becomes of a writer's sentences. The writers say what the test wrote; the gate is the real one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from materials import material_of

from assistant import errors
from assistant.answer.composition import compose
from assistant.answer.material import Material, Statement, Writer
from assistant.domain import (
    Abstention,
    Answer,
    Article,
    Claim,
    Evidence,
    Passage,
    Question,
    Refusal,
    Source,
    Span,
)
from assistant.errors import ModelError

BID = Article(Source("a-1", "Kestrel bids"), "Kestrel offered 12 million crowns. Marrow refused.")
SPAN = Span(13, len(BID.content))
EVIDENCE = [Evidence(Passage(1, "a-1", 0, SPAN, BID.text), BID, 1.0)]
QUESTION = Question("How much did Kestrel offer for Marrow?")
MATERIAL = material_of(QUESTION, EVIDENCE)
OFFER = Claim("Kestrel offered 12 million.", (("a-1", "offered 12 million crowns"),))
REFUSED = Claim("Marrow refused.", (("a-1", "Marrow refused."),))
LIE = Claim("Kestrel paid 90 million.", (("a-1", "paid 90 million"),))
OFFERED = "Kestrel offered 12 million [1]."
NOT_STATED = Abstention.DETAIL_NOT_STATED
MODEL_ERRORS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ModelError)
]


@dataclass(frozen=True)
class Scripted:
    """A writer that says this, and then fails if it is to."""

    name: str
    says: tuple[Statement, ...] = ()
    fails: Exception | None = None

    def write(self, material: Material) -> Iterator[Statement]:
        yield from self.says
        if self.fails:
            raise self.fails


OFFLINE = Scripted("offline", (OFFER,))


def _compose(model: Writer | None, offline: Writer = OFFLINE) -> tuple[Answer, list[str]]:
    shown: list[str] = []
    return compose(MATERIAL, model, offline, shown.append), shown


def test_without_a_model_the_offline_writer_answers_and_nothing_is_noted() -> None:
    answer, shown = _compose(None)
    assert answer.text == "Kestrel offered 12 million [1]."
    assert (answer.writer, answer.notice, answer.abstained) == ("offline", None, False)
    assert answer.question == QUESTION.text
    assert shown == [answer.text]


def test_the_pieces_shown_are_the_answer() -> None:
    answer, shown = _compose(Scripted("m", (OFFER, REFUSED, OFFER)))
    assert "".join(shown) == answer.text
    assert answer.text == (
        "Kestrel offered 12 million [1]. Marrow refused [2]. Kestrel offered 12 million [1]."
    )
    assert answer.writer == "m"
    assert len(answer.citations) == 2


@pytest.mark.parametrize("kind", MODEL_ERRORS)
@pytest.mark.parametrize("begun", [(), (REFUSED,)], ids=["at once", "after a sentence"])
@pytest.mark.parametrize("message", ["The model did not answer.", "The model did not answer"])
def test_a_model_that_fails_is_told_in_one_sentence_and_answered_offline(
    kind: type[ModelError], begun: tuple[Claim, ...], message: str
) -> None:
    answer, _ = _compose(Scripted("m", begun, kind(message)))
    assert answer.text == "Kestrel offered 12 million [1]."
    assert answer.writer == "offline"
    assert answer.notice == "The model did not answer; this answer was written offline."
    assert [citation.n for citation in answer.citations] == [1]


@pytest.mark.parametrize("error", [KeyError("a bug"), OSError("a bug"), errors.SearchError("x")])
def test_what_is_no_failure_of_the_model_is_not_taken_for_one(error: Exception) -> None:
    with pytest.raises(type(error)):
        _compose(Scripted("m", (), error))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((), "m gave no sentence that its quotes prove"),
        ((LIE,), "m gave a first sentence that its quotes do not prove"),
        ((LIE, OFFER, REFUSED), "m gave a first sentence that its quotes do not prove"),
        ((Claim("So.", ()),), "m gave a first sentence that its quotes do not prove"),
        ((REFUSED, LIE, LIE), "m proved only 1 of its 3 sentences"),
    ],
)
def test_a_model_that_proves_too_little_is_told_and_answered_offline(
    said: tuple[Claim, ...], told: str
) -> None:
    answer, shown = _compose(Scripted("m", said))
    assert answer.text == "Kestrel offered 12 million [1]."
    assert answer.writer == "offline"
    assert answer.notice == f"{told}; this answer was written offline."
    assert shown[-1] == answer.text
    assert "90 million" not in "".join(shown)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((OFFER, LIE), "One sentence without a quote that stands in the articles was left out."),
        ((OFFER, LIE, OFFER, LIE), "2 sentences without a quote"),
    ],
)
def test_a_sentence_that_lies_is_left_out_and_told(said: tuple[Claim, ...], told: str) -> None:
    answer, shown = _compose(Scripted("m", said))
    assert answer.text.replace(" Kestrel offered 12 million [1].", "") == OFFERED
    assert answer.writer == "m"
    assert (answer.notice or "").startswith(told)
    assert "90 million" not in "".join(shown)


@pytest.mark.parametrize("kind", set(Abstention) - {Abstention.LIBRARY_EMPTY})
def test_a_refusal_with_its_proof_is_shown_with_its_kind(kind: Abstention) -> None:
    refusal = Refusal(kind, "Not stated; Kestrel offered 12 million.", OFFER.proofs)
    answer, _ = _compose(Scripted("m", (refusal,)))
    assert answer.text == "Not stated; Kestrel offered 12 million [1]."
    assert answer.abstention is kind
    assert (answer.writer, answer.notice) == ("m", None)
    assert len(answer.citations) == 1


@pytest.mark.parametrize("kind", [Abstention.PREMISE_CONTRADICTED, Abstention.SOURCES_DISAGREE])
def test_a_correction_that_nothing_proves_is_no_answer(kind: Abstention) -> None:
    refusal = Refusal(kind, "Kestrel paid 90 million.", OFFER.proofs)
    answer, _ = _compose(Scripted("m", (refusal,)))
    assert answer.text == OFFERED
    assert (answer.writer, answer.abstention) == ("offline", None)


def test_an_abstention_may_name_what_is_missing_in_the_words_of_the_question() -> None:
    missing = Refusal(
        NOT_STATED,
        "The articles do not say how much Halden & Roe asked; Kestrel offered 12 million.",
        OFFER.proofs,
    )
    asked = material_of("How much did Halden & Roe ask of Kestrel?", EVIDENCE)
    answer = compose(asked, Scripted("m", (missing,)), OFFLINE, lambda _text: None)
    assert answer.text == (
        "The articles do not say how much Halden & Roe asked; Kestrel offered 12 million [1]."
    )
    assert answer.abstention is NOT_STATED


@pytest.mark.parametrize(
    "text",
    [
        "The articles do not say whether Oskeld asked; Kestrel offered 12 million.",
        "The articles do not say how much was asked; Kestrel offered 90 million.",
    ],
)
def test_an_abstention_may_not_bring_in_what_neither_question_nor_quotes_hold(text: str) -> None:
    answer, _ = _compose(Scripted("m", (Refusal(NOT_STATED, text, OFFER.proofs),)))
    assert answer.text == "The articles do not say."


@pytest.mark.parametrize(
    "text",
    [
        "Roses are redder than violets, and sugar tastes sweeter still.",
        "Kestrel offered 12 million. Buy cheap watches while stocks last tonight.",
        "Kestrel offered 12 million, see www.prizes.example.",
        "K3str3l @ff3r3d m1ll1@ns",
    ],
)
def test_a_sentence_that_speaks_of_something_else_than_its_quotes_is_left_out(text: str) -> None:
    answer, _ = _compose(Scripted("m", (REFUSED, Claim(text, OFFER.proofs))))
    assert answer.text == "Marrow refused [1]."


@pytest.mark.parametrize("proofs", [(), LIE.proofs])
def test_words_of_a_refusing_model_that_nothing_proves_give_way_to_a_plain_sentence(
    proofs: tuple[tuple[str, str], ...],
) -> None:
    answer, _ = _compose(Scripted("m", (Refusal(NOT_STATED, "It paid 90 million.", proofs),)))
    assert answer.text == "The articles do not say."
    assert answer.abstention is NOT_STATED
    assert answer.citations == ()


def test_a_refusal_of_the_offline_writer_keeps_its_words() -> None:
    refusal = Refusal(Abstention.COMPANY_UNKNOWN, "No article here speaks of Tesla.")
    answer, _ = _compose(None, Scripted("offline", (refusal,)))
    assert answer.text == "No article here speaks of Tesla."
    assert answer.abstained


def test_an_offline_writer_with_nothing_to_say_abstains_and_the_outage_is_still_told() -> None:
    failing = Scripted("m", (), errors.ModelTimeout("m did not answer."))
    answer, _ = _compose(failing, Scripted("offline"))
    assert answer.abstention is NOT_STATED
    assert answer.text == "The articles do not say."
    assert answer.notice == "m did not answer; this answer was written offline."


def test_an_outage_is_told_even_when_the_offline_writer_had_a_sentence_left_out() -> None:
    failing = Scripted("m", (), errors.ModelTimeout("m did not answer."))
    answer, _ = _compose(failing, Scripted("offline", (LIE, OFFER)))
    assert answer.notice == (
        "m did not answer; this answer was written offline. "
        "One sentence without a quote that stands in the articles was left out."
    )


@pytest.mark.parametrize(
    ("kind", "abstained"),
    [
        (Abstention.COMPANY_UNKNOWN, True),
        (Abstention.NO_SUCH_DEAL, True),
        (Abstention.DETAIL_NOT_STATED, True),
        (Abstention.SOURCES_DISAGREE, False),
        (Abstention.PREMISE_CONTRADICTED, False),
    ],
)
def test_a_correction_and_a_conflict_are_answers(kind: Abstention, abstained: bool) -> None:
    answer, _ = _compose(None, Scripted("offline", (Refusal(kind, "So."),)))
    assert answer.abstained is abstained


def test_without_evidence_no_writer_is_asked() -> None:
    failing = Scripted("m", (), AssertionError("asked"))
    answer = compose(material_of(QUESTION), failing, failing, lambda _text: None)
    assert answer.abstention is Abstention.LIBRARY_EMPTY
    assert "under Library" in answer.text
    assert "accord ingest while the page is stopped" in answer.text
    assert "`" not in answer.text
