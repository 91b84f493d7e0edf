"""Learns the weights that fill a deal record: assistant/deals/reading/money, times, standing and reasons .json.

Data: deal_paragraphs.jsonl and, beside this script, news.jsonl (invented texts with labels; a sixth, by a
hash of the id, is kept to measure on), stages.tsv and reasons.tsv, sentences written for this project.
Each labelled deal is seen as it is labelled, with its plainest evidence alone, with whole sentences for
evidence, and as the offline reader finds it, since extraction may give any of them. Reasons also learn
from what words mean (`word_meanings`). Linear models, deterministic; needs scikit-learn. Figures are of
five-fold cross-validation by text.

    python training/train_details.py DATA_FOLDER CACHE_FOLDER
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import hstack  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-not-found,unused-ignore]
from sklearn.linear_model import LogisticRegression, Ridge  # type: ignore[import-not-found,unused-ignore]
from sklearn.model_selection import GroupKFold  # type: ignore[import-not-found,unused-ignore]

import assistant.deals.reading.weights
from assistant.deals.reading.extents import extent_features, find_extents
from assistant.deals.reading.money import find_amounts, price_features
from assistant.deals.reading.reader import OfflineReader
from assistant.deals.reading.reasons import reason_features
from assistant.deals.reading.standing import standing_features
from assistant.deals.reading.times import find_times, time_features
from assistant.deals.reading.vicinity import Vicinity, look_around
from assistant.domain import Span
from assistant.text import locate_quote
from training.deal_texts import (
    Told,
    article_of,
    found_deals,
    labelled_texts,
    read_jsonl,
    told_deals,
    words_of,
)
from training.word_meanings import WordMeanings

HERE = Path(__file__).parent
FOLDER = Path(assistant.deals.reading.weights.__file__).parent
PRICE_ODDS, DATE_ODDS, REASON_ODDS, FURTHER_REASON_ODDS = -1.5, -1.25, -1.75, -0.6
"""Log odds from which a field is told: below even, since a missed price is missed by who asks for it."""
NAMES = (
    ("Velmora", "Tarkin Systems"),
    ("Ostrova Group", "Pelham Foods"),
    ("Brindle Air", "Kestor Bank"),
    ("Quarry Media", "Luntex"),
)
ROLES = {
    "acquisition": ("acquirer", "target"), "divestiture": ("seller", "target"), "investment": ("investor", "investee"),
    "supply": ("supplier", "customer"), "licensing": ("licensee", "licensor"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to be scored: its features, what it should score, and the text it is from."""

    features: list[str]
    wanted: Any
    text: str
    weight: float = 1.0


def varied(told: Told) -> Iterator[Told]:
    yield told
    evidence = told.core.evidence
    if len(evidence) > 1:
        yield replace(told, core=replace(told.core, evidence=evidence[:1]))
    near = look_around(told.article, told.core)
    whole = tuple(near.quote(near.sentences[i]) for i in near.told)
    if whole and whole != evidence:
        yield replace(told, core=replace(told.core, evidence=whole))


def seen(told: Told) -> Vicinity:
    return look_around(told.article, told.core, told.others)


def price_rows(told: Told) -> Iterator[Row]:
    near, gold = seen(told), told.gold["value"]
    amounts = find_amounts(near)
    for amount in amounts:
        money = amount.money
        same = bool(gold) and money.currency == gold["currency"]
        right = same and abs(money.amount - gold["amount"]) <= 0.01 * gold["amount"]
        yield Row(price_features(near, amount, amounts), right, told.article.id)


def date_rows(told: Told) -> Iterator[Row]:
    near, gold = seen(told), told.gold["date"]
    timings = find_times(near)
    for timing in timings:
        right = bool(gold) and timing.date.startswith(gold)
        yield Row(time_features(near, timing, timings), right, told.article.id)


def stage_rows(told: Told) -> Iterator[Row]:
    yield Row(standing_features(seen(told)), told.gold["status"], told.article.id)


def reason_spans(told: Told) -> list[Span]:
    content = told.article.content
    found = (locate_quote(told.article.id, content, r["quote"]) for r in told.gold["rationale"])
    return [quote.span for quote in found if quote]


def reason_rows(told: Told) -> Iterator[Row]:
    near, spans = seen(told), reason_spans(told)
    for index in (i for i in near.near if i):
        held = _held(spans, near.sentences[index])
        right = any(end - start >= 10 for start, end in held)
        yield Row(reason_features(near, index), right, told.article.id)


def extent_rows(told: Told) -> Iterator[Row]:
    near, spans = seen(told), reason_spans(told)
    for index in (i for i in near.near if i):
        held = _held(spans, near.sentences[index])
        gold = words_of(" ".join(near.content[start:end] for start, end in held))
        if not any(end - start >= 10 for start, end in held):
            continue
        extents = find_extents(near, index)
        for extent in extents:
            given = words_of(near.content[extent.span.start : extent.span.end])
            f1 = 2 * len(gold & given) / (len(gold) + len(given))
            yield Row(extent_features(near, index, extent, extents), f1, told.article.id)


def _held(spans: Sequence[Span], sentence: Span) -> list[tuple[int, int]]:
    return [
        (max(s.start, sentence.start), min(s.end, sentence.end))
        for s in spans
        if s.start < sentence.end and sentence.start < s.end
    ]


def own_deals(name: str) -> Iterator[Told]:
    """The sentences of stages.tsv or reasons.tsv, each as an article of its own."""
    for number, line in enumerate((HERE / f"{name}.tsv").read_text("utf-8").splitlines()):
        buyer, target = NAMES[number % len(NAMES)]
        *labels, text = line.replace("{A}", buyer).replace("{B}", target).split("\t")
        kind, title, evidence = "acquisition", "News in brief", text
        reasons: list[dict[str, str]] = []
        if name == "stages":
            kind = labels[1]
        else:
            title, evidence = f"{buyer} to buy {target}", f"{buyer} has agreed to buy {target}."
            reasons = [{"quote": text}] if labels[0] == "1" else []
            text = f"{evidence} {text}"
        roles = ROLES.get(kind, ("partner", "partner"))
        parties = [{"name": n, "role": r} for n, r in zip((buyer, target), roles, strict=True)]
        row = {"id": f"{name}-{number}", "title": title, "date": "2015-05-05", "text": text}
        deal = {"kind": kind, "status": labels[0], "parties": parties, "value": None, "date": None,
                "rationale": reasons, "evidence": [evidence]}  # fmt: skip
        yield from told_deals(article_of(row), [deal])


class Linear:
    """A linear model over named features that occur in at least `texts` texts, and what words mean."""

    def __init__(self, model: Any, texts: int, meanings: WordMeanings | None = None) -> None:
        self.model, self.texts, self.names = model, texts, DictVectorizer()
        self.meanings = meanings
        self.known: set[str] = set()

    def fit(self, rows: Sequence[Row]) -> Linear:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            for feature in row.features:
                found[feature].add(row.text)
        self.known = {f for f, texts in found.items() if len(texts) >= self.texts}
        self.names.fit([self._kept(r) for r in rows])
        table = self._table(rows)
        self.model.fit(table, [r.wanted for r in rows], sample_weight=[r.weight for r in rows])
        return self

    def _kept(self, row: Row) -> dict[str, int]:
        return {f: 1 for f in row.features if f in self.known}

    def _table(self, rows: Sequence[Row]) -> Any:
        named = self.names.transform([self._kept(r) for r in rows])
        if not self.meanings:
            return named
        return hstack([named, self.meanings.sums(r.features for r in rows)]).tocsr()

    def predict(self, rows: Sequence[Row]) -> Any:
        return self.model.predict(self._table(rows))

    def weights(self, least: float) -> list[dict[str, float]]:
        """One map a class, of the weights that are at least `least` in size; the intercept is in `bias`."""
        names = self.names.get_feature_names_out()
        maps = []
        table, intercepts = np.atleast_2d(self.model.coef_), np.atleast_1d(self.model.intercept_)
        for numbers, intercept in zip(table, intercepts, strict=True):
            found = dict(zip(names, numbers[: len(names)], strict=True))
            if self.meanings:
                for word, weight in self.meanings.weights(numbers[len(names) :]).items():
                    found[word] = found.get(word, 0.0) + weight
            kept = {n: round(float(w), 3) for n, w in found.items() if abs(w) >= least}
            kept["bias"] = round(kept.get("bias", 0.0) + float(intercept), 3)
            maps.append(kept)
        return maps


def cross_validated(make: Callable[[], Linear], rows: Sequence[Row], own: Sequence[Row]) -> float:
    """Share of rows predicted right; for numbers the mean absolute error."""
    errors: list[float] = []
    for train, test in GroupKFold(5).split(rows, groups=[r.text for r in rows]):
        model = make().fit([*(rows[i] for i in train), *own])
        predicted = model.predict([rows[i] for i in test])
        wanted = [rows[i].wanted for i in test]
        if isinstance(wanted[0], float):
            errors += [abs(p - w) for p, w in zip(predicted, wanted, strict=True)]
        else:
            errors += [float(p == w) for p, w in zip(predicted, wanted, strict=True)]
    return float(np.mean(errors))


def balanced(rows: Sequence[Row]) -> dict[str, float]:
    """Weights of the stages: the root of how rare each is, since other news has more of the rare ones."""
    counts: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.wanted] += 1
    return {stage: (len(rows) / len(counts) / n) ** 0.5 for stage, n in counts.items()}


def learn(
    title: str, make: Callable[[], Linear], rows: list[Row], own: list[Row], least: float = 0.01
) -> tuple[Linear, list[dict[str, float]]]:
    print(f"{title}: {len(rows)} + {len(own)} rows, {cross_validated(make, rows, own):.3f}")
    model = make().fit([*rows, *own])
    return model, model.weights(least)


def write(name: str, weights: dict[str, dict[str, float]]) -> None:
    (FOLDER / f"{name}.json").write_text(
        json.dumps(weights, indent=0, sort_keys=True) + "\n", "utf-8"
    )


def kept_aside(text: str) -> bool:
    """A sixth of the texts, the same that the reader of links is not shown."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 6 == 0


def read_texts(folder: Path) -> list[dict[str, Any]]:
    return [row for row in labelled_texts(folder) if not kept_aside(row["id"])]


def learn_reasons(labelled: list[Told], found: list[Told], cache: Path) -> None:
    own = [replace(r, weight=2.0) for t in own_deals("reasons") for r in reason_rows(t)]
    rows = [replace(r, weight=0.6) for t in labelled for r in reason_rows(t)]
    rows += [replace(r, weight=0.4) for t in found for r in reason_rows(t)]
    meanings = WordMeanings(cache, (r.features for r in [*rows, *own]), scale=1.2)
    make = lambda: Linear(LogisticRegression(C=0.05, max_iter=3000), 3, meanings)  # noqa: E731
    _, (sentence,) = learn("reason", make, rows, own, least=0.03)
    rows = [r for t in [*labelled, *found] for r in extent_rows(t)]
    own = [replace(r, weight=2.0) for t in own_deals("reasons") for r in extent_rows(t)]
    _, (extent,) = learn(
        "extent, mean error", lambda: Linear(Ridge(alpha=20), 3), rows, own, least=0.003
    )
    bars = {"threshold": REASON_ODDS, "threshold_beside": FURTHER_REASON_ODDS}
    write("reasons", {"sentence": {**sentence, **bars}, "extent": extent})


def learn_stages(wide: list[Told]) -> None:
    rows = [r for t in wide for r in stage_rows(t)]
    own = [replace(r, weight=2.0) for t in own_deals("stages") for r in stage_rows(t)]
    make = lambda: Linear(  # noqa: E731
        LogisticRegression(C=0.03, max_iter=3000, class_weight=balanced(rows)), 4
    )
    model, stages = learn("stage", make, rows, own, least=0.02)
    write("standing", dict(zip(model.model.classes_.tolist(), stages, strict=True)))


def learn_fields(labelled: list[Told]) -> None:
    """Prices, dates and stages, from the short texts as labelled: with the longer ones and with deals as
    they are found, fewer false dates were told on such texts, and fewer true fields on real articles.
    """
    wide = [variant for told in labelled for variant in varied(told)]
    make = lambda: Linear(LogisticRegression(C=0.3, max_iter=3000), 1)  # noqa: E731
    _, (price,) = learn("price", make, [r for t in wide for r in price_rows(t)], [])
    write("money", {"price": {**price, "threshold": PRICE_ODDS}})
    _, (date,) = learn("date", make, [r for t in wide for r in date_rows(t)], [])
    write("times", {"date": {**date, "threshold": DATE_ODDS}})
    learn_stages(wide)


def main(folder: Path, cache: Path) -> None:
    reader = OfflineReader(cache)
    short = read_jsonl(folder / "deal_paragraphs.jsonl")
    learn_fields([t for text in short for t in told_deals(article_of(text), text["deals"])])
    labelled, found = [], []
    for text in read_texts(folder):
        article, deals = article_of(text), text["deals"]
        labelled += list(told_deals(article, deals))
        found += list(found_deals(article, deals, [m.core for m in reader.read(article)]))
    learn_reasons(labelled, found, cache)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
