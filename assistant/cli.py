"""The command line: `accord ingest | ask | conversations | feedback | deals | deal | companies |
status | serve | reindex`.

A door: it parses, prints and sets the exit code (0 done, 1 failed or something was skipped, 2 wrong
usage). One line on standard error says what went wrong.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from assistant.conversation_commands import conversations
from assistant.domain import Answer
from assistant.errors import AccordError
from assistant.evaluate_command import evaluate
from assistant.feedback_command import feedback
from assistant.ledger_commands import companies, deal, deals, read
from assistant.settings import read_settings, unknown_settings
from assistant.terminal import bars, opened_assistant, print_answer

if TYPE_CHECKING:
    from assistant.library.ingest import Report
    from assistant.service import Assistant, Progress

_LINE_S = 10.0
"""Seconds between two lines of progress."""


class _Group(click.Group):
    """Turns an AccordError into one line and exit code 1, for every command."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AccordError as error:
            click.echo(f"accord: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            ctx.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - a door
            log = Path(tempfile.gettempdir()) / "accord-error.log"
            log.write_text(traceback.format_exc(), "utf-8")
            click.echo(
                f"accord: unexpected {type(error).__name__}; its details are in {log}", err=True
            )
            ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="accord")
def main() -> None:
    """Answers about corporate deals from your own articles, with the words that prove them."""
    for name in unknown_settings():
        click.echo(f"accord: {name} is no setting of Accord and is ignored", err=True)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seeds", is_flag=True, help="Take in the starter articles that come with Accord.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def ingest(paths: tuple[Path, ...], seeds: bool, as_json: bool) -> None:
    """Take in articles: .txt, .md with front matter, .jsonl, or folders of them."""
    if not paths and not seeds:
        raise click.UsageError("name at least one file or folder, or use --seeds")
    from assistant.library.ingest import Report

    report = Report()
    with opened_assistant() as assistant, bars() as progress:
        if seeds:
            report = assistant.ingest_seeds(progress)
        if paths:
            report = report.plus(assistant.ingest(paths, progress))
    _print_report(report, as_json)
    if report.skipped:
        sys.exit(1)


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    for item in report.skipped:
        click.echo(f"skipped {item.where}: {item.why}", err=True)
    click.echo(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{len(report.skipped)} skipped"
    )


@main.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option("--conversation", default="", metavar="ID", help="Go on with this conversation.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Questions to answer, JSON Lines: id, question, previous.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Where answers of --batch go."
)
def ask(
    question: str | None, as_json: bool, conversation: str, batch: Path | None, out: Path | None
) -> None:
    """Answer a question, or a file of them, from the articles held."""
    if batch is not None:
        if question or out is None or conversation:
            raise click.UsageError("--batch goes with --out and with nothing else")
        if not out.absolute().parent.is_dir():
            raise click.UsageError(f"--out: there is no folder {out.absolute().parent}")
        _ask_batch(batch, out)
        return
    if out is not None:
        raise click.UsageError("--out goes with --batch")
    if not (question or "").strip():
        raise click.UsageError("ask a question, in quotation marks")
    with opened_assistant() as assistant:
        _open(assistant)
        started = time.perf_counter()
        answer = assistant.ask(question or "", conversation=conversation)
        took_ms = (time.perf_counter() - started) * 1000
    if as_json:
        click.echo(json.dumps(_record("", answer, took_ms), ensure_ascii=False))
    else:
        print_answer(answer)


def _ask_batch(batch: Path, out: Path) -> None:
    """One answer a line, written as it comes; lines that cannot be read are named and left out."""
    failed = False
    with (
        opened_assistant() as assistant,
        batch.open("rb") as lines,
        out.open("w", encoding="utf-8") as answers,
    ):
        _open(assistant)
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                key, question, previous = _batch_line(raw)
            except ValueError as error:
                click.echo(f"skipped {batch}:{number}: {error}", err=True)
                failed = True
                continue
            started = time.perf_counter()
            answer = assistant.ask(question, (previous,) if previous else ())
            took_ms = (time.perf_counter() - started) * 1000
            _write_line(answers, _record(key, answer, took_ms))
    if failed:
        sys.exit(1)


def _batch_line(raw: bytes) -> tuple[str, str, str]:
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except ValueError:
        raise ValueError("is not valid JSON in UTF-8; correct the line") from None
    if not isinstance(fields, dict):
        raise ValueError('is not a JSON object such as {"id": "1", "question": "..."}')
    question = fields.get("question")
    if not isinstance(question, str) or not question.strip():
        raise ValueError('has no "question"')
    previous = fields.get("previous") or ""
    if not isinstance(previous, str):
        raise ValueError('its "previous" is not text')
    return str(fields.get("id", "")), question, previous


def _write_line(answers: IO[str], record: dict[str, Any]) -> None:
    answers.write(json.dumps(record, ensure_ascii=False) + "\n")
    answers.flush()


def _record(key: str, answer: Answer, took_ms: float) -> dict[str, Any]:
    """The form answers have in JSON; `start` and `end` count into title, line break, text."""
    return {
        "id": key,
        "question": answer.question,
        "answer": answer.text,
        "abstained": answer.abstained,
        "abstention": answer.abstention,
        "writer": answer.writer,
        "notice": answer.notice,
        "citations": [
            {
                "n": citation.n,
                **asdict(citation.source),
                "quote": citation.quote.text,
                "start": citation.quote.span.start,
                "end": citation.quote.span.end,
            }
            for citation in answer.citations
        ],
        "strength": answer.strength,
        "deals": answer.deals,
        "companies": answer.companies,
        "next_questions": answer.next_questions,
        "took_ms": round(took_ms, 1),
    }


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print as one JSON object.")
def status(as_json: bool) -> None:
    """What is held, by whom it is read, and whether the indexes are in step."""
    with opened_assistant() as assistant:
        _open(assistant)
        fields = asdict(assistant.status())
    if as_json:
        click.echo(json.dumps(fields, ensure_ascii=False))
        return
    for name, value in fields.items():
        shown = ("no", "yes")[value] if isinstance(value, bool) else value
        click.echo(f"{name.replace('_', ' '):12} {'none' if shown is None else shown}")


@main.command()
@click.option("--seeds", is_flag=True, help="Before, take in the starter articles that come along.")
def serve(seeds: bool) -> None:
    """Serve the chat page, by default at http://127.0.0.1:7860."""
    settings = read_settings()
    with opened_assistant() as assistant:
        from assistant.web.server import serve as serve_page

        def prepare(progress: Progress) -> None:
            with _told() as told:

                def tell(what: str, done: int, total: int) -> None:
                    progress(what, done, total)
                    told(what, done, total)

                bring = assistant.ingest_seeds if seeds else assistant.open_indexes
                bring(tell)

        library = settings.page_curates
        serve_page(assistant, settings.host, settings.port, library=library, prepare=prepare)


def _told() -> AbstractContextManager[Progress]:
    """Progress as bars on a terminal, and as lines elsewhere: what serves is often watched by its log."""
    return bars() if sys.stderr.isatty() else nullcontext(_Lines())


class _Lines:
    """A line when something begins that is not done at once, then one every ten seconds."""

    def __init__(self) -> None:
        self._what, self._next = "", 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        begins = what != self._what
        if done >= total or not (begins or now >= self._next):
            return
        if begins and what == "reading deals":
            line = f"Reading the deals of {total:,} articles; this can take some minutes."
        else:
            line = f"{what}: {done:,} of {total:,}"
        click.echo(line, err=True)
        self._what, self._next = what, now + _LINE_S


@main.command()
def reindex() -> None:
    """Throw both indexes away and build them anew from the database."""
    with opened_assistant() as assistant:
        with bars() as progress:
            assistant.reindex(progress)
        held = assistant.status()
    click.echo(f"{held.passages} passages of {held.articles} articles indexed")


def _open(assistant: Assistant) -> None:
    with bars() as progress:
        assistant.open_indexes(progress)


for command in (deals, deal, companies, read, evaluate, conversations, feedback):
    main.add_command(command)


if __name__ == "__main__":
    main()
