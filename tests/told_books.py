"""Books of deals from a few articles, for the tests of what an answer is about."""

from __future__ import annotations

from pathlib import Path

from ledger_sagas import ScriptedReader, tell_saga

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import DealMention
from assistant.domain import Article, Citation, Quote
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database


def saga_book(folder: Path) -> DealBook:
    """The saga of `ledger_sagas`: a dearly bought foundry, told in copies too, and a pact beside it."""
    return book_of(folder, saga=True)


def book_of(
    folder: Path, *told: tuple[Article, tuple[DealMention, ...]], saga: bool = False
) -> DealBook:
    engine = open_database(f"sqlite:///{folder / 'accord.db'}")
    store, ledger, reader = ArticleStore(engine), Ledger(engine), ScriptedReader()
    if saga:
        tell_saga(store, reader)
    for article, mentions in told:
        reader.tell(store, article, *mentions)
    assert ledger.catch_up(reader) == []
    book = ledger.book()
    engine.dispose()
    return book


def deal_of(book: DealBook, *names: str) -> Deal:
    """The one deal that all these are parties of."""
    (deal,) = (d for d in book.deals if set(names) <= {party.name for party in d.parties})
    return deal


def cite(book: DealBook, *quotes: Quote) -> tuple[Citation, ...]:
    """The quotes as an answer numbers them."""
    found = []
    for n, quote in enumerate(quotes, 1):
        source = book.source(quote.article_id)
        assert source is not None
        found.append(Citation(n, quote, source))
    return tuple(found)
