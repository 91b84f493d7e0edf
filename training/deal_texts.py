"""Labelled texts as the extractor meets them: an article, the core of each deal, and what is to be told of it.

Reads the form of deal_paragraphs.jsonl, one object a text with its `deals`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.deals.records import Core, Kind, Party, Role
from assistant.domain import Article, Quote, Source
from assistant.text import locate_quote

NEWS = Path(__file__).with_name("news.jsonl")


@dataclass(frozen=True, slots=True)
class Told:
    """One labelled deal. `others` are the cores of the article's other deals; `gold` is the label as read."""

    article: Article
    core: Core
    others: tuple[Core, ...]
    gold: dict[str, Any]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def labelled_texts(folder: Path) -> list[dict[str, Any]]:
    """Short invented texts of the data folder, and the longer ones beside this script, in one form."""
    return [*read_jsonl(folder / "deal_paragraphs.jsonl"), *read_jsonl(NEWS)]


def article_of(row: dict[str, Any]) -> Article:
    return Article(Source(row["id"], row["title"], date=row["date"]), row["text"])


def told_deals(article: Article, deals: list[dict[str, Any]]) -> Iterator[Told]:
    """Every deal of which two parties and the evidence can be located."""
    cores = [core_of(article, deal) for deal in deals]
    for i, (deal, core) in enumerate(zip(deals, cores, strict=True)):
        if core:
            yield Told(article, core, tuple(c for c in cores[:i] + cores[i + 1 :] if c), deal)


def found_deals(
    article: Article, deals: list[dict[str, Any]], cores: Sequence[Core]
) -> Iterator[Told]:
    """Every deal as it was found: the first core of its kind, else of any, that has two of its parties."""
    left = list(cores)
    for deal in deals:
        fitting = [core for core in left if _shared(core, deal) >= 2]
        if fitting:
            core = max(fitting, key=lambda c: (c.kind == deal["kind"], _shared(c, deal)))
            left.remove(core)
            yield Told(article, core, tuple(c for c in cores if c != core), deal)


def _shared(core: Core, deal: dict[str, Any]) -> int:
    return sum(any(_alike(p.name, g["name"]) for p in core.parties) for g in deal["parties"])


def _alike(one: str, other: str) -> bool:
    """Whether the words of one name are all in the other."""
    first, second = words_of(one), words_of(other)
    return bool(first and second) and (first <= second or second <= first)


def core_of(article: Article, deal: dict[str, Any]) -> Core | None:
    content = article.content
    evidence = [q for e in deal["evidence"] if (q := locate_quote(article.id, content, e))]
    parties = []
    for party in deal["parties"]:
        if quote := _named(article, [party["name"], *party.get("aliases", [])], evidence):
            parties.append(Party(party["name"], Role(party["role"]), quote))
    if not evidence or not parties:
        return None
    return Core(Kind(deal["kind"]), tuple(parties), tuple(evidence))


def _named(article: Article, names: list[str], evidence: list[Quote]) -> Quote | None:
    for within in [*(e.span for e in evidence), None]:
        for name in names:
            if quote := locate_quote(article.id, article.content, name, within):
                return quote
    return None


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower().replace("’", "'")))
