"""What a follow-up can take from the exchange before it: its companies, its deal, its form.

Pure. Each way of following is a method that gives the whole question, or an empty text where it does
not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer.asking import Asking, Form, Part, Placed, read_asking
from assistant.answer.clauses import AUXILIARY, LEAD, Clause, take_apart
from assistant.answer.question import refers_back, split_question
from assistant.answer.sentences import names_in
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.directory import NamedCompany
from assistant.deals.records import Kind
from assistant.domain import Span

Find = Callable[[str], list[NamedCompany]]
"""The companies a text names, in its order."""

_SMALL = re.compile(
    r"\b(?:the|and|or|too|instead|then|as well|though|in particular)\b|[,&]", re.IGNORECASE
)
_KIND = re.compile(r"^(?:the|that|its|a) (?P<kind>[a-z]{3,}(?:[ -][a-z]{3,})??)(?: one| company)?$")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange: its question, made to stand alone, and what was answered, if that is known."""

    question: str
    answer: str = ""


_ASPECTS: tuple[tuple[str, str], ...] = (
    ("why", r"why(?: not)?|how come|(?:for )?what reasons?|what for|"
     r"(?:the |its |their )?(?:reasons?|rationale|motives?)"),
    ("when", r"when(?: exactly)?|(?:on )?what (?:date|day)|(?:the )?(?:date|day)"),
    ("for how much", r"(?:for |at )?how much|(?:for |at )?what (?:price|sum|amount)|"
     r"(?:the |its |their )?(?:price|price tag|amount|sum|cost)|how much money"),
    ("where", r"where"),
    ("how", r"how"),
    ("by whom", r"by (?:whom|who)"),
    ("from whom", r"from (?:whom|who)|who from"),
    ("to whom", r"to (?:whom|who)|who to"),
    ("with whom", r"with (?:whom|who)|who with"),
)  # fmt: skip
_IDLE = (
    r"(?: (?:exactly|precisely|so|then|though|was that|is that|was this|was it|is it|that|"
    r"did (?:it|they) do (?:that|so|it|this)|did (?:that|this|it) happen|did (?:it|they)))*"
)
_BARE = tuple((words, re.compile(rf"(?:{form}){_IDLE}", re.IGNORECASE)) for words, form in _ASPECTS)
_ELSE = re.compile(
    r"^(?P<who>who|whom|what|which ones?|anyone|anybody|anything|any) (?:else|others?)$", re.I
)
_ASKS_MORE = re.compile(r"who|whom|what|which", re.IGNORECASE)

_ACTOR = r"(?P<pronoun>it|they|he|she|the (?:company|firm|group|bank|airline|two))"
_ACTS = re.compile(rf"\b(?P<aux>{AUXILIARY}) {_ACTOR}\b", re.IGNORECASE)
_BEING = re.compile(r"is|are|was|were", re.IGNORECASE)
_DOING = re.compile(r" \w+ing\b")
_PAYS = re.compile(
    r"\b(?:pay|paid|paying|spend|spent|offer\w*|bid|buy|bought|acquire\w*|invest\w*)\b", re.I
)
_PARTS = {
    Part.BUYER: re.compile(r"\bthe (?:buyers?|acquirer|bidder|suitor|purchaser|investor)\b", re.I),
    Part.SELLER: re.compile(r"\bthe (?:sellers?|vendor)\b", re.I),
    Part.TARGET: re.compile(r"\bthe target\b", re.I),
}  # fmt: skip


class Antecedent:
    """The exchange before, and what a follow-up can take from it."""

    def __init__(self, turn: Turn, find: Find, book: DealBook) -> None:
        self.turn = turn
        self.question = turn.question.strip()
        self.find = find
        self.book = book

    @cached_property
    def first(self) -> str:
        """The first of the questions in the question."""
        return split_question(self.question)[0]

    @cached_property
    def named(self) -> list[NamedCompany]:
        return self.find(self.question)

    @cached_property
    def asking(self) -> Asking:
        return read_asking(self.first, self.find(self.first))

    @cached_property
    def _placed(self) -> list[Placed]:
        """The companies with their parts; whoever pays for another buys it."""
        placed = list(self.asking.companies)
        payer = self._actor() if len(placed) == 2 and _PAYS.search(self.first) else ""
        if payer and all(p.part is Part.ANY for p in placed):
            parts = {True: Part.BUYER, False: Part.TARGET}
            return [replace(p, part=parts[p.named.text == payer]) for p in placed]
        return placed

    @cached_property
    def clause(self) -> Clause | None:
        return take_apart(self.first, self._starts_with_company)

    def _starts_with_company(self, text: str) -> bool:
        return any(named.span.start == 0 for named in self.find(text))

    @cached_property
    def answered(self) -> str:
        """The one company that the answer names and the question does not; empty for none or several."""
        asked = {i for named in self.named for i in named.company_ids}
        new = {
            named.company_ids: named.text
            for named in self.find(self.turn.answer)
            if not asked & set(named.company_ids)
        }
        return next(iter(new.values())) if len(new) == 1 else ""

    # Another company

    def of_kind(self, core: str, corrects: bool) -> str:
        """Of those that a name can mean the one that is such: "no, I meant the bank"."""
        match = _KIND.match(core)
        if match is None:
            return ""
        kind = match["kind"]
        for named in self.named:
            meant = [c for c in self._companies(named) if _is_called(c, kind)]
            if meant and (corrects or len(named.company_ids) > 1):
                return self._put(named, meant[0])
        doubtful = next((n for n in self.named if len(n.company_ids) > 1), None)
        if corrects and (doubtful or len(self.named) == 1):
            named = doubtful or self.named[0]
            return self._put(named, f"{named.text} (the {kind})")
        return ""

    def _companies(self, named: NamedCompany) -> list[str]:
        """Names of all companies that the words could mean, also as the first words of a name."""
        start = named.text.casefold()
        return [
            name
            for company in self.book.companies
            for name in dict.fromkeys((company.name, *company.names))
            if company.id in named.company_ids or name.casefold().startswith(f"{start} ")
        ]

    def of_company(self, core: str) -> str:
        """The same of another company: "what about Nokia?"."""
        new = self.find(core)
        name = core
        if new:
            left = _SMALL.sub(" ", _outside(core, new))
            if left.strip():
                return ""
            name = core[new[0].span.start : new[-1].span.end]
        elif not _is_name(core):
            return ""
        old = self._to_replace(new)
        return self._put(old, name) if old else ""

    def _to_replace(self, new: Sequence[NamedCompany]) -> NamedCompany | None:
        """Of two companies the one that has no deal with the new one goes, else the later."""
        ids = {i for named in new for i in named.company_ids}
        old = [n for n in self.named if not ids & set(n.company_ids)]
        if not old:
            return None if self.named else _only_name(self.question)
        dealt = {party.company_id for deal in self.book.of(ids) for party in deal.parties}
        strangers = [n for n in old if not dealt & set(n.company_ids)]
        return (strangers if 0 < len(strangers) < len(old) else old)[-1]

    def _put(self, old: NamedCompany, name: str) -> str:
        """The question with every mention of a company replaced."""
        text = self.question
        same = [n for n in self.named if n.company_ids == old.company_ids] or [old]
        for named in reversed(same):
            text = f"{text[: named.span.start]}{name}{text[named.span.end :]}"
        return text

    # Another aspect

    def of_aspect(self, core: str) -> str:
        """Another aspect of the same: "and why?"."""
        words = next((words for words, form in _BARE if form.fullmatch(core)), "")
        if not words or self.clause is None:
            return ""
        return self.clause.asked_as(words, self.answered)

    def of_others(self, fragment: str) -> str:
        """More of what was asked for: "who else?"."""
        clause, more = self.clause, _ELSE.match(fragment)
        if more is None or clause is None or not _ASKS_MORE.match(clause.head):
            return ""
        if more["who"].lower() == "who" and clause.head.lower() == "what":
            return ""
        head = re.sub(r"^(who|whom|what)\b|^(which) ", r"\1\2 other ", clause.head, flags=re.I)
        head = re.sub(r"^(who|whom|what) other\b", r"\1 else", " ".join(head.split()), flags=re.I)
        return " ".join(part for part in (head, clause.auxiliary, clause.rest) if part) + "?"

    # The same deal

    def carried(self, said: str) -> str:
        """A question of its own, with the companies that its "it" and "they" mean."""
        here = _written_as_names(said, self.find(said))
        text = LEAD.sub("", said)
        text = text[:1].upper() + text[1:]
        if not self._leans(text, here):
            return ""
        told = self._with_parts(self._with_actor(text))
        if here:
            return told if told != text else ""
        held = {i for named in self.find(told) for i in named.company_ids}
        left = [p for p in self._placed if not held & set(p.named.company_ids)]
        return _add_topic(told, _topic(left, self.asking)) if left else (told if held else "")

    def _leans(self, text: str, here: Sequence[NamedCompany]) -> bool:
        if not re.search(r"[A-Za-z]{3}", text):
            return False
        if refers_back(text):
            return True
        if here or names_in(text):
            return False
        return read_asking(text, ()).form is Form.PLAIN

    def _with_actor(self, text: str) -> str:
        match = _ACTS.search(text)
        if match is None or (
            _BEING.fullmatch(match["aux"]) and not _DOING.match(text, match.end())
        ):
            return text  # "is it closed?" is about the deal
        actor = self._payer() if _PAYS.search(text) else self._actor()
        if not actor:
            return text
        return f"{text[: match.start('pronoun')]}{actor}{text[match.end() :]}"

    def _actor(self) -> str:
        """Who did it, by the order of words."""
        clause = self.clause
        if clause is None or clause.asks_subject:
            return self.answered if clause else ""
        named = next((n for n in self.find(clause.rest) if n.span.start <= len("the ")), None)
        if named is None or not clause.auxiliary:
            return ""
        after = clause.rest[named.span.end :].split()
        being = _BEING.fullmatch(clause.auxiliary)
        return "" if being and not (after and after[0].endswith("ing")) else named.text

    def _payer(self) -> str:
        return self._in(Part.BUYER) or self._actor()

    def _in(self, part: Part) -> str:
        """The company in a part: named, or answered where the question asked for that part."""
        named = [p.named.text for p in self.asking.companies if p.part is part]
        if named:
            return named[0]
        return self.answered if self.asking.asked is part else ""

    def _with_parts(self, text: str) -> str:
        """With "the buyer" and "the seller" by name."""
        for part, form in _PARTS.items():
            if company := self._in(part):
                text = form.sub(company.replace("\\", ""), text)
        return text


def _written_as_names(text: str, named: Sequence[NamedCompany]) -> list[NamedCompany]:
    """In a sentence that begins with a capital, "jobs" are no Jobs."""
    if not text[:1].isupper():
        return list(named)
    return [n for n in named if n.text != n.text.lower()]


def _is_called(name: str, kind: str) -> bool:
    words = name.casefold().split()
    return len(words) > 1 and any(word.startswith(kind.removesuffix("s")) for word in words[1:])


def _is_name(core: str) -> bool:
    """Whether these words are a name that no deal has: all of them with a capital."""
    words = core.split()
    return bool(words) and len(words) <= 4 and len(names_in(core)) == len(words)


def _only_name(question: str) -> NamedCompany | None:
    """The name in a question where no company of the ledger is named and only one could be."""
    runs = list(re.finditer(r"(?<=\w )[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)*", question))
    if len(runs) != 1:
        return None
    return NamedCompany(Span(*runs[0].span()), runs[0][0], ())


def _outside(text: str, named: Sequence[NamedCompany]) -> str:
    for one in reversed(named):
        text = f"{text[: one.span.start]} {text[one.span.end :]}"
    return re.sub(r"['’]s?(?!\w)", "", text)


def _topic(companies: Sequence[Placed], asking: Asking) -> str:
    """`in Velmora's acquisition of Tarnbeck`: the deal a question is about, as far as it names it."""
    names = {part: [p.named.text for p in companies if p.part is part] for part in Part}
    buyer, target, seller = (names[part][:1] for part in (Part.BUYER, Part.TARGET, Part.SELLER))
    if len(buyer) + len(target) + len(seller) == len(companies):
        whose = f"{buyer[0]}'s" if buyer else "the"
        whom = f" of {target[0]}" if target else ""
        source = f" from {seller[0]}" if seller else ""
        if Kind.INVESTMENT in asking.kinds and Kind.DIVESTITURE not in asking.kinds:
            return f"in {whose} investment{whom.replace(' of ', ' in ', 1)}{source}"
        return f"in {whose} acquisition{whom}{source}"
    told = " and ".join(dict.fromkeys(p.named.text for p in companies))
    noun = "deal"
    if asking.asked is Part.PARTNER:
        noun = "merger" if Kind.MERGER in asking.kinds else "partnership"
    return f"in the {noun} of {told}"


def _add_topic(text: str, topic: str) -> str:
    return f"{text.rstrip('?!. ')} {topic}?"
