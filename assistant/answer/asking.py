"""What a question asks of the ledger: which companies in which part of which kind of deal, and when.

Reads the form of the question: verbs and nouns of dealing, who stands before and after them, and the
small words between. It knows which names are companies and nothing of their deals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.answer.periods import Period, read_period
from assistant.answer.question import Aspect, read_aspect
from assistant.deals.ledger.directory import NamedCompany
from assistant.deals.records import PACTS, Kind, Role


class Part(StrEnum):
    """What a company does in a deal, alike over the kinds."""

    BUYER = "buyer"
    TARGET = "target"
    SELLER = "seller"
    PARTNER = "partner"
    PROVIDER = "provider"
    RECEIVER = "receiver"
    ANY = "any"


PART_ROLES: dict[Part, frozenset[Role]] = {
    Part.BUYER: frozenset({Role.ACQUIRER, Role.INVESTOR}),
    Part.TARGET: frozenset({Role.TARGET, Role.INVESTEE}),
    Part.SELLER: frozenset({Role.SELLER}),
    Part.PARTNER: frozenset({Role.PARTNER}),
    Part.PROVIDER: frozenset({Role.LICENSOR, Role.SUPPLIER}),
    Part.RECEIVER: frozenset({Role.LICENSEE, Role.CUSTOMER}),
    Part.ANY: frozenset(Role),
}


class Form(StrEnum):
    """What is to be done with the deals that fit: named as they are, listed, counted, set side by side."""

    PLAIN = "plain"
    LIST = "list"
    COUNT = "count"
    COMPARE = "compare"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Placed:
    """A company the question names, and its part in the deal asked about."""

    named: NamedCompany
    part: Part


@dataclass(frozen=True, slots=True)
class Asking:
    """`kinds` empty: any. `asked` is the part whose company is wanted; ANY where none is."""

    aspect: Aspect
    form: Form
    companies: tuple[Placed, ...]
    kinds: frozenset[Kind]
    asked: Part
    period: Period
    by_verb: bool
    """Whether a verb of dealing is asked about, and not only a noun such as "bid" named."""


@dataclass(frozen=True, slots=True)
class _Act:
    """A way of speaking of a deal. `after` maps a small word to the part of the name behind it."""

    kinds: frozenset[Kind]
    subject: Part
    object: Part
    after: dict[str, Part]
    verb: re.Pattern[str]
    noun: re.Pattern[str]


def _act(
    kinds: Iterable[Kind],
    subject: Part,
    object_: Part,
    after: dict[str, Part],
    verb: str,
    noun: str,
) -> _Act:
    def words(form: str) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{form})\b", re.IGNORECASE)

    return _Act(frozenset(kinds), subject, object_, after, words(verb), words(noun))


_CONTROL = (Kind.ACQUISITION, Kind.MERGER, Kind.DIVESTITURE)
_ACTS = (
    _act(
        (Kind.MERGER, Kind.ACQUISITION), Part.PARTNER, Part.PARTNER, {"with": Part.PARTNER},
        r"merg(?:e[sd]?|ing)|combin(?:e[sd]?|ing)|fuse[sd]?",
        r"mergers?|tie-?up|combination",
    ),
    _act(
        (Kind.INVESTMENT, Kind.ACQUISITION), Part.BUYER, Part.TARGET, {"from": Part.SELLER},
        r"invest(?:s|ed|ing)?|back(?:s|ed|ing)|fund(?:s|ed|ing)|financ(?:e[sd]?|ing)",
        r"investments?|investors?|shareholdings?|stakes?|backers?|funding",
    ),
    _act(
        (Kind.LICENSING,), Part.PROVIDER, Part.RECEIVER, {"from": Part.PROVIDER, "to": Part.RECEIVER},
        r"licen[cs](?:e[sd]?|ing)",
        r"licen[cs]es?|licen[cs]ing deals?|licen[cs]ees?",
    ),
    _act(
        (Kind.SUPPLY, Kind.PARTNERSHIP), Part.PROVIDER, Part.RECEIVER,
        {"from": Part.PROVIDER, "to": Part.RECEIVER, "for": Part.RECEIVER},
        r"suppl(?:y|ies|ied|ying)|deliver(?:s|ed|ing)?|host(?:s|ed|ing)?",
        r"suppliers?|contracts?|supply (?:deals?|contracts?)|orders?",
    ),
    _act(
        (*_CONTROL, Kind.INVESTMENT), Part.SELLER, Part.TARGET, {"to": Part.BUYER},
        r"s(?:ell(?:s|ing)?|old)|divest(?:s|ed|ing)?|offload(?:s|ed|ing)?|dispos(?:e[sd]?|ing) of|"
        r"sp(?:i|u)n(?:s|ning)? off|shed",
        r"sales?|divestitures?|disposals?|sellers?|vendors?|spin-?offs?",
    ),
    _act(
        (*_CONTROL, Kind.INVESTMENT), Part.BUYER, Part.TARGET, {"from": Part.SELLER, "off": Part.SELLER},
        r"b(?:uy(?:s|ing)?|ought)(?: up| out)?|acquir(?:e[sd]?|ing)|t(?:ake|akes|aking|ook|aken) (?:over|control of)|"
        r"purchas(?:e[sd]?|ing)|snap(?:s|ped)? up|swallow(?:s|ed)?|pick(?:s|ed)? up|bid(?:s|ding)?(?: for)?|"
        r"pa(?:y|ys|id|ying) for|offer(?:s|ed|ing)? for|go(?:es|ing)? after|went after|"
        r"absorb(?:s|ed|ing)?|grab(?:s|bed)?",
        r"acquisitions?|take-?overs?|purchases?|buy-?outs?|bids?|offers?|bidders?|buyers?|acquirers?|"
        r"suitors?|pursuit|owners?",
    ),
    _act(
        PACTS, Part.PARTNER, Part.PARTNER, {"with": Part.PARTNER},
        r"partner(?:s|ed|ing)?|team(?:s|ed|ing)?(?: up)?|all(?:y|ied)|cooperat(?:e[sd]?|ing)|"
        r"co-operat(?:e[sd]?|ing)|collaborat(?:e[sd]?|ing)|work(?:s|ed|ing)? (?:together|with)|"
        r"join(?:s|ed|ing)? (?:forces|hands)|tie[sd]? up|sign(?:s|ed|ing)?(?: up)?",
        r"partners?(?:hips?)?|alliances?|joint ventures?|tie-?ups?|co-?operations?|collaborations?|"
        r"pacts?|agreements?|ventures?",
    ),
)  # fmt: skip
_STAKE = re.compile(r"\b(?:stakes?|shares?|shareholding|minority|invest\w*)\b", re.IGNORECASE)
_BE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|get|got)\b(?:(?! (?:did|does|do)\b).){0,80}$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"(?:ed|ought|old|en|un|ook)(?: (?:over|up|off|out))?$", re.IGNORECASE)
_BESIDES = re.compile(
    r"\b(?:before|after|besides|apart from|other than|except|excluding|not)"
    r"(?: (?:the|it|its|they|their|that|of|for|buying|bought|went|had|did|made|an?|offer|bid|deal|purchase|"
    r"takeover|acquisition|merger|after)){0,4} ?$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:,? (?:and|or) |, |/|-| & )(?:the )?", re.IGNORECASE)
_COUNT = re.compile(
    r"\bhow many (?:[\w'-]+ ){0,2}(?:compan\w+|firms?|businesses|acquisitions?|take-?overs?|deals?|"
    r"purchases?|mergers?|partners?\w*|alliances?|investments?|stakes?|joint ventures?|startups?|start-ups?)\b|"
    r"\bhow often\b|\bhow many times\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\bwhat (?:links?|connects?|ties)\b|\bhow (?:are|is|were) .+ (?:connected|related|linked|tied)\b|"
    r"\b(?:link|connection|connections|links|relationship|relation|ties) between\b",
    re.IGNORECASE,
)
_COMPARE = re.compile(
    r"^compare\b|\bcompared? (?:to|with)\b|\bversus\b|\bvs\.?\b|\b(?:more|most|bigger|larger|earlier|first)\b.*\bor\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"^(?:[Ll]ist|[Nn]ame|[Ss]how)\b|\b(?:[Aa]ll|[Ee]very) (?:the )?(?:[a-z'-]+ ){0,2}(?:deals?|acquisitions?|"
    r"purchases?|take-?overs?|partners?[a-z]*|compan[a-z]+|investments?|mergers?|alliances?)\b|"
    r"\b(?:[Ww]hich|[Ww]hat) (?:[\w'-]+ ){0,3}(?:companies|firms|deals|acquisitions|businesses|takeovers|groups|"
    r"partners|partnerships|bidders|suitors|investors|startups|start-ups|airlines|banks|sites|services|brands|"
    r"chains|units|rivals|makers|manufacturers|funds|purchases|alliances|mergers|investments|joint ventures|"
    r"stakes)\b|\b[Ww]ho (?:all )?are .+ partners\b"
)


_AGENTS = re.compile(
    r"\b(?:which|what) (?:[\w'-]+ ){0,3}(?:companies|firms|businesses|groups|airlines|banks|brands|makers|"
    r"manufacturers|funds)\b",
    re.IGNORECASE,
)
_DETERMINED = re.compile(
    r"(?:\b(?:its|their|his|her|the|an?|this|that)|['’]s?) (?:\w+ )?$", re.IGNORECASE
)
_MAKING = re.compile(
    r"\b(?:ma(?:de|k\w+)|launch\w*|tabl\w+|submit\w*|lodg\w+|put in|form\w*|enter\w*|sign\w*|struck|strik\w+|"
    r"ha[sd]|have|are|were|is|was|be|been|took|tak\w+|held|hold\w*|got|get\w*|won|win\w*)\b",
    re.IGNORECASE,
)


def read_asking(text: str, named: Sequence[NamedCompany]) -> Asking:
    """`named` are the companies the directory finds in `text`, in its order."""
    aspect = read_aspect(text)
    meant = [n for n in named if not _BESIDES.search(text[: n.span.start])]
    hit = _main_act(text)
    period = read_period(text)
    form = _form(text, len(meant))
    if hit is None:
        placed = tuple(Placed(n, Part.ANY) for n in meant)
        return Asking(aspect, form, placed, frozenset(), Part.ANY, period, by_verb=False)
    act, at, is_noun = hit
    parts = [Placed(n, _part(text, act, at, is_noun, n)) for n in meant]
    placed = tuple(_doubting(text, act, parts))
    is_named = is_noun or bool(_DETERMINED.search(text[: at.start()]))
    if form is Form.LIST and is_named and not _is_of_deals(text, at):
        form = Form.PLAIN
    kinds = act.kinds
    if Kind.INVESTMENT in kinds and act.subject is not Part.ANY and not _STAKE.search(text):
        kinds -= {Kind.INVESTMENT}
    asked = _wanted(text, act, at, placed)
    return Asking(aspect, form, placed, kinds, asked, period, by_verb=not is_noun)


def _is_of_deals(text: str, noun: re.Match[str]) -> bool:
    """Whether those who deal are listed, and not others beside a deal: "Which banks lent A the money for
    its bid?".
    """
    doing = text[: noun.start()]
    return not _AGENTS.search(doing) or bool(_MAKING.search(doing))


def _form(text: str, companies: int) -> Form:
    if _LINK.search(text) and companies > 1:
        return Form.LINK
    if _COUNT.search(text):
        return Form.COUNT
    if _COMPARE.search(text) and companies > 1:
        return Form.COMPARE
    wanted = read_aspect(text) in (Aspect.LIST, Aspect.WHO, Aspect.WHAT)
    return Form.LIST if wanted and _ALL.search(text) else Form.PLAIN


def _main_act(text: str) -> tuple[_Act, re.Match[str], bool] | None:
    """The first verb of dealing, else the first noun."""
    for is_noun in (False, True):
        hits = [
            (m.start(), i, m)
            for i, act in enumerate(_ACTS)
            for m in [(act.noun if is_noun else act.verb).search(text)]
            if m
        ]
        if hits:
            _, i, match = min(hits, key=lambda h: h[:2])
            return _ACTS[i], match, is_noun
    return None


def _part(text: str, act: _Act, at: re.Match[str], is_noun: bool, named: NamedCompany) -> Part:
    before = text[: named.span.start].rstrip()
    small = re.search(
        r"\b(by|from|to|of|with|for|in|into|between|off)(?: (?:the|its|a))?$", before, re.I
    )
    word = small[1].lower() if small else ""
    possessive = text[named.span.end : named.span.end + 2] in ("'s", "’s", "s'", "' ")
    if word == "by":
        return act.subject
    if is_noun:
        return _part_beside_noun(act, word, possessive, named.span.end <= at.start())
    if named.span.start >= at.end():
        # Who buys "Varn's harbours" buys them from Varn, or buys Varn.
        return act.after.get(word, Part.ANY if possessive else act.object)
    return act.object if _is_passive(text, at) and not _asked_of(text, named) else act.subject


def _doubting(text: str, act: _Act, parts: Sequence[Placed]) -> Iterator[Placed]:
    """Of several that would act, the last and those listed with it: "at A when B bought it" is of B."""
    acting = [p for p in parts if p.part is act.subject is not act.object]
    together = acting[-1:]
    for placed in reversed(acting[:-1]):
        between = text[placed.named.span.end : together[0].named.span.start]
        if not _LISTED.fullmatch(between):
            break
        together.insert(0, placed)
    for placed in parts:
        doubted = placed in acting and placed not in together
        yield replace(placed, part=Part.ANY) if doubted else placed


def _part_beside_noun(act: _Act, word: str, possessive: bool, is_before: bool) -> Part:
    if word in ("of", "for", "in", "into"):
        return act.object
    if word in act.after:
        return act.after[word]
    if word == "between":
        return Part.ANY if act.object is not Part.PARTNER else Part.PARTNER
    if is_before:
        return act.subject if possessive else Part.ANY
    return act.object if act.object is Part.PARTNER else Part.ANY


def _asked_of(text: str, named: NamedCompany) -> bool:
    """Whether "did", "has" or the like stands right before the name: it does, it is not done to."""
    return bool(
        re.search(
            r"\b(?:did|does|do|has|have|had|will|would)(?: the)?$",
            text[: named.span.start].rstrip(),
            re.I,
        )
    )


def _is_passive(text: str, at: re.Match[str]) -> bool:
    before = text[: at.start()]
    return bool(_PASSIVE.search(at[0])) and bool(_BE.search(before))


def _wanted(text: str, act: _Act, at: re.Match[str], placed: Sequence[Placed]) -> Part:
    """The part that no company of the question has; where two are left, who acts before what is done to."""
    if act.object is Part.PARTNER:
        return Part.PARTNER
    taken = {p.part for p in placed}
    end = re.search(r"\b(to|from|by)(?: (?:whom|who|which \w+|what \w+))?\W*$", text, re.I)
    start = re.match(r"^(?:and |so )?(to|from|by) (?:whom|which|what|who)\b", text, re.I)
    small = start or end
    if small:
        part = act.subject if small[1].lower() == "by" else act.after.get(small[1].lower())
        if part and part not in taken:
            return part
    passive = _is_passive(text, at)
    order = (
        [act.object, act.subject] if passive or act.subject in taken else [act.subject, act.object]
    )
    order += [p for p in act.after.values() if p not in order]
    return next((p for p in order if p not in taken), Part.ANY)
