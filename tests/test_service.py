"""The assistant as a whole: real indexes and weights, and a model's server on loopback."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from conftest import HELD, Opener, TinyEmbeddings, copy_library
from loopback_model import (
    Behaviour,
    LoopbackModel,
    breaks_off,
    fails,
    hangs,
    says,
    sends_no_choices,
    sends_raw,
)

from assistant.domain import Abstention, Answer, Delta, Finished
from assistant.encoder.minilm import MiniLMEmbeddings
from assistant.errors import (
    ArticleMissing,
    ConversationMissing,
    LibraryError,
    LibraryLocked,
    QuestionRefused,
    SettingsError,
)
from assistant.service import Assistant, build
from assistant.settings import Settings

OFFER = {
    "evidence": [{"source": 1, "quote": "invested 12 million pounds in games studio Pixelbarn"}],
    "sentence": "Halvora put 12 million pounds into Pixelbarn.",
}
LIE = {
    "evidence": [{"source": 1, "quote": "Halvora bought all of Pixelbarn for 90 million pounds"}],
    "sentence": "Halvora paid 90 million pounds.",
}
ASKED = "How much did Halvora invest in Pixelbarn?"
SECRET = "sk-loopback-secret"


def _lines(*objects: object) -> str:
    return "\n".join(json.dumps(item) for item in objects)


def _assert_verbatim(assistant: Assistant, answer: Answer) -> None:
    """Quotes stand where they say, and marks and list agree."""
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)]
    numbers = [citation.n for citation in answer.citations]
    assert list(dict.fromkeys(marks)) == numbers == list(range(1, len(numbers) + 1))
    for citation in answer.citations:
        article = assistant.article(citation.quote.article_id)
        content = f"{article.source.title}\n{article.text}"
        assert content[citation.quote.span.start : citation.quote.span.end] == citation.quote.text
        assert citation.source == article.source


# --- asking ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "article", "words"),
    [
        ("Who bought Tarnbeck Castings?", "velmora-tarnbeck", "Velmora"),
        (ASKED, "wire-1", "12 million pounds"),
        ("Why did Dunmore choose Skarland?", "dunmore", "burn less fuel"),
        ("Why did Ravensund and Kelpie Bank call off their merger?", "wire-2", "head office"),
        ("Why did Tolmar sell its glass unit?", "wire-4", "pay back debt"),
    ],
)
def test_a_question_is_answered_from_the_article_that_knows(
    assistant: Assistant, question: str, article: str, words: str
) -> None:
    answer = assistant.ask(question)
    assert (answer.writer, answer.notice, answer.abstained) == ("offline", None, False)
    assert words in answer.text
    assert any(c.source.article_id.startswith(article) for c in answer.citations)
    _assert_verbatim(assistant, answer)


@pytest.mark.parametrize("question", ["Did Xiaomi buy Tesla?", "Who owns Gazprom?"])
def test_a_company_no_article_names_is_not_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstention is Abstention.COMPANY_UNKNOWN
    assert answer.abstained
    assert answer.citations == ()


@pytest.mark.parametrize(
    "question",
    [
        "?",
        "東京は？",
        "a" * 5000,
        "Velmora " * 300,
        "'; DROP TABLE articles; --",
        "\x00",
        "[1] {x} $y",
    ],
)
def test_whatever_is_asked_gets_an_answer_or_an_abstention(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert answer.text
    _assert_verbatim(assistant, answer)


@pytest.mark.parametrize("question", ["", "  ", "\n"])
def test_a_blank_question_is_refused(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionRefused):
        assistant.ask(question)
    with pytest.raises(QuestionRefused):
        list(assistant.stream(question, "blank"))


@pytest.mark.parametrize(
    "question",
    [
        "List every company that Velmora bought.",
        "Describe the deal between Tolmar and Vitrea.",
        "Summarise the Oskeld alliance.",
        "Please say who bought Tarnbeck.",
    ],
)
def test_the_first_word_of_a_request_is_no_company(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstention is not Abstention.COMPANY_UNKNOWN, answer.text


def test_a_follow_up_is_understood_from_the_question_before(assistant: Assistant) -> None:
    answer = assistant.ask("And why?", ("Which unit did Tolmar sell to Vitrea?",))
    assert {c.source.article_id for c in answer.citations} == {"wire-4"}


def test_the_stream_is_the_answer_in_pieces(assistant: Assistant) -> None:
    *deltas, finished = list(assistant.stream(ASKED, "streamed"))
    assert isinstance(finished, Finished)
    text = "".join(part.text for part in deltas if isinstance(part, Delta))
    assert text == finished.answer.text == assistant.ask(ASKED).text


def test_many_may_ask_at_once(assistant: Assistant) -> None:
    questions = [ASKED, "Who bought Tarnbeck Castings?", "Did Xiaomi buy Tesla?"] * 4
    alone = {question: assistant.ask(question) for question in questions}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(assistant.ask, questions))
    assert together == [alone[question] for question in questions]


def test_conversations_are_kept_apart_and_outlive_the_process(
    copied: Path, open_assistant: Opener
) -> None:
    first = open_assistant(copied)
    first.ask("Which unit did Tolmar sell to Vitrea?", conversation="glass")
    first.ask("Who ordered jets from Skarland?", conversation="jets")
    first.close()
    second = open_assistant(copied)
    for conversation, article in (("glass", "wire-4"), ("jets", "dunmore")):
        answer = second.ask("And why?", conversation=conversation)
        assert all(c.source.article_id.startswith(article) for c in answer.citations)
        assert answer.citations


def test_a_conversation_is_reopened_after_a_restart_with_its_quotes(
    copied: Path, open_assistant: Opener
) -> None:
    first = open_assistant(copied)
    given = [
        first.ask(question, conversation="c", person="ann")
        for question in ("Which unit did Tolmar sell to Vitrea?", "And why?", "Who owns Gazprom?")
    ]
    first.close()
    second = open_assistant(copied)
    assert [e.answer for e in second.conversation("c", "ann")] == given
    for answer in given:
        _assert_verbatim(second, answer)
    assert [c.questions for c in second.conversations("ann", "tolmar")] == [3]
    assert second.conversations() == second.conversations("bob") == []
    second.rename_conversation("c", "Glass", "ann")
    assert [c.name for c in second.conversations("ann")] == ["Glass"]
    second.delete_conversation("c", "ann")
    with pytest.raises(ConversationMissing):
        second.conversation("c", "ann")


def test_the_same_is_asked_of_another_company(assistant: Assistant) -> None:
    earlier = ("Which unit did Tolmar sell to Vitrea?", "Who bought Tarnbeck Castings?")
    answer = assistant.ask("what about Pixelbarn?", earlier)
    assert {c.source.article_id for c in answer.citations} <= {"wire-1"}
    assert answer.question == "what about Pixelbarn?"


def test_an_empty_library_says_so(tmp_path: Path, open_assistant: Opener) -> None:
    answer = open_assistant(tmp_path / "data", TinyEmbeddings()).ask("Who bought Tarnbeck?")
    assert answer.abstention is Abstention.LIBRARY_EMPTY
    assert answer.abstained
    assert "accord ingest" in answer.text


# --- a model that answers, and models that do not ----------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackModel]:
    with LoopbackModel() as model:
        yield model


def _model_settings(server: LoopbackModel, timeout_s: int) -> Settings:
    return Settings(
        base_url=server.base_url,
        api_key=SECRET,
        model="loopback-model",
        model_timeout_s=timeout_s,
        model_retries=0,
    )


@pytest.fixture(scope="module")
def modelled(
    server: LoopbackModel,
    library: Path,
    embedder: MiniLMEmbeddings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Assistant]:
    """An assistant whose model has time enough on a busy machine."""
    data = copy_library(library, tmp_path_factory.mktemp("modelled") / "data")
    with build(replace(_model_settings(server, timeout_s=60), data=data)) as opened:
        opened.embedder = embedder
        yield opened


Answering = Callable[[Behaviour], Answer]


@pytest.fixture
def answering(server: LoopbackModel, modelled: Assistant) -> Answering:
    def answer(behaviour: Behaviour) -> Answer:
        server.requests.clear()
        server.behave(behaviour)
        return modelled.ask(ASKED)

    return answer


def _assert_told_and_answered_offline(answer: Answer, told: str) -> None:
    assert answer.writer == "offline"
    assert "12 million pounds" in answer.text
    assert answer.citations
    notice = answer.notice or ""
    assert re.search(told, notice), notice
    assert notice.endswith("; this answer was written offline.")
    assert SECRET not in notice
    assert "\n" not in notice


def test_a_model_answers_with_quotes_that_stand(
    answering: Answering, modelled: Assistant, server: LoopbackModel
) -> None:
    answer = answering(says(_lines(OFFER)))
    assert answer.text == "Halvora put 12 million pounds into Pixelbarn [1]."
    assert (answer.writer, answer.notice) == ("loopback-model", None)
    _assert_verbatim(modelled, answer)
    (request,) = server.chats
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.body["model"] == "loopback-model"
    assert "Halvora invested 12 million pounds" in request.messages


def test_a_model_is_shown_the_questions_before(modelled: Assistant, server: LoopbackModel) -> None:
    server.behave(says(_lines(OFFER)))
    modelled.ask("Who invested in Pixelbarn?", conversation="shown")
    modelled.ask("How much was it?", conversation="shown")
    asked = "Question: For how much Halvora invested in Pixelbarn?"
    assert f"Who invested in Pixelbarn?\n\n{asked}" in server.chats[-1].messages


def test_a_model_rewrites_a_follow_up_before_it_is_searched(
    modelled: Assistant, server: LoopbackModel
) -> None:
    alone = "How much did Halvora put into Pixelbarn?"
    lines = [_lines(OFFER), _lines({"question": alone}), _lines(OFFER)]
    server.requests.clear()
    server.behave([says(text) for text in lines])
    modelled.ask("Who invested in Pixelbarn?", conversation="rewritten")
    answer = modelled.ask("how much did they put in?", conversation="rewritten")
    assert (answer.question, answer.writer) == ("how much did they put in?", "loopback-model")
    _, rewriting, second = server.chats
    assert "Answer: Halvora put 12 million pounds into Pixelbarn." in rewriting.messages
    assert f"Question: {alone}" in second.messages


def test_a_model_that_is_down_is_asked_once_and_told_once(
    modelled: Assistant, server: LoopbackModel
) -> None:
    server.behave(says(_lines(OFFER)))
    modelled.ask("Who invested in Pixelbarn?", conversation="down")
    server.requests.clear()
    server.behave(fails(500))
    answer = modelled.ask("How much was it?", conversation="down")
    assert len(server.chats) == 1
    _assert_told_and_answered_offline(answer, "reported an error 500")


def test_a_sentence_of_a_model_without_a_true_quote_is_left_out_and_told(
    answering: Answering,
) -> None:
    answer = answering(says(_lines(OFFER, LIE)))
    assert answer.text == "Halvora put 12 million pounds into Pixelbarn [1]."
    assert answer.writer == "loopback-model"
    assert "left out" in (answer.notice or "")


def test_a_model_that_only_lies_is_told_and_answered_offline(answering: Answering) -> None:
    answer = answering(says(_lines(LIE, LIE)))
    _assert_told_and_answered_offline(answer, "a first sentence that its quotes do not prove")
    assert "90 million" not in answer.text


def test_a_model_may_abstain(answering: Answering) -> None:
    refusal = {"unanswerable": "Nothing.", "kind": "detail_not_stated", "evidence": []}
    answer = answering(says(_lines(refusal)))
    assert answer.abstention is Abstention.DETAIL_NOT_STATED
    assert answer.writer == "loopback-model"
    assert answer.text.startswith(
        "The articles do not say. The nearest they come: Media group Halvora"
    )


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (fails(401), "refused the key; check OPENAI_API_KEY"),
        (fails(403), "refused the key"),
        (fails(429), "takes no more requests now"),
        (fails(500), "reported an error 500"),
        (fails(503, f"key {SECRET} is in trouble"), "reported an error 503"),
        (says("Halvora invested a lot."), "did not answer in the form asked"),
        (says('{"sentence": "Halvora'), "did not answer in the form asked"),
        (says(""), "without any text"),
        (sends_raw('{"broken'), "cannot be read"),
        (sends_no_choices(), "The language model loopback-model"),
        (breaks_off(_lines(OFFER) * 3, how="reset"), "broke off"),
        (breaks_off(_lines(OFFER) * 3, how="chunked"), "broke off"),
        (breaks_off(_lines(OFFER) * 3, how="silent"), "broke off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_model_in_trouble_is_told_in_a_sentence_and_answered_offline(
    answering: Answering, behaviour: Behaviour, told: str
) -> None:
    _assert_told_and_answered_offline(answering(behaviour), told)


def test_a_model_that_hangs_or_is_not_there_is_told_and_answered_offline(
    copied: Path, open_assistant: Opener
) -> None:
    with LoopbackModel(hangs()) as silent:
        assistant = open_assistant(copied, settings=_model_settings(silent, timeout_s=1))
        _assert_told_and_answered_offline(assistant.ask(ASKED), "did not answer within 1 s")
        silent.behave(hangs(_lines(OFFER, LIE), how="midway"))
        _assert_told_and_answered_offline(assistant.ask(ASKED), "did not")
    _assert_told_and_answered_offline(assistant.ask(ASKED), "cannot be reached|did not answer")


def test_what_a_failing_model_began_is_replaced_at_the_end(
    modelled: Assistant, server: LoopbackModel
) -> None:
    server.behave(breaks_off(_lines(OFFER, *[LIE] * 5), how="chunked"))
    *deltas, finished = list(modelled.stream(ASKED, ""))
    assert isinstance(finished, Finished)
    assert deltas[0] == Delta("Halvora put 12 million pounds into Pixelbarn [1].")
    _assert_told_and_answered_offline(finished.answer, "broke off")


def test_when_the_embedding_server_fails_passages_are_found_by_words_alone_and_that_is_told(
    tmp_path: Path, articles_folder: Path, open_assistant: Opener
) -> None:
    down = Event()
    with LoopbackModel(
        embeddings=lambda _request: fails(500) if down.is_set() else Behaviour()
    ) as server:
        settings = replace(
            _model_settings(server, timeout_s=60), embedder="openai", writer="offline"
        )
        assistant = open_assistant(tmp_path / "data", None, settings)
        assert assistant.ingest([articles_folder]).added == HELD
        up = assistant.ask(ASKED)
        down.set()
        answer = assistant.ask(ASKED)
        assert assistant.status().in_step
        down.clear()
        assert assistant.ask(ASKED) == up
    assert "12 million pounds" in up.text
    assert up.notice is None
    assert "12 million pounds" in answer.text
    assert answer.writer == "offline"
    _assert_verbatim(assistant, answer)
    notice = answer.notice or ""
    assert re.search(r"embedding model .* reported an error \(500\)", notice), notice
    assert notice.endswith("; passages were found by their words alone.")
    assert SECRET not in notice


# --- taking in, and the indexes ----------------------------------------------------------------


def test_what_is_taken_in_can_be_asked_at_once_and_an_edit_replaces_it(
    copied: Path, tmp_path: Path, open_assistant: Opener
) -> None:
    assistant = open_assistant(copied)
    path = tmp_path / "new.txt"
    path.write_text("Umbrix buys Fenlo\n\nUmbrix bought Fenlo for nine million crowns.")
    assert assistant.ask("Who bought Fenlo?").abstained
    assert assistant.ingest([path]).added == 1
    assert "Umbrix bought Fenlo" in assistant.ask("Who bought Fenlo?").text
    assert assistant.status().in_step
    assert assistant.status().articles == HELD + 1


def test_progress_tells_what_is_done(tmp_path: Path, open_assistant: Opener) -> None:
    (tmp_path / "a.txt").write_text("Umbrix buys Fenlo\n\nUmbrix bought Fenlo.")
    told: list[tuple[str, int, int]] = []
    assistant = open_assistant(tmp_path / "data", TinyEmbeddings())
    assistant.ingest([tmp_path / "a.txt"], lambda *step: told.append(step))
    assert {"reading", "indexing words", "reading deals"} <= {what for what, _, _ in told}
    assert all(done <= total for _, done, total in told)


def _delete(*names: str) -> Callable[[Path], None]:
    def delete(data: Path) -> None:
        for name in names:
            shutil.rmtree(data / name)

    return delete


def _spoil(pattern: str, content: bytes) -> Callable[[Path], None]:
    def spoil(data: Path) -> None:
        (path,) = data.glob(pattern)
        path.write_bytes(content)

    return spoil


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_delete("vectors"), id="no vectors"),
        pytest.param(_delete("words"), id="no words"),
        pytest.param(_delete("vectors", "words"), id="neither"),
        pytest.param(_spoil("words/*/meta.json", b"{"), id="broken words"),
        pytest.param(_spoil("words/*/position.json", b""), id="broken position"),
        pytest.param(_spoil("words/*/position.json", b"{}"), id="position without its key"),
        pytest.param(_spoil("vectors/chroma.sqlite3", b"no database" * 999), id="broken vectors"),
    ],
)
def test_an_index_that_is_lost_or_broken_is_built_anew(
    copied: Path, open_assistant: Opener, harm: Callable[[Path], None]
) -> None:
    harm(copied)
    assistant = open_assistant(copied)
    held = assistant.status()
    assert (held.in_step, held.articles) == (True, HELD)
    assert "12 million pounds" in assistant.ask(ASKED).text
    assistant.close()
    assert open_assistant(copied).status().in_step


def test_reindexing_gives_the_same_answers(copied: Path, open_assistant: Opener) -> None:
    assistant = open_assistant(copied)
    before = assistant.ask(ASKED)
    assistant.reindex()
    assert assistant.status().in_step
    assert assistant.ask(ASKED) == before
    assistant.close()
    assert open_assistant(copied).ask(ASKED) == before


def test_a_changed_embedder_embeds_everything_anew_and_back(
    copied: Path, open_assistant: Opener, embedder: MiniLMEmbeddings
) -> None:
    for other in (TinyEmbeddings("other"), embedder, TinyEmbeddings("third")):
        assistant = open_assistant(copied, other)
        held = assistant.status()
        assert (held.in_step, held.embedder) == (True, other.name)
        assert assistant.ask(ASKED).citations
        assistant.close()


# --- the data folder ---------------------------------------------------------------------------


def test_a_second_assistant_on_the_folder_is_refused_by_name(
    copied: Path, open_assistant: Opener
) -> None:
    first = open_assistant(copied)
    with pytest.raises(LibraryLocked, match=re.escape(str(copied))):
        build(Settings(data=copied))
    first.close()
    build(Settings(data=copied)).close()


def test_a_folder_held_by_another_process_is_refused_until_that_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.service import build; "
        "from assistant.settings import Settings; a = build(Settings(data=Path(sys.argv[1]))); "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LibraryLocked, match=re.escape(str(tmp_path))):
            build(Settings(data=tmp_path))
        other.kill()
    build(Settings(data=tmp_path)).close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux's list of open files")
def test_closing_lets_go_of_every_file(copied: Path, open_assistant: Opener) -> None:
    assistant = open_assistant(copied)
    assistant.ask(ASKED, conversation="c")
    assert _open_files(copied)
    assistant.close()
    assert _open_files(copied) == []


def _open_files(folder: Path) -> list[Path]:
    held = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            held.append(link.readlink())
    return [path for path in held if path.is_relative_to(folder)]


def test_a_data_folder_that_is_a_file_is_told_with_advice(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(SettingsError, match=r"cannot be used.*ACCORD_DATA"):
        build(Settings(data=tmp_path / "data"))


def test_a_database_that_cannot_be_opened_does_not_keep_the_folder(tmp_path: Path) -> None:
    (tmp_path / "accord.db").write_bytes(b"no database" * 999)
    for _ in range(2):
        with pytest.raises(LibraryError, match=re.escape(str(tmp_path))):
            build(Settings(data=tmp_path))


def test_the_status_says_what_is_held_and_who_reads_it(assistant: Assistant) -> None:
    held = assistant.status()
    assert (held.articles, held.in_step, held.writer) == (HELD, True, "offline")
    assert held.passages >= HELD
    assert held.embedder.startswith("all-MiniLM-L6-v2")
    assert (held.first_date, held.last_date) == ("2012-04-16", "2019")
    assert held.data in held.database


def test_a_configured_model_is_named_by_the_status(modelled: Assistant) -> None:
    assert modelled.status().writer == "loopback-model"


def test_the_status_is_out_of_step_when_an_index_has_lost_something(
    copied: Path, open_assistant: Opener
) -> None:
    assistant = open_assistant(copied)
    assert assistant.status().in_step
    assistant.indexes.vectors.remove(list(assistant.indexes.vectors.ids())[:1])
    assert not assistant.status().in_step


def test_an_article_is_shown_by_its_id(assistant: Assistant) -> None:
    assert assistant.article("wire-1").source.title == "Halvora invests in Pixelbarn"
    with pytest.raises(ArticleMissing):
        assistant.article("nobody")


def test_examples_are_questions_about_what_is_held(
    assistant: Assistant, tmp_path: Path, open_assistant: Opener
) -> None:
    examples = assistant.examples()
    assert 1 <= len(examples) <= 6
    assert all(not assistant.ask(example).abstained for example in examples)
    assert open_assistant(tmp_path / "data").examples() == []
