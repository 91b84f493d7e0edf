"""What persons said of answers, as questions that `accord evaluate` asks again.

An answer found right gives a question with a key. Its `must` is drawn from the answer's first 60 words,
which are those that are judged: from the sentence that shares most with the question among those that
have what it asks for. Asked how much, that is each amount; asked when, each date; asked who or for a
list, each company, and of several those that have a deal with one of the question; asked anything else,
all three. Each has to stand in the words cited (an amount by its value, in any way to write it) and must
not stand in the question, where it would prove nothing. Where two sentences with different keys are as near
to the question, none is drawn, and none for a premise put right, whose names stand in the question. Asked
why, and for what somebody said, one group holds the telling words that answer and quotes share: figures and
names tell no reason. Any one of them passes, so this is the most lenient of the keys.

An abstention found right gives a question that is not answerable.

A key is made up for nothing else. An answer found wrong or incomplete, or right with nothing to draw a key
from, gives a question whose `must` is empty, to be completed by whoever knows better. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from assistant.answer.dates import MONTHS
from assistant.answer.question import Aspect, leans_back, read_aspect
from assistant.answer.sentences import names_in
from assistant.deals.ledger.book import DealBook
from assistant.deals.model.figures import carries_amount
from assistant.domain import Abstention
from assistant.evaluation.expectations import (
    amount_variants,
    company_variants,
    date_variants,
    reason_variants,
    word_stems,
)
from assistant.evaluation.gold import GoldQuestion
from assistant.evaluation.judging import JUDGED_WORDS, holds
from assistant.library.feedback import Feedback, Judgement
from assistant.text import split_sentences

Group = tuple[str, ...]

_FEWEST_WORDS = 3
"""Telling words of a reason: with fewer an answer in other words could not be right."""

_WHAT_ABOUT = re.compile(r"\W*(?:(?:and|but|so|or) )?(?:what|how) (?:about|of)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\[\d{1,3}\]")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}}) (?P<m1>{_MONTH})|(?P<m2>{_MONTH})(?: (?P<d2>\d{{1,2}})(?!\d))?),? "
    rf"(?P<y1>(?:19|20)\d\d)\b|(?<![\w.,$£€¥])(?P<y2>(?:19|20)\d\d)(?![\w%]|[.,]\d)"
)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_FIGURE = re.compile(
    r"(?<![\w.,])[$£€¥]?(?P<number>\d[\d.,]*(?<=\d))"
    rf"(?:(?P<percent> ?%| per ?cent\b)|[ -](?P<scale>{'|'.join(_SCALES)})\b|(?![\w%]))"
)
_NAME = re.compile(r"\b[A-Z][\w&.'’-]*(?: (?:& )?[A-Z0-9][\w&.'’-]*)*")


def feedback_lines(given: Iterable[Feedback], book: DealBook) -> str:
    """A line of JSON for each, in the form that `read_gold` takes; `book` knows the companies."""
    return "".join(json.dumps(_record(one, book), ensure_ascii=False) + "\n" for one in given)


def _record(given: Feedback, book: DealBook) -> dict[str, Any]:
    answer, is_right = given.answer, given.judgement is Judgement.RIGHT
    first = answer.citations[0].quote.article_id if answer.citations else ""
    told = is_right and not answer.abstained
    quotes = [c.quote.text for c in answer.citations if c.quote.article_id == first]
    return {
        "id": f"{given.conversation}-{given.number}",
        "question": given.question,
        "type": aspect_of(given).value,
        "answerable": not (is_right and answer.abstained),
        "previous": given.before or None,
        "must": [list(group) for group in (key_of(given, book) if told else ())],
        "quotes": list(dict.fromkeys(quotes)) if told else [],
        "article_id": first if told else "",
        "verdict": given.judgement.value,
        "note": given.words,
        "answered": answer.text,
    }


def aspect_of(given: Feedback) -> Aspect:
    """What was asked for; what was asked before where "what about Varnholt?" asks the same again."""
    aspect = read_aspect(given.question)
    again = _WHAT_ABOUT.match(given.question) or (
        aspect is Aspect.WHAT and leans_back(given.question)
    )
    return read_aspect(given.before) if given.before and again else aspect


def key_of(given: Feedback, book: DealBook) -> list[Group]:
    """What another right answer to the question would hold; nothing where that cannot be told."""
    judged = " ".join(given.answer.text.split()[:JUDGED_WORDS])
    drawer = _Drawer(given, book)
    if given.answer.abstention is Abstention.PREMISE_CONTRADICTED:
        return []
    if drawer.aspect in (Aspect.WHY, Aspect.SAID):
        return drawer.reason(judged)
    drawn = [(drawer.nearness(s), groups) for s in _sentences(judged) if (groups := drawer.draw(s))]
    best = max((near for near, _ in drawn), default=0)
    keys = [groups for near, groups in drawn if near == best]
    if not keys or any(key != keys[0] for key in keys):
        return []
    return keys[0] if all(_meets(judged, group) for group in keys[0]) else []


def _sentences(text: str) -> Iterator[str]:
    bare = _NUMBERED.sub("", text)
    for span in split_sentences(bare):
        yield bare[span.start : span.end]


class _Drawer:
    """Draws what one question asks for from sentences of its answer."""

    def __init__(self, given: Feedback, book: DealBook) -> None:
        self.aspect = aspect_of(given)
        self._book = book
        self._asked = f"{given.before} {given.question}"
        self._asked_of = self._companies(self._asked)
        self._cited = [citation.quote.text for citation in given.answer.citations]
        self._titles = " ".join(c.source.title for c in given.answer.citations)
        # A deal of the book with a company of the question: who else is in it.
        deals = book.of(self._asked_of) if self._asked_of else ()
        self._near = {party.company_id for deal in deals for party in deal.parties}

    def nearness(self, sentence: str) -> int:
        """How many words and companies it shares with the question; companies count twice."""
        words = word_stems(sentence) & word_stems(self._asked)
        return len(words) + 2 * len({*self._companies(sentence)} & {*self._asked_of})

    def draw(self, sentence: str) -> list[Group]:
        groups = dict.fromkeys(self._groups(sentence))
        return [group for group in groups if group and not _meets(self._asked, group)]

    def _groups(self, sentence: str) -> Iterator[Group]:
        aspect = self.aspect
        every = aspect not in (Aspect.HOW_MUCH, Aspect.WHEN, Aspect.WHO, Aspect.LIST)
        if every or aspect is Aspect.HOW_MUCH:
            yield from _figures(sentence, self._cited)
        if every or aspect is Aspect.WHEN:
            yield from _dates(sentence, self._cited)
        if every or aspect in (Aspect.WHO, Aspect.LIST):
            yield from self._names(sentence)

    def _companies(self, text: str) -> list[str]:
        found = self._book.directory.find(text)
        return list(dict.fromkeys(i for named in found for i in named.company_ids[:1]))

    def _names(self, sentence: str) -> Iterator[Group]:
        """Companies of the ledger; where it knows none in the sentence, whatever looks like a name."""
        held = self._companies(sentence)
        if not held:
            asked = re.findall(r"\w[\w&.'’-]*\w", self._asked)
            for name in _names_in(sentence, self._titles):
                if name.split()[0] not in asked and any(name in words for words in self._cited):
                    yield company_variants([name])
            return
        cited = {i for words in self._cited for i in self._companies(words)}
        told = [i for i in held if i not in self._asked_of and i in cited]
        near = [i for i in told if i in self._near]
        names = {company.id: company.names for company in self._book.companies}
        for company_id in near or told:
            yield company_variants(names[company_id])

    def reason(self, text: str) -> list[Group]:
        told = word_stems(text)
        group = tuple(w for w in reason_variants(self._cited, set(), self._asked) if w in told)
        return [group] if len(group) >= _FEWEST_WORDS else []


def _figures(sentence: str, cited: list[str]) -> Iterator[Group]:
    bare = _DATE.sub(" ", sentence)
    for found in _FIGURE.finditer(bare):
        number = found["number"].replace(",", "")
        if number.count(".") > 1:
            continue
        if found["percent"]:
            ways = (f"{number} percent", f"{number} per cent", f"{number}%", f"{number} %")
            if any(way in words for way in ways for words in cited):
                yield ways
            continue
        amount = float(number) * _SCALES.get(found["scale"] or "", 1.0)
        before = bare[: found.start()]
        # In brackets stands the amount before it once more, in another currency.
        again = before.count("(") > before.count(")")
        if amount and not again and any(carries_amount(words, amount) for words in cited):
            yield amount_variants(amount, [found[0].lstrip("$£€¥")])


def _dates(sentence: str, cited: list[str]) -> Iterator[Group]:
    for found in _DATE.finditer(sentence):
        if not any(found[0] in words for words in cited):
            continue
        if found["y2"]:
            yield (found["y2"],)
            continue
        month = MONTHS.index(found["m1"] or found["m2"]) + 1
        day = found["d1"] or found["d2"]
        if day and int(day) > 28:  # a day that the month may not have is taken as it is written
            yield (found[0], found[0].replace(",", ""))
            continue
        date = f"{found['y1']}-{month:02}" + (f"-{int(day):02}" if day else "")
        yield (found[0], *date_variants(date, "", None))
    if not _DATE.search(sentence):
        days = dict.fromkeys(_WEEKDAY.findall(sentence))
        yield from ((day,) for day in days if any(day in words for words in cited))


def _names_in(sentence: str, titles: str) -> Iterator[str]:
    """Runs of words with a capital; one that only opens the sentence counts where a title has it too."""
    for found in _NAME.finditer(sentence):
        words = re.sub(r"['’]s$|[.'’-]+$", "", found[0]).split()
        while words and not names_in(words[0]):
            words = words[1:]
        name = " ".join(words)
        if not words or _NO_NAME.fullmatch(name) or _DATE_WORD.fullmatch(words[0]):
            continue
        opens = len(words) == 1 and not sentence[: found.start()].strip(" “\"'")
        if not opens or re.search(rf"\b{re.escape(name)}\b", titles):
            yield name


_DATE_WORD = re.compile(rf"{_MONTH}|{_WEEKDAY.pattern}")
_NO_NAME = re.compile(r"[A-Z.]{1,4}|Inc|Ltd|Corp|Co")
"""Countries, currencies and offices in capitals, and what is left of a company's legal form."""


def _meets(text: str, group: Group) -> bool:
    return holds(text, GoldQuestion("", "", "", True, (group,)))
