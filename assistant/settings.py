"""The only reader of the environment. Read once at start; a bad value fails there, by name.

Knows names, types, defaults and one line of help a setting; docs/settings.md is tested against it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platformdirs import user_data_path

from assistant.errors import SettingsError

WRITERS = ("auto", "offline", "generative")
EMBEDDERS = ("minilm", "openai")
ON_PAGE = ("auto", "yes", "no")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1", re.IGNORECASE)


def _setting(name: str, default: Any, help_text: str, parse: Callable[[str], Any] = str) -> Any:
    return field(default=default, metadata={"name": name, "help": help_text, "parse": parse})


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isdecimal() or not low <= int(raw) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(raw)

    return parse


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return raw

    return parse


def _price(raw: str) -> float:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", raw):
        raise ValueError("an amount such as 0.25")
    return float(raw)


def _http_url(raw: str) -> str:
    if not raw.startswith(("http://", "https://")) or not urlsplit(raw).hostname:
        raise ValueError("an address such as http://127.0.0.1:8000/v1")
    return raw


def _folder(raw: str) -> Path:
    try:
        return Path(raw).expanduser().absolute()
    except RuntimeError:
        raise ValueError("a folder's path; there is no such user") from None


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; nothing here needs a network."""

    data: Path | None = _setting(
        "ACCORD_DATA", None, "Folder of the database and the indexes.", _folder
    )
    database_url: str = _setting(
        "ACCORD_DATABASE_URL", "", "SQLAlchemy address of the database instead of a SQLite file."
    )
    embedder: str = _setting(
        "ACCORD_EMBEDDER",
        "minilm",
        "Who turns text into vectors: minilm (on this machine) or openai.",
        _one_of(EMBEDDERS),
    )
    embedding_model: str = _setting(
        "ACCORD_EMBEDDING_MODEL",
        "text-embedding-3-small",
        "Model name asked for when ACCORD_EMBEDDER is openai.",
    )
    writer: str = _setting(
        "ACCORD_WRITER",
        "auto",
        "Who writes answers: auto (a model when one is configured), offline or generative.",
        _one_of(WRITERS),
    )
    model: str = _setting("ACCORD_MODEL", "gpt-5-mini", "Chat model of the generative writer.")
    model_timeout_s: int = _setting(
        "ACCORD_MODEL_TIMEOUT_S", 45, "Seconds to wait for the model.", _whole(1, 600)
    )
    model_retries: int = _setting(
        "ACCORD_MODEL_RETRIES",
        2,
        "Further tries after a failed call of the model.",
        _whole(0, 10),
    )
    model_workers: int = _setting(
        "ACCORD_MODEL_WORKERS",
        4,
        "Articles a model reads at once when it reads deals.",
        _whole(1, 64),
    )
    price_in: float | None = _setting(
        "ACCORD_MODEL_PRICE_IN",
        None,
        "Price of a million tokens the model reads, to show what reading deals costs.",
        _price,
    )
    price_out: float | None = _setting(
        "ACCORD_MODEL_PRICE_OUT",
        None,
        "Price of a million tokens the model writes, in the same money.",
        _price,
    )
    host: str = _setting("ACCORD_HOST", "127.0.0.1", "Address the web page is served at.")
    port: int = _setting("ACCORD_PORT", 7860, "Port the web page is served at.", _whole(1, 65535))
    library_on_page: str = _setting(
        "ACCORD_LIBRARY_ON_PAGE",
        "auto",
        "Whether the page may change the library: auto (where ACCORD_HOST is this machine), yes or no.",
        _one_of(ON_PAGE),
    )
    max_file_mb: int = _setting(
        "ACCORD_MAX_FILE_MB", 32, "Larger files are not taken in, megabytes.", _whole(1, 1024)
    )
    api_key: str = _setting("OPENAI_API_KEY", "", "Key of OpenAI or of the server at the base URL.")
    base_url: str = _setting(
        "OPENAI_BASE_URL", "", "Address of an OpenAI-compatible server, with its /v1.", _http_url
    )

    @property
    def data_folder(self) -> Path:
        """`ACCORD_DATA`, or `accord` in the place where this system keeps an application's data."""
        return self.data or user_data_path("accord", appauthor=False)

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_folder / 'accord.db'}"

    @property
    def page_curates(self) -> bool:
        """Whether whoever reaches the page may change the library: asked for, or nobody else reaches it."""
        here = bool(_LOOPBACK.fullmatch(self.host.strip("[]")))
        return self.library_on_page == "yes" or (self.library_on_page == "auto" and here)

    @property
    def generative(self) -> bool:
        """Whether a language model is to write: configured, or asked for by name."""
        configured = bool(self.api_key or self.base_url)
        return self.writer == "generative" or (self.writer == "auto" and configured)


def setting_rows() -> list[tuple[str, str, str]]:
    """(name, default, help) of every setting, in order."""
    return [
        (f.metadata["name"], "" if f.default is None else str(f.default), f.metadata["help"])
        for f in fields(Settings)
    ]


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; an empty value counts as not set.

    Raises SettingsError naming the key, the value and what would be right; a key's value is never shown.
    """
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = env.get(f.metadata["name"], "").strip()
        if not raw:
            continue
        try:
            values[f.name] = f.metadata["parse"](raw)
        except ValueError as error:
            shown = re.sub(r"^(.*?//)?.*@", r"\1***@", raw)
            raise SettingsError(f"{f.metadata['name']}={shown!r}: needs {error}") from None
    settings = Settings(**values)
    if settings.writer == "generative" and not (settings.api_key or settings.base_url):
        raise SettingsError(
            "ACCORD_WRITER='generative': needs OPENAI_API_KEY or OPENAI_BASE_URL to be set"
        )
    if settings.embedder == "openai" and not (settings.api_key or settings.base_url):
        raise SettingsError(
            "ACCORD_EMBEDDER='openai': needs OPENAI_API_KEY or OPENAI_BASE_URL to be set"
        )
    return settings


def unknown_settings(environ: Mapping[str, str] | None = None) -> list[str]:
    """Names in the environment that look like settings and are none, likely misspelt."""
    known = {f.metadata["name"] for f in fields(Settings)}
    env = os.environ if environ is None else environ
    return sorted(name for name in env if name.startswith("ACCORD_") and name not in known)
