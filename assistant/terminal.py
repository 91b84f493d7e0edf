"""What commands need: an assistant that is closed again, progress on a terminal, an answer printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assistant.domain import Answer
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


def print_answer(answer: Answer) -> None:
    """The text, its citations in full, and what is to be told of how it was made on standard error."""
    click.echo(answer.text)
    for citation in answer.citations:
        source = citation.source
        where = ", ".join(part for part in (source.title, source.publisher, source.date) if part)
        click.echo(f"\n[{citation.n}] {where}\n    “{citation.quote.text}”")
        if source.url:
            click.echo(f"    {source.url}")
    if answer.notice:
        click.echo(f"\n{answer.notice}", err=True)
