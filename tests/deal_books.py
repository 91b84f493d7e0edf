"""A small ledger in a real database, for the tests of answers that come from records."""

from __future__ import annotations

from pathlib import Path

from ledger_sagas import ScriptedReader, article, mention

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import Kind, Milestone, Role, Stage
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database

BUYER, TARGET, PARTNER = Role.ACQUIRER, Role.TARGET, Role.PARTNER


def tell_deals(folder: Path) -> DealBook:
    """Velmora buys three firms, Baldor gives up a bid, Orva has a pact with Velmora and one with Hallow."""
    engine = open_database(f"sqlite:///{folder / 'accord.db'}")
    store, ledger, reader = ArticleStore(engine), Ledger(engine), ScriptedReader()
    first = article(
        "a1", "Velmora completed its purchase of Tarnbeck for $10 billion.", "2004-12-13"
    )
    reader.tell(
        store,
        first,
        mention(
            first,
            {"Velmora": BUYER, "Tarnbeck": TARGET},
            stage=Stage.COMPLETED,
            values=[(10e9, "USD", "$10 billion")],
        ),
    )
    second = article("a2", "Velmora agreed to buy Siskin Systems for $5 billion.", "2005-09-13")
    reader.tell(
        store,
        second,
        mention(
            second,
            {"Velmora": BUYER, "Siskin Systems": TARGET},
            values=[(5e9, "USD", "$5 billion")],
        ),
    )
    third = article(
        "a3", "It has acquired Innova, said Velmora. In 2003 Oskeld bought Kerne.", "2006-10-07"
    )
    reader.tell(
        store,
        third,
        mention(third, {"Velmora": BUYER, "Innova": TARGET}, evidence="It has acquired Innova"),
        mention(
            third,
            {"Oskeld": BUYER, "Kerne": TARGET},
            stage=Stage.COMPLETED,
            main=False,
            evidence="In 2003 Oskeld bought Kerne",
            dates=[(Milestone.CLOSED, "2003", "In 2003")],
        ),
    )
    earlier = article("a0", "Baldor has made a bid for Marrow.", "2006-01-05")
    bid = {"Baldor": BUYER, "Marrow": TARGET}
    reader.tell(store, earlier, mention(earlier, bid, stage=Stage.PROPOSED))
    fourth = article("a4", "Baldor has withdrawn its bid for Marrow.", "2006-02-10")
    reader.tell(store, fourth, mention(fourth, bid, stage=Stage.WITHDRAWN))
    fifth = article("a5", "Orva and Velmora have formed an alliance.", "2009-05-02")
    pact = {"Orva": PARTNER, "Velmora": PARTNER}
    reader.tell(store, fifth, mention(fifth, pact, kind=Kind.PARTNERSHIP))
    sixth = article("a6", "Hallow Street Bank teamed up with Orva.", "2010-05-02")
    other = {"Hallow Street Bank": PARTNER, "Orva": PARTNER}
    reader.tell(store, sixth, mention(sixth, other, kind=Kind.PARTNERSHIP))
    assert ledger.catch_up(reader) == []
    book = ledger.book()
    engine.dispose()
    return book
