"""The answers being written now, so that a person can stop one. Safe to share between threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Running:
    """By conversation. A stopped answer is told so through its event and ends by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: dict[str, list[threading.Event]] = {}

    @contextmanager
    def answer(self, conversation: str) -> Iterator[threading.Event]:
        """An answer of this conversation being written; the event is set when it shall stop."""
        stop = threading.Event()
        with self._lock:
            self._stops.setdefault(conversation, []).append(stop)
        try:
            yield stop
        finally:
            # Whoever waited for it has gone: its writer stops too.
            stop.set()
            with self._lock:
                left = [other for other in self._stops[conversation] if other is not stop]
                if left:
                    self._stops[conversation] = left
                else:
                    del self._stops[conversation]

    def stop(self, conversation: str) -> bool:
        """Whether anything of this conversation was being written."""
        with self._lock:
            stops = list(self._stops.get(conversation, ()))
        for stop in stops:
            stop.set()
        return bool(stops)
