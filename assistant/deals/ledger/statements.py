"""What an article says about names: that two are one company's, and what a company is.

Pure, and linear in the text: a hit is found by plain words, then a short window around it is read
word by word. What follows from it is decided in `companies`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from assistant.deals.ledger.company_names import (
    SMALL_WORDS,
    company_key,
    first_word_alone,
    is_short_form,
)
from assistant.domain import Span

NATIONS = {
    adjective: country
    for country, adjectives in {
        "us": "American US U.S. Californian Texan",
        "uk": "British English Scottish Welsh UK U.K.",
        "de": "German",
        "fr": "French",
        "jp": "Japanese",
        "cn": "Chinese",
        "kr": "Korean",
        "in": "Indian",
        "it": "Italian",
        "es": "Spanish",
        "pt": "Portuguese",
        "nl": "Dutch",
        "be": "Belgian",
        "ch": "Swiss",
        "at": "Austrian",
        "se": "Swedish",
        "no": "Norwegian",
        "dk": "Danish",
        "fi": "Finnish",
        "ie": "Irish",
        "ru": "Russian",
        "pl": "Polish",
        "ca": "Canadian",
        "mx": "Mexican",
        "br": "Brazilian",
        "ar": "Argentine Argentinian",
        "au": "Australian",
        "nz": "Zealand",
        "za": "African",
        "il": "Israeli",
        "tr": "Turkish",
        "sg": "Singaporean",
        "my": "Malaysian",
        "tw": "Taiwanese",
        "th": "Thai",
        "id": "Indonesian",
        "ph": "Philippine",
        "eg": "Egyptian",
        "sa": "Saudi",
        "gr": "Greek",
        "cz": "Czech",
        "hu": "Hungarian",
        "ae": "Emirati",
        "bg": "Bulgarian",
        "cl": "Chilean",
        "co": "Colombian",
        "ee": "Estonian",
        "hr": "Croatian",
        "is": "Icelandic",
        "kw": "Kuwaiti",
        "lt": "Lithuanian",
        "lv": "Latvian",
        "ng": "Nigerian",
        "pe": "Peruvian",
        "pk": "Pakistani",
        "qa": "Qatari",
        "ro": "Romanian",
        "rs": "Serbian",
        "si": "Slovenian",
        "sk": "Slovak",
        "ua": "Ukrainian",
        "vn": "Vietnamese",
    }.items()
    for adjective in adjectives.split()
}

FIELDS = {
    word: field
    for field, words in {
        "air": "airline carrier airlines",
        "bank": "bank lender",
        "beer": "brewer brewery distiller",
        "car": "carmaker automaker",
        "drug": "drugmaker pharmaceutical drug",
        "oil": "oil gas",
        "insurance": "insurer insurance reinsurer",
        "mine": "miner mining steelmaker",
        "chip": "chipmaker semiconductor",
        "press": "newspaper publisher broadcaster",
        "shop": "retailer supermarket grocer",
        "food": "restaurant bakery dairy",
        "tap": "faucet plumbing furniture",
        "ship": "shipbuilder shipyard shipping",
    }.items()
    for word in words.split()
}
"""Trades that exclude each other, so that two companies of one name can be told apart by them."""

_NOUNS = frozenset(
    "company firm group giant startup start-up maker manufacturer producer operator chain house "
    "conglomerate business corporation concern supplier developer provider retailer utility".split()
) | frozenset(FIELDS)


class TieKind(StrEnum):
    """How an article ties two names to one company."""

    BRACKET = "named so in brackets"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Tie:
    """An article's statement that `other` is `name`, standing at `span` of its content."""

    article_id: str
    name: str
    other: str
    kind: TieKind
    span: Span


@dataclass(frozen=True, slots=True)
class Marks:
    """What an article says a company is: country code and trade, empty where it does not say."""

    country: str = ""
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """A name in an article; `surface` is another form the same article uses for the same party."""

    article_id: str
    name: str
    surface: str = ""
    marks: Marks = Marks()


def find_ties(article_id: str, content: str) -> list[Tie]:
    """Names in brackets after the name they stand for, and renamings."""
    return [*_bracket_ties(article_id, content), *_rename_ties(article_id, content)]


def find_marks(content: str, names: Iterable[str]) -> dict[str, Marks]:
    """What stands beside each name: "German brewer NAME", "NAME, a German brewer"."""
    return {name: _marks(content, name) for name in names}


def short_form_used(content: str, name: str) -> str:
    """The first word of a name, where the article uses it alone for the whole; else empty."""
    word = first_word_alone(name)
    if word is None:
        return ""
    at, alone = content.find(word), False
    while at >= 0:
        end = at + len(word)
        # Another name that begins so ("Velmora Cable") leaves open which of the two is meant.
        follows = re.match(r"[ -][A-Z]", content[end : end + 2])
        if follows and not content.startswith(name, at):
            return ""
        bounded = not content[at - 1 : at].isalnum() and not content[end : end + 1].isalnum()
        alone = alone or (bounded and not follows)
        at = content.find(word, end)
    return word if alone else ""


_BRACKET = re.compile(r"\((?:[\"“'])?([A-Z][A-Za-z0-9&.-]{1,14})(?:[\"”'])?\)")
_RENAME = re.compile(
    r"\b(?:(?P<old>(?:formerly|previously)(?P<sure> known as| called| named)?)"
    r"|(?P<new>renamed(?: itself| as)?|now known as|now called|chang(?:ed|es|ing) its name to)"
    r"|(?P<both>chang(?:ed|es|ing) its name from)) ",
    re.IGNORECASE,
)
_WINDOW = 90
"""Characters read on each side of a hit: a name of seven words."""


def _bracket_ties(article_id: str, content: str) -> list[Tie]:
    ties = []
    for hit in _BRACKET.finditer(content):
        start = max(0, hit.start() - _WINDOW)
        before = _run_before(content[start : hit.start()])
        name = _meant_by(hit[1], before)
        if name:
            at = content.rindex(name, start, hit.start())
            ties.append(Tie(article_id, name, hit[1], TieKind.BRACKET, Span(at, hit.end())))
    return ties


def _meant_by(alias: str, run: str) -> str | None:
    """The end of a run of capitalised words that `alias` is the initials or the beginning of."""
    words = run.split(" ")
    for i in range(len(words)):
        name = " ".join(words[i:])
        if words[i].lower() not in SMALL_WORDS and is_short_form(alias, name):
            return name
    return None


def _rename_ties(article_id: str, content: str) -> list[Tie]:
    ties = []
    for hit in _RENAME.finditer(content):
        after = content[hit.end() : hit.end() + 2 * _WINDOW]
        first, rest = _run_after(after)
        name = first
        if hit["both"]:
            name, rest = _run_after(rest[4:]) if rest.startswith(" to ") else ("", rest)
            other = first
        else:
            before = content[max(0, hit.start() - _WINDOW) : hit.start()]
            other = _run_before(_without_verbs(before))
        # "Ana Ruiz, formerly Kestrel president": without "known as" nothing may follow the name.
        ends = bool(hit["sure"]) or not hit["old"] or not rest or rest[0] in ",.;)\"”'"
        if name and other and ends and company_key(name) != company_key(other):
            span = Span(hit.start(), min(len(content), hit.end() + len(first)))
            new, old = (other, name) if hit["old"] else (name, other)
            ties.append(Tie(article_id, new, old, TieKind.RENAMED, span))
    return ties


def _without_verbs(before: str) -> str:
    words = before.rstrip(" ,(").split(" ")
    while words and words[-1] in ("was", "is", "has", "been", "be", "will", "were", "later", "and"):
        words.pop()
    return " ".join(words)


def _run_before(text: str) -> str:
    """The capitalised words that `text` ends with."""
    words = text.rstrip(" ,(").replace("\n", " \n ").split(" ")
    run: list[str] = []
    for word in reversed([w for w in words if w]):
        if not (word[0].isupper() or word[0].isdigit() or (run and word in SMALL_WORDS)):
            break
        if run and word[-1] in ",;:.!?" and not re.fullmatch(r"(?:[A-Z]\.)+|\w{1,4}\.", word):
            break
        run.append(word)
    while run and run[-1] in SMALL_WORDS:
        run.pop()
    return " ".join(reversed(run[:7]))


def _run_after(text: str) -> tuple[str, str]:
    """The capitalised words that `text` begins with, and what follows them."""
    start = len(text) - len(text.lstrip(' "“'))
    lead = 4 if text[start : start + 4].lower() == "the " else 0
    at = end = start + lead
    words = 0
    while at < len(text) and words < 7:
        stop = text.find(" ", at)
        word = text[at : stop if stop >= 0 else len(text)]
        bare = word.rstrip(",;:.!?)\"”'")
        if not bare or not (
            bare[0].isupper() or bare[0].isdigit() or (words and bare in SMALL_WORDS)
        ):
            break
        if bare not in SMALL_WORDS:
            end = at + len(bare)
        if bare != word or stop < 0:
            break
        at, words = stop + 1, words + 1
    return text[start + lead : end], text[end:]


def _marks(content: str, name: str) -> Marks:
    country = trade = ""
    at = content.find(name)
    for _ in range(12):
        if at < 0:
            break
        for found in (_before(content, at), _after(content, at + len(name))):
            country, trade = country or found.country, trade or found.trade
        at = content.find(name, at + len(name))
    return Marks(country, trade)


def _before(content: str, at: int) -> Marks:
    """In "the German steel maker NAME" the last word before the name is a noun for companies."""
    before = content[max(0, at - 60) : at]
    words = before.split()[-4:]
    if not words or not before.endswith(" ") or not _is_noun(words[-1]):
        return Marks()
    return _read(words)


def _after(content: str, end: int) -> Marks:
    """In "NAME, a German steel maker" what counts goes up to the next sign."""
    told = re.match(r",? (?:an?|the) ([^,.;:()\n]{3,60})", content[end : end + 80])
    words = told[1].split()[:5] if told and content[end : end + 1] == "," else []
    return _read(words) if any(_is_noun(word) for word in words) else Marks()


def _is_noun(word: str) -> bool:
    return word in _NOUNS or (word.endswith(("maker", "company")) and word.islower())


def _read(words: list[str]) -> Marks:
    country = next((NATIONS[word] for word in words if word in NATIONS), "")
    trade = next((FIELDS[word] for word in words if word in FIELDS), "")
    return Marks(country, trade)
