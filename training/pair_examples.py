"""Labelled texts as rows of the pair reader with the link of every two actors in every sentence.

Knows the labels of deal_paragraphs.jsonl and of CORE; knows nothing of torch.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from assistant.deals.reading.cores import sentences_to_read
from assistant.deals.reading.names import ActorKind, find_actors
from assistant.deals.reading.references import resolve_references
from assistant.deals.reading.tagger import NameTagger
from assistant.deals.reading.windows import ROW_TOKENS, Row, Sighting, build_row, plan_rows
from assistant.domain import Article, Source, Span
from assistant.encoder.adapted import Pieces
from assistant.text import split_sentences
from training.made_deals import Made, make_deals

NONE, MERGER, PARTNERSHIP, JOINT_VENTURE, TOGETHER = range(5)
ACQUIRES, BUYS_FROM, SELLS, INVESTS, LICENSED_BY, SUPPLIED_BY = range(5, 11)
BACK = 6  # the same six told from the second actor
_ROLES = {
    ("acquirer", "target"): ACQUIRES, ("acquirer", "seller"): BUYS_FROM, ("seller", "target"): SELLS,
    ("investor", "investee"): INVESTS, ("investor", "seller"): BUYS_FROM, ("seller", "investee"): SELLS,
    ("licensee", "licensor"): LICENSED_BY, ("customer", "supplier"): SUPPLIED_BY,
}  # fmt: skip
_PARTNERS = {"merger": MERGER, "partnership": PARTNERSHIP, "joint_venture": JOINT_VENTURE}
LONGEST = 254
"""Word pieces the network takes, without the two marks around them."""

_SUFFIX = re.compile(
    r"[\s,]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|plc|llc|group|holdings?|ag|sa|nv|asa|ab|spa|gmbh)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One sentence of a row: its actors, pairs of them by index, and the link of each pair."""

    sentence: int
    actors: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    labels: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Example:
    row: Row
    asked: tuple[Asked, ...]
    aside: bool
    source: str = ""


def label_of(kind: str, first: str, second: str) -> int:
    """The link of two parties by their roles in one deal."""
    if kind in _PARTNERS:
        return _PARTNERS[kind]
    if first == second:
        return TOGETHER
    if (first, second) in _ROLES:
        return _ROLES[first, second]
    if (second, first) in _ROLES:
        return _ROLES[second, first] + BACK
    return NONE


def turned(label: int) -> int:
    """The same link told from the other actor."""
    if label < ACQUIRES:
        return label
    return label - BACK if label >= ACQUIRES + BACK else label + BACK


def bare(name: str) -> str:
    shorter = _SUFFIX.sub("", name).strip(" .,")
    return shorter if shorter else name


def group_names(names: Iterable[str]) -> dict[str, int]:
    """Names of one actor under one number: without suffixes, by first words, by initials."""
    ordered = sorted(set(names), key=lambda n: (-len(n), n))
    groups: list[list[str]] = []
    for name in ordered:
        key = bare(name).lower()
        fitting = [
            g
            for g in groups
            if any(
                bare(o).lower() == key
                or bare(o).lower().startswith(key + " ")
                or _initials(o, name)
                for o in g
            )
        ]
        if len(fitting) == 1:
            fitting[0].append(name)
        else:
            groups.append([name])
    return {name: i for i, group in enumerate(groups) for name in group}


def _initials(long: str, short: str) -> bool:
    letters = "".join(w[0] for w in re.findall(r"[A-Za-z]+", long) if w[0].isupper())
    return len(short) >= 2 and short.isupper() and short == letters


def find_sightings(content: str, groups: dict[str, int]) -> list[Sighting]:
    """All places of all names, the longer name first where they overlap."""
    taken: list[Sighting] = []
    covered = [False] * len(content)
    for name in sorted(groups, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", content):
            if not any(covered[match.start() : match.end()]):
                covered[match.start() : match.end()] = [True] * len(name)
                taken.append(Sighting(groups[name], Span(match.start(), match.end())))
    return taken


def pieces_of(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Pieces]:
    encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [Pieces(tuple(e.ids), tuple(e.offsets)) for e in encoded]


def text_examples(
    rows: Iterable[dict[str, Any]], tokenizer: Tokenizer, tagger: NameTagger
) -> list[tuple[Example, Example]]:
    """Stretches of texts, each twice: with the names of its labels, and with those the tagger finds.

    The second is what is seen at run time, false names and missed ones included. A sixth of the
    texts, by a hash of the id, is aside.
    """
    made = []
    for row in rows:
        labelled, found = _labelled(row), _found(row, tagger)
        for shown, read in _plans(labelled, tokenizer):
            one = _example(labelled, tokenizer, shown, read)
            other = _example(found, tokenizer, shown, read)
            if one and other:
                made.append((one, other))
    return made


@dataclass(frozen=True, slots=True)
class _Text:
    labels: dict[str, Any]
    content: str
    sentences: tuple[Span, ...]
    groups: dict[str, int]
    sightings: tuple[Sighting, ...]


def _labelled(text: dict[str, Any]) -> _Text:
    content, sentences = _content(text)
    groups = _groups(text)
    sightings = find_sightings(content, groups)
    sightings += referring(content, text["deals"], groups, random.Random(text["id"]))
    return _Text(text, content, sentences, groups, tuple(sightings))


def _found(text: dict[str, Any], tagger: NameTagger) -> _Text:
    """With the actors and references of `assistant.deals`, numbered as the labels where they are the same."""
    content, sentences = _content(text)
    groups = _groups(text)
    known = {bare(name).lower(): number for name, number in groups.items()}
    article = Article(Source(text["id"], text["title"], date=text["date"]), text["text"])
    actors = find_actors(article, sentences, tagger)
    numbers = []
    for i, actor in enumerate(actors):
        forms = [actor.name, *(content[s.start : s.end] for s in actor.spans)]
        same = [known[key] for form in forms if (key := bare(form).lower()) in known]
        numbers.append(same[0] if same else len(groups) + i)
    sightings = [
        Sighting(numbers[i], span)
        for i, actor in enumerate(actors)
        if actor.kind is not ActorKind.PLACE
        for span in actor.spans
    ]
    named = {sighting.span.start for sighting in sightings}
    for reference in resolve_references(article, actors, sentences):
        if reference.span.start not in named:
            sightings += [Sighting(numbers[i], reference.span, True) for i in reference.actors]
    return _Text(text, content, sentences, groups, tuple(sightings))


def _content(text: dict[str, Any]) -> tuple[str, tuple[Span, ...]]:
    first = len(text["title"]) + 1
    spans = [Span(s.start + first, s.end + first) for s in split_sentences(text["text"])]
    return f"{text['title']}\n{text['text']}", (Span(0, len(text["title"])), *spans)


def _groups(text: dict[str, Any]) -> dict[str, int]:
    parties = {p["name"] for deal in text["deals"] for p in deal["parties"]}
    return group_names({*text["organisations"], *text["people"], *parties})


def _plans(text: _Text, tokenizer: Tokenizer) -> list[tuple[list[int], list[int]]]:
    """What is shown together and what is asked of: a short text whole, a long one as when it is read."""
    everything = list(range(len(text.sentences)))
    lengths = _lengths(text, tokenizer)
    if sum(lengths) <= ROW_TOKENS:
        return [(everything, everything)]
    content, deals = text.content, text.labels["deals"]
    article = Article(Source(text.labels["id"], text.labels["title"]), text.labels["text"])
    quotes = [quote for deal in deals for quote in deal["evidence"]]
    told = {i for i in everything if any(overlaps(text.sentences[i], content, q) for q in quotes)}
    return plan_rows(lengths, sorted(told.union(sentences_to_read(article, text.sentences))))


def _lengths(text: _Text, tokenizer: Tokenizer) -> list[int]:
    """Word pieces and marks of each sentence."""
    pieces = pieces_of(tokenizer, [text.content[s.start : s.end] for s in text.sentences])
    return [
        len(piece.ids) + sum(s.start <= sighting.span.start < s.end for sighting in text.sightings)
        for s, piece in zip(text.sentences, pieces, strict=True)
    ]


def _example(
    text: _Text, tokenizer: Tokenizer, shown: list[int], read: list[int]
) -> Example | None:
    """None where a row grows too long for the network."""
    content, sentences, deals = text.content, text.sentences, text.labels["deals"]
    pieces = pieces_of(tokenizer, [content[s.start : s.end] for s in sentences])
    row = build_row(sentences, pieces, text.sightings, shown, read)
    if len(row.ids) > LONGEST:
        return None
    asked = tuple(a for i in read if (a := ask(row, i, sentences, content, deals, text.groups)))
    name = text.labels["id"]
    aside = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 6 == 0
    return Example(row, asked, aside, name)


def referring(
    content: str, deals: list[dict[str, Any]], groups: dict[str, int], rng: random.Random
) -> list[Sighting]:
    """Marks at "it" and "the company" in half of the texts: at run time not all are resolved."""
    if rng.random() < 0.5:
        return []
    found = {}
    for deal in deals:
        for words, name in deal.get("mentions") or []:
            for quote in deal["evidence"]:
                at = content.find(quote)
                inside = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", quote)
                if at >= 0 and inside and name in groups:
                    span = Span(at + inside.start(), at + inside.end())
                    found[groups[name], span.start] = Sighting(groups[name], span, True)
                    break
    return list(found.values())


def ask(
    row: Row,
    sentence: int,
    sentences: Sequence[Span],
    content: str,
    deals: list[dict[str, Any]],
    groups: dict[str, int],
) -> Asked | None:
    """The actors of a sentence, of the title and of two sentences before, in pairs.

    Two parties named in a sentence that is no evidence of their deal are not learned from: the
    sentence may well tell it again.
    """
    near = {m.actor for m in row.marks if m.sentence in (0, sentence - 1, sentence - 2, sentence)}
    here = {m.actor for m in row.marks if m.sentence == sentence}
    actors = sorted(near)
    if len(actors) < 2:
        return None
    told, known = links(sentences[sentence], content, deals, groups)
    pairs, labels, weights = [], [], []
    for i, j in combinations(range(len(actors)), 2):
        a, b = actors[i], actors[j]
        label = told.get((a, b), NONE)
        weight = 1.0
        if label == NONE and (a, b) in known:
            weight = 0.0 if a in here or b in here else 0.3
        elif label == NONE and not (a in here and b in here):
            weight = 0.5
        pairs.append((i, j))
        labels.append(label)
        weights.append(weight)
    return Asked(sentence, tuple(actors), tuple(pairs), tuple(labels), tuple(weights))


def links(
    span: Span, content: str, deals: list[dict[str, Any]], groups: dict[str, int]
) -> tuple[dict[tuple[int, int], int], set[tuple[int, int]]]:
    """Links told in a sentence, and pairs that are linked anywhere in the text."""
    told: dict[tuple[int, int], int] = {}
    known: set[tuple[int, int]] = set()
    for deal in deals:
        here = any(overlaps(span, content, quote) for quote in deal["evidence"])
        for one, two in combinations(deal["parties"], 2):
            a, b = groups[one["name"]], groups[two["name"]]
            if a == b:
                continue
            label = label_of(deal["kind"], one["role"], two["role"])
            if a > b:
                a, b, label = b, a, turned(label)
            if label == NONE:
                continue
            known.add((a, b))
            if here and told.get((a, b), TOGETHER) == TOGETHER:
                told[a, b] = label
    return told, known


def overlaps(span: Span, content: str, quote: str) -> bool:
    """Whether a sentence holds a quote or a good part of it."""
    at = content.find(quote)
    shared = min(span.end, at + len(quote)) - max(span.start, at)
    return at >= 0 and shared >= min(25, 0.5 * len(quote))


_RELATIONS = {
    "acquired_by": ACQUIRES + BACK, "merged_with": MERGER, "collaboration": PARTNERSHIP,
    "shareholder_of": INVESTS, "client_of": SUPPLIED_BY,
}  # fmt: skip


def core_examples(path: Path, tokenizer: Tokenizer) -> list[Example]:
    """Sentences with two companies marked; an empty title before each. A third is aside."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [e for row in rows if (e := core_example(row, tokenizer))]


def core_example(row: dict[str, Any], tokenizer: Tokenizer) -> Example | None:
    content, spans = core_text(row)
    label = _RELATIONS.get(row["relation"], NONE)
    if label == PARTNERSHIP and re.search(r"joint[ -]venture", content, re.IGNORECASE):
        label = JOINT_VENTURE
    if row["invert_relation"]:
        label = turned(label)
    sentences = [Span(0, 1), Span(2, len(content))]
    pieces = [Pieces((), ()), pieces_of(tokenizer, [content[2:]])[0]]
    sightings = [Sighting(i, span) for i, span in enumerate(spans)]
    made = build_row(sentences, pieces, sightings, [0, 1], [1])
    if len(made.marks) < 2 or len(made.ids) > 120:
        return None
    asked = (Asked(1, (0, 1), ((0, 1),), (label,), (1.0,)),)
    return Example(made, asked, aside_core(row["id"]), row["relation"])


def aside_core(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


def core_text(row: dict[str, Any]) -> tuple[str, list[Span]]:
    """The sentence as plain text after a title of one dot, and the spans of the two companies."""
    content, places = ".\n", []
    for i, token in enumerate(row["context"]):
        tight = (not token[0].isalnum() and token[0] in ".,;:!?)%'’") or content[-1] in "($\n"
        content += "" if tight or i == 0 else " "
        places.append((len(content), len(content) + len(token)))
        content += token
    spans = [Span(places[row[f"{e}_start"]][0], places[row[f"{e}_end"]][1]) for e in ("e1", "e2")]
    return content, spans


_VERBS = {
    "buys": ACQUIRES, "from": BUYS_FROM, "sells": SELLS, "holds": INVESTS, "licence": LICENSED_BY,
    "supply": SUPPLIED_BY, "with": TOGETHER, "merge": MERGER, "pact": PARTNERSHIP, "jv": JOINT_VENTURE,
}  # fmt: skip


def made_examples(tokenizer: Tokenizer, count: int, seed: int) -> list[Example]:
    """Texts of `made_deals`, each with a title of one dot."""
    return [e for made in make_deals(count, seed) if (e := made_example(made, tokenizer))]


def made_example(made: Made, tokenizer: Tokenizer) -> Example | None:
    actors = sorted(made.names)
    content, sentences, sightings = ".", [Span(0, 1)], []
    for text in made.sentences:
        content += "\n"
        start = len(content)
        for piece in re.split(r"(\{N\d+\})", text[0].upper() + text[1:]):
            actor = piece[1:-1] if piece.startswith("{") else ""
            shown_as = made.names[actor] if actor else piece
            if actor:
                span = Span(len(content), len(content) + len(shown_as))
                sightings.append(Sighting(actors.index(actor), span))
            content += shown_as
        sentences.append(Span(start, len(content)))
    pieces = [
        Pieces((), ()),
        *pieces_of(tokenizer, [content[s.start : s.end] for s in sentences[1:]]),
    ]
    shown = list(range(len(sentences)))
    row = build_row(sentences, pieces, sightings, shown, shown[1:])
    told = {(i + 1, actors.index(a), actors.index(b)): _VERBS[v] for i, a, v, b in made.links}
    asked = []
    for sentence in shown[1:]:
        near = sorted({m.actor for m in row.marks if sentence - 2 <= m.sentence <= sentence})
        here = {m.actor for m in row.marks if m.sentence == sentence}
        pairs = list(combinations(range(len(near)), 2))
        labels, weights = [], []
        for i, j in pairs:
            a, b = near[i], near[j]
            label = told.get((sentence, a, b)) or turned(told.get((sentence, b, a), NONE))
            elsewhere = any({a, b} == {x, y} for _, x, y in told)
            labels.append(label)
            weights.append(1.0 if label or (a in here and b in here) else 0.0 if elsewhere else 0.5)
        if pairs:
            asked.append(Asked(sentence, tuple(near), tuple(pairs), tuple(labels), tuple(weights)))
    return Example(row, tuple(asked), False, "made") if asked else None
