"""A language model's server on loopback: real sockets, scripted behaviour, every request recorded.

Speaks `/v1/chat/completions` (streamed or whole), `/v1/embeddings` and `/v1/models`. It knows
nothing of prompts: what it answers is what the test wrote. Embeddings are hashed bags of words, so
texts that share words lie close to each other, the same on every machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

Hang = Literal["", "before", "midway", "comments"]
Cut = Literal["", "reset", "chunked", "silent"]
HANG_LIMIT_S = 20.0
DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def messages(self) -> str:
        """The contents of all messages, joined: what the model got to read."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", []))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one request is answered; the functions below name the useful ones.

    `hang` stops before the first byte, after half the text, or there with comment lines every fifth
    of a second. `cut` ends a stream after half the text: by a reset, inside the chunked coding, or
    with a tidy end that lacks only the finish reason. `raw` is sent as the whole event stream.
    """

    text: str = ""
    status: int = 200
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    piece_chars: int = 24
    delay_s: float = 0.0
    hang: Hang = ""
    cut: Cut = ""
    raw: tuple[str, ...] = ()


def says(text: str, *, piece_chars: int = 24, delay_s: float = 0.0) -> Behaviour:
    """Answers with this text, nonsense or not; a stream waits `delay_s` between pieces."""
    return Behaviour(text=text, piece_chars=piece_chars, delay_s=delay_s)


def fails(status: int, error: str = "scripted failure", *, retry_after: str = "") -> Behaviour:
    """Answers with an error of OpenAI's form; 429 may say when to come back."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return Behaviour(status=status, error=error, headers=headers)


def hangs(text: str = "", *, how: Hang = "before") -> Behaviour:
    return Behaviour(text=text, hang=how)


def breaks_off(text: str, *, how: Cut = "reset") -> Behaviour:
    return Behaviour(text=text, cut=how)


def sends_raw(*events: str) -> Behaviour:
    """Sends these as the data of the events, then `[DONE]`: broken JSON, errors, odd shapes."""
    return Behaviour(raw=(*events, "[DONE]"))


def sends_no_choices() -> Behaviour:
    return sends_raw('{"id":"c","object":"chat.completion.chunk","created":1,"choices":[]}')


Script = Behaviour | Sequence[Behaviour] | Callable[[Request], Behaviour]


class LoopbackModel:
    """Serves while the `with` block runs; the last behaviour of a sequence repeats."""

    def __init__(self, chat: Script = (), *, embeddings: Script = ()) -> None:
        self.requests: list[Request] = []
        self._scripts = {"chat": chat, "embeddings": embeddings}
        self._served = {"chat": 0, "embeddings": 0}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.model = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` would hold."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def chats(self) -> list[Request]:
        return [r for r in self.requests if r.path.endswith("/chat/completions")]

    def behave(self, chat: Script) -> None:
        """From now on answers chats by this script."""
        with self._lock:
            self._scripts["chat"] = chat
            self._served["chat"] = 0

    def next_behaviour(self, kind: str, request: Request) -> Behaviour:
        with self._lock:
            script = self._scripts[kind]
            number = self._served[kind]
            self._served[kind] += 1
        if isinstance(script, Behaviour):
            return script
        if callable(script):
            return script(request)
        return script[min(number, len(script) - 1)] if script else Behaviour()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def vector_of(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Unit vector of a hashed bag of words; a text without words points along the first axis."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % dimensions] += 1.0
    length = sum(x * x for x in vector) ** 0.5
    return [x / length for x in vector] if length else [1.0] + [0.0] * (dimensions - 1)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for every handler and no socket leaks
    model: LoopbackModel

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a bug in here shows as the client's failure."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._record({})
        self._send_json(200, {"object": "list", "data": [{"id": "loopback", "object": "model"}]})

    def do_POST(self) -> None:
        request = self._record(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        kind = request.path.rsplit("/", 1)[-1]
        if kind not in ("completions", "embeddings"):
            self._send_json(404, {"error": {"message": f"{request.path} is not served here"}})
            return
        kind = "chat" if kind == "completions" else kind
        behaviour = self.server.model.next_behaviour(kind, request)
        if behaviour.hang == "before":
            self.server.model.closing.wait(HANG_LIMIT_S)
            self.close_connection = True
        elif behaviour.status != 200:
            error = {"message": behaviour.error, "type": "scripted", "code": None}
            self._send_json(behaviour.status, {"error": error}, behaviour.headers)
        elif kind == "embeddings":
            self._send_json(200, _embeddings(request.body))
        elif request.body.get("stream"):
            self._stream(request, behaviour)
        else:
            self._send_json(200, _completion(behaviour.text))

    def _record(self, body: Mapping[str, Any]) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server.model.requests.append(request)
        return request

    def _send_json(
        self, status: int, body: Mapping[str, Any], headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (*headers, ("Content-Type", "application/json")):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, request: Request, behaviour: Behaviour) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        usage = bool((request.body.get("stream_options") or {}).get("include_usage"))
        events = list(behaviour.raw or _events(behaviour, usage))
        stops = bool(behaviour.hang or behaviour.cut)
        for event in events[: 1 + len(events) // 2] if stops else events:
            self._send_chunk(f"data: {event}\n\n")
            self.server.model.closing.wait(behaviour.delay_s)
        if behaviour.hang:
            self._hang(comments=behaviour.hang == "comments")
        elif behaviour.cut:
            self._cut(behaviour.cut)
        else:
            self._send_chunk("")

    def _send_chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _hang(self, *, comments: bool) -> None:
        for _ in range(int(HANG_LIMIT_S / 0.2)):
            if self.server.model.closing.wait(0.2):
                return
            if comments:
                self._send_chunk(": still here\n\n")

    def _cut(self, how: Cut) -> None:
        if how == "silent":
            self._send_chunk("")
        elif how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Silent."""


def _events(behaviour: Behaviour, usage: bool) -> Iterator[str]:
    """Chunks of a streamed answer as the protocol has them: role, pieces, finish, usage, done."""
    text, step = behaviour.text, behaviour.piece_chars
    pieces = [text[i : i + step] for i in range(0, len(text), step)]
    head = {"id": "loopback", "object": "chat.completion.chunk", "created": 1, "model": "loopback"}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in pieces]
    for delta in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield json.dumps({**head, "choices": [choice]})
    yield json.dumps({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if usage:
        yield json.dumps({**head, "choices": [], "usage": _usage(text)})
    yield "[DONE]"


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    head = {"id": "loopback", "object": "chat.completion", "created": 1, "model": "loopback"}
    return {**head, "choices": [choice], "usage": _usage(text)}


def _usage(text: str) -> dict[str, int]:
    words = len(text.split())
    return {"prompt_tokens": 1, "completion_tokens": words, "total_tokens": words + 1}


def _embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    given = body["input"]
    texts = [given] if isinstance(given, str) else [str(text) for text in given]
    rows = []
    for index, text in enumerate(texts):
        vector: Any = vector_of(text, int(body.get("dimensions") or DIMENSIONS))
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
        rows.append({"object": "embedding", "index": index, "embedding": vector})
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "model": "loopback", "data": rows, "usage": usage}
