"""Questions made from a ledger, with their keys: who, when, how much, why, lists, what no article
tells, and premises turned round.

The same ledger gives the same questions. They ask what reading has found, so they measure how well
questions are understood and answered, not whether the reading is right or complete. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Price
from assistant.deals.records import Basis, Stage
from assistant.domain import Quote
from assistant.evaluation import wordings
from assistant.evaluation.expectations import (
    amount_variants,
    company_variants,
    date_variants,
    direction_variants,
    reason_variants,
    word_stems,
)
from assistant.evaluation.gold import GoldQuestion
from assistant.evaluation.judging import Contents, holds
from assistant.evaluation.plain_deals import (
    ACTS,
    Act,
    PlainDeal,
    Side,
    plain_deals,
    sentence_of,
)
from assistant.evaluation.wordings import Asked, pick

_FEWEST_LISTED, _MOST_LISTED = 2, 5
"""Companies of a list: more do not go into the words of an answer that are judged."""

_COMMON, _LOOKED_AT = 0.03, 400
"""A word in more than this share of the articles, of so many at most, tells no reason from another."""

_FEWEST_WORDS = 3
"""Telling words of a reason: with fewer an answer in other words could not be right."""

_AT_MOST = 0.25
"""Of all other questions: how many there may be without an answer, and how many premises turned round."""


def ledger_questions(book: DealBook, contents: Contents, most: int) -> list[GoldQuestion]:
    """At most `most` questions, as many of each type as there are, up to an equal share."""
    by_type: dict[str, list[GoldQuestion]] = defaultdict(list)
    for question in all_questions(book, contents):
        by_type[question.type].append(question)
    for some in by_type.values():
        some.sort(key=lambda q: (wordings.number_of(q.text), q.text))
    for name in ("null", "false_premise"):
        others = sum(len(some) for other, some in by_type.items() if other != name)
        by_type[name] = by_type[name][: round(_AT_MOST * others)]
    rounds = zip_longest(*(by_type[name] for name in sorted(by_type)))
    chosen = [question for some in rounds for question in some if question is not None][:most]
    chosen.sort(key=lambda q: (q.article_id, q.type, q.text))
    return [replace(question, id=f"l{n}") for n, question in enumerate(chosen, 1)]


def all_questions(book: DealBook, contents: Contents) -> list[GoldQuestion]:
    """Whatever the ledger gives, without ids; those without an answer are many."""
    return list(_Maker(book, contents).questions())


class _Maker:
    """All questions that the plain deals of a book give."""

    def __init__(self, book: DealBook, contents: Contents) -> None:
        self._book = book
        self._contents = contents
        self._plain = plain_deals(book)
        ids = sorted({source.article_id for deal in book.deals for source in deal.sources})
        step = max(1, len(ids) // _LOOKED_AT)
        self._common = _common_words([contents(article_id) for article_id in ids[::step]])

    def questions(self) -> Iterator[GoldQuestion]:
        made = [q for plain in self._plain for q in self._of_one(plain)]
        made += [*self._lists(), *self._strangers()]
        # A key that its own passages do not meet is wrong; one that the question meets tells nothing.
        for question in made:
            if not question.answerable or (
                _meets(" ".join(question.quotes), question) and not _meets(question.text, question)
            ):
                yield question

    def _of_one(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        if plain.is_done or plain.act is Act.BID:
            yield from self._who(plain)
            yield from self._how_much(plain)
            yield from self._why(plain)
        if plain.is_done:
            yield from self._when(plain)
            yield from self._turned(plain)
            yield from self._untold(plain)

    def _ask(self, plain: PlainDeal, asked: Asked, when: str = "") -> str:
        ways = wordings.WAYS.get((plain.act, asked), ())
        key = f"{asked} {plain.payer.called} {plain.other.called}"
        return _worded(pick(ways, key), plain.payer, plain.other, when) if ways else ""

    def _who(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        """Of either side, where it has no other deal that the question could mean."""
        year = f" in {plain.deal.date[:4]}" if plain.deal.date else ""
        sides = ((Asked.PAYER, plain.payer, plain.other), (Asked.OTHER, plain.other, plain.payer))
        for asked, wanted, given in sides:
            text = self._ask(plain, asked, year)
            if text and len(self._alike(plain, given)) == 1:
                group = company_variants(wanted.names)
                yield _question(text, "who", plain, [group], [plain.proof.text])

    def _alike(self, plain: PlainDeal, side: Side) -> list[str]:
        """Deals of a company that are of the same act or told much like it."""
        near = {plain.act, Act.TAKEOVER, Act.MERGER} if plain.act is not Act.PACT else set(Act)
        return [d.id for d in self._book.of([side.company_id]) if ACTS[d.kind] in near]

    def _when(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        """When it was announced, where the articles give one day, month or year for it."""
        events = [e for e in plain.deal.history if e.stage is Stage.ANNOUNCED]
        if len(events) != 1 or not events[0].stated or not events[0].date:
            return
        told = [q for q in events[0].quotes if q.article_id == plain.article_id]
        sentences = [self._sentence(q) for q in told]
        near = [s for s in sentences if plain.payer.named_in(s) and plain.other.named_in(s)]
        near = [
            s for s in near if wordings.ANNOUNCED.search(s) and not wordings.NOT_ANNOUNCED.search(s)
        ]
        if near:
            group = date_variants(events[0].date, " ".join(near), plain.telling.source.date)
            yield _question(self._ask(plain, Asked.WHEN), "when", plain, [group], near)

    def _how_much(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        totals = [p for p in plain.deal.values if p.basis is Basis.TOTAL]
        if not totals or plain.deal.disputed_values or len(totals) != len(plain.deal.values):
            return
        sentences = [s for price in totals for s in self._price_sentences(plain, price)]
        if sentences:
            told = [quote.text for price in totals for quote in price.quotes]
            group = [v for price in totals for v in amount_variants(price.amount, told)]
            text = self._ask(plain, Asked.HOW_MUCH)
            yield _question(text, "howmuch", plain, [tuple(dict.fromkeys(group))], sentences)

    def _price_sentences(self, plain: PlainDeal, price: Price) -> list[str]:
        """Sentences of the deal's article that give the price and name a side."""
        told = [self._sentence(q) for q in price.quotes if q.article_id == plain.article_id]
        return [s for s in told if plain.payer.named_in(s) or plain.other.named_in(s)]

    def _why(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        text = self._ask(plain, Asked.WHY)
        told = [r.quote.text for r in plain.deal.reasons if r.quote.article_id == plain.article_id]
        reasons = [
            words
            for words in told
            if wordings.REASON.search(words) and not wordings.NO_REASON.search(words)
        ]
        names = " ".join((*plain.payer.names, *plain.other.names))
        group = reason_variants(reasons, self._common, f"{text} {names}")
        if len(group) >= _FEWEST_WORDS:
            yield _question(text, "why", plain, [group], reasons)

    def _turned(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        ways = wordings.TURNED.get(plain.act, ())
        if not ways or self._other_way(plain):
            return
        text = _worded(pick(ways, f"turned {plain.payer.called}"), plain.payer, plain.other)
        group = direction_variants(plain.payer.names, [plain.proof.text])
        yield _question(text, "false_premise", plain, [group], [plain.proof.text])

    def _other_way(self, plain: PlainDeal) -> bool:
        """Whether the two have another deal, which could be the one that is asked about."""
        mine = {d.id for d in self._book.of([plain.payer.company_id])}
        return len(mine & {d.id for d in self._book.of([plain.other.company_id])}) > 1

    def _untold(self, plain: PlainDeal) -> Iterator[GoldQuestion]:
        """A price and other details that no article about either side has the words for."""
        text = self._told_of(plain.payer, plain.other)
        if not plain.deal.values and not wordings.PRICE_TOLD.search(text):
            yield _unanswerable(self._ask(plain, Asked.HOW_MUCH), plain)
        named = _worded(wordings.NAMED[plain.act], plain.payer, plain.other)
        open_ = [d for d in wordings.DETAILS if plain.act in d.acts and not d.told.search(text)]
        if open_:
            detail = open_[wordings.number_of(f"untold {named}") % len(open_)]
            yield _unanswerable(pick(detail.ways, named).format(deal=named), plain)

    def _told_of(self, one: Side, other: Side) -> str:
        """The articles on deals of either side that name both."""
        held = self._articles_of(one) | self._articles_of(other)
        texts = (self._contents(article_id) for article_id in sorted(held))
        return "\n".join(t for t in texts if one.named_in(t) and other.named_in(t))

    def _articles_of(self, side: Side) -> set[str]:
        deals = self._book.of([side.company_id])
        return {source.article_id for deal in deals for source in deal.sources}

    def _lists(self) -> Iterator[GoldQuestion]:
        """Of companies that pay in a few deals of one act, as far as these are plain."""
        groups: dict[tuple[Act, str], list[PlainDeal]] = defaultdict(list)
        for plain in self._plain:
            if plain.act in wordings.LISTS and plain.is_done:
                groups[plain.act, plain.payer.company_id].append(plain)
        for (act, company_id), some in groups.items():
            held = [d for d in self._book.of([company_id]) if ACTS[d.kind] is act]
            others = {plain.other.company_id: plain for plain in some}
            if len(others) < _FEWEST_LISTED or len(held) > _MOST_LISTED:
                continue
            first = some[0]
            text = _worded(pick(wordings.LISTS[act], first.payer.called), first.payer, first.other)
            groups_of_names = [company_variants(p.other.names) for p in others.values()]
            proofs = [plain.proof.text for plain in others.values()]
            yield _question(text, "list", first, groups_of_names, proofs)

    def _strangers(self) -> Iterator[GoldQuestion]:
        """Two companies told of one after the other, that no deal and no article brings together."""
        done = [plain for plain in self._plain if plain.is_done]
        for one, next_ in pairwise(done):
            pair = (one.payer, next_.payer)
            if self._told_of(*pair) or pair[0].company_id == pair[1].company_id:
                continue
            text = _worded(pick(wordings.STRANGERS, pair[0].called + pair[1].called), *pair)
            yield _unanswerable(text, one)

    def _sentence(self, quote: Quote) -> str:
        return sentence_of(quote, self._contents(quote.article_id))


def _worded(way: str, payer: Side, other: Side, when: str = "") -> str:
    return wordings.worded(way, payer.called, other.called, when)


def _question(
    text: str,
    type_: str,
    plain: PlainDeal,
    must: Sequence[tuple[str, ...]],
    quotes: Sequence[str],
) -> GoldQuestion:
    return GoldQuestion(
        id="",
        text=text,
        type=type_,
        answerable=True,
        must=tuple(must),
        quotes=tuple(dict.fromkeys(quotes)),
        article_id=plain.article_id,
    )


def _unanswerable(text: str, plain: PlainDeal) -> GoldQuestion:
    return GoldQuestion("", text, "null", answerable=False, article_id=plain.article_id)


def _meets(text: str, question: GoldQuestion) -> bool:
    """Whether a text as a whole holds what the answer must."""
    return all(question.must) and all(
        any(holds(sentence, replace(question, must=(group,))) for sentence in _parts(text))
        for group in question.must
    )


def _parts(text: str) -> Iterator[str]:
    """Overlapping stretches of a text, each short enough to be judged whole."""
    words = text.split()
    for start in range(0, max(1, len(words) - 30), 30):
        yield " ".join(words[start : start + 60])


def _common_words(texts: Sequence[str]) -> set[str]:
    counts = Counter(stem for text in texts for stem in word_stems(text))
    return {stem for stem, n in counts.items() if n > max(2, _COMMON * len(texts))}
