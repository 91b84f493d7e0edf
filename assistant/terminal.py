"""What every command needs: an assistant that is closed again, and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assistant.settings import read_settings

if TYPE_CHECKING:
    from assistant.deals.ledger.ledger import Ledger
    from assistant.service import Assistant, Progress


@contextmanager
def opened_assistant() -> Iterator[Assistant]:
    """An assistant on the settings of the environment."""
    settings = read_settings()
    from assistant.service import build

    with build(settings) as assistant:
        yield assistant


@contextmanager
def opened_ledger() -> Iterator[Ledger]:
    """A ledger in step with the articles; the indexes stay closed."""
    with opened_assistant() as assistant:
        with bars() as progress:
            ledger = assistant.open_ledger(progress)
        yield ledger


@contextmanager
def bars() -> Iterator[Progress]:
    """Progress on a terminal, one bar for each thing done; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    shown: dict[str, Any] = {}

    def progress(what: str, done: int, total: int) -> None:
        if what not in shown:
            for bar in shown.values():
                bar.render_finish()
            shown[what] = click.progressbar(length=total, label=what, file=sys.stderr)
        shown[what].update(done - shown[what].pos)

    try:
        yield progress
    finally:
        for bar in list(shown.values())[-1:]:
            bar.render_finish()
