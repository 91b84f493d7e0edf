from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from ledger_sagas import mention
from told_books import book_of

from assistant.answer.chain import build_chain, config_of, stream_answer
from assistant.answer.exchanges import read_exchanges
from assistant.answer.material import Material, Statement
from assistant.answer.sentences import Words
from assistant.deals.ledger.book import DealBook
from assistant.deals.records import Role, Stage
from assistant.domain import (
    Article,
    Claim,
    Delta,
    Evidence,
    Finished,
    Passage,
    Question,
    Source,
    Span,
    Strength,
)
from assistant.errors import ModelTimeout

BID = Article(Source("a-1", "Kestrel bids"), "Kestrel offered 12 million. Marrow refused.")
TALKS = Article(Source("a-2", "Talks"), "They talked.")
EVIDENCE = [
    Evidence(Passage(1, "a-1", 0, Span(13, 56), BID.text), BID, 1.0),
    Evidence(Passage(2, "a-2", 0, Span(6, 18), TALKS.text), TALKS, 0.9),
]
OFFER = Claim("Kestrel offered 12 million.", (("a-1", "offered 12 million"),))
REFUSED = Claim("Marrow refused.", (("a-1", "Marrow refused"),))


class PlainWords:
    """Words as they are, all alike rare."""

    def terms(self, text: str) -> list[str]:
        return text.lower().split()

    def rarity(self, term: str) -> float:
        return 0.5


class Recorder:
    """A search and a writer that keep what they were asked."""

    name = "offline"

    def __init__(self, *says: Claim) -> None:
        self.says = says
        self.searched: list[str] = []
        self.questions: list[Question] = []
        self.told: str | None = None
        self.held = DealBook()

    def find(self, query: str) -> tuple[list[Evidence], str | None]:
        self.searched.append(query)
        return EVIDENCE[::-1], self.told

    def book(self) -> DealBook:
        return self.held

    def words(self) -> Words:
        return PlainWords()

    def reader(self) -> None:
        return None

    def write(self, material: Material) -> Iterator[Statement]:
        assert {e.passage.id for e in material.passages} == {1, 2}
        self.questions.append(material.question)
        yield from self.says


class Failing(Recorder):
    name = "m"

    def write(self, material: Material) -> Iterator[Statement]:
        yield from self.says
        raise ModelTimeout("m did not answer.")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(OFFER, REFUSED)


@pytest.fixture
def conversing(recorder: Recorder, tmp_path: Path) -> Iterator[Any]:
    with closing(sqlite3.connect(tmp_path / "c.db", check_same_thread=False)) as connection:
        yield build_chain(recorder, None, recorder, SqliteSaver(connection))


def _finished(parts: Iterator[Delta | Finished]) -> tuple[list[str], Finished]:
    *deltas, last = list(parts)
    assert isinstance(last, Finished)
    texts = [part.text for part in deltas if isinstance(part, Delta)]
    assert len(texts) == len(deltas)
    return texts, last


def test_pieces_come_first_and_the_answer_once_at_the_end(recorder: Recorder) -> None:
    chain = build_chain(recorder, None, recorder)
    texts, finished = _finished(stream_answer(chain, "How much?"))
    assert texts == ["Kestrel offered 12 million [1].", " Marrow refused [2]."]
    assert "".join(texts) == finished.answer.text
    assert finished.answer.question == "How much?"


def test_the_chain_can_be_invoked_by_someone_else(recorder: Recorder) -> None:
    state = build_chain(recorder, None, recorder).invoke({"question": "How much?"})
    assert state["answer"].text.startswith("Kestrel offered 12 million [1].")


def test_a_follow_up_is_searched_and_written_as_it_stands_alone_and_answered_as_it_was_asked(
    recorder: Recorder,
) -> None:
    chain = build_chain(recorder, None, recorder)
    earlier = ("When did Kestrel bid for Marrow?",)
    _, finished = _finished(stream_answer(chain, "And why?", earlier))
    alone = "Why did Kestrel bid for Marrow?"
    assert recorder.searched == [alone]
    assert recorder.questions == [Question(alone, earlier, "And why?")]
    assert finished.answer.question == "And why?"


def test_a_question_that_no_rule_fits_is_searched_with_the_one_before_it(
    recorder: Recorder,
) -> None:
    chain = build_chain(recorder, None, recorder)
    list(stream_answer(chain, "Is it closed?", ("Who bid for Marrow?",)))
    assert recorder.searched == ["Who bid for Marrow? Is it closed?"]
    assert recorder.questions == [Question("Is it closed?", ("Who bid for Marrow?",))]


def test_without_a_conversation_nothing_is_remembered(recorder: Recorder) -> None:
    chain = build_chain(recorder, None, recorder)
    for question in ("Who bid for Marrow?", "And why?"):
        list(stream_answer(chain, question))
    assert [question.earlier for question in recorder.questions] == [(), ()]


def test_a_conversation_remembers_its_questions_in_order(
    recorder: Recorder, conversing: Any
) -> None:
    for question in ("One?", "Two?", "Three?"):
        texts, finished = _finished(stream_answer(conversing, question, (), "c"))
        assert "".join(texts) == finished.answer.text
        assert finished.answer.question == question
    assert [q.earlier for q in recorder.questions] == [(), ("One?",), ("One?", "Two?")]


def test_conversations_are_kept_apart(recorder: Recorder, conversing: Any) -> None:
    for name in ("a", "b", "a"):
        list(stream_answer(conversing, f"In {name}?", (), name))
    assert [q.earlier for q in recorder.questions] == [(), (), ("In a?",)]


def test_answers_are_stored_as_plain_data_and_passages_are_not(
    conversing: Any, tmp_path: Path
) -> None:
    list(stream_answer(conversing, "How much?", (), "c"))
    (record,) = conversing.get_state(config_of("c")).values["exchanges"]
    assert record == json.loads(json.dumps(record))
    assert record["answer"]["text"] == "Kestrel offered 12 million [1]. Marrow refused [2]."
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"offered 12 million" in stored
    assert b"They talked" not in stored


@pytest.mark.parametrize("writer", ["offline", "m"])
def test_both_writers_tell_what_an_answer_is_about_and_it_is_kept(
    recorder: Recorder, tmp_path: Path, writer: str
) -> None:
    parties = {"Kestrel": Role.ACQUIRER, "Marrow": Role.TARGET}
    bid = mention(BID, parties, stage=Stage.REJECTED, evidence=BID.text)
    recorder.held = book_of(tmp_path, (BID, (bid,)))
    model = Recorder(OFFER)
    model.name = "m"
    with closing(sqlite3.connect(tmp_path / "c.db", check_same_thread=False)) as connection:
        chain = build_chain(
            recorder, model if writer == "m" else None, recorder, SqliteSaver(connection)
        )
        _, finished = _finished(stream_answer(chain, "Who offered 12 million for Marrow?", (), "c"))
        values = chain.get_state(config_of("c")).values
    answer = finished.answer
    (deal,) = recorder.held.deals
    assert answer.writer == writer
    assert answer.deals == (deal.id,)
    assert set(answer.companies) == {party.company_id for party in deal.parties}
    assert answer.next_questions == ("What happened to Kestrel's bid for Marrow?",)
    assert answer.strength is Strength.ONE
    (kept,) = read_exchanges(values["exchanges"], values["asked"], "")
    assert kept.answer == answer


def test_a_conversation_left_in_the_middle_of_an_answer_holds_nothing_of_it(
    recorder: Recorder, conversing: Any
) -> None:
    list(stream_answer(conversing, "One?", (), "c"))
    left: Any = stream_answer(conversing, "Two?", (), "c")
    assert isinstance(next(left), Delta)
    left.close()
    list(stream_answer(conversing, "Three?", (), "c"))
    assert [q.earlier for q in recorder.questions] == [(), ("One?",), ("One?",)]


def test_a_failing_model_is_replaced_in_the_answer(recorder: Recorder) -> None:
    chain = build_chain(recorder, Failing(REFUSED), recorder)
    texts, finished = _finished(stream_answer(chain, "How much?"))
    assert texts[0] == "Marrow refused [1]."
    assert finished.answer.text == "Kestrel offered 12 million [1]. Marrow refused [2]."
    assert finished.answer.writer == "offline"
    assert finished.answer.notice == "m did not answer; this answer was written offline."


def test_what_the_search_has_to_tell_comes_before_what_the_writer_has(recorder: Recorder) -> None:
    recorder.told = "Found by words."
    for model, notice in (
        (None, "Found by words."),
        (Failing(), "Found by words. m did not answer; this answer was written offline."),
    ):
        chain = build_chain(recorder, model, recorder)
        _, finished = _finished(stream_answer(chain, "How much?"))
        assert finished.answer.notice == notice


def test_a_notice_of_the_search_is_not_told_again_at_the_next_question(
    recorder: Recorder, conversing: Any
) -> None:
    notices = []
    for recorder.told in ("Found by words.", None):
        _, finished = _finished(stream_answer(conversing, "How much?", (), "c"))
        notices.append(finished.answer.notice)
    assert notices == ["Found by words.", None]
