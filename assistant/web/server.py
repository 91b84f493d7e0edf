"""The web application and its server.

Puts the parts together: the gate, the plain routes, the static files and Gradio's page. Gradio is
imported in `build_app`, after it has been told to contact nobody. While the library is brought up to
date, every address says so.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from typing import Any

import click
import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from assistant.errors import SettingsError
from assistant.web.conversation_routes import build_conversation_routes
from assistant.web.gate import Gate
from assistant.web.intake import WORKING, Progress, Stand
from assistant.web.library_routes import build_library_routes
from assistant.web.protocol import PageAssistant
from assistant.web.routes import CHAT_PATH, STATIC, build_routes
from assistant.web.texts import Texts, texts_for
from assistant.web.view_routes import build_view_routes
from assistant.web.views.frame import article_html, view_page
from assistant.web.views.library import doing_words
from assistant.web.views.words import Html

MAX_STREAMS = 200
"""Answers written at the same time; Gradio's own default is 40 threads."""
_AT_ONCE = 64
_WAITING = 256
_GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    # By default each event puts the last 10,000 into a pandas frame to sum up how they went.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}
"""What Gradio reads when it is imported and when its queue is made."""
_AGAIN_S = 3
"""After which a browser asks again while the library is catching up."""
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, never bound

_STYLES = ("gradio", "page", "views", "conversations", "library")
_HEAD = (
    '<link rel="icon" href="/static/mark.svg">'
    + "".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in _STYLES)
    + '<script type="module" src="/static/page.js"></script>'
    '<script src="/static/library.js" defer></script>'
)


def build_app(assistant: PageAssistant, *, library: bool = False) -> FastAPI:
    """The page at `/chat/` (`/` leads there), `/source`, the views, `/health` and `/static`.

    `library`: whether the library may be changed on the page.

    Not to be called where an event loop runs: Gradio is put together in one of its own.
    """
    app = FastAPI(title="Accord", openapi_url=None, docs_url=None, redoc_url=None)
    # Without this Gradio answers every Origin with leave to read, credentials included.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Gate)
    app.include_router(build_routes(assistant, library=library))
    app.include_router(build_view_routes(assistant))
    app.include_router(build_conversation_routes(assistant))
    app.include_router(build_library_routes(assistant, library))
    app.mount("/static", StaticFiles(directory=STATIC))
    # Outside a loop Gradio opens several and never closes them.
    asyncio.run(_mount_chat(app, assistant, library=library))
    return app


def serve(
    assistant: PageAssistant,
    host: str,
    port: int,
    *,
    library: bool = False,
    prepare: Callable[[Progress], None] | None = None,
) -> None:
    """Serves until interrupted; `library` as in `build_app`. Port 0 takes a free one; the address printed
    is the one taken.

    `prepare` brings the library up to date. It listens before that, and until that is done every
    address says so: an answer meanwhile would know some of the deals only.

    Raises SettingsError when the address cannot be had, and what `prepare` raises.
    """
    listener = _listen(host, port)
    with listener:
        address = _address(host, listener.getsockname()[1])
        with catching_up(listener) as progress:
            if prepare is not None:
                click.echo(f"Accord brings its library up to date for {address}", err=True)
                prepare(progress)
            app = build_app(assistant, library=library)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        server = _Server(config, lambda: click.echo(f"Accord is at {address}"))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def catching_up(listener: socket.socket) -> Iterator[Progress]:
    """Answers at `listener`, which stays open, that the library is catching up; takes how far it is."""
    held = [Stand(WORKING)]

    def note(what: str, done: int, total: int) -> None:
        held[0] = Stand(WORKING, what, done, total)

    config = uvicorn.Config(
        _waiting_app(lambda: held[0]),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    # A socket of its own: uvicorn closes what it is given.
    sockets = {"sockets": [listener.dup()]}
    thread = threading.Thread(target=server.run, kwargs=sockets, name="waiting", daemon=True)
    thread.start()
    try:
        yield note
    finally:
        server.should_exit = True
        thread.join()


def _waiting_app(stand: Callable[[], Stand]) -> FastAPI:
    app = FastAPI(title="Accord", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Gate)
    app.mount("/static", StaticFiles(directory=STATIC))
    fresh = {"Cache-Control": "no-store", "Retry-After": str(_AGAIN_S)}

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST"])
    def wait(request: Request) -> Response:
        texts = texts_for(request)
        sentence = texts("status.catching_up_wait")
        if "text/html" in request.headers.get("accept", ""):
            headers = fresh | {"Refresh": str(_AGAIN_S)}
            return HTMLResponse(_waiting_page(texts, sentence, stand()), 503, headers)
        if request.url.path == "/alive":
            # What is no JSON tells an open page that Accord is not there yet.
            return PlainTextResponse(sentence, 503, fresh)
        error = {"code": "catching_up", "message": sentence}
        return JSONResponse({"error": error}, 503, fresh)

    return app


def _waiting_page(texts: Texts, sentence: str, stand: Stand) -> str:
    title = texts("status.catching_up_title")
    doing = f'<p class="meta" role="status">{escape(doing_words(texts, stand))}</p>'
    body = [f"<p>{escape(sentence)}</p>", doing]
    return view_page(texts, title, article_html("waiting", Html(escape(title)), body), "")


class _Server(uvicorn.Server):
    """Tells once when it listens."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()


async def _mount_chat(app: FastAPI, assistant: PageAssistant, *, library: bool) -> None:
    os.environ.update(_GRADIO)
    import gradio as gr

    from assistant.web.chat import build_chat

    page = build_chat(assistant, library=library)
    page.max_threads = MAX_STREAMS  # read by queue()
    page.queue(api_open=False, default_concurrency_limit=_AT_ONCE, max_size=_WAITING)
    closed: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}
    gr.mount_gradio_app(
        app,
        page,
        CHAT_PATH,
        root_path=CHAT_PATH,
        app_kwargs=closed,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        head=_HEAD,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise SettingsError(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} at {host} is already in use: stop what uses it or set ACCORD_PORT"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: set ACCORD_PORT above 1023"
    return f"Cannot serve at {host}, port {port}: {error.strerror}; set ACCORD_HOST"


def _address(host: str, port: int) -> str:
    if host in _EVERYWHERE:
        return f"http://127.0.0.1:{port}, and at every other address of this machine"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
