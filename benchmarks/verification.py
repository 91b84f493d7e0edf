"""Verification: how many changed answers the gate catches, and how many true ones it passes.

    python -m benchmarks.verification LIBRARY [--most 100] [--examples EXAMPLES.jsonl]

LIBRARY is a data folder with a ledger. True answers are made of it with the words that prove them: its
evidence as it stands, the same lightly reworded by rule (opening clauses dropped, figures and shares
written another way, active made passive), plain sentences of who buys whom, and rows of tallies. Each is
then changed in one place, which makes it false: a figure, a year, a currency, a company (for another of
the ledger), buyer and target. Its quotes stay. EXAMPLES.jsonl gets what slipped through and what was
refused wrongly.

What is called true is as true as the reader of deals: a sentence of an article always is, a plain one or
a row whose record is wrong may not be. Plain ones are made of deals that an article is about and the
reader was sure of. Buyer and target are exchanged in plain sentences and, told apart, in whole ones of
articles, where they must both be named.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answer.grounding import find_stray
from assistant.answer.verification import Proof, find_fault
from assistant.answer.wording import describe_deal, join_names, quotes_of
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import Kind, Role, Stage
from assistant.domain import Quote
from assistant.library.database import open_database
from benchmarks.record import need, record

SEED = 20_061_125
_BUYERS = (Role.ACQUIRER, Role.INVESTOR)
_TARGETS = (Role.TARGET, Role.INVESTEE)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with its quotes; `how` it was made or changed. The names are those of its deal."""

    text: str
    proofs: tuple[Proof, ...]
    how: str
    names: tuple[str, ...] = ()
    buyer: str = ""
    target: str = ""


# True answers


def true_answers(book: DealBook) -> Iterator[Told]:
    """Every deal's evidence as it stands and reworded, and its row."""
    for deal in book.deals:
        names = tuple(dict.fromkeys(party.name for party in deal.parties))
        for quote in deal.evidence[:1]:
            text = " ".join(quote.text.split())
            if len(text.split()) < 6:
                continue
            proofs = _proofs(book, (quote,))
            buyer, target = _sides(deal, text)
            plain = Told(text, proofs, "verbatim", names, buyer, target)
            yield plain
            yield from _reworded(plain)
            yield from _said_plainly(deal, plain)
        quotes = quotes_of(deal)
        if quotes and len(names) > 1:
            row = f"{join_names(names[1:])} ({describe_deal(deal)})"
            yield Told(row, _proofs(book, quotes), "row", names)


def _proofs(book: DealBook, quotes: tuple[Quote, ...]) -> tuple[Proof, ...]:
    found = []
    for quote in quotes:
        source = book.source(quote.article_id)
        title, date = (source.title, source.date) if source else ("", None)
        meant = book.meant_in(quote.article_id, quote.text)
        found.append(Proof(quote.text, title, date, meant, book.bought_in(quote.article_id)))
    return tuple(found)


def _sides(deal: Deal, text: str) -> tuple[str, str]:
    """Buyer and target where the sentence names one of each and nobody sells."""
    buyers, targets = deal.named(*_BUYERS), deal.named(*_TARGETS)
    if len(buyers) != 1 or len(targets) != 1 or deal.named(Role.SELLER):
        return "", ""
    one, other = buyers[0].name, targets[0].name
    both = one in text and other in text and one not in other and other not in one
    return (one, other) if both else ("", "")


_SCALE = r"(?P<scale>million|billion)"
_REWORDINGS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"US\$ ?(?P<n>\d[\d.,]*) ?" + _SCALE, lambda m: f"{m['n']} {m['scale']} dollars"),
    (r"(?<!\w)\$ ?(?P<n>\d[\d.,]*) ?" + _SCALE, lambda m: f"{m['n']} {m['scale']} dollars"),
    (r"€ ?(?P<n>\d[\d.,]*) ?" + _SCALE, lambda m: f"{m['n']} {m['scale']} euros"),
    (r"£ ?(?P<n>\d[\d.,]*) ?" + _SCALE, lambda m: f"{m['n']} {m['scale']} pounds"),
    (r"(?P<n>\d[\d.]*) ?per ?cent\b", lambda m: f"{m['n']}%"),
    (r"(?P<n>\d[\d.]*)%", lambda m: f"{m['n']} percent"),
    (r"^(?:On \w+day|Today|Yesterday|Earlier today),? ", lambda _m: ""),
    (r",? (?:according to|said|reported) [^,.]{3,60}\.$", lambda _m: "."),
    (r"\bhas agreed to (?:buy|acquire)\b", lambda _m: "is to acquire"),
    (r"\bhas (?:bought|acquired)\b", lambda _m: "took over"),
    (r"\bwill (?:buy|acquire)\b", lambda _m: "is going to take over"),
    (r"\bannounced (?:today|yesterday|on \w+day)\b", lambda _m: "made known"),
)
_VERB = r"(?:bought|acquired|purchased)"


def _reworded(plain: Told) -> Iterator[Told]:
    text = plain.text
    for form, words in _REWORDINGS:
        text = re.sub(form, words, text)
    if plain.buyer:
        active = rf"{re.escape(plain.buyer)} (?:has )?(?P<verb>{_VERB}) {re.escape(plain.target)}"
        passive = f"{plain.target} was {{}} by {plain.buyer}"
        text = re.sub(active, lambda m: passive.format(m["verb"]), text)
    if text != plain.text:
        yield replace(plain, text=text, how="reworded")


_SURE = 0.9
_STAGES = {
    Stage.COMPLETED: "bought",
    Stage.ANNOUNCED: "is buying",
    Stage.PROPOSED: "offered to buy",
}
_DEALING = re.compile(
    r"\b(?:buy|bought|acqui|purchas|tak\w+ over|takeover|took over)", re.IGNORECASE
)


def _said_plainly(deal: Deal, told: Told) -> Iterator[Told]:
    """`Velmora bought Tarnbeck.`, and the same from the other side."""
    sure = deal.main and any(t.mention.core.confidence >= _SURE for t in deal.tellings)
    if not sure or not told.buyer or deal.kind is not Kind.ACQUISITION:
        return
    if deal.stage not in _STAGES or not _DEALING.search(told.text):
        return
    active = f"{told.buyer} {_STAGES[deal.stage]} {told.target}."
    yield replace(told, text=active, how="plain")
    if deal.stage is Stage.COMPLETED:
        yield replace(told, text=f"{told.target} was bought by {told.buyer}.", how="plain")


# False answers


def changed_figure(told: Told, _book: DealBook, rng: random.Random) -> str | None:
    """One digit of a figure that is no year nor day."""
    form = r"(?:[$€£] ?\d[\d.,]*|\d[\d.,]* ?(?:%|percent|million|billion))"
    return _in_one_place(told, form, rng, lambda word: _with_another_digit(word, rng))


def changed_year(told: Told, _book: DealBook, rng: random.Random) -> str | None:
    def other(year: str) -> str:
        return str(int(year) + rng.choice([-3, -2, -1, 1, 2, 3]))

    return _in_one_place(told, r"\b(?:19|20)\d\d\b(?![.,]?\d)", rng, other)


_MONEYS = {
    "$": "€", "€": "£", "£": "$", "dollars": "euros", "euros": "pounds", "pounds": "euros", "yen": "euros",
}  # fmt: skip


def changed_currency(told: Told, _book: DealBook, rng: random.Random) -> str | None:
    form = r"(?<![A-Za-z])\$(?= ?\d)|[€£](?= ?\d)|\b(?:dollars|euros|pounds|yen)\b"
    return _in_one_place(told, form, rng, lambda sign: _MONEYS[sign])


def changed_company(told: Told, book: DealBook, rng: random.Random) -> str | None:
    """A party for a company of the ledger that the words cited do not name."""
    held = [name for name in told.names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told.text)]
    cited = " ".join(f"{proof.title} {proof.words}" for proof in told.proofs).lower()
    drawn = (rng.choice(book.companies).name for _ in range(20))
    other = next((n for n in drawn if not any(w in cited for w in n.lower().split())), None)
    if not held or other is None:
        return None
    return re.sub(
        rf"(?<!\w){re.escape(rng.choice(held))}(?!\w)", other.replace("\\", ""), told.text
    )


def swapped(told: Told, _book: DealBook, _rng: random.Random) -> str | None:
    return _exchanged(told) if told.how == "plain" else None


def swapped_in_full(told: Told, _book: DealBook, _rng: random.Random) -> str | None:
    return _exchanged(told) if told.how != "plain" and _DEALING.search(told.text) else None


def _exchanged(told: Told) -> str | None:
    if not told.buyer:
        return None
    form = rf"{re.escape(told.buyer)}|{re.escape(told.target)}"
    turned = {told.buyer: told.target, told.target: told.buyer}
    return re.sub(form, lambda m: turned[m[0]], told.text)


CHANGES = {
    "figure": changed_figure,
    "year": changed_year,
    "currency": changed_currency,
    "company": changed_company,
    "buyer and target": swapped,
    "buyer and target, in a sentence of an article": swapped_in_full,
}


def _in_one_place(
    told: Told, form: str, rng: random.Random, other: Callable[[str], str]
) -> str | None:
    places = list(re.finditer(form, told.text))
    if not places:
        return None
    place = rng.choice(places)
    changed = other(place[0])
    cited = " ".join(f"{proof.words} {proof.date or ''}" for proof in told.proofs)
    digits = re.sub(r"\D", "", changed)
    if changed == place[0] or (digits and digits in re.sub(r"[.,]", "", cited)):
        return None
    return told.text[: place.start()] + changed + told.text[place.end() :]


def _with_another_digit(word: str, rng: random.Random) -> str:
    """The first digit changed: the last may be lost in rounding."""
    at = next(i for i, letter in enumerate(word) if letter.isdigit())
    digit = rng.choice([d for d in "123456789" if d != word[at]])
    return word[:at] + digit + word[at + 1 :]


# Measuring


def is_refused(told: Told, book: DealBook) -> str | None:
    """Why the gate refuses a sentence: a fault or, where a model said it, that it speaks of other things."""
    fault = find_fault(told.text, told.proofs, book.directory)
    if fault or told.how.startswith("row"):
        return fault
    words, titles = (
        " ".join(part) for part in zip(*((p.words, p.title) for p in told.proofs), strict=True)
    )
    stray = find_stray(told.text, words, titles, " ".join(told.names))
    return "it strays from its quotes" if stray else None


def measure(
    book: DealBook, most: int
) -> tuple[dict[str, dict[str, float]], list[dict[str, object]]]:
    """Shares by how a sentence was made or changed, and the examples that went wrong."""
    rng = random.Random(SEED)
    told = list(true_answers(book))
    rng.shuffle(told)
    passed: dict[str, list[bool]] = defaultdict(list)
    caught: dict[str, list[bool]] = defaultdict(list)
    wrong: list[dict[str, object]] = []
    for one in told:
        if len(passed[one.how]) < most:
            fault = is_refused(one, book)
            passed[one.how].append(fault is None)
            if fault:
                wrong.append(_example(one, f"refused a true answer: {fault}"))
    for name, change in CHANGES.items():
        for one in told:
            if len(caught[name]) == most:
                break
            if (text := change(one, book, rng)) and text != one.text:
                false = replace(one, text=text, how=f"{one.how}, {name}")
                caught[name].append(is_refused(false, book) is not None)
                if not caught[name][-1]:
                    wrong.append(_example(false, "passed a false answer"))
    figures = {"passed": _shares(passed), "caught": _shares(caught)}
    return figures, wrong


def _shares(flags: dict[str, list[bool]]) -> dict[str, float]:
    every = [flag for some in flags.values() for flag in some]
    shares = {name: round(sum(some) / max(1, len(some)), 4) for name, some in sorted(flags.items())}
    return {"of": len(every), "share": round(sum(every) / max(1, len(every)), 4)} | shares


def _example(told: Told, what: str) -> dict[str, object]:
    cited = [{"words": p.words, "title": p.title, "date": p.date} for p in told.proofs]
    return {"what": what, "how": told.how, "text": told.text, "cited": cited}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--most", type=int, default=100, help="answers of a kind")
    parser.add_argument("--examples", type=Path)
    args = parser.parse_args()
    database = need(args.library / "accord.db", "a data folder with articles and their ledger")
    engine = open_database(f"sqlite:///{database}")
    figures, wrong = measure(Ledger(engine).book(), args.most)
    engine.dispose()
    if args.examples:
        lines = (json.dumps(example, ensure_ascii=False) for example in wrong)
        args.examples.write_text("\n".join(lines) + "\n", "utf-8")
    kinds = Counter(f"{e['how']}: {e['what']}" for e in wrong)
    record("verification", {**figures, "wrong": dict(kinds.most_common())})


if __name__ == "__main__":
    main()
