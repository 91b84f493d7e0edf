"""Conversations in a real SQLite file, answered by a chain whose search and writer are written down."""

from __future__ import annotations

import operator
import sqlite3
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from test_chain import EVIDENCE, OFFER, Recorder

from assistant.answer import conversations as module
from assistant.answer.chain import build_chain
from assistant.answer.conversations import Conversations, key_of
from assistant.domain import Answer, Finished
from assistant.errors import ConversationBusy, ConversationMissing, FeedbackRefused, NameRefused

ANSWERED = "Kestrel offered 12 million [1]."


class Talks(Conversations):
    """Conversations and who answers in them."""

    def __init__(self, saver: SqliteSaver, recorder: Recorder) -> None:
        chain = build_chain(recorder, None, recorder, saver)
        super().__init__(saver, lambda: chain)
        self.recorder = recorder

    def ask(self, question: str, conversation: str, person: str = "") -> Answer:
        *_, last = self.stream(question, conversation, person)
        assert isinstance(last, Finished)
        return last.answer


@contextmanager
def opened(path: Path) -> Iterator[Talks]:
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        yield Talks(SqliteSaver(connection), Recorder(OFFER))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accord.db"


@pytest.fixture
def talks(path: Path) -> Iterator[Talks]:
    with opened(path) as held:
        yield held


def test_a_conversation_is_opened_after_a_restart_as_it_was(path: Path) -> None:
    with opened(path) as talks:
        given = [talks.ask(question, "c") for question in ("Who bid?", "And why?")]
    with opened(path) as talks:
        exchanges = talks.exchanges("c", "")
        assert [exchange.answer for exchange in exchanges] == given
        assert [exchange.question for exchange in exchanges] == ["Who bid?", "And why?"]
        assert given[0].citations[0].source == EVIDENCE[0].article.source
        talks.ask("When?", "c")
        assert [q.earlier for q in talks.recorder.questions] == [("Who bid?", "Why it bid?")]


def test_the_list_tells_name_times_and_number_the_last_asked_first(talks: Talks) -> None:
    for question, conversation in (("One?", "a"), ("Two?", "b"), ("Three?", "a")):
        talks.ask(question, conversation)
    listed = {one.id: one for one in talks.of("")}
    assert (listed["a"].name, listed["a"].questions) == ("One?", 2)
    assert (listed["b"].name, listed["b"].questions) == ("Two?", 1)
    assert listed["a"].began <= listed["b"].began <= listed["a"].asked
    assert [one.asked for one in talks.of("")] == sorted(o.asked for o in listed.values())[::-1]
    assert talks.find("a", "") == listed["a"]


def test_a_long_first_question_is_cut_to_a_name(talks: Talks) -> None:
    talks.ask("Who  bid?\n" * 50, "a")
    (one,) = talks.of("")
    assert one.name.startswith("Who bid? Who bid?")
    assert len(one.name) == 120


@pytest.mark.parametrize(
    ("words", "found"),
    [("", {"a", "b"}), ("KESTREL million", {"a", "b"}), ("marrow offered", {"b"}),
     ("sees", {"a"}), ("gazprom", set()), ("[1]", set())],
)  # fmt: skip
def test_conversations_are_searched_by_words_of_questions_answers_and_names(
    talks: Talks, words: str, found: set[str]
) -> None:
    talks.ask("Who bid?", "a")
    talks.ask("Who bid for Marrow?", "b")
    talks.rename("a", "", "What the board sees")
    assert {one.id for one in talks.of("", words)} == found


def test_a_renamed_conversation_keeps_its_name_and_what_it_holds(path: Path) -> None:
    with opened(path) as talks:
        talks.ask("Who bid?", "a")
        before = talks.exchanges("a", "")
        talks.rename("a", "", "  The  Marrow bid ")
        talks.ask("And why?", "a")
    with opened(path) as talks:
        assert talks.find("a", "").name == "The Marrow bid"
        assert talks.exchanges("a", "")[:1] == before
        assert len(talks.exchanges("a", "")) == 2


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_nobody_could_read_is_refused(talks: Talks, name: str) -> None:
    talks.ask("Who bid?", "a")
    with pytest.raises(NameRefused, match="1 to 200 characters"):
        talks.rename("a", "", name)


def test_what_is_deleted_is_gone_from_the_file_too(path: Path) -> None:
    with opened(path) as talks:
        talks.ask("Who was Zanzibarine?", "a")
        talks.ask("Who bid?", "b")
        talks.rename("a", "", "Zanzibarine again")
        talks.delete("a", "")
        assert [one.id for one in talks.of("")] == ["b"]
        with pytest.raises(ConversationMissing):
            talks.exchanges("a", "")
        stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"Zanzibarine" not in stored
        assert b"Who bid?" in stored
        talks.ask("Anew?", "a")
        assert [q.earlier for q in talks.recorder.questions][-1] == ()


def test_another_persons_conversation_is_not_there(talks: Talks) -> None:
    talks.ask("Who bid?", "c", "ann")
    for person in ("", "bob", "an", "ann:c", "Ann"):
        for act in (talks.exchanges, talks.find, talks.delete):
            with pytest.raises(ConversationMissing, match="no conversation 'c'"):
                act("c", person)
        with pytest.raises(ConversationMissing):
            talks.rename("c", person, "Mine")
        assert talks.of(person) == []
    talks.ask("Why?", "c", "bob")
    assert talks.recorder.questions[-1].earlier == ()
    assert [e.question for e in talks.exchanges("c", "ann")] == ["Who bid?"]


def test_no_two_conversations_of_different_persons_have_one_key() -> None:
    pairs = [
        (i, p) for p in ("", "a", "a:b", "person:", "%3A", "é") for i in ("c", "b:c", "person:a:c")
    ]
    assert len({key_of(conversation, person) for conversation, person in pairs}) == len(pairs)
    assert key_of("c", "") == "c"


def test_an_id_that_looks_like_another_persons_key_is_its_own(talks: Talks) -> None:
    talks.ask("Who bid?", "c", "ann")
    talks.ask("Mine?", key_of("c", "ann"))
    assert [one.name for one in talks.of("ann")] == ["Who bid?"]
    assert [one.id for one in talks.of("")] == [key_of("c", "ann")]


def test_questions_at_once_in_one_conversation_are_all_kept(talks: Talks) -> None:
    questions = [f"Question {n}?" for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda question: talks.ask(question, "c"), questions))
        list(pool.map(lambda question: talks.ask(question, question), questions))
    assert sorted(e.question for e in talks.exchanges("c", "")) == questions
    assert len(talks.of("")) == 9


def test_a_question_that_waits_too_long_for_another_is_told(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    with talks.turn("c", ""), pytest.raises(ConversationBusy, match="wait for its answer"):
        talks.ask("Who bid?", "c")
    assert talks.ask("Who bid?", "c").text == ANSWERED


def test_an_answer_that_nobody_reads_to_its_end_frees_its_conversation(talks: Talks) -> None:
    left: Any = talks.stream("Who bid?", "c", "")
    next(left)
    closing_thread = threading.Thread(target=left.close)
    closing_thread.start()
    closing_thread.join()
    assert talks.of("") == []
    assert talks.ask("Who bid?", "c").text == ANSWERED


def test_only_the_last_state_of_a_conversation_is_kept(talks: Talks, path: Path) -> None:
    for n in range(3):
        talks.ask(f"Question {n}?", "c")
    talks.rename("c", "", "Three")
    with closing(sqlite3.connect(path)) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM checkpoints").fetchone()
    assert rows == 1


class _OldTalk(TypedDict, total=False):
    question: str
    asked: Annotated[list[str], operator.add]


def _ask_as_before(connection: sqlite3.Connection, *questions: str) -> None:
    """As versions did that kept the questions alone."""
    graph = StateGraph(_OldTalk)
    graph.add_node("write", lambda state: {"asked": [state["question"]]})
    graph.add_edge(START, "write")
    graph.add_edge("write", END)
    chain = graph.compile(checkpointer=SqliteSaver(connection))
    for question in questions:
        chain.invoke({"question": question}, {"configurable": {"thread_id": "old"}})


def test_a_conversation_of_a_version_that_kept_no_answers_goes_on(path: Path) -> None:
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        _ask_as_before(connection, "Who bid?", "When?")
    with opened(path) as talks:
        (one,) = talks.of("")
        assert (one.id, one.name, one.questions) == ("old", "Who bid?", 2)
        assert [e.answer for e in talks.exchanges("old", "")] == [None, None]
        talks.ask("Who bid for Marrow?", "old")
        exchanges = talks.exchanges("old", "")
        assert [e.question for e in exchanges] == ["Who bid?", "When?", "Who bid for Marrow?"]
        assert exchanges[-1].answer is not None
        assert talks.recorder.questions[-1].earlier == ("Who bid?", "When it bid?")


def test_the_last_exchange_is_forgotten_and_the_next_leans_on_the_state_before(path: Path) -> None:
    with opened(path) as talks:
        talks.ask("Who bid?", "c")
        kept = talks.exchanges("c", "")
        talks.ask("And why Zanzibarine?", "c")
        talks.drop_last("c", "")
        assert talks.exchanges("c", "") == kept
        assert talks.find("c", "").questions == 1
        assert talks.of("", "zanzibarine") == []
        talks.ask("When?", "c")
        assert talks.recorder.questions[-1].earlier == ("Who bid?",)
        talks.drop_last("c", "")
    with opened(path) as talks:
        assert talks.exchanges("c", "") == kept
        talks.ask("And how much?", "c")
        assert talks.recorder.questions[-1].earlier == ("Who bid?",)
        assert [e.question for e in talks.exchanges("c", "")] == ["Who bid?", "And how much?"]
        stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"Zanzibarine" not in stored


def test_an_exchange_is_forgotten_only_while_it_is_the_last(talks: Talks) -> None:
    for question in ("Who bid?", "When?"):
        talks.ask(question, "c")
    for number in (0, 2):
        assert not talks.drop_last("c", "", number)
    assert [e.question for e in talks.exchanges("c", "")] == ["Who bid?", "When?"]
    assert talks.drop_last("c", "", 1)
    assert [e.question for e in talks.exchanges("c", "")] == ["Who bid?"]


def test_an_exchange_is_forgotten_after_a_restart(path: Path) -> None:
    with opened(path) as talks:
        for question in ("Who bid?", "When?", "And why?"):
            talks.ask(question, "c")
    with opened(path) as talks:
        talks.drop_last("c", "")
        talks.drop_last("c", "")
        assert [e.question for e in talks.exchanges("c", "")] == ["Who bid?"]
        talks.ask("When?", "c")
        assert talks.recorder.questions[-1].earlier == ("Who bid?",)


def test_the_only_exchange_is_forgotten_with_its_conversation(path: Path) -> None:
    with opened(path) as talks:
        talks.ask("Who was Zanzibarine?", "c")
        talks.drop_last("c", "")
        assert talks.of("") == []
        for act in (talks.exchanges, talks.drop_last, talks.delete):
            with pytest.raises(ConversationMissing):
                act("c", "")
        talks.ask("Who bid?", "c")
        assert talks.recorder.questions[-1].earlier == ()
        stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"Zanzibarine" not in stored


def test_a_conversation_asked_anew_keeps_the_name_it_was_given(talks: Talks) -> None:
    talks.ask("Who bid?", "c")
    talks.rename("c", "", "The bid")
    talks.drop_last("c", "")
    assert talks.of("") == []
    talks.ask("Who bid for Marrow?", "c")
    assert (talks.find("c", "").name, talks.find("c", "").questions) == ("The bid", 1)
    talks.drop_last("c", "")
    talks.delete("c", "")
    talks.ask("Who?", "c")
    assert talks.find("c", "").name == "Who?"


def test_nobody_forgets_an_exchange_of_another(talks: Talks) -> None:
    talks.ask("Who bid?", "c", "ann")
    for person in ("", "bob"):
        with pytest.raises(ConversationMissing):
            talks.drop_last("c", person)
    assert len(talks.exchanges("c", "ann")) == 1


def test_a_question_of_a_version_that_kept_no_answers_is_forgotten_too(path: Path) -> None:
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        _ask_as_before(connection, "Who bid?", "When?")
    with opened(path) as talks:
        talks.ask("Who bid for Marrow?", "old")
        talks.drop_last("old", "")
        talks.drop_last("old", "")
        assert [(e.question, e.answer) for e in talks.exchanges("old", "")] == [("Who bid?", None)]
        talks.ask("And why?", "old")
        assert talks.recorder.questions[-1].earlier == ("Who bid?",)


def test_a_conversation_is_not_changed_while_a_question_of_it_is_answered(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks.ask("Who bid?", "c")
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    with talks.turn("c", ""), pytest.raises(ConversationBusy):
        talks.drop_last("c", "")


def test_what_is_said_of_an_answer_goes_with_the_question_before_as_it_stands_alone(
    talks: Talks,
) -> None:
    for question in ("Who bid?", "And why?", "When?"):
        talks.ask(question, "c")
    said = talks.judged("c", "", 2, "wrong", "It was May.")
    assert (said.question, said.before, said.number) == ("When?", "Why it bid?", 2)
    assert said.answer.text == ANSWERED
    assert talks.judged("c", "", 0, "right", "").before == ""
    for number in (-1, 3):
        with pytest.raises(FeedbackRefused, match=f"no exchange {number}"):
            talks.judged("c", "", number, "right", "")
    with pytest.raises(ConversationMissing):
        talks.judged("c", "ann", 0, "right", "")


@pytest.mark.parametrize("before", [0, 1])
def test_an_answer_stopped_before_its_end_leaves_nothing_behind(talks: Talks, before: int) -> None:
    for _ in range(before):
        talks.ask("What did Kestrel offer?", "c")
    stream = talks.stream("What did Kestrel pay?", "c", "")
    next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    with talks.saver.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM writes").fetchone() == (0,)
        assert cursor.execute("SELECT count(*) FROM checkpoints").fetchone() == (before,)
    talks.ask("What did Kestrel offer then?", "c")
    asked = [exchange.question for exchange in talks.exchanges("c", "")]
    assert asked == ["What did Kestrel offer?"] * before + ["What did Kestrel offer then?"]
