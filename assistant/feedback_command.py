"""The command `accord feedback`: what persons said of answers, to be read, or to be asked again.

A door like those of `cli`, which attaches it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from assistant.terminal import bars, opened_assistant

if TYPE_CHECKING:
    from assistant.library.feedback import Feedback

_QUESTION_WIDTH, _WORDS_WIDTH = 60, 60


@click.command()
@click.option(
    "--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True
)
def feedback(form: str) -> None:
    """List what was said of answers; as jsonl in the form that `accord evaluate` takes."""
    with opened_assistant() as assistant:
        given = assistant.feedback.all()
        if form == "jsonl":
            from assistant.evaluation.feedback_questions import feedback_lines

            with bars() as progress:
                book = assistant.open_ledger(progress).book()
            click.echo(feedback_lines(given, book), nl=False)
            return
    for line in _table(given):
        click.echo(line)


def _table(given: list[Feedback]) -> Iterator[str]:
    if not given:
        return
    shown = [_cut(one.question, _QUESTION_WIDTH) for one in given]
    width = max(len("question"), *map(len, shown))
    yield f"{'given (UTC)':16}  {'verdict':10}  {'question'.ljust(width)}  words"
    for one, question in zip(given, shown, strict=True):
        time = one.at[:16].replace("T", " ")
        words = _cut(one.words, _WORDS_WIDTH)
        yield f"{time:16}  {one.judgement:10}  {question.ljust(width)}  {words}".rstrip()


def _cut(text: str, width: int) -> str:
    """On one line, without the signs that a terminal obeys."""
    line = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return line if len(line) <= width else f"{line[: width - 1]}…"
