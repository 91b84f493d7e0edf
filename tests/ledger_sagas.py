"""Articles and what a reader would find in them, for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.deals.records import (
    Basis,
    Core,
    DealMention,
    Kind,
    Milestone,
    Moment,
    Money,
    Party,
    Reason,
    Role,
    Stage,
    Stake,
    Standing,
    Subject,
    Voice,
)
from assistant.domain import Article, Quote, Source, Span
from assistant.errors import ModelFailed
from assistant.library.articles import ArticleStore
from assistant.text import locate_quote

BUYS = {"Velmora": Role.ACQUIRER, "Tarnbeck Castings": Role.TARGET}


def article(
    article_id: str, text: str, date: str | None = "2014-03-12", title: str = "News"
) -> Article:
    return Article(Source(article_id, title, "Harbour Post", date), text)


def quote(told: Article, words: str) -> Quote:
    found = locate_quote(told.id, told.content, words)
    assert found is not None, f"{words!r} is not in {told.id}"
    return found


def mention(
    told: Article,
    parties: Mapping[str, Role],
    *,
    kind: Kind = Kind.ACQUISITION,
    stage: Stage = Stage.ANNOUNCED,
    main: bool = True,
    evidence: str = "",
    values: Sequence[tuple[float, str, str]] = (),
    dates: Sequence[tuple[Milestone, str, str]] = (),
    stake: tuple[float, str] | None = None,
    subject: str = "",
    reason: str = "",
) -> DealMention:
    """A mention whose every field is quoted from `told`."""
    proof = quote(told, evidence or told.text)
    named = tuple(Party(name, role, quote(told, name)) for name, role in parties.items())
    return DealMention(
        told.id,
        Core(kind, named, (proof,)),
        Standing(stage, proof),
        main,
        tuple(Money(a, c, Basis.TOTAL, quote(told, words)) for a, c, words in values),
        tuple(Moment(m, d, quote(told, words)) for m, d, words in dates),
        Stake(stake[0], quote(told, stake[1])) if stake else None,
        Subject(subject, quote(told, subject)) if subject else None,
        (Reason(quote(told, reason), Voice.REPORTER),) if reason else (),
    )


@dataclass
class ScriptedReader:
    """Finds in each article what the test wrote down for it; fails at those in `failing`."""

    found: dict[str, list[DealMention]] = field(default_factory=dict)
    version: str = "scripted-1"
    failing: set[str] = field(default_factory=set)
    read_ids: list[str] = field(default_factory=list)

    def read(self, article: Article) -> list[DealMention]:
        self.read_ids.append(article.id)
        if article.id in self.failing:
            raise ModelFailed("the reader broke; read again later")
        return self.found.get(article.id, [])

    def tell(self, store: ArticleStore, told: Article, *mentions: DealMention) -> None:
        """Take the article in, and find these in it."""
        store.put(told, [[Span(0, len(told.content))]])
        self.found[told.id] = list(mentions)


def tell_saga(store: ArticleStore, reader: ScriptedReader) -> None:
    """Velmora buys Tarnbeck Castings: talks, agreement, a copy of that story, and the end of it; beside
    it a pact of two others.
    """
    rumour = article("a-rumour", "Velmora is in talks to buy Tarnbeck Castings.", "2014-01-20")
    reader.tell(store, rumour, mention(rumour, BUYS, stage=Stage.RUMOURED))
    words = (
        "Velmora agreed on 12 March to buy Tarnbeck Castings, a foundry, for 340 million euros. "
        "The foundry would make hubs cheaper, the paper said, and end a long wait for them."
    )
    for name in ("b-agreed", "c-copy"):
        agreed = article(name, words, "2014-03-13")
        facts = mention(
            agreed,
            BUYS,
            evidence="Velmora agreed on 12 March to buy Tarnbeck Castings",
            values=[(340e6, "EUR", "340 million euros")],
            dates=[(Milestone.ANNOUNCED, "2014-03-12", "12 March")],
            subject="a foundry",
            reason="The foundry would make hubs cheaper",
        )
        reader.tell(store, agreed, facts)
    closed = article(
        "d-closed",
        "Velmora completed its purchase of Tarnbeck, paying 355 million euros.",
        "2014-09-02",
    )
    short = {"Velmora": Role.ACQUIRER, "Tarnbeck": Role.TARGET}
    price = [(355e6, "EUR", "355 million euros")]
    done = mention(closed, short, stage=Stage.COMPLETED, values=price)
    reader.tell(store, closed, done)
    pact = article("e-pact", "Oskeld and Quillon build battery trains together.", "2016")
    both = {"Oskeld": Role.PARTNER, "Quillon": Role.PARTNER}
    reader.tell(store, pact, mention(pact, both, kind=Kind.PARTNERSHIP, stage=Stage.COMPLETED))
