"""The commands over the ledger: `accord deals`, `accord deal ID`, `accord companies`, `accord read`.

Doors like those of `cli`, which attaches them: they parse, print and leave errors to its group.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.deals.records import Kind, Stage
from assistant.terminal import bars, opened_assistant, opened_ledger

if TYPE_CHECKING:
    from assistant.deals.ledger.companies import Decision
    from assistant.deals.ledger.histories import Deal
    from assistant.deals.ledger.ledger import Filter, Ledger

FORMATS = ("table", "csv", "jsonl", "xlsx")


@click.command()
@click.option("--company", default="", help="Of this company, by name or id.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Of this kind.")
@click.option("--status", type=click.Choice([stage.value for stage in Stage]), help="Now at this.")
@click.option(
    "--since", default="", metavar="DATE", help="Something happened on this day or later."
)
@click.option(
    "--until", default="", metavar="DATE", help="Something happened on this day or before."
)
@click.option("--topic", default="", metavar="WORDS", help="About this: each word stands in it.")
@click.option("--mentions", is_flag=True, help="One line for each article that tells of a deal.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def deals(
    *,
    kind: str | None,
    status: str | None,
    mentions: bool,
    form: str,
    out: Path | None,
    **words: str,
) -> None:
    """List deals, the complete list in order of date."""
    if mentions and form != "jsonl":
        raise click.UsageError("--mentions goes with --format jsonl")
    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx goes with --out")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.absolute().parent}")
    from assistant.deals.ledger.ledger import Filter

    chosen = Filter(
        kind=Kind(kind) if kind else None, status=Stage(status) if status else None, **words
    )
    with opened_ledger() as ledger:
        if mentions:
            _write(_mention_lines(ledger, chosen), out)
        else:
            _write_deals(ledger.deals(chosen), form, out)


def _write_deals(found: Sequence[Deal], form: str, out: Path | None) -> None:
    from assistant import ledger_formats as formats

    match form:
        case "xlsx" if out is not None:
            with _naming(out):
                formats.write_xlsx(found, out)
        case "csv":
            _write(formats.deals_csv(found), out)
        case "jsonl":
            _write("".join(f"{formats.json_line(formats.deal_record(d))}\n" for d in found), out)
        case _:
            told = f"{formats.deals_table(found)}\n" if found else ""
            _write(told, out)
            click.echo(f"{len(found)} {'deal' if len(found) == 1 else 'deals'}", err=True)


def _mention_lines(ledger: Ledger, chosen: Filter) -> str:
    from assistant import ledger_formats as formats
    from assistant.deals.ledger.ledger import Filter

    told = ledger.mentions()
    if chosen != Filter():
        wanted = {t.mention for deal in ledger.deals(chosen) for t in deal.tellings}
        told = [one for one in told if one.mention in wanted]
    records = (formats.mention_record(one.mention, one.source.date) for one in told)
    return "".join(f"{formats.json_line(record)}\n" for record in records)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    with _naming(out):
        out.write_text(text, "utf-8")


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turns a file that cannot be written into one line that names it."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"--out: {path} cannot be written: {error.strerror}") from None


@click.command()
@click.argument("deal_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print as one JSON object.")
def deal(deal_id: str, as_json: bool) -> None:
    """Show a deal with its history and the words that prove it."""
    with opened_ledger() as ledger:
        found = ledger.deal(deal_id)
        differs = ledger.disagreements(source.article_id for source in found.sources)
    from assistant import ledger_formats as formats

    if as_json:
        click.echo(formats.json_line({**formats.deal_record(found), "readings_differ": differs}))
    else:
        click.echo("\n".join([formats.deal_text(found), *formats.differences(differs)]))


@click.command()
@click.option("--model", is_flag=True, required=True, help="With the model configured.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
def read(model: bool, yes: bool) -> None:  # noqa: ARG001 - says that it costs
    """Read the deals of articles anew with the configured model, after telling what that costs.

    What it has read already is not read again.
    """
    with opened_assistant() as assistant:
        run = assistant.model_run()
        if not run.articles:
            click.echo("the model has read every article as it stands")
            return
        click.echo(f"{run.articles} to read: {run.estimate()}")
        if not yes and not click.confirm("Go on?"):
            return
        with bars() as progress:
            report = run.run(lambda done, total: progress("reading deals", done, total))
    click.echo(f"{report.read} read, {report.deals} deals: {run.told(report.usage)}")
    for failure in report.failures:
        click.echo(f"not read {failure.article_id}: {failure.why}", err=True)
    if report.stopped:
        click.echo(f"stopped: {report.stopped}", err=True)
    if report.failures or report.stopped:
        sys.exit(1)


class _Companies(click.Group):
    """Takes what is no command for a name: `accord companies Velmora` shows it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Companies, invoke_without_command=True, subcommand_metavar="[NAME | COMMAND ...]")
@click.pass_context
def companies(ctx: click.Context) -> None:
    """List companies, or show one by NAME with its names and why they are one."""
    if ctx.invoked_subcommand is None:
        with opened_ledger() as ledger:
            found = ledger.companies()
        from assistant.ledger_formats import companies_table

        if found:
            click.echo(companies_table(found))


@companies.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the companies that a name or an id means."""
    with opened_ledger() as ledger:
        found = ledger.companies(name)
    from assistant.ledger_formats import company_text

    click.echo("\n".join(company_text(company) for company in found))


@companies.command()
@click.argument("left")
@click.argument("right")
@click.option("--reason", required=True, help="Why they are one.")
def merge(left: str, right: str, reason: str) -> None:
    """Make one company of two, each by name or id."""
    with opened_ledger() as ledger:
        _tell(ledger.register.merge(left, right, reason))


@companies.command()
@click.argument("name")
@click.option("--article", "articles", multiple=True, metavar="ID", help="Only in this article.")
@click.option("--reason", required=True, help="Why it is another company.")
def split(name: str, articles: tuple[str, ...], reason: str) -> None:
    """Make a company of its own of a name, or of a name in some articles."""
    with opened_ledger() as ledger:
        _tell(ledger.register.split(name, reason, articles))


@companies.command()
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take a merge or a split back, by its number."""
    with opened_ledger() as ledger:
        _tell(ledger.register.undo(number))


@companies.command()
def decisions() -> None:
    """List merges and splits, also those taken back."""
    with opened_ledger() as ledger:
        found = ledger.register.decisions()
    for decision in found:
        _tell(decision)


def _tell(decision: Decision) -> None:
    from assistant.ledger_formats import decision_text

    click.echo(decision_text(decision))
