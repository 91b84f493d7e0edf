"""Who does what by the grammar of a sentence, where it is plain: active, passive and nominal forms.

A sentence is rewritten with a mark for every name (`‹3›`) and forms are matched against that. A form
that fires is right about the direction far more often than the learned reader, so it settles it; most
sentences fire none. Knows the order of words and verbs of deals, nothing of what the names are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.deals.reading.pairs import Link
from assistant.deals.reading.windows import Sighting
from assistant.domain import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """`first` does `link` with `second`, numbers of actors."""

    first: int
    second: int
    link: Link


_BUY = (
    r"(?:acquir(?:e|es|ed|ing)|buy(?:s|ing)?|bought|purchas(?:e|es|ed|ing)|tak(?:e|es|ing) over|took over|"
    r"snap(?:s|ped|ping)? up|swallow(?:s|ed|ing)?|absorb(?:s|ed|ing)?|gobbl(?:es|ed)? up|take (?:full )?control of|"
    r"took (?:full )?control of|bid(?:s|ding)? for|made an? (?:\S+ ){0,4}?(?:bid|offer) for|buys? out|bought out)"
)
_BOUGHT = r"(?:acquired|bought(?: out)?|purchased|taken over|snapped up|swallowed(?: up)?|absorbed|gobbled up)"
_BE = r"(?:is|was|were|are|been|be|being|got)"
_NOUN = r"(?:acquisition|purchase|takeover|take-over|buyout|buy-out|take over)"
_SELL = r"(?:sell|sells|sold|selling|offload(?:s|ed)?|hand(?:s|ed)? over|divest(?:s|ed)?)"
_GAP = r"[^‹›;:.?!]{0,70}?"
_NEAR = r"(?:[^‹›;:.?!,]{0,45}? )?"
# Between an active verb and its object stands no "by" and no "from"; before it no form of "to be".
_BEFORE = r"(?:(?:(?!\b(?:was|were|been|be|being|by|from|to be)\b)[^‹›;:.?!,]){0,45}? )?"
_AFTER = r"(?:(?:(?!\b(?:by|from|for|with|through|shares|stake|percent|to)\b)[^‹›;:.?!,]){0,45}? )?"
# Not the name before a noun and another name, as in "buys VoIP firm Skype".
_HEAD = r"(?! (?!(?:and|or|from|for|by|to|in|with|after|as|at|on|while|but|over|through|if|when)\b)[a-z-]+ ‹)"
_LIST = (
    r"‹\d+›(?:(?:, (?:and )?| and | or |, as well as | and also | as well as )(?:\w+ ){0,3}?‹\d+›)*"
)
# The same with remarks between: "‹1›, a start-up for speech, or ‹2›".
_LOOSE = r"‹\d+›(?:(?: ?,[^‹›;:.?!]{0,60}?)?,? (?:and|or) (?:\w+ ){0,3}?‹\d+›|, ‹\d+›)*"

# What the target's owners are paid in: "0.69 shares of ‹1› stock".
_PRICED = r"(?:[^‹›;:.?!]|\.\d){0,90}?"
_SHARES = r"(?P<b>‹\d+›)(?:'s)? (?:common )?(?:stock|shares?)\b"

# Each form names its groups by part: b buyer, t target, s seller, i investor, e investee.
_FORMS: tuple[tuple[str, str], ...] = (
    ("own", rf"(?P<b>‹\d+›)(?:'s?)? (?:own |\w+ly )?{_NEAR}stake in (?P<t>{_LIST})"),
    ("own",
     r"(?P<b>‹\d+›) (?:is|was|remains?|became|becomes?) (?:\w+ly )?(?P<t>‹\d+›)'s? (?:[\w-]+ ){0,4}?"
     r"(?:share|stock)holder"),
    ("buy",
     rf"(?P<t>‹\d+›)'s? (?:[\w-]+ ){{0,3}}?(?:(?:share|stock|bond)?holders|creditors|investors) "
     rf"{_PRICED}{_SHARES}"),
    ("buy", rf"holders of (?P<t>‹\d+›)(?: \w+){{0,2}} (?:receive|get) {_PRICED}{_SHARES}"),
    ("buy",
     rf"(?P<b>‹\d+›)(?:, {_GAP},|,? (?:which|who)| \([^()]*\))? {_BEFORE}{_BUY} {_AFTER}"
     rf"(?P<t>{_LIST})(?!'s? ){_HEAD}"),
    ("buy",
     rf"(?P<t>‹\d+›)(?:,? {_NEAR}|, {_GAP}, ){_BE} (?:\w+ly |to be |already |since |later "
     rf"|then |also |first |once ){{0,2}}{_BOUGHT}{_NEAR} by {_NEAR}(?P<b>{_LIST})"),
    ("buy", rf"(?P<t>‹\d+›)(?: \(|, |,? (?:which|that) ){_NEAR}{_BOUGHT} by {_NEAR}(?P<b>‹\d+›)"),
    ("buy",
     rf"(?P<b>‹\d+›)(?:'s?)? (?:[\w$€£.,-]+ ){{0,5}}?{_NOUN}s? (?:offer |bid )?(?:of|for) "
     rf"{_AFTER}(?P<t>{_LIST})(?!'s? )"),
    ("buy",
     rf"(?P<b>‹\d+›)(?:, [^‹›;:.?!]{{0,110}}?,)? (?:[\w-]+ ){{0,12}}?(?:acquisition|purchase|takeover)s? of "
     rf"[^‹›;:.?!]{{0,90}}?(?:such as|including|like|namely) {_NEAR}(?P<t>{_LOOSE})"),
    ("buy", rf"{_NOUN} of {_NEAR}(?P<t>‹\d+›) by {_NEAR}(?P<b>{_LIST})"),
    ("buy",
     rf"(?P<b>‹\d+›)(?:'s)? (?:[\w$€£.,-]+ ){{0,7}}?(?:bid|offer) (?:for|to "
     rf"(?:buy|acquire|take over)) {_AFTER}(?P<t>{_LIST})(?!'s? )"),
    ("buy",
     rf"(?P<t>‹\d+›) (?:has |have |had )?(?:agreed|agrees|is|was) to be {_BOUGHT} by {_NEAR}"
     rf"(?P<b>{_LIST})"),
    ("buy",
     rf"(?P<t>‹\d+›) (?:[\w-]+ ){{0,3}}?(?:reject(?:s|ed)?|spurn(?:s|ed)?|rebuff"
     rf"(?:s|ed)?|turn(?:s|ed)? down|accept(?:s|ed)?) {_NEAR}"
     rf"(?:bid|offer|approach|proposal)s? {_NEAR}(?:by|from) {_NEAR}(?P<b>{_LIST})"),
    ("sale",
     rf"(?P<s>‹\d+›) (?:(?!(?:was|were|been|be|being|is|are) (?!selling))[\w-]+ "
     rf"){{0,6}}?{_SELL} {_NEAR}(?P<t>‹\d+›){_GAP} to {_NEAR}(?P<b>{_LIST})"),
    ("sale",
     rf"(?:sale|disposal) of {_NEAR}(?P<t>‹\d+›) to {_NEAR}(?P<b>{_LIST})(?: by {_NEAR}"
     rf"(?P<s>‹\d+›))?"),
    ("sale",
     rf"(?P<t>‹\d+›)(?:,? {_NEAR}|, {_GAP}, ){_BE} (?:\w+ly |to be |later |then )?sold "
     rf"{_GAP}(?:by {_NEAR}(?P<s>‹\d+›){_GAP})?to {_NEAR}(?P<b>{_LIST})"),
    ("sale",
     rf"(?P<s>‹\d+›)(?: \w+){{0,6}}? (?:sell|sells|sold|selling) "
     rf"[^‹›;:.?!]{{1,70}}? to {_NEAR}(?P<b>{_LIST})"),
    ("sale",
     rf"(?P<b>‹\d+›)(?: (?!(?:was|were|been|be|being|by)\b)[\w-]+){{0,6}}? {_BUY} {_GAP}"
     rf"(?P<t>‹\d+›)?{_GAP} from {_NEAR}"
     rf"(?P<s>{_LIST})"),
    ("hold",
     rf"(?P<i>‹\d+›)(?:, {_GAP},|,? (?:which|who))? (?:\w+ )?(?:invest"
     rf"(?:s|ed|ing)?|put|puts|pour(?:s|ed)) {_GAP}in(?:to)? {_NEAR}(?P<e>‹\d+›)"),
    ("hold", rf"(?P<i>‹\d+›)'s? (?:[\w$€£.,-]+ ){{0,3}}?investment in {_NEAR}(?P<e>‹\d+›)"),
    ("merge", rf"merger (?:of|between) {_NEAR}(?P<p>‹\d+›) (?:and|with) {_NEAR}(?P<q>‹\d+›)"),
    ("merge",
     rf"(?P<p>‹\d+›) (?:and|with) {_NEAR}(?P<q>‹\d+›),? (?:[\w-]+ ){{0,6}}?merg"
     rf"(?:e|es|ed|er|ing)\b(?! between)"),
    ("merge",
     rf"(?P<p>‹\d+›)(?:'s?)? (?:[\w-]+ ){{0,6}}?(?:merg(?:e|es|ed|er|ing)|merger "
     rf"(?:talks|agreement|deal)) with {_NEAR}(?P<q>‹\d+›)"),
    ("pact",
     rf"(?P<p>‹\d+›)(?:'s?)? (?:[\w-]+ ){{0,4}}?(?:partnership|alliance|tie-up|collaboration) with "
     rf"(?P<q>{_LIST})"),
    ("pact",
     rf"(?:agreement|accord|pact|partnership|alliance|collaboration|tie-up)\b[^‹›;:.?!]{{0,40}}? between "
     rf"{_NEAR}(?P<p>‹\d+›) and {_NEAR}(?P<q>‹\d+›)"),
    ("venture",
     rf"joint venture (?:of|between) {_NEAR}(?P<p>‹\d+›) (?:and|with) {_NEAR}(?P<q>‹\d+›)"),
    ("venture", rf"(?P<p>‹\d+›)(?:'s?)? (?:[\w-]+ ){{0,8}}?joint venture with {_NEAR}(?P<q>‹\d+›)"),
)  # fmt: skip
_STAKE = re.compile(
    r"\b(?:minority|(?:[1-4]?\d(?:\.\d+)?)\s?(?:%|per ?cent|pct)(?! (?:premium|more|less|of (?:sales|revenue))))"
    r"|\b(?:a|its|small|large) (?:\w+ )?(?:stake|holding|shareholding) in\b",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"\b(?:majority|controlling|control of|remaining|rest of|all of|full ownership|the other|outright|takeover|"
    r"took over|(?:5[1-9]|[6-9]\d|100)(?:\.\d+)?\s?(?:%|per ?cent|pct))",
    re.IGNORECASE,
)

_OWNED = re.compile(r"\b(?:own(?:s|ed|ers?|ership|ing)?|subsidiar\w+|parent)\b", re.IGNORECASE)
_DONE = re.compile(
    r"\b(?:buy|bought|acqui|purchas|take|taking|took|bid|offer|sell|sold|sale|merg|stake|invest|deal|agree|share|fund|paid|"
    r"pay|pact|partner|venture|talks|approach|contract|supplie|licen|\d+(?:\.\d+)? ?(?:%|per ?cent|pct))|%",
    re.IGNORECASE,
)
_MAJORITY = re.compile(
    r"\b(?:majority (?:stake|interest|holding|share|control|of)|controlling (?:stake|interest|share)|"
    r"(?:took|take|takes|taking|gain\w*|buy|bought|acquire\w*) (?:\w+ )?control of|outright)\b"
    r"|\b(?:bought|buy\w*|acquir\w*|purchas\w*|tak\w+|took)\b[^‹›]{0,25}?\b"
    r"(?:5[1-9]|[6-9]\d|100)(?:\.\d+)? ?(?:%|per ?cent|pct)",
    re.IGNORECASE,
)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(form, re.IGNORECASE)) for name, form in _FORMS)


def masked(content: str, sentence: Span, sightings: Sequence[Sighting]) -> str:
    """The sentence with `‹actor›` for every name, white space and quotation marks made plain."""
    pieces, at = [], sentence.start
    for sighting in sorted(sightings, key=lambda s: s.span):
        span = sighting.span
        if sentence.start <= span.start < sentence.end and span.start >= at:
            pieces += [content[at : span.start], f"‹{sighting.actor}›"]
            at = span.end
    pieces.append(content[at : sentence.end])
    text = "".join(pieces).replace("’", "'").replace("\u00a0", " ")
    text = re.sub(r"[\"“”]|\s+(?=[,.;)'])", "", text)
    # Full stops inside numbers and abbreviations do not end anything here.
    text = re.sub(r"(?<=[A-Za-z]{3})\.(?= ?[,a-z‹(])|(?<=\b[A-Z])\.|(?<=\b[A-Z][a-z])\.", "", text)
    text = re.sub(r"(‹\d+›) ?\((?:‹\d+›|[^()‹]{1,30})\)", r"\1", text)
    return re.sub(r"\s+", " ", text)


def find_forms(text: str) -> list[Finding]:
    """Every link that a form finds in a masked sentence; contradicting ones cancel each other."""
    found: list[Finding] = []
    for name, pattern in _compiled():
        for match in pattern.finditer(text):
            found.extend(_findings(name, match))
    pairs = {(f.first, f.second, f.link) for f in found}
    kept = [f for f in dict.fromkeys(found) if f.first != f.second]
    return [f for f in kept if (f.second, f.first, f.link) not in pairs or f.link < Link.ACQUIRES]


def _findings(name: str, match: re.Match[str]) -> Iterator[Finding]:
    part = {key: _numbers(words) for key, words in match.groupdict().items() if words}
    if name in ("own", "hold"):
        investors, held = part.get("i") or part["b"], part.get("e") or part["t"]
        yield from _links(investors, held, Link.INVESTS_IN)
    elif name == "merge":
        yield from _links(part["p"], part["q"], Link.MERGER)
    elif name == "pact":
        yield from _links(part["p"], part["q"], Link.PARTNERSHIP)
    elif name == "venture":
        yield from _links(part["p"], part["q"], Link.JOINT_VENTURE)
    else:
        link = Link.INVESTS_IN if minority(match.group()) else Link.ACQUIRES
        yield from _links(part["b"], part.get("t", []), link)
        yield from _links(part["b"], part.get("s", []), Link.BUYS_FROM)
        yield from _links(part.get("s", []), part.get("t", []), Link.SELLS)


def _links(firsts: Sequence[int], seconds: Sequence[int], link: Link) -> Iterator[Finding]:
    for first in firsts:
        for second in seconds:
            yield Finding(first, second, link)


def _numbers(words: str) -> list[int]:
    return [int(number) for number in re.findall(r"‹(\d+)›", words)]


def minority(text: str) -> bool:
    """Whether a sentence speaks of a part of the shares and of no control."""
    return bool(_STAKE.search(text)) and not _CONTROL.search(text)


def only_owned(text: str) -> bool:
    """Whether a sentence tells who owns whom and of no deal: "‹1›, which also owns ‹2›"."""
    return bool(_OWNED.search(text)) and not _DONE.search(text)


def controls(text: str) -> bool:
    """Whether a sentence speaks of control or of the majority."""
    return bool(_MAJORITY.search(text))


_APART = re.compile(
    r"\b(?:by|from|to|of|in|with|for|at|on|which|who|whose|that|is|was|are|were|said|has|had|its)\b|[;:()]"
)


@lru_cache(maxsize=4096)  # every pair of a sentence is held against every other one
def listed(text: str, one: int, other: int) -> bool:
    """Whether two names stand in one list ("‹1›, the brewer ‹2› and ‹3›") of a masked sentence."""
    places = [(m.span(), int(m.group(1))) for m in re.finditer(r"‹(\d+)›", text)]
    begins = [(span[0], actor) for span, actor in places]
    ends = [(span[1], actor) for span, actor in places]
    for end, actor in ends:
        for begin, second in begins:
            if begin >= end and {actor, second} == {one, other} and actor != second:
                between = re.sub(r"‹\d+›", "‹›", text[end:begin])
                parts = re.split(r",|\band\b|\bor\b|‹›|&|\bas well as\b|\bplus\b", between)
                joined = len(parts) > 1 and all(len(p.split()) <= 4 for p in parts)
                if joined and not _APART.search(between.replace("as well as", "")):
                    return True
    return False
