"""Short texts made from patterns, to teach who does what to whom apart from what the names are.

Each pattern is a sentence with letters for actors and the links it tells; actors without a link are
there to be left alone. The names are made of syllables; some are states or persons.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

PATTERNS = """
{A} agreed to buy {B} from {C} for {m} | A buys B, A from C, C sells B
{A} said on {d} it would acquire {B}, a {t}, for {m} | A buys B
{A} has bought {B}, {C} and {D} in the past {n} years | A buys B, A buys C, A buys D
{A} grew through purchases of {B}, {C} and {D} | A buys B, A buys C, A buys D
{A} completed its takeover of {B}, which makes {p} for {C} | A buys B, C supply B
{B} was acquired by {A} in {y} | A buys B
{B}, bought by {A} in {y}, still trades under its own name | A buys B
{B} is to be bought by {A} for {m} in cash | A buys B
{C} sold {B} to {A} in {y} | A buys B, A from C, C sells B
{C} will sell its {p} business to {A} for {m} | A from C
{A} is buying the {p} arm of {C} | A from C
{A}, which bought {B} in {y}, makes {p} | A buys B
{A}, which bought {B} from {C} in {y}, competes with {D} | A buys B, A from C, C sells B
{A}'s acquisition of {B} was blocked by {G} in {y} | A buys B
the sale of {B} to {A} by {C} was called off in {y} | A buys B, A from C, C sells B
{C} has put {B} up for sale | C sells B
{C} sold {B} in {y} | C sells B
{C} spun off {B} in {y} | C sells B
{C} was spun off as a company of its own in {y}, and {D} fell {n} percent |
{A} outbid {D} for {B} | A buys B, D buys B
{A} and {D} have both made offers for {B} | A buys B, D buys B
{A} is the only bidder for {B} left after {D} pulled out | A buys B, D buys B
{A}, {D} and {E} are expected to bid for {B} | A buys B, D buys B, E buys B
{B} rejected a {m} offer from {A} | A buys B
{B} turned down {A}, saying the bid was too low | A buys B
{B} agreed to be taken over by {A}, its larger rival | A buys B
a group of {A}, {D} and {E} will take control of {B} | A buys B, D buys B, E buys B, A with D, A with E, D with E
{A} and {D} jointly bought {B} for {m} | A buys B, D buys B, A with D
{A} is in talks to buy {B}, people close to {C}, its owner, said | A buys B, A from C, C sells B
{A} took over {B} from {C} last year | A buys B, A from C, C sells B
{B} went to {A} for {m} after a contest with {D} | A buys B, D buys B
{A} denied that it was interested in {B} | A buys B
{A} added {B} to its brands in {y} | A buys B
{A} snapped up {B} for {m} | A buys B
{A} has raised its stake in {B} to {w} percent, buying shares from {C} | A holds B, A from C, C sells B
{A} owns {w} percent of {B} | A holds B
{B}, {w} percent owned by {A}, makes {p} | A holds B
{B}, in which {A} holds {w} percent, named {P} as its head | A holds B
{A} paid {m} for a minority stake in {B} | A holds B
{A} took {w} percent of {B} | A holds B
{A} and {D} led a {m} funding round in {B} | A holds B, D holds B, A with D
{B} raised {m} from {A}, {D} and {E} | A holds B, D holds B, E holds B, A with D, A with E, D with E
{B} said {A} had put {m} into the company | A holds B
{A} sold its {w} percent stake in {B} to {D} | D holds B, D from A, A sells B
{A} invested in {B} alongside {D} | A holds B, D holds B, A with D
{B} is backed by {A} | A holds B
{A} and {B} have agreed to merge | A merge B
the planned merger of {A} and {B} collapsed in {y} | A merge B
{A} will merge with {B}, and {D} said it might sue | A merge B
{B} was formed in {y} by the merger of {A} and {C} | A merge C
{A} and {B} will combine under the name {C} | A merge B
{A} signed a partnership with {B} | A pact B
{A} and {B} said on {d} they would work together on {p} | A pact B
{A} teamed up with {B} to develop {p} | A pact B
{A} already works with {B}, {C} and {D} | A pact B, A pact C, A pact D
{A} has similar agreements with {B} and {C} | A pact B, A pact C
{A}, {B} and {C} will share {p} under a pact signed on {d} | A pact B, A pact C, B pact C
both {A} and {B} have alliances with {C} | A pact C, B pact C
{A} ended its alliance with {B}, and now cooperates with {C} | A pact B, A pact C
{A} joined {B} and {C} in an alliance on {p} | A pact B, A pact C, B pact C
a code-share between {A} and {B} replaced the one with {C} | A pact B
{A} and {B} formed a joint venture, {C}, to make {p} | A jv B
{C} is a joint venture of {A} and {B} | A jv B
{C}, owned in equal parts by {A} and {B}, made a loss | A jv B
{A} will set up a 50-50 venture with {B} in {G} | A jv B
{A} and {B} dissolved their venture {C} | A jv B
{A} licensed {p} from {B} | A licence B
{B} licenses its {p} to {A} and {C} | A licence B, C licence B
{A} will use patents of {B} under a licence agreed on {d} | A licence B
{A} won the rights to {p} of {B} | A licence B
{B} supplies {p} to {A} | A supply B
{B} supplies {p} to {A}, {C} and {D} | A supply B, C supply B, D supply B
{A} ordered {n} {p} from {B} | A supply B
{B} won a {m} contract to build {p} for {A} | A supply B
{A} gets its {p} from {B} and {C} | A supply B, A supply C
{A} chose {B} over {C} to supply {p} | A supply B
{B}, whose customers include {A} and {C}, makes {p} | A supply B, C supply B
{A} uses {p} made by {B} | A supply B
"""
IDLE = """
{A} and {B} are the largest makers of {p} in {G}
{A} competes with {B}, {C} and {D}
analysts at {B} and {C} said shares of {A} were dear
{P}, chief executive of {A}, used to work for {B}
{A} fell {n} percent, {B} lost {n} percent and {C} was unchanged
{A} sued {B} over {p}
{A} makes {p}, as do {B} and {C}
{B} advised {A}, and {C} acted for its owners
the deal needs the approval of {G}, where {B} is the market leader
{A} named {P}, formerly of {B}, as its finance chief
{A} said it had no plans to sell any part of its business, as {B} did in {y}
the price surprised {B}, which follows {A}
a spokesman for {A} would not comment, and {B} could not be reached
{A} is bigger than {B} and {C} together
unlike {B}, {A} owns its shops
{A} said it would deal with complaints about {p} that {B} had raised
"""
_JOIN = ("; ", ", while ", ", and ", ". ", ". ", ". ")
_PRODUCTS = """
turbines,chips,tyres,phones,maps software,batteries,drugs,cement,paint,locomotives,games,satellites,insurance
""".strip().split(",")
_TRADES = """
maker of tyres,regional airline,software company,brewer,chain of chemists,lender,shipping line,start-up,mine,rival
""".strip().split(",")
_SYLLABLES = """
ta ro ven mar lo ki san del no fer al bri co dan el gran hal is jor kor lum mon nor ost pel quin rud sil tor
ul vas wen yor zan
""".split()
_ENDS = ",,, Corp, Group, Inc, Motors, Air, Bank, Energy, Systems, Media, Foods, plc, AG, Labs, Holdings".split(
    ","
)
_STATES = (
    "the Norwegian government",
    "the city of Lisbon",
    "the Turkish state",
    "the Lindqvist family",
    "Brussels",
    "the competition authority",
)
_PEOPLE = ("Ann Okafor", "Jens Brandt", "Maria Silva", "Li Wen", "Tom Archer")


@dataclass(frozen=True, slots=True)
class Made:
    """`sentences` with `{A}` for actors; `names` of each actor; links as (sentence, first, verb, second)."""

    sentences: tuple[str, ...]
    names: dict[str, str]
    links: tuple[tuple[int, str, str, str], ...]


def make_deals(count: int, seed: int) -> Iterator[Made]:
    rng = random.Random(seed)
    told = [line.split("|") for line in PATTERNS.strip().splitlines()]
    idle = IDLE.strip().splitlines()
    for _ in range(count):
        yield _made(rng, told, idle)


def _made(rng: random.Random, told: list[list[str]], idle: list[str]) -> Made:
    """Two or three clauses about one company and others, some in one sentence, idle ones between."""
    names: dict[str, str] = {}
    sentences, links = [""], []
    hub = ""
    for _ in range(rng.choice((1, 2, 2, 3, 3))):
        if rng.random() < 0.25:
            pattern, relations = rng.choice(idle), ""
        else:
            pattern, relations = rng.choice(told)
        letters = sorted(set(re.findall(r"\{([A-FPG])\}", pattern)))
        new = {letter: f"N{len(names) + i}" for i, letter in enumerate(letters)}
        shared = rng.choice([letter for letter in letters if letter not in "PG"])
        if hub and rng.random() < 0.7:
            new[shared] = hub
        for letter, actor in new.items():
            names.setdefault(actor, _name(rng, letter))
        hub = hub or new[shared]
        clause = pattern.strip()
        for letter, actor in new.items():
            clause = clause.replace(f"{{{letter}}}", f"{{{actor}}}")
        for letter in re.findall(r"\{([a-z])\}", clause):
            clause = clause.replace(f"{{{letter}}}", _filler(rng, letter), 1)
        join = rng.choice(_JOIN) if sentences[-1] else ""
        if join == ". ":
            sentences.append(clause)
        else:
            sentences[-1] += join + clause
        for relation in filter(None, map(str.strip, relations.split(","))):
            first, verb, second = relation.split()
            links.append((len(sentences) - 1, new[first], verb, new[second]))
    return Made(tuple(s + "." for s in sentences), names, tuple(links))


def _name(rng: random.Random, letter: str) -> str:
    if letter == "P":
        return rng.choice(_PEOPLE)
    if letter == "G" or rng.random() < 0.04:
        return rng.choice(_STATES)
    word = "".join(rng.sample(_SYLLABLES, rng.choice((2, 2, 3)))).capitalize()
    return word.upper()[:4] if rng.random() < 0.1 else word + rng.choice(_ENDS)


def _filler(rng: random.Random, letter: str) -> str:
    return {
        "m": f"{rng.choice(('$', '€', '£', ''))}{rng.randint(2, 900)} {rng.choice(('million', 'billion', 'm'))}",
        "d": rng.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
        "y": str(rng.randint(1990, 2024)),
        "n": str(rng.randint(2, 40)),
        "w": str(rng.randint(3, 49)),
        "p": rng.choice(_PRODUCTS),
        "t": rng.choice(_TRADES),
    }[letter]
