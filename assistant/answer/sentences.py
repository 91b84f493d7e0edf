"""How well a sentence answers a question, as numbers: what it shares with it, and what it adds.

Every feature is about form and words in common, none about particular companies. The weights are
learned by training/train_sentences.py and read by `ranking`; the names of the features tie the two.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from assistant.answer.question import Aspect
from assistant.domain import Article, Evidence, Span


class Words(Hashable, Protocol):
    """Stems of a text, and how much one tells: 0 for a word that is everywhere, 1 for one in no text."""

    def terms(self, text: str) -> list[str]: ...

    def rarity(self, term: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could answer, from the passage at `rank` (from 0) with `score`.

    `before` is the sentence before it in the passage, or the title; `cosine` may be unknown.
    """

    article: Article
    span: Span
    text: str
    before: str
    is_title: bool
    score: float
    rank: int
    cosine: float | None = None


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
_PURPOSE = re.compile(
    r"\b(?:because|in order to|so (?:that|as to)|(?:aim\w*|want\w*|hop(?:e|es|ed|ing)|seek\w*|sought|designed|"
    r"meant|intend\w*|need\w*|decided|plan\w*) to|aim\w* at|citing|cited|due to|owing to|thanks to|in response to|"
    r"as a result of|the reason|for the sake of|will (?:allow|help|enable|let|give|make|bring)|would (?:allow|help|"
    r"enable|let|give|make|bring|strengthen|expand|create)|(?:which|that) (?:allows?|helps?|enables?|gives?)|"
    r"to (?:boost|expand|strengthen|improve|gain|create|cut|reduce|save|widen|broaden|compete|focus|raise|enter|"
    r"become|build|challenge|secure|offer|meet|avoid|pay|increase|grow|benefit|give|help|allow|enable|bring))\b",
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
_MONTH = re.compile(rf"\b(?:{'|'.join(name for name in month_name if name)})\b")
_PERSON = re.compile(
    r"\b(?:CEO|chief|chair\w*|president|founder|director|executive|spokes\w+|minister|Mr|Ms|Mrs|head|"
    r"analyst|secretary)\b"
)
_WORD = re.compile(r"\w[\w&.+'-]*")
_MARKUP = re.compile(r"https?://|\bwww\.|={2,}|^\W*[:*|]{1,3}\s|\|")
"""Left-overs of a page's lists and links: no sentence of the article."""
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


@lru_cache(maxsize=4096)
def _stems(words: Words, text: str) -> tuple[str, ...]:
    return tuple(words.terms(text))


def list_candidates(evidence: Sequence[Evidence]) -> list[Candidate]:
    """Sentences of the passages and the titles of their articles, each once, in order of evidence."""
    seen: set[tuple[str, Span]] = set()
    found: list[Candidate] = []
    for rank, item in enumerate(evidence):
        article, sentences = item.article, item.passage.sentences
        title = article.source.title
        spans = ([Span(0, len(title))] if title else []) + list(sentences)
        cosines: list[float | None] = list(item.cosines[0 if title else 1 :])
        cosines += [None] * (len(spans) - len(cosines))
        before = title
        for span, cosine in zip(spans, cosines, strict=True):
            text = article.content[span.start : span.end]
            is_title = bool(title) and span.start == 0
            if (article.id, span) not in seen and not _MARKUP.search(text):
                seen.add((article.id, span))
                found.append(
                    Candidate(article, span, text, before, is_title, item.score, rank, cosine)
                )
            before = text
    return found


FEATURES = (
    "covers", "covers_with_title", "covers_with_before", "covers_alike", "pairs", "names", "names_with_title",
    "dense", "behind_best", "nearness", "title", "short", "long", "years",
    "who_new_names", "who_no_new_name",
    "who_person", "list_new_names", "list_commas", "howmuch_money",
    "howmuch_number", "howmuch_share", "howmuch_count", "howmuch_no_number", "when_date", "when_year",
    "when_no_date", "why_reason", "why_purpose", "why_no_reason",
    "why_speech", "why_title", "said_speech", "said_subject", "said_names", "status_state",
    "status_title", "yesno_denial", "yesno_state", "what_new_names", "what_number", "asks_person",
)  # fmt: skip


class Asked:
    """A question taken apart once, to be held against many sentences."""

    def __init__(self, text: str, aspect: Aspect, words: Words, earlier: str = "") -> None:
        self.text = text
        self.aspect = aspect
        self.earlier = earlier
        self._words = words
        weights = {term: 0.5 * words.rarity(term) for term in words.terms(earlier)}
        weights |= {term: words.rarity(term) for term in words.terms(text)}
        self.weights = weights
        self.total = sum(weights.values()) or 1.0
        terms = words.terms(text)
        self.pairs = set(pairwise(terms))
        whole = f"{earlier} {text}"
        self.names = {name.lower() for name in names_in(whole)}
        self._subject = names_in(text)[:2]
        self.years = set(_YEAR.findall(whole))
        self.letters = whole.lower()
        self._asks_share = bool(_ASKS_SHARE.search(text))
        self._asks_count = bool(_ASKS_COUNT.search(text))
        self._asks_person = bool(_ASKS_PERSON.search(text))
        self._classes = {_CLASS[term] for term in weights if term in _CLASS}

    def table(self, candidates: Sequence[Candidate]) -> list[list[float]]:
        """One row a candidate, one number for each of `FEATURES`."""
        best = max((c.score for c in candidates), default=0.0)
        nearest = max((c.cosine for c in candidates if c.cosine is not None), default=0.0)
        return [self._features(c, best, nearest) for c in candidates]

    def _features(self, candidate: Candidate, best: float, nearest: float) -> list[float]:
        text = candidate.text
        terms = _stems(self._words, text)
        held = set(terms)
        title = set(_stems(self._words, candidate.article.source.title))
        before = set(_stems(self._words, candidate.before))
        shared = self._share(held)
        new_names = {n for n in names_in(text) if n.lower() not in self.letters}
        length = len(text.split())
        row = {
            "covers": shared,
            "covers_with_title": self._share(held | title),
            "covers_with_before": self._share(held | title | before),
            "covers_alike": self._alike(held),
            "pairs": len(self.pairs & set(pairwise(terms))) / (len(self.pairs) or 1),
            "names": self._named(text),
            "names_with_title": self._named(f"{text} {candidate.article.source.title}"),
            "dense": shared * self.total / (len(held) + 3),
            "behind_best": candidate.score - best,
            "nearness": 0.0 if candidate.cosine is None else candidate.cosine - nearest,
            "title": float(candidate.is_title),
            "short": float(length < 8),
            "long": max(0.0, (length - 30) / 30),
            "years": self._dated(candidate),
            "asks_person": float(self._asks_person and bool(_PERSON.search(text))),
        }
        typed = self._typed(candidate, new_names)
        row |= {f"{self.aspect}_{name}": value for name, value in typed.items()}
        return [row.get(name, 0.0) for name in FEATURES]

    def missing_from(self, article: Article) -> list[float]:
        """Shares of the question's weight that the words not found in an article have."""
        held = _stems(self._words, article.content)
        return [w / self.total for term, w in self.weights.items() if term not in held]

    def _share(self, held: set[str]) -> float:
        """Share of the question's weight that is met; less where only a word of its class is."""
        classes = {_CLASS[term] for term in held if term in _CLASS}
        heads = {term[:6] for term in held if term in _CLASS}
        met = 0.0
        for term, weight in self.weights.items():
            if term in held:
                met += weight
            elif _CLASS.get(term, -1) in classes:
                # "partner" and "partnership" keep two stems; "buy" and "acquire" are no kin.
                met += weight * (0.9 if term[:6] in heads else 0.5)
        return met / self.total

    def _alike(self, held: set[str]) -> float:
        """Share of the question's words of a class (buy, price, approve) that the sentence matches."""
        if not self._classes:
            return 0.0
        return len(self._classes & {_CLASS[t] for t in held if t in _CLASS}) / len(self._classes)

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

    def _typed(  # noqa: PLR0911 - one an aspect
        self, candidate: Candidate, new_names: set[str]
    ) -> dict[str, float]:
        """The features of the asked aspect by name; those of others are 0."""
        text = candidate.text
        many = min(len(new_names), 4) / 4
        match self.aspect:
            case Aspect.WHO:
                named = {"new_names": many, "no_new_name": float(not new_names)}
                return named | {"person": float(self._asks_person and bool(_PERSON.search(text)))}
            case Aspect.LIST:
                return {
                    "new_names": many,
                    "commas": min(text.count(",") + text.count(" and "), 4) / 4,
                }
            case Aspect.HOW_MUCH:
                return self._amounts(text)
            case Aspect.WHEN:
                dated = bool(_DATE.search(text))
                year = float(bool(_YEAR.search(text)))
                return {"date": float(dated), "year": year, "no_date": float(not dated)}
            case Aspect.WHY:
                speech = float(bool(_SPEECH.search(text)))
                title = float(candidate.is_title)
                purpose = float(bool(_PURPOSE.search(text)))
                return {
                    "reason": _up_to_2(_REASON, text),
                    "purpose": purpose,
                    "no_reason": float(not purpose and not _REASON.search(text)),
                    "speech": speech,
                    "title": title,
                }
            case Aspect.SAID:
                speech = float(bool(_SPEECH.search(text)))
                subject = float(any(name in text for name in self._subject))
                return {"speech": speech, "subject": subject, "names": many}
            case Aspect.STATUS:
                return {"state": _up_to_2(_STATE, text), "title": float(candidate.is_title)}
            case Aspect.YES_NO:
                denial = float(bool(_DENIAL.search(text)))
                return {"denial": denial, "state": _up_to_2(_STATE, text)}
            case Aspect.WHAT:
                return {"new_names": many, "number": float(bool(_NUMBER.search(text)))}

    def _amounts(self, text: str) -> dict[str, float]:
        number = bool(_NUMBER.search(text))
        plain = not self._asks_share and not self._asks_count
        return {
            "money": float(plain and bool(_MONEY.search(text))),
            "number": float(number),
            "share": float(self._asks_share and bool(_PERCENT.search(text))),
            "count": float(number and self._asks_count),
            "no_number": float(not number),
        }


def _up_to_2(cue: re.Pattern[str], text: str) -> float:
    return min(len(cue.findall(text)), 2) / 2


def tells_month(text: str) -> bool:
    """Whether a text has a year or a month, with which a date stands by itself."""
    return bool(_YEAR.search(text) or _MONTH.search(text))


def names_in(text: str) -> list[str]:
    """Words that look like names: with a capital, and no word that opens sentences."""
    words = (
        word.rstrip(".'").removesuffix("'s") for word in _WORD.findall(text) if not word.islower()
    )
    return [w for w in words if len(w) > 1 and w != (low := w.lower()) and low not in _NO_NAMES]


_NO_NAMES = frozenset(
    "the a an in on at by for of to and but or so it its this that these those he she they we his her their "
    "who what which when where why how did does do is are was were has have had will would can could should "
    "with from as if after before since while although however not no there here also one two both "
    "ceo mr ms mrs dr i according because once during under over list name describe summarise summarize please tell "
    "give show explain compare count find say which's who's what's".split()
)
