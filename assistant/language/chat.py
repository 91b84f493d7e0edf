"""Builds the chat model, and reads its answer as it is written, within limits of time.

Every failure of the openai library comes out as a `ModelError` of one plain sentence without key,
address or text of an article. It knows nothing of prompts, nor of what an answer means.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from contextvars import ContextVar, copy_context
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "no-key-needed"
DEFAULT_TIMEOUT_S = 45.0
THREAD_NAME = "model-answer"
OVERALL = 4
"""A whole answer may take this many times the seconds that a single wait may take."""

_MESSAGE_CHARS = 160
_ECHO_CHARS = 30


def build_chat_model(
    model: str, api_key: str, base_url: str, timeout_s: float, retries: int
) -> BaseChatModel:
    """A `ChatOpenAI` for OpenAI itself or, with a base URL, for any server that speaks like it.

    Nothing is sent yet. Address and proxy are given, so no variable of the environment that the
    settings do not name redirects it. The Responses API is OpenAI's own: other servers are never
    asked for it. Raises SettingsError on a key no header can carry.
    """
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    if not (api_key.isascii() and api_key.isprintable()):
        raise SettingsError("OPENAI_API_KEY: needs plain letters and digits; copy the key again")

    return ChatOpenAI(
        model=model,
        api_key=SecretStr(api_key or NO_KEY),
        base_url=base_url or OPENAI_URL,
        timeout=timeout_s,
        max_retries=retries,
        use_responses_api=False if base_url else None,
        stream_usage=True,
        http_client=_http_client(timeout_s),
        openai_proxy=None,
        http_socket_options=(),  # else a proxy variable makes it log about its own transport
    )


def _http_client(timeout_s: float) -> Any:
    """The openai library's own client, with two hooks that keep retries within the reader's time."""
    import openai

    class Client(openai.DefaultHttpxClient):
        def __del__(self) -> None:
            if not self.is_closed:
                self.close()

    return Client(
        timeout=timeout_s,
        event_hooks={"request": [_stop_if_nobody_waits], "response": [_never_wait_in_vain]},
    )


class _Abandoned(Exception):
    """Nobody waits for this answer any more."""


def _stop_if_nobody_waits(_request: Any) -> None:
    reading = _READING.get()
    if reading is not None and reading.stopped.is_set():
        raise _Abandoned


def _never_wait_in_vain(response: Any) -> None:
    """Forbids a retry that the server postpones beyond our patience; openai waits up to 120 s."""
    reading = _READING.get()
    wait = str(response.headers.get("retry-after", ""))
    said = re.fullmatch(r"\d+(\.\d+)?", wait)
    if reading is not None and said and float(wait) > reading.patience_s():
        response.headers["x-should-retry"] = "false"


def stream_text(
    model: BaseChatModel, messages: Sequence[BaseMessage], *, timeout_s: float | None = None
) -> Generator[str]:
    """The answer's text, piece by piece as it arrives; pieces are never empty.

    At most `timeout_s` (the model's own timeout when None) passes before the first sign of life,
    all retries included, and between two; at most `OVERALL` times that over all. A model that
    thinks aloud before it writes gives signs of life without text. Raises a subclass of
    `ModelError`, also after pieces when the answer breaks off.
    """
    if timeout_s is None:
        timeout_s = float(getattr(model, "request_timeout", None) or DEFAULT_TIMEOUT_S)
    reading = _Reading(model, messages, timeout_s)
    threading.Thread(
        target=copy_context().run, args=(reading.run,), name=THREAD_NAME, daemon=True
    ).start()
    try:
        while (piece := reading.next_piece()) is not None:
            if piece:
                yield piece
    finally:
        reading.stopped.set()


class _Reading:
    """One answer, read in a thread of its own: only so is every wait bounded.

    A server that sends comment lines to keep the connection alive, a retry it postpones, a name
    that does not resolve: none of them runs into the timeout of a single read.
    """

    def __init__(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], timeout_s: float
    ) -> None:
        self.model = model
        self.messages = messages
        self.timeout_s = timeout_s
        self.stopped = threading.Event()
        self.begun = False
        self._pieces: SimpleQueue[str | Exception | None] = SimpleQueue()
        self._ends = time.monotonic() + OVERALL * timeout_s
        self._next_due = time.monotonic() + timeout_s

    def patience_s(self) -> float:
        """Seconds the reader will still wait for the next sign of life."""
        return max(0.0, min(self._next_due, self._ends) - time.monotonic())

    def run(self) -> None:
        """The thread's side."""
        _READING.set(self)
        try:
            with closing(_pieces(self.model, self.messages)) as pieces:
                for piece in pieces:
                    if self.stopped.is_set():
                        return
                    self._pieces.put(piece)
        except Exception as error:  # noqa: BLE001 not swallowed: the reader raises it
            self._pieces.put(error)
        else:
            self._pieces.put(None)

    def next_piece(self) -> str | None:
        """The reader's side: the next piece, which may be empty, or None at the end."""
        self._next_due = time.monotonic() + self.timeout_s
        try:
            item = self._pieces.get(timeout=self.patience_s())
        except Empty:
            raise self.timeout() from None
        if time.monotonic() > self._ends:
            raise self.timeout()
        if isinstance(item, Exception):
            raise _translated(item, self) from None
        self.begun = True
        return item

    def timeout(self) -> ModelTimeout:
        name = _name_of(self.model)
        if time.monotonic() >= self._ends:
            return ModelTimeout(f"{name} did not finish within {OVERALL * self.timeout_s:g} s.")
        return ModelTimeout(f"{name} did not answer within {self.timeout_s:g} s.")


_READING: ContextVar[_Reading | None] = ContextVar("reading", default=None)


def _pieces(model: BaseChatModel, messages: Sequence[BaseMessage]) -> Generator[str]:
    """Text of the chunks, empty ones too.

    A stream that ends without its finish reason was cut: a connection that is closed in good order
    looks like the end of the answer to the openai library.
    """
    said = finished = False
    openai_speaks = False
    for chunk in model.stream(list(messages)):
        about = chunk.response_metadata
        openai_speaks = openai_speaks or about.get("model_provider") == "openai"
        finished = finished or bool(about.get("finish_reason") or about.get("status"))
        text = str(chunk.text)
        said = said or bool(text)
        yield text
    name = _name_of(model)
    if openai_speaks and not finished:
        raise _broken_off(name)
    if not said:
        raise ModelNonsense(f"{name} sent an answer without any text.")


def _name_of(model: BaseChatModel) -> str:
    name = getattr(model, "model_name", None) or getattr(model, "model", None)
    return f"The language model {name}" if isinstance(name, str) else "The language model"


def _broken_off(name: str) -> ModelUnreachable:
    return ModelUnreachable(f"{name} broke off in the middle of its answer.")


def _translated(error: Exception, reading: _Reading) -> Exception:
    """The `ModelError` for a failure of the openai library; anything else, a bug, as it is."""
    import openai

    name = _name_of(reading.model)
    if isinstance(error, openai.APITimeoutError):
        return reading.timeout()
    if isinstance(error, openai.APIConnectionError):
        if reading.begun:
            return _broken_off(name)
        return ModelUnreachable(
            f"{name} cannot be reached; see that its server runs and OPENAI_BASE_URL is right."
        )
    if isinstance(error, openai.OpenAIError):
        return _reported(error, name, reading)
    if isinstance(error, (ValueError, KeyError, TypeError, AttributeError, IndexError)):
        return ModelNonsense(f"{name} sent an answer that cannot be read.")
    return error


def _reported(error: Exception, name: str, reading: _Reading) -> ModelError:
    """A failure the server reported, by its status or by an error inside the stream."""
    code = str(getattr(error, "status_code", None) or getattr(error, "code", None) or "")
    if code in ("401", "403", "invalid_api_key"):
        return ModelDenied(f"{name} refused the key; check OPENAI_API_KEY.")
    if code in ("429", "insufficient_quota", "rate_limit_exceeded"):
        return ModelOverQuota(f"{name} takes no more requests now; try later or check its credit.")
    status = f" {code}" if code.isdecimal() else ""
    said = _presentable(str(getattr(error, "message", "")), reading)
    return ModelFailed(f"{name} reported an error{status}{': ' + said if said else ''}.")


def _presentable(message: str, reading: _Reading) -> str:
    """The server's message on one line, short; empty when it repeats what it was sent."""
    message = re.sub(r"^Error code: \d+ - ", "", " ".join(message.split()))
    message = re.sub(r"\S+://\S+|\bsk-\S+|(?i:bearer)\s+\S+", "…", message)
    key = getattr(reading.model, "openai_api_key", None)
    if secret := str(getattr(key, "get_secret_value", str)()):
        message = message.replace(secret, "…")
    message = message[:_MESSAGE_CHARS]
    sent = " ".join(" ".join(str(sent.content).split()) for sent in reading.messages)
    starts = range(max(0, len(message) - _ECHO_CHARS + 1))
    if any(message[i : i + _ECHO_CHARS] in sent for i in starts):
        return ""
    return message.rstrip(". ")
