"""Deals, mentions and companies as text, CSV, JSON Lines and a spreadsheet.

Pure but for the file of a spreadsheet. No cell is ever taken for a formula, whatever an article says.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.deals.ledger.companies import Decision, Join
from assistant.deals.ledger.histories import Deal, Price
from assistant.deals.ledger.register import Company
from assistant.deals.reading.details import told_date, told_value
from assistant.deals.records import Basis, DealMention
from assistant.domain import Quote

COLUMNS = ("id", "date", "kind", "status", "parties", "value", "subject", "reasons", "sources")
_SHOWN = 7
"""Columns of the table on a terminal; reasons and sources would not fit."""

_WIDTHS = (6, 10, 14, 10, 60, 16, 30)
_CELL = 32_000
"""Characters a cell of a spreadsheet holds, somewhat less than its 32,767."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """One line without control characters, which could steer a terminal."""
    return " ".join(_CONTROL.sub(" ", text).split())


def amount(price: Price) -> str:
    """Such as "340 million EUR", "24.5 USD a share", "about 2 billion USD"."""
    ends = [price.amount] if price.high is None else [price.amount, price.high]
    told = f"{' to '.join(_number(end) for end in ends)} {price.currency}"
    match price.basis:
        case Basis.PER_SHARE:
            return f"{told} a share"
        case Basis.ESTIMATE:
            return f"about {told}"
        case _:
            return told


def _number(value: float) -> str:
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if value >= size:
            return f"{value / size:.4g}{word}"
    return f"{value:,.10g}"


def _cells(deal: Deal) -> list[str]:
    parties = "; ".join(f"{party.name} ({party.role})" for party in deal.parties)
    return [
        deal.id,
        deal.date or "",
        deal.kind.replace("_", " "),
        deal.stage,
        clean(parties),
        " / ".join(amount(price) for price in deal.values if price.basis is not Basis.PER_SHARE),
        clean(deal.subjects[0].text) if deal.subjects else "",
        clean(" | ".join(reason.quote.text for reason in deal.reasons)),
        " ".join(source.article_id for source in deal.sources),
    ]


def deals_table(deals: Sequence[Deal]) -> str:
    """One line a deal, cut to fit; an empty text for none."""
    if not deals:
        return ""
    rows = [[*COLUMNS[:_SHOWN]], *(_cells(deal)[:_SHOWN] for deal in deals)]
    widths = [min(widest, max(len(row[i]) for row in rows)) for i, widest in enumerate(_WIDTHS)]
    lines = []
    for row in rows:
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def deals_csv(deals: Iterable[Deal]) -> str:
    """With a line of headings; cells that a spreadsheet would reckon with begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in _cells(deal)] for deal in deals)
    return out.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def write_xlsx(deals: Iterable[Deal], path: Path) -> None:
    """A workbook of one sheet; every cell is text. Raises OSError where it cannot be written."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("deals")
    sheet.freeze_panes = "A2"
    for row in [list(COLUMNS), *(_cells(deal) for deal in deals)]:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_inert(text)[:_CELL])
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def json_line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def deal_record(deal: Deal) -> dict[str, Any]:
    """The form of a deal in JSON; `start` and `end` count into title, line break, text."""
    return {
        "id": deal.id,
        "kind": deal.kind,
        "status": deal.stage,
        "status_date": deal.stage_date,
        "date": deal.date,
        "parties": [asdict(party) for party in deal.parties],
        "values": [
            {
                "amount": price.amount,
                "high": price.high,
                "currency": price.currency,
                "basis": price.basis,
                "independent": price.independent,
                "quotes": [_quote(quote) for quote in price.quotes],
            }
            for price in deal.values
        ],
        "values_disputed": bool(deal.disputed_values),
        "dates_disputed": bool(deal.disputed_dates),
        "stakes": [{"percent": s.percent, **_quote(s.quote)} for s in deal.stakes],
        "subjects": [{"text": s.text, **_quote(s.quote)} for s in deal.subjects],
        "reasons": [{"voice": r.voice, "who": r.who, **_quote(r.quote)} for r in deal.reasons],
        "history": [
            {
                "status": event.stage,
                "date": event.date,
                "stated": event.stated,
                "independent": event.independent,
                "quotes": [_quote(quote) for quote in event.quotes],
            }
            for event in deal.history
        ],
        "evidence": [_quote(quote) for quote in deal.evidence],
        "sources": [asdict(source) for source in deal.sources],
        "independent": deal.independent,
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "article_id": quote.article_id,
        "quote": quote.text,
        "start": quote.span.start,
        "end": quote.span.end,
    }


def mention_record(mention: DealMention, reported: str | None) -> dict[str, Any]:
    """One article's telling of one deal, with one price and one date chosen; `reported` is its own date.

    `date_stated`: the article gives the date; else it is the month in which it reports its own deal.
    """
    value = told_value(mention)
    return {
        "article_id": mention.article_id,
        "kind": mention.kind,
        "status": mention.standing.stage,
        "parties": [{"name": party.name, "role": party.role} for party in mention.parties],
        "value": {"amount": value.amount, "currency": value.currency} if value else None,
        "date": told_date(mention, reported),
        "date_stated": bool(mention.dates),
        "rationale": [reason.quote.text for reason in mention.reasons],
        "evidence": [quote.text for quote in mention.core.evidence],
    }


def deal_text(deal: Deal) -> str:
    """A deal with its history, prices, reasons and sources, each with its quote."""
    lines = [f"{deal.id}  {deal.kind.replace('_', ' ')}, {deal.stage}{_on(deal.stage_date)}"]
    lines += [f"  {clean(p.name)} ({p.role}, {p.company_id})" for p in deal.parties]
    for event in deal.history:
        how = "" if event.stated or not event.date else " (reported)"
        lines += [f"\n{event.date or 'undated'}  {event.stage}{how}", *_quoted(event.quotes)]
    for price in deal.values:
        lines += [
            f"\nvalue  {amount(price)}, {_sources(price.independent)}",
            *_quoted(price.quotes),
        ]
    if deal.disputed_values:
        lines.append("\nThe sources disagree about the value.")
    if deal.disputed_dates:
        lines.append("\nThe sources disagree about the date.")
    for stake in deal.stakes:
        shown = "a stake" if stake.percent is None else f"{stake.percent:g} percent"
        lines += [f"\nstake  {shown}", *_quoted([stake.quote])]
    for subject in deal.subjects:
        lines += [f"\nabout  {clean(subject.text)}"]
    for reason in deal.reasons:
        said = f"{reason.voice}{f', {clean(reason.who)}' if reason.who else ''}"
        lines += [f"\nreason  ({said})", *_quoted([reason.quote])]
    lines.append(f"\n{_sources(deal.independent)}:")
    for source in deal.sources:
        told = (source.article_id, source.title, source.publisher, source.date or "", source.url)
        lines.append("  " + ", ".join(clean(part) for part in told if part))
    return "\n".join(lines)


def differences(by_article: Mapping[str, Sequence[str]]) -> list[str]:
    """Lines on where the model's reading of an article differs from the offline one."""
    lines = []
    for article_id, told in sorted(by_article.items()):
        lines += [f"\nreadings of {clean(article_id)} differ:", *(f"    {clean(t)}" for t in told)]
    return lines


def _on(date: str | None) -> str:
    return f" {date}" if date else ""


def _sources(count: int) -> str:
    return "1 independent source" if count == 1 else f"{count} independent sources"


def _quoted(quotes: Iterable[Quote]) -> list[str]:
    return [f"    “{clean(quote.text)}” [{quote.article_id}]" for quote in quotes]


def companies_table(companies: Iterable[Company]) -> str:
    """One line a company: id, deals, names."""
    return "\n".join(f"{c.id:6}  {c.deals:4}  {clean(c.name)}{_also(c)}" for c in companies)


def _also(company: Company) -> str:
    others = [clean(name) for name in company.names if name != company.name]
    return f"  (also {', '.join(others)})" if others else ""


def company_text(company: Company) -> str:
    """A company with its names and why they are one."""
    lines = [
        f"{company.id}  {clean(company.name)}: {company.deals} deals, {company.articles} articles"
    ]
    lines += [f"  named {clean(name)}" for name in company.names]
    return "\n".join([*lines, *(f"  {_why(join)}" for join in company.joins)])


def _why(join: Join) -> str:
    where = f" [{join.article_id}]" if join.article_id else ""
    reason = f": {clean(join.reason)}" if join.reason else ""
    return f"{clean(join.name)} = {clean(join.other)}, since {join.why}{reason}{where}"


def decision_text(decision: Decision) -> str:
    """A decision in one line, with its number and whether it stands."""
    what = f"{decision.act} {clean(decision.name)}"
    if decision.other:
        what += f" with {clean(decision.other)}"
    if decision.articles:
        what += f" in {', '.join(decision.articles)}"
    undone = f" (undone {decision.undone_at[:10]})" if decision.undone_at else ""
    return f"{decision.id:4}  {decision.at[:10]}  {what}: {clean(decision.reason)}{undone}"
