"""How well a sentence answers a question, as numbers: what it shares with it, and what it adds.

Every feature is about form and words in common, none about particular companies. The weights are
learned by training/sentences.py and read by `ranking`; the names of the features tie the two.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from assistant.answer.question import Aspect
from assistant.domain import Article, Evidence, Span
from assistant.text import split_sentences


class Words(Hashable, Protocol):
    """Stems of a text, and how much one tells: 0 for a word that is everywhere, 1 for one in no text."""

    def terms(self, text: str) -> list[str]: ...

    def rarity(self, term: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could answer. `around` is the sentence before it, `order` its place in the article."""

    article: Article
    span: Span
    text: str
    around: str
    order: int
    is_title: bool
    score: float
    rank: int


_MONEY = re.compile(
    r"(?:[$£€¥]|\b(?:US|CA|NZ|AU|A|C|HK)\$|\b(?:USD|EUR|GBP|Rs|RMB)\b)\s?\d|"
    r"\b\d[\d.,]*\s?(?:million|billion|trillion|crore|bn|m)\b|\b(?:dollars|euros?|pounds|yen|yuan|rupees)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"\d\s?%|\bper ?cent\b|\b(?:half|third|quarter|majority|minority)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?!\w)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?) \d|\b(?:January|February|April|June|July|August|September|"
    r"October|November|December)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|"
    r"\b(?:yesterday|today|tomorrow|(?:last|next|this|earlier this) (?:year|month|week|spring|summer|fall|"
    r"autumn|winter|quarter)|(?:first|second|third|fourth) quarter|(?:weeks?|months?|years?|days?) (?:ago|later))\b",
)
_REASON = re.compile(
    r"\b(?:because|since|in order to|so that|so as to|aim\w*|allow\w*|enabl\w+|help\w*|expand\w*|strengthen\w*|"
    r"boost\w*|due to|owing to|thanks to|in response|citing|cited|as a result|reasons?|benefit\w*|strateg\w+|"
    r"synerg\w+|believ\w+|hop\w+ to|hopes|want\w*|need\w*|improv\w+|focus\w*|save|savings?|reduc\w+|"
    r"opportunit\w+|would (?:give|make|create|let|bring|put)|will (?:give|make|create|let|bring|put)|"
    r"compet\w+|grow\w*|access|concern\w*|fear\w*|to (?:create|become|develop|gain|build|reach|cut|pay|avoid))\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"[\"“”]|\b(?:said|says|told|stated|added|according|described|called|commented|explained|warned|noted|"
    r"argued|claimed|announced)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:approv\w+|reject\w+|complet\w+|talks?|negotiat\w+|pending|subject to|agree\w*|withdr[ae]w\w*|"
    r"declin\w+|clos\w+|final\w*|fail\w*|collaps\w+|terminat\w+|cancel\w+|expected|await\w*|clear\w*|block\w*|"
    r"regulator\w*|shareholders?|vote\w*|sign\w+|abandon\w*|drop\w*|accept\w*|consider\w*|plan\w*|deadline|yet|"
    r"still|not)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|none|nor|without|neither|denied|denies|deny|only|instead|remain\w*|retain\w*|keep\w*|"
    r"continue\w*|rather)\b|n't\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:CEO|chief|chair\w*|president|founder|director|executive|spokes\w+|minister|Mr|Ms|Mrs|head|"
    r"analyst|secretary)\b"
)
_NAME = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=[\"“(/]))(?:[A-Z][\w&.+-]*|[a-z]+[A-Z]\w*|\d+[A-Z]\w*)")
_ASKS_PERSON = re.compile(
    r"\b(?:who|chief|executive|ceo|chairman|chairwoman|boss|head|person)\b", re.I
)
_ASKS_SHARE = re.compile(r"\b(?:proportion|percent\w*|stake|share|premium|how much of)\b", re.I)
_ASKS_COUNT = re.compile(r"\bhow (?:many|long|big|large)\b|\bnumber\b", re.I)

_ALIKE = (
    "acquir acquisit buy bought purchas takeov take-ov buyout bid offer deal owner own",
    "sell sold sale divest dispos hive spin",
    "partner partnership allianc alli team tie tie-up cooper collabor agreement pact ventur joint link",
    "merg merger combin join unit fold",
    "invest investor stake sharehold back fund financ capit",
    "pay paid price cost worth valu spend spent sum money amount total fee",
    "reason why caus because motiv aim purpos goal explain",
    "reject refus turn declin rebuf spurn snub",
    "approv clear clearanc regul author consent pass",
    "finish complet close finalis final conclud done",
    "said say tell told comment describ call state",
    "job staff worker employe layoff redund workforc",
    "start begin launch open debut",
    "boss chief ceo head chairman presid execut leader director",
    "suppli provid sell deliv order contract",
    "licens licenc right permit",
    "withdraw withdrew pull drop abandon scrap cancel collaps break terminat end",
    "profit earn revenu sale loss turnov",
    "plane jet aircraft airlin carrier",
)
_CLASS = {stem: group for group, stems in enumerate(_ALIKE) for stem in stems.split()}


@lru_cache(maxsize=1024)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(split_sentences(text))


@lru_cache(maxsize=4096)
def _stems(words: Words, text: str) -> tuple[str, ...]:
    return tuple(words.terms(text))


def list_candidates(evidence: Sequence[Evidence]) -> list[Candidate]:
    """Sentences of the passages and the titles of their articles, each once, in order of evidence."""
    seen: set[tuple[str, Span]] = set()
    found: list[Candidate] = []
    for rank, item in enumerate(evidence):
        article, passage = item.article, item.passage
        content, first = article.content, len(article.source.title) + 1
        before = article.source.title
        spans = [(Span(0, first - 1), True)] if first > 1 else []
        spans += [(Span(s.start + first, s.end + first), False) for s in _sentences(article.text)]
        for order, (span, is_title) in enumerate(spans):
            text = content[span.start : span.end]
            inside = passage.span.start <= span.start and span.end <= passage.span.end
            if (inside or is_title) and (article.id, span) not in seen:
                seen.add((article.id, span))
                found.append(
                    Candidate(article, span, text, before, order, is_title, item.score, rank)
                )
            before = text
    return found


FEATURES = (
    "covers", "covers_with_title", "covers_with_before", "covers_alike", "pairs", "names", "names_with_title",
    "dense", "behind_best", "first_passage", "title", "lead", "place", "short", "long", "years",
    "who_new_names", "who_no_new_name", "who_person", "list_new_names", "list_commas", "howmuch_money",
    "howmuch_number", "howmuch_share", "howmuch_count", "howmuch_no_number", "when_date", "when_year",
    "when_no_date", "why_reason", "why_speech", "why_title", "said_speech", "said_names", "status_state",
    "status_title", "yesno_denial", "yesno_state", "what_new_names", "what_number", "asks_person", "past_tail",
)  # fmt: skip


class Asked:
    """A question taken apart once, to be held against many sentences."""

    def __init__(self, text: str, aspect: Aspect, words: Words, earlier: str = "") -> None:
        self.text = text
        self.aspect = aspect
        self._words = words
        weights = {term: 0.5 * words.rarity(term) for term in words.terms(earlier)}
        weights |= {term: words.rarity(term) for term in words.terms(text)}
        self.weights = weights
        self.total = sum(weights.values()) or 1.0
        terms = words.terms(text)
        self.pairs = set(pairwise(terms))
        whole = f"{earlier} {text}"
        self.names = {name.lower() for name in names_in(whole)}
        self.years = set(_YEAR.findall(whole))
        self.letters = whole.lower()

    def features(self, candidate: Candidate, best: float) -> list[float]:
        """One number for each of `FEATURES`; `best` is the score of the first passage."""
        text = candidate.text
        terms = _stems(self._words, text)
        held = set(terms)
        title = set(_stems(self._words, candidate.article.source.title))
        before = set(_stems(self._words, candidate.around))
        shared = self._share(held)
        new_names = {n for n in names_in(text) if n.lower() not in self.letters}
        length = len(text.split())
        general = [
            shared,
            self._share(held | title),
            self._share(held | title | before),
            self._alike(held),
            len(self.pairs & set(pairwise(terms))) / (len(self.pairs) or 1),
            self._named(text),
            self._named(f"{text} {candidate.article.source.title}"),
            shared * self.total / (len(held) + 3),
            candidate.score - best,
            float(candidate.rank == 0),
            float(candidate.is_title),
            float(candidate.order == 1),
            min(candidate.order, 12) / 12,
            float(length < 8),
            max(0.0, (length - 30) / 30),
            self._dated(candidate),
        ]
        return general + self._typed(candidate, new_names)

    def missing_from(self, article: Article) -> list[float]:
        """Shares of the question's weight that the words not found in an article have."""
        held = _stems(self._words, article.content)
        return [w / self.total for term, w in self.weights.items() if term not in held]

    def _share(self, held: set[str]) -> float:
        return sum(weight for term, weight in self.weights.items() if term in held) / self.total

    def _alike(self, held: set[str]) -> float:
        """Share of the question's words of a class (buy, price, approve) that the sentence matches."""
        wanted = {_CLASS[t] for t in self.weights if t in _CLASS}
        return (
            len(wanted & {_CLASS[t] for t in held if t in _CLASS}) / len(wanted) if wanted else 0.0
        )

    def _named(self, text: str) -> float:
        if not self.names:
            return 0.0
        low = text.lower()
        return sum(name in low for name in self.names) / len(self.names)

    def _dated(self, candidate: Candidate) -> float:
        if not self.years:
            return 0.0
        year = (candidate.article.source.date or "")[:4]
        return float(any(y in candidate.text or y == year for y in self.years))

    def _typed(self, candidate: Candidate, new_names: set[str]) -> list[float]:
        text, title = candidate.text, candidate.is_title
        asks = {aspect: float(self.aspect is aspect) for aspect in Aspect}
        number = bool(_NUMBER.search(text))
        share = bool(_ASKS_SHARE.search(self.text))
        count = bool(_ASKS_COUNT.search(self.text))
        person = bool(_ASKS_PERSON.search(self.text))
        many = min(len(new_names), 4) / 4
        return [
            asks[Aspect.WHO] * many,
            asks[Aspect.WHO] * (not new_names),
            asks[Aspect.WHO] * bool(_PERSON.search(text)) * person,
            asks[Aspect.LIST] * many,
            asks[Aspect.LIST] * min(text.count(",") + text.count(" and "), 4) / 4,
            asks[Aspect.HOW_MUCH] * bool(_MONEY.search(text)) * (not share and not count),
            asks[Aspect.HOW_MUCH] * number,
            asks[Aspect.HOW_MUCH] * bool(_PERCENT.search(text)) * share,
            asks[Aspect.HOW_MUCH] * number * count,
            asks[Aspect.HOW_MUCH] * (not number),
            asks[Aspect.WHEN] * bool(_DATE.search(text)),
            asks[Aspect.WHEN] * bool(_YEAR.search(text)),
            asks[Aspect.WHEN] * (not _DATE.search(text)),
            asks[Aspect.WHY] * min(len(_REASON.findall(text)), 3) / 3,
            asks[Aspect.WHY] * bool(_SPEECH.search(text)),
            asks[Aspect.WHY] * title,
            asks[Aspect.SAID] * bool(_SPEECH.search(text)),
            asks[Aspect.SAID] * many,
            asks[Aspect.STATUS] * min(len(_STATE.findall(text)), 3) / 3,
            asks[Aspect.STATUS] * title,
            asks[Aspect.YES_NO] * bool(_DENIAL.search(text)),
            asks[Aspect.YES_NO] * min(len(_STATE.findall(text)), 3) / 3,
            asks[Aspect.WHAT] * many,
            asks[Aspect.WHAT] * number,
            float(person and bool(_PERSON.search(text))),
            float(bool(re.search(r"\b(?:had|previously|earlier|last (?:year|month))\b", text))),
        ]


def names_in(text: str) -> list[str]:
    """Words that look like names: capitals inside a sentence. Question words at its start are not."""
    found = [m.group().rstrip(".'") for m in _NAME.finditer(text)]
    found = [n.removesuffix("'s") for n in found]
    return [n for n in found if len(n) > 1 and n.lower() not in _NO_NAMES]


_NO_NAMES = frozenset(
    "the a an in on at by for of to and but or so it its this that these those he she they we his her their "
    "who what which when where why how did does do is are was were has have had will would can could should "
    "with from as if after before since while although however not no there here also one two both "
    "ceo mr ms mrs dr i according because once during under over".split()
)
