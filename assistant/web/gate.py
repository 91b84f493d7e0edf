"""What a browser may do with Accord: the headers of every response, and who may write.

An ASGI layer around everything, Gradio's own routes included. Knows nothing of what is served.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_POLICY = (
    "default-src 'self'",
    "script-src 'self'{hashes}",
    # Svelte writes styles into the page as it goes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' data: blob:",
    "connect-src 'self' blob:",
    "worker-src 'self' blob:",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """Refuses writes that another site's page sends, and sets the policies of every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif comes_from_another_site(scope["method"], Headers(scope=scope)):
            await _refuse(send)
        else:
            await self._app(_readable(scope), receive, _Guarded(send))


def comes_from_another_site(method: str, headers: Headers) -> bool:
    """Whether a write was started by a page of another origin.

    `Sec-Fetch-Site` is set by the browser and survives a proxy that renames the host; browsers leave
    it out on plain http outside the own machine, where `Origin` is compared with `Host`.
    """
    if method not in _WRITES:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def content_policy(html: bytes = b"") -> str:
    """Content-Security-Policy that lets run our own files and the inline scripts of `html`, no others."""
    digests = (sha256(script).digest() for script in _INLINE_SCRIPT.findall(html))
    hashes = "".join(f" 'sha256-{b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(_POLICY).format(hashes=hashes)


class _Guarded:
    """Sends a response on with its headers; an HTML page is held until its scripts are known."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._html = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._held is not None:
            await self._collect(self._held, message)
        else:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers[name] = value
        if headers.get("content-type", "").startswith("text/html"):
            self._held = message
            return
        headers["Content-Security-Policy"] = content_policy()
        await self._send(message)

    async def _collect(self, start: Message, message: Message) -> None:
        self._html += message.get("body", b"")
        if message.get("more_body", False):
            return
        MutableHeaders(scope=start)["Content-Security-Policy"] = content_policy(self._html)
        self._held = None
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._html})


def _readable(scope: Scope) -> Scope:
    """The request, asking for no compression where a page may come back that has to be read here."""
    if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": kept}


async def _refuse(send: Send) -> None:
    error = {"code": "other_site", "message": "A page of another site may not write to Accord."}
    body = json.dumps({"error": error}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
