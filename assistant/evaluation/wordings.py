"""How questions are worded: several ways for each thing asked of each kind of deal.

`{payer}` and `{other}` are the sides of a deal, `{when}` is empty or " in 2007". Which way a question
takes is settled by its own words, so that the same deal is asked about in the same words each time.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

from assistant.evaluation.plain_deals import Act


class Asked(StrEnum):
    """What is asked. All but the sides are types of question as DealQA names them."""

    PAYER = "payer"
    OTHER = "other"
    WHEN = "when"
    HOW_MUCH = "howmuch"
    WHY = "why"


WAYS: dict[tuple[Act, Asked], tuple[str, ...]] = {
    (Act.TAKEOVER, Asked.PAYER): (
        "Who is the buyer of {other}?",
        "Which company struck a deal to buy {other}?",
        "Who took over {other}{when}?",
        "{other} went to which buyer?",
        "Which company is behind the acquisition of {other}?",
    ),
    (Act.TAKEOVER, Asked.OTHER): (
        "Which company did {payer} buy{when}?",
        "Whom did {payer} take over{when}?",
        "What did {payer} acquire{when}?",
        "Which company did {payer} snap up{when}?",
    ),
    (Act.TAKEOVER, Asked.WHEN): (
        "When did {payer} announce the purchase of {other}?",
        "On what date did the takeover of {other} by {payer} become known?",
        "When was {payer}'s acquisition of {other} announced?",
    ),
    (Act.TAKEOVER, Asked.HOW_MUCH): (
        "How much did {payer} pay for {other}?",
        "What is {payer}'s purchase of {other} worth?",
        "What was the price of {other} when {payer} bought it?",
        "At what price is {payer} acquiring {other}?",
    ),
    (Act.TAKEOVER, Asked.WHY): (
        "Why did {payer} buy {other}?",
        "What does {payer} want with {other}?",
        "What is the reason behind {payer}'s takeover of {other}?",
        "What does {payer} hope to gain from acquiring {other}?",
    ),
    (Act.BID, Asked.PAYER): (
        "Who made a bid for {other}?",
        "Which company wanted to buy {other}?",
        "Who was interested in taking over {other}?",
    ),
    (Act.BID, Asked.HOW_MUCH): (
        "How much did {payer} offer for {other}?",
        "What was {payer}'s bid for {other} worth?",
    ),
    (Act.BID, Asked.WHY): (
        "Why did {payer} want to buy {other}?",
        "What was {payer} after in its bid for {other}?",
    ),
    (Act.MERGER, Asked.OTHER): (
        "Which company is {payer} merging with{when}?",
        "Who did {payer} agree to merge with{when}?",
        "With whom does {payer} join in a merger{when}?",
    ),
    (Act.MERGER, Asked.WHEN): (
        "When did {payer} and {other} announce their merger?",
        "On what date was the merger of {payer} and {other} made public?",
    ),
    (Act.MERGER, Asked.HOW_MUCH): (
        "What is the merger of {payer} and {other} worth?",
        "How much is the {payer} and {other} merger valued at?",
    ),
    (Act.MERGER, Asked.WHY): (
        "Why are {payer} and {other} merging?",
        "What do {payer} and {other} hope to gain from their merger?",
    ),
    (Act.PACT, Asked.OTHER): (
        "Who did {payer} team up with{when}?",
        "Which company is {payer}'s partner{when}?",
        "With which company did {payer} agree to work together{when}?",
    ),
    (Act.PACT, Asked.WHEN): (
        "When did {payer} and {other} announce their partnership?",
        "When did the agreement between {payer} and {other} become known?",
    ),
    (Act.PACT, Asked.HOW_MUCH): (
        "What is the agreement between {payer} and {other} worth?",
        "How much money is in the partnership of {payer} and {other}?",
    ),
    (Act.PACT, Asked.WHY): (
        "Why did {payer} team up with {other}?",
        "What do {payer} and {other} expect from working together?",
    ),
    (Act.INVESTMENT, Asked.PAYER): (
        "Who invested in {other}{when}?",
        "Which company put money into {other}?",
    ),
    (Act.INVESTMENT, Asked.OTHER): (
        "Which company did {payer} invest in{when}?",
        "Into which company did {payer} put money{when}?",
    ),
    (Act.INVESTMENT, Asked.WHEN): (
        "When did {payer} announce its investment in {other}?",
        "When did it become known that {payer} invests in {other}?",
    ),
    (Act.INVESTMENT, Asked.HOW_MUCH): (
        "How much did {payer} invest in {other}?",
        "What sum did {payer} put into {other}?",
    ),
    (Act.INVESTMENT, Asked.WHY): (
        "Why did {payer} invest in {other}?",
        "What does {payer} hope to get out of its stake in {other}?",
    ),
    (Act.LICENCE, Asked.OTHER): (
        "From whom did {payer} take a licence{when}?",
        "Which company licenses its technology to {payer}?",
    ),
    (Act.LICENCE, Asked.WHEN): ("When did {payer} and {other} announce their licence?",),
    (Act.LICENCE, Asked.HOW_MUCH): ("How much does {payer} pay {other} for its licence?",),
    (Act.LICENCE, Asked.WHY): ("Why did {payer} take a licence from {other}?",),
    (Act.SUPPLY, Asked.PAYER): (
        "Who placed an order with {other}{when}?",
        "Which customer did {other} win{when}?",
    ),
    (Act.SUPPLY, Asked.OTHER): (
        "From which company did {payer} order{when}?",
        "Who supplies {payer}{when}?",
    ),
    (Act.SUPPLY, Asked.WHEN): (
        "When was the contract between {payer} and {other} announced?",
        "When did {payer} place its order with {other}?",
    ),
    (Act.SUPPLY, Asked.HOW_MUCH): (
        "What is the contract between {payer} and {other} worth?",
        "How much is {payer}'s order from {other}?",
    ),
    (Act.SUPPLY, Asked.WHY): ("Why did {payer} choose {other} as its supplier?",),
}

LISTS: dict[Act, tuple[str, ...]] = {
    Act.TAKEOVER: (
        "Which companies did {payer} buy?",
        "List the acquisitions of {payer}.",
        "Which companies has {payer} taken over?",
    ),
    Act.PACT: (
        "Which companies did {payer} partner with?",
        "Name the partners of {payer}.",
        "Which companies has {payer} teamed up with?",
    ),
    Act.INVESTMENT: ("Which companies did {payer} invest in?",),
}
"""Asked of a company with several deals of one kind."""

TURNED: dict[Act, tuple[str, ...]] = {
    Act.TAKEOVER: (
        "How much did {other} pay for {payer}?",
        "Why did {other} buy {payer}?",
        "When did {other} take over {payer}?",
        "What does {other} want with {payer}, which it bought?",
    ),
    Act.INVESTMENT: (
        "How much did {other} invest in {payer}?",
        "Why did {other} invest in {payer}?",
    ),
}
"""What takes buyer and bought for each other."""

STRANGERS = (
    "When did {payer} and {other} announce their partnership?",
    "Why did {payer} and {other} merge?",
    "How much did {payer} invest in {other}?",
    "What do {payer} and {other} hope to gain from their joint venture?",
    "What is the contract between {payer} and {other} worth?",
)
"""Asked of two companies that have no deal."""

NAMED = {
    Act.TAKEOVER: "{payer}'s purchase of {other}",
    Act.BID: "{payer}'s bid for {other}",
    Act.MERGER: "the merger of {payer} and {other}",
    Act.PACT: "the agreement between {payer} and {other}",
    Act.INVESTMENT: "{payer}'s investment in {other}",
    Act.LICENCE: "the licence {payer} has from {other}",
    Act.SUPPLY: "the contract between {payer} and {other}",
}
"""A deal in the middle of a question."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Something an article may tell of a deal, and `told`: words without which it does not."""

    ways: tuple[str, ...]
    told: re.Pattern[str]
    acts: frozenset[Act] = frozenset(Act)


_WHOLE_COMPANIES = frozenset({Act.TAKEOVER, Act.MERGER})


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


DETAILS = (
    Detail(
        ("Which banks advised on {deal}?", "Who were the advisers in {deal}?"),
        _words(r"advis|banker|counsel|law firm|represented"),
    ),
    Detail(
        ("What break-up fee was agreed for {deal}?", "Which fee is due should {deal} fail?"),
        _words(r"fees?\b|penalt|compensat|damages|break-?up"),
        _WHOLE_COMPANIES,
    ),
    Detail(
        ("How many jobs will {deal} cost?", "How many people will be laid off after {deal}?"),
        _words(r"jobs?\b|staff|employ|workforce|workers?\b|lay-?offs?|laid off|redundan|people\b|personnel"),
    ),
    Detail(
        ("What share of the shareholders voted for {deal}?", "How did the shareholders vote on {deal}?"),
        _words(r"vot|(?:share|stock)holders?|investors?\b|owners?\b"),
        _WHOLE_COMPANIES,
    ),
    Detail(
        ("What premium over the share price does {deal} mean?",),
        _words(r"premium|per share|a share\b|share price|above|over the"),
        frozenset({Act.TAKEOVER}),
    ),
)  # fmt: skip
PRICE_TOLD = re.compile(
    r"[$€£¥₹]|\b(?:(?:un)?disclos|unknown (?:sum|amount|price)|"
    r"(?:terms|millions?|billions?|trillions?|euros?|dollars?|pounds?|yen|crowns?|francs?|rupees?|USD|EUR|GBP)\b)",
    re.IGNORECASE,
)
"""A sum of money, or word that none is told, which is an answer too."""


ANNOUNCED = re.compile(
    r"\b(?:announc|agree|sign|confirm|unveil|reveal|disclos|struck|reach|buy|bought|acquir|purchas|merg|invest)",
    re.IGNORECASE,
)
NOT_ANNOUNCED = re.compile(
    r"\b(?:approv|clear(?:ed|s)|court|judge|regulat|commission|submit|appl(?:y|ied|ication)|vot|den(?:y|ied|ies)|"
    r"reject|complet|clos)",
    re.IGNORECASE,
)
"""A day on which something else happened to a deal than that it was announced."""

REASON = re.compile(
    r"\b(?:because|in order to|so (?:that|as to)|help|allow|enabl|hop(?:es?|ed|ing) (?:to|for|that)|wants? to|"
    r"wanted|aim(?:s|ed|ing)?\b|intends? to|opportunit|synerg|expan|strengthen|stronger|compete|competitive|"
    r"benefit|improv|access to|combin|complement|accelerat|economy of scale|market share|goal|reduce|"
    r"to sav|would (?:give|make|add)|will (?:give|make|add|bring))",
    re.IGNORECASE,
)
NO_REASON = re.compile(
    r"[$€£¥₹]|\b(?:approv|regulat|subject to|announc|previous|prior to|vot(?:e|es|ed)\b|terms|filed|complet|"
    r"clos(?:e|ing)\b|block|concession|anti-?(?:trust|compet)|dismiss|laid off|let go|jobs|delay|creditor|"
    r"den(?:y|ied)|not\b|lawsuit|trial\b|copyright|decide)",
    re.IGNORECASE,
)
"""Of what a reader of deals takes for a reason, that which gives one, and that which tells of the deal."""


def worded(way: str, payer: str, other: str, when: str = "") -> str:
    """A way with its blanks filled; a name that ends in s takes the apostrophe alone."""
    text = way.format(payer=payer, other=other, when=when)
    return re.sub(r"(?<=s)'s\b", "'", text)


def pick(ways: tuple[str, ...], key: str) -> str:
    """One of the ways; the same for the same key, whatever else is asked."""
    return ways[number_of(key) % len(ways)]


def number_of(key: str) -> int:
    """A number that spreads keys evenly and is the same on every machine."""
    return zlib.crc32(key.encode())
