from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from loopback_model import (
    Behaviour,
    Cut,
    Hang,
    LoopbackModel,
    Script,
    breaks_off,
    fails,
    hangs,
    says,
    sends_no_choices,
    sends_raw,
    vector_of,
)

from assistant.errors import (
    ModelDenied,
    ModelError,
    ModelFailed,
    ModelNonsense,
    ModelOverQuota,
    ModelTimeout,
    ModelUnreachable,
    SettingsError,
)
from assistant.language import chat
from assistant.language.chat import build_chat_model, stream_text

KEY = "sk-very-secret-0123456789"
ARTICLE = "Kestrel Foods agreed to buy Marrow & Sons for 12 million crowns on Tuesday."
MESSAGES = [SystemMessage("Answer."), HumanMessage(ARTICLE)]
TEXT = "A first sentence. " * 12


@pytest.fixture(autouse=True, scope="module")
def _no_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_BASE", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID"):
            patch.delenv(name, raising=False)
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "OPENAI_PROXY"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield


@pytest.fixture(scope="module")
def one_server() -> Iterator[LoopbackModel]:
    with LoopbackModel() as model:
        yield model


@pytest.fixture
def server(one_server: LoopbackModel) -> LoopbackModel:
    one_server.requests.clear()
    return one_server


@pytest.fixture
def own_server() -> Iterator[LoopbackModel]:
    """A server of the test's own, for answers that hang until it closes."""
    with LoopbackModel() as model:
        yield model
    for thread in _readers():
        thread.join(10)


def _readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == chat.THREAD_NAME]


def _model(server: LoopbackModel, timeout_s: float = 20, retries: int = 0) -> BaseChatModel:
    return _built(server.base_url, timeout_s, retries)


@cache
def _built(base_url: str, timeout_s: float, retries: int) -> BaseChatModel:
    """Models are built once: a client costs 70 ms, mostly its certificates."""
    return build_chat_model("some-model", KEY, base_url, timeout_s, retries)


def _failure(
    server: LoopbackModel, script: Script, timeout_s: float = 20, retries: int = 0
) -> tuple[ModelError, str]:
    """The error a script ends in, and the text that came before it."""
    server.behave(script)
    got: list[str] = []
    with pytest.raises(ModelError) as caught:
        got.extend(stream_text(_model(server, timeout_s, retries), MESSAGES))
    return caught.value, "".join(got)


def test_streams_the_text_in_pieces(server: LoopbackModel) -> None:
    server.behave(says(TEXT))
    pieces = list(stream_text(_model(server), MESSAGES))
    assert "".join(pieces) == TEXT
    assert len(pieces) > 1
    assert all(pieces)


def test_hands_pieces_on_while_the_rest_is_still_being_written(own_server: LoopbackModel) -> None:
    own_server.behave(hangs(TEXT, how="midway"))
    pieces = stream_text(_model(own_server), MESSAGES)
    assert next(pieces) in TEXT
    pieces.close()


def test_sends_key_model_messages_and_asks_for_usage(server: LoopbackModel) -> None:
    server.behave(says("Yes."))
    list(stream_text(_model(server), MESSAGES))
    (request,) = server.chats
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "some-model"
    assert request.body["stream_options"] == {"include_usage": True}
    assert [m["role"] for m in request.body["messages"]] == ["system", "user"]
    assert ARTICLE in request.messages


def test_a_server_without_a_key_gets_a_harmless_one(server: LoopbackModel) -> None:
    server.behave(says("Yes."))
    list(stream_text(build_chat_model("some-model", "", server.base_url, 20, 0), MESSAGES))
    assert server.chats[0].headers["authorization"] == f"Bearer {chat.NO_KEY}"


def test_another_server_is_never_asked_for_the_responses_api(server: LoopbackModel) -> None:
    server.behave(says("Yes."))
    list(stream_text(build_chat_model("gpt-5-pro", KEY, server.base_url, 20, 0), MESSAGES))
    assert [request.path for request in server.requests] == ["/v1/chat/completions"]


def test_no_variable_of_the_environment_redirects_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("OPENAI_PROXY", "http://127.0.0.1:9/proxy")
    model = build_chat_model("some-model", KEY, "", 20, 0)
    assert getattr(model, "openai_api_base", "") == chat.OPENAI_URL


@pytest.mark.parametrize("key", ["sk-“pasted”", "sk-two\nlines"])
def test_refuses_a_key_that_no_header_can_carry(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as caught:
        build_chat_model("some-model", key, "http://127.0.0.1:9/v1", 20, 0)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (fails(401), ModelDenied),
        (fails(403), ModelDenied),
        (fails(429), ModelOverQuota),
        (fails(400), ModelFailed),
        (fails(404), ModelFailed),
        (fails(422), ModelFailed),
        (fails(500), ModelFailed),
        (fails(503), ModelFailed),
        (sends_raw('{"id": oops'), ModelNonsense),
        (sends_raw('{"choices": [{"index": 0}]}'), ModelNonsense),
        (sends_raw("[1, 2]"), ModelNonsense),
        (sends_no_choices(), ModelNonsense),
        (says(""), ModelNonsense),
        (sends_raw('{"error": {"message": "the model broke"}}'), ModelFailed),
        (sends_raw('{"error": {"message": "slow down", "code": 429}}'), ModelOverQuota),
    ],
)
def test_each_failure_has_its_kind(
    server: LoopbackModel, behaviour: Behaviour, kind: type[ModelError]
) -> None:
    error, _ = _failure(server, behaviour)
    assert type(error) is kind


@pytest.mark.parametrize("how", ["reset", "chunked", "silent"])
def test_an_answer_that_breaks_off_is_told_after_what_came(server: LoopbackModel, how: Cut) -> None:
    error, text = _failure(server, breaks_off(TEXT, how=how))
    assert type(error) is ModelUnreachable
    assert "broke off" in str(error)
    assert how == "reset" or (text and TEXT.startswith(text))


def test_a_server_that_is_not_there_is_unreachable(server: LoopbackModel) -> None:
    model = build_chat_model("some-model", KEY, "http://127.0.0.1:9/v1", 20, 0)
    with pytest.raises(ModelUnreachable, match="OPENAI_BASE_URL"):
        list(stream_text(model, MESSAGES))


@pytest.mark.parametrize("url", ["http://[bad", "http://", "http://x:99999/v1"])
def test_an_address_that_cannot_be_one_is_unreachable(url: str) -> None:
    with pytest.raises(ModelUnreachable):
        list(stream_text(build_chat_model("some-model", KEY, url, 20, 0), MESSAGES))


@pytest.mark.parametrize("how", ["before", "midway", "comments"])
def test_silence_ends_in_a_timeout_even_while_the_line_is_kept_alive(
    own_server: LoopbackModel, how: Hang
) -> None:
    started = time.monotonic()
    error, _ = _failure(own_server, hangs(TEXT, how=how), timeout_s=0.5)
    assert type(error) is ModelTimeout
    assert time.monotonic() - started < 10


def test_an_answer_without_end_is_stopped(
    own_server: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "OVERALL", 1)
    error, text = _failure(own_server, says(TEXT * 20, delay_s=0.1), timeout_s=1)
    assert type(error) is ModelTimeout
    assert len(text) < len(TEXT * 20)


def test_a_failed_call_is_tried_again(server: LoopbackModel) -> None:
    server.behave([fails(500), says("Yes.")])
    assert "".join(stream_text(_model(server, retries=2), MESSAGES)) == "Yes."
    assert len(server.chats) == 2


def test_a_retry_the_server_grants_soon_is_taken(server: LoopbackModel) -> None:
    server.behave([fails(429, retry_after="0.1"), says("Yes.")])
    assert "".join(stream_text(_model(server, retries=1), MESSAGES)) == "Yes."


def test_a_retry_beyond_the_time_allowed_is_not_waited_for(server: LoopbackModel) -> None:
    started = time.monotonic()
    error, _ = _failure(server, fails(429, retry_after="60"), retries=2)
    assert type(error) is ModelOverQuota
    assert len(server.chats) == 1
    assert time.monotonic() - started < 15


def test_nothing_more_is_sent_once_nobody_waits(own_server: LoopbackModel) -> None:
    error, _ = _failure(own_server, hangs(), timeout_s=0.5, retries=2)
    assert type(error) is ModelTimeout
    for thread in _readers():
        thread.join(15)
    assert not _readers()
    assert len(own_server.chats) <= 1


def test_reading_stops_when_the_reader_goes(own_server: LoopbackModel) -> None:
    own_server.behave(says(TEXT * 20, delay_s=0.05))
    pieces = stream_text(_model(own_server), MESSAGES)
    next(pieces)
    pieces.close()
    for thread in _readers():
        thread.join(10)
    assert not _readers()


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_message_is_one_sentence_without_key_address_or_article(
    server: LoopbackModel, status: int
) -> None:
    said = f"Bad key {KEY}; see http://user:pw@host/x?key=1\n\n{'very ' * 200}long"
    error, _ = _failure(server, fails(status, said))
    for secret in (KEY, "user:pw", "127.0.0.1", "\n"):
        assert secret not in str(error)
    assert len(str(error)) < 300
    assert error.__cause__ is None


def test_an_unknown_model_is_told_in_the_servers_words(server: LoopbackModel) -> None:
    error, _ = _failure(server, fails(404, "The model `some-model` does not exist."))
    assert str(error) == (
        "The language model some-model reported an error 404: "
        "The model `some-model` does not exist."
    )


def test_a_server_that_repeats_the_article_is_not_quoted(server: LoopbackModel) -> None:
    error, _ = _failure(server, fails(400, f"cannot parse: {ARTICLE}"))
    assert str(error) == "The language model some-model reported an error 400."


def test_any_chat_model_of_langchain_can_be_read() -> None:
    model = FakeListChatModel(responses=["Any text."])
    assert "".join(stream_text(model, MESSAGES)) == "Any text."


def test_a_bug_is_not_told_as_an_outage() -> None:
    class Broken(FakeListChatModel):
        def _stream(self, *args: object, **kwargs: object) -> Iterator[Any]:
            raise NotImplementedError("a bug")

    with pytest.raises(NotImplementedError):
        list(stream_text(Broken(responses=["x"]), MESSAGES))


def test_importing_loads_no_heavy_library() -> None:
    code = (
        "import sys; import assistant.language.chat, assistant.answer.generative;"
        "print([m for m in ('openai', 'langchain_openai', 'langchain_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_loopback_server_embeds_alike_words_close_to_each_other() -> None:
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    with LoopbackModel() as server:
        embedder = OpenAIEmbeddings(
            model="e",
            base_url=server.base_url,
            api_key=SecretStr(KEY),
            check_embedding_ctx_length=False,
        )
        near, same, far = embedder.embed_documents(["bank buys bank", "bank buys", "green tea"])
    assert near == pytest.approx(vector_of("bank buys bank"), abs=1e-6)
    assert _dot(near, same) > 0.9 > _dot(near, far)


def test_the_loopback_server_can_refuse_to_embed() -> None:
    import openai

    with LoopbackModel(embeddings=fails(401)) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0)
        with client, pytest.raises(openai.AuthenticationError):
            client.embeddings.create(model="e", input="x")


def test_the_loopback_server_answers_whole_and_lists_its_models() -> None:
    import openai

    with LoopbackModel(lambda request: says(request.messages.upper())) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0)
        with client:
            done = client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "say it"}]
            )
            assert done.choices[0].message.content == "SAY IT"
            assert [model.id for model in client.models.list()] == ["loopback"]


def _dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))
