"""The command `accord evaluate`: questions with known answers asked, the answers judged, a table of scores.

A door like those of `cli`, which attaches it. The questions come from a file or from the ledger.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from assistant.terminal import bars, opened_assistant

if TYPE_CHECKING:
    from assistant.domain import Answer
    from assistant.evaluation.gold import GoldQuestion
    from assistant.evaluation.judging import Contents, Verdict
    from assistant.service import Assistant

MOST = 100
"""Questions made from the ledger where no other number is asked for."""


@click.command()
@click.argument(
    "gold",
    required=False,
    metavar="[GOLD.jsonl]",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--from-ledger", is_flag=True, help="Make the questions from the deals held.")
@click.option(
    "--most", type=click.IntRange(min=1), metavar="N", help=f"So many at most, else {MOST}."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the questions made to this file.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was answered, and how it was judged, to this file.",
)
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True
)
def evaluate(
    *,
    gold: Path | None,
    from_ledger: bool,
    most: int | None,
    out: Path | None,
    answers: Path | None,
    form: str,
) -> None:
    """Score the answers to questions whose right answers are known, in GOLD.jsonl or from the ledger."""
    _check_usage(gold, from_ledger, bool(most or out), {"--out": out, "--answers": answers})
    with opened_assistant() as assistant, ExitStack() as files:
        contents = _contents(assistant)
        left_out = 0
        if gold is not None:
            questions, left_out = _from_file(gold)
        else:
            questions = _from_ledger(assistant, contents, most or MOST, out)
        # Before anything is asked: a file that cannot be written would cost all the answers.
        kept = files.enter_context(_opened("--answers", answers)) if answers else None
        _tell_missing(questions, contents)
        verdicts, times = _asked(assistant, questions, contents, kept)
    _print(verdicts, times, form)
    if left_out:
        sys.exit(1)


def _check_usage(
    gold: Path | None, from_ledger: bool, making: bool, written: Mapping[str, Path | None]
) -> None:
    if (gold is None) == (not from_ledger):
        raise click.UsageError("name a file of questions, or use --from-ledger, and not both")
    if making and not from_ledger:
        raise click.UsageError("--most and --out go with --from-ledger")
    taken = {gold.resolve(): "GOLD.jsonl"} if gold else {}
    for option, path in written.items():
        if path is None:
            continue
        if not path.absolute().parent.is_dir():
            raise click.UsageError(f"{option}: there is no folder {path.absolute().parent}")
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise click.UsageError(f"{option}: {path} is {other} already; name another file")


def _from_file(path: Path) -> tuple[Sequence[GoldQuestion], int]:
    """The questions of a file, and how many lines or parts of lines cannot be used.

    Those are named, and so are those still to be completed, which are no mistakes.
    """
    from assistant.errors import GoldRefused
    from assistant.evaluation.gold import read_gold

    gold = read_gold(path)
    for bad in gold.left_out:
        act = "to be completed" if bad.unfinished else "skipped"
        click.echo(f"{act} {path}:{bad.number}: {bad.why}", err=True)
    if not gold.questions:
        raise GoldRefused(
            f"{path} holds no question that can be scored; a line looks like "
            '{"question": "Who bought A?", "must": [["B"]]}'
        )
    return gold.questions, sum(not bad.unfinished for bad in gold.left_out)


def _from_ledger(
    assistant: Assistant, contents: Contents, most: int, out: Path | None
) -> Sequence[GoldQuestion]:
    from assistant.errors import GoldRefused
    from assistant.evaluation.gold import gold_lines
    from assistant.evaluation.ledger_questions import ledger_questions

    with bars() as progress:
        book = assistant.open_ledger(progress).book()
    questions = ledger_questions(book, contents, most)
    if not questions:
        raise GoldRefused(
            "no deal of the ledger is told plainly enough to ask about; "
            "take in more articles with `accord ingest PATH`"
        )
    if out is not None:
        with _opened("--out", out) as file:
            file.write(gold_lines(questions))
    return questions


@contextmanager
def _opened(option: str, path: Path) -> Iterator[IO[str]]:
    """A file to write; one that cannot be written is told in one line that names it."""
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{option}: {path} cannot be written: {error.strerror}") from None
    with file:
        yield file


def _contents(assistant: Assistant) -> Callable[[str], str]:
    from assistant.errors import ArticleMissing

    @lru_cache(maxsize=4096)
    def content(article_id: str) -> str:
        try:
            return assistant.article(article_id).content
        except ArticleMissing:
            return ""

    return content


def _tell_missing(questions: Sequence[GoldQuestion], contents: Contents) -> None:
    """Whose article is not held cannot be answered: that is told, and counted as it comes."""
    missing = [q for q in questions if q.answerable and q.article_id and not contents(q.article_id)]
    if missing:
        click.echo(
            f"{len(missing)} of {len(questions)} questions are about articles that are not held, "
            f"such as {missing[0].article_id}; take them in with `accord ingest PATH`",
            err=True,
        )


def _asked(
    assistant: Assistant,
    questions: Sequence[GoldQuestion],
    contents: Contents,
    kept: IO[str] | None,
) -> tuple[list[Verdict], list[float]]:
    """What became of each question, and how many milliseconds its answer took."""
    from assistant.evaluation.judging import judge

    verdicts: list[Verdict] = []
    times: list[float] = []
    with bars() as progress:
        assistant.open_indexes(progress)
        for done, question in enumerate(questions, 1):
            started = time.perf_counter()
            answer = assistant.ask(question.text, (question.previous,) if question.previous else ())
            times.append((time.perf_counter() - started) * 1000)
            verdicts.append(judge(question, answer, contents))
            if kept is not None:
                record = _record(verdicts[-1], answer, times[-1])
                kept.write(json.dumps(record, ensure_ascii=False) + "\n")
                kept.flush()
            progress("answering", done, len(questions))
    return verdicts, times


def _record(verdict: Verdict, answer: Answer, took_ms: float) -> dict[str, Any]:
    question = verdict.question
    return {
        "id": question.id,
        "type": question.type,
        "question": question.text,
        "previous": question.previous or None,
        "answerable": question.answerable,
        "must": [list(group) for group in question.must],
        "right": verdict.right,
        "supported": verdict.supported,
        "answer": answer.text,
        "abstained": answer.abstained,
        "abstention": answer.abstention,
        "writer": answer.writer,
        "notice": answer.notice,
        "citations": [
            {
                "article_id": citation.quote.article_id,
                "quote": citation.quote.text,
                "start": citation.quote.span.start,
                "end": citation.quote.span.end,
            }
            for citation in answer.citations
        ],
        "took_ms": round(took_ms, 1),
    }


def _print(verdicts: Sequence[Verdict], times: Sequence[float], form: str) -> None:
    from assistant.evaluation.scoring import score, scores_record, scores_table

    scores, median_ms = score(verdicts), statistics.median(times)
    if form == "json":
        record = {
            "questions": len(verdicts),
            **scores_record(scores),
            "median_ms": round(median_ms, 1),
        }
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    click.echo(scores_table(scores))
    click.echo(
        f"{len(verdicts)} questions, half of them answered within {median_ms:.0f} ms", err=True
    )
