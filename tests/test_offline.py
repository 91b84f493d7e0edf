from __future__ import annotations

import pytest
from materials import material_of

from assistant.answer.material import Statement, Writer
from assistant.answer.offline import OfflineWriter, tidy, unknown_name
from assistant.answer.question import is_greeting
from assistant.answer.sentences import list_candidates
from assistant.domain import Abstention, Claim, Question, Refusal
from assistant.service import Assistant


@pytest.fixture(scope="module")
def writer(assistant: Assistant) -> OfflineWriter:
    return OfflineWriter(lambda: assistant.indexes.words)


def _write(
    writer: OfflineWriter, assistant: Assistant, text: str, *earlier: str
) -> list[Statement]:
    evidence = assistant.indexes.retriever.find(text)
    return list(writer.write(material_of(Question(text, earlier), evidence)))


def test_it_is_a_writer_by_name(writer: OfflineWriter) -> None:
    as_writer: Writer = writer
    assert as_writer.name == "offline"


def test_every_sentence_is_one_of_its_article(writer: OfflineWriter, assistant: Assistant) -> None:
    said = _write(writer, assistant, "How much did Halvora invest in Pixelbarn?")
    assert said
    for claim in said:
        assert isinstance(claim, Claim)
        ((article_id, words),) = claim.proofs
        assert words in assistant.article(article_id).content
        assert claim.text == tidy(words)


def test_an_answer_is_short(writer: OfflineWriter, assistant: Assistant) -> None:
    for question in (
        "Who bought Tarnbeck?",
        "Which banks planned a merger?",
        "Why did Oskeld leave?",
    ):
        said = _write(writer, assistant, question)
        assert sum(len(claim.text.split()) for claim in said if isinstance(claim, Claim)) <= 60


def test_a_question_gets_at_most_two_sentences_and_two_questions_four(
    writer: OfflineWriter, assistant: Assistant
) -> None:
    assert len(_write(writer, assistant, "Why did Oskeld leave?")) <= 2
    assert len(_write(writer, assistant, "Who bought Tarnbeck, and why?")) <= 4


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Did Xiaomi buy Tesla?", "Xiaomi"),
        ("Did Velmora buy Zanzar?", "Zanzar"),
        ("What does Gazprom own?", "Gazprom"),
    ],
)
def test_a_company_no_article_names_is_told_by_name(
    writer: OfflineWriter, assistant: Assistant, question: str, name: str
) -> None:
    (refusal,) = _write(writer, assistant, question)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is Abstention.COMPANY_UNKNOWN
    assert name in refusal.text


@pytest.mark.parametrize(
    "question",
    ["Who bought Tarnbek?", "What did Halvorra invest?", "Did VELMORA buy TARNBECK?", "why?"],
)
def test_a_name_misspelt_by_a_letter_is_not_unknown(assistant: Assistant, question: str) -> None:
    candidates = list_candidates(assistant.indexes.retriever.find(question))
    assert unknown_name(question, assistant.indexes.words, candidates) is None


def test_without_evidence_it_says_the_library_is_empty(writer: OfflineWriter) -> None:
    (refusal,) = writer.write(material_of("Who bought Tarnbeck?"))
    assert isinstance(refusal, Refusal)
    assert refusal.kind is Abstention.LIBRARY_EMPTY


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("It paid  $ 5 million .", "It paid $5 million."),
        ("A bid , it said", "A bid, it said."),
        ("( Marrow ) left .", "(Marrow) left."),
        ("“It won.”", "“It won.”"),
        ("Was it?", "Was it?"),
        ("Foo Inc.", "Foo Inc."),
        ("Line\nbreak", "Line break."),
    ],
)
def test_spacing_is_tidied_and_a_sentence_ends(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize("text", ["hello", "Hi there!", "Thank you so much", "ok"])
def test_a_greeting_is_told_what_can_be_asked(text: str) -> None:
    assert is_greeting(text)
    assert not is_greeting("Help me find who bought Kerne")
    assert not is_greeting("Hello Kitty was licensed to whom?")
