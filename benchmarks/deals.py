"""Deals read from articles, against the deals people found in them: DealQA, CORE, one article whole.

    python -m benchmarks.deals DEALQA_FOLDER CORPUS.jsonl [--core CORE.jsonl] [--split] [--out FILE]

DEALQA_FOLDER holds visible.jsonl and score.py, which judges. CORE.jsonl has sentences with two
companies marked; the reader sees the plain sentence, and a record counts when it links the two with
the kind the relation stands for. --split also prints the two halves of DealQA, to show what was
fitted; --out keeps the records read. The time to read the
whole corpus is told; benchmarks.speed tells the embedder's.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

from assistant.deals.reading.reader import OfflineReader
from assistant.domain import Article, Source
from assistant.ledger_formats import mention_record
from benchmarks.dealqa import load_scorer
from benchmarks.record import need, record

CORE_KINDS = {
    "acquired_by": ("acquisition",),
    "merged_with": ("merger",),
    "collaboration": ("partnership", "joint_venture"),
    "shareholder_of": ("investment",),
    "client_of": ("supply",),
    "supplier_of": ("supply",),
}
"""What the relations of CORE are as deals; the others are none."""

GIVERS = {"acquired_by": ("e2", "e1"), "shareholder_of": ("e1", "e2")}
"""Who buys or invests, and in whom, where `invert_relation` is 0."""


def read_all(reader: OfflineReader, articles: list[Article]) -> tuple[list[dict[str, Any]], float]:
    """Records in the form score.py takes, and seconds."""
    started = time.perf_counter()
    records = [mention_record(m, a.source.date) for a in articles for m in reader.read(a)]
    return records, time.perf_counter() - started


def score_dealqa(
    scorer: ModuleType,
    gold: list[dict[str, Any]],
    records: list[dict[str, Any]],
    texts: dict[str, str],
    split: bool,
) -> dict[str, Any]:
    figures: dict[str, Any] = {"all": scorer.score_deals(gold, records, texts)}
    figures["background deals found"] = background(scorer, gold, records)
    if split:
        for name, half in (("first half", gold[::2]), ("second half", gold[1::2])):
            figures[name] = scorer.score_deals(half, records, texts)
    return figures


def background(
    scorer: ModuleType, gold: list[dict[str, Any]], records: list[dict[str, Any]]
) -> float:
    """Share of the deals told in passing that some record of their article links two parties of."""
    by_article = defaultdict(list)
    for line in records:
        by_article[line["article_id"]].append(line)
    found = [
        any(len(scorer.match_parties(r, deal)) >= 2 for r in by_article[article["article_id"]])
        for article in gold
        for deal in article["deals"]
        if not deal.get("main")
    ]
    return round(sum(found) / len(found), 4)


def score_core(scorer: ModuleType, reader: OfflineReader, lines: list[dict[str, Any]]) -> Any:
    """By kind: precision, recall, F1 and the share read the wrong way round."""
    right: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    said: dict[str, int] = defaultdict(int)
    inverted: dict[str, list[bool]] = defaultdict(list)
    for line in lines:
        kinds = CORE_KINDS.get(line["relation"], ())
        name = "partnership" if kinds[:1] == ("partnership",) else "".join(kinds)
        wanted[name] += bool(kinds)
        article = Article(Source(line["id"], ""), " ".join(line["context"]))
        for mention in reader.read(article):
            held = mention_record(mention, None)
            sides = {side: _role(scorer, held, line[f"{side}_name"]) for side in ("e1", "e2")}
            if None in sides.values():
                continue
            kind = "partnership" if held["kind"] == "joint_venture" else held["kind"]
            said[kind] += 1
            if kind != name:
                continue
            right[kind] += 1
            if line["relation"] in GIVERS:
                giver, taker = GIVERS[line["relation"]][:: -1 if line["invert_relation"] else 1]
                told = (scorer.side(sides[giver]), scorer.side(sides[taker]))
                inverted[kind].append(told == ("taker", "giver"))
            break
    return {
        kind: {
            "sentences": wanted[kind],
            "precision": round(right[kind] / max(1, said[kind]), 3),
            "recall": round(right[kind] / wanted[kind], 3),
            "f1": round(2 * right[kind] / max(1, said[kind] + wanted[kind]), 3),
            "inverted": round(sum(inverted[kind]) / max(1, len(inverted[kind])), 3),
        }
        for kind in ("acquisition", "partnership", "merger", "investment", "supply")
    }


def _role(scorer: ModuleType, held: dict[str, Any], name: str) -> str | None:
    gold = {"name": name}
    parties = held["parties"]
    return next((p["role"] for p in parties if scorer.same_company(p["name"], gold)), None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("dealqa", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--core", type=Path)
    parser.add_argument("--split", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--data", type=Path, help="a library's folder, to read weights from its cache"
    )
    args = parser.parse_args()
    scorer = load_scorer(need(args.dealqa, "the DealQA folder"))
    gold = scorer.read_jsonl(args.dealqa / "visible.jsonl")
    lines = scorer.read_jsonl(need(args.corpus, "the Wikinews business articles (articles.jsonl)"))
    texts = {a["id"]: a["title"] + "\n" + a["text"] for a in lines}
    articles = [Article(Source(a["id"], a["title"], "", a["date"]), a["text"]) for a in lines]
    known = {a["article_id"] for a in gold}
    with tempfile.TemporaryDirectory() as scratch:
        reader = OfflineReader((args.data or Path(scratch)) / "cache")
        records, _ = read_all(reader, [a for a in articles if a.id in known])
        figures = score_dealqa(scorer, gold, records, texts, args.split)
        if args.core:
            figures["CORE"] = score_core(scorer, reader, scorer.read_jsonl(args.core))
        records, seconds = read_all(reader, articles)
        figures["whole corpus"] = {"mentions": len(records), "seconds": round(seconds, 1)}
    if args.out:
        args.out.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    record("deals", figures)


if __name__ == "__main__":
    main()
