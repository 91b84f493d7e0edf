"""The ledger follows a real SQLite database: records, companies, deals, and what the owner said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Opener, TinyEmbeddings
from ledger_sagas import BUYS, ScriptedReader, article, mention, tell_saga
from sqlalchemy import Engine

from assistant.deals.ledger.histories import Deal
from assistant.deals.ledger.ledger import Filter, Ledger
from assistant.deals.ledger.rows import write_reading
from assistant.deals.records import Basis, DealMention, Kind, Milestone, Role, Stage
from assistant.domain import Article
from assistant.errors import (
    CompanyMissing,
    DealMissing,
    DecisionRefused,
    FilterRefused,
    WeightsMissing,
)
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database


class Killed(BaseException):
    """Stands for a process that ends here."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'accord.db'}")
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> ArticleStore:
    return ArticleStore(engine)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def saga(store: ArticleStore, ledger: Ledger, reader: ScriptedReader) -> Ledger:
    """A ledger that holds the saga of Velmora and a pact of others."""
    tell_saga(store, reader)
    assert ledger.catch_up(reader) == []
    return ledger


def _bought(ledger: Ledger) -> Deal:
    (deal,) = ledger.deals(Filter(company="Velmora"))
    return deal


def test_an_empty_library_has_an_empty_ledger(ledger: Ledger, reader: ScriptedReader) -> None:
    assert not ledger.in_step(reader)
    ledger.catch_up(reader)
    assert ledger.in_step(reader)
    assert (ledger.deals(), ledger.companies(), ledger.mentions()) == ([], [], [])


def test_articles_that_tell_of_one_deal_make_one_with_its_history(saga: Ledger) -> None:
    deal = _bought(saga)
    assert [(e.stage, e.date, e.stated) for e in deal.history] == [
        (Stage.RUMOURED, "2014-01-20", False),
        (Stage.ANNOUNCED, "2014-03-12", True),
        (Stage.COMPLETED, "2014-09-02", False),
    ]
    assert (deal.kind, deal.stage, deal.stage_date) == (
        Kind.ACQUISITION,
        Stage.COMPLETED,
        "2014-09-02",
    )
    assert [(p.name, p.role) for p in deal.parties] == list(
        {"Velmora": Role.ACQUIRER, "Tarnbeck Castings": Role.TARGET}.items()
    )
    assert deal.date == "2014-01-20"
    assert len(deal.reasons) == 1


def test_copies_count_once_and_two_prices_stand_side_by_side(saga: Ledger) -> None:
    deal = _bought(saga)
    assert (len(deal.tellings), len(deal.sources), deal.independent) == (4, 4, 3)
    assert [(p.amount, p.independent) for p in deal.values] == [(340e6, 1), (355e6, 1)]
    assert deal.values[0].article_ids == ("b-agreed", "c-copy")
    assert [p.amount for p in deal.disputed_values] == [340e6, 355e6]
    assert deal.disputed_dates == ()


def test_two_dates_of_one_event_stand_side_by_side(
    store: ArticleStore, saga: Ledger, reader: ScriptedReader
) -> None:
    late = article("f-late", "Velmora said on 14 March it buys Tarnbeck Castings.", "2014-03-15")
    dates = [(Milestone.ANNOUNCED, "2014-03-14", "14 March")]
    reader.tell(store, late, mention(late, BUYS, dates=dates))
    saga.catch_up(reader)
    assert [e.date for e in _bought(saga).disputed_dates] == ["2014-03-12", "2014-03-14"]


def test_every_quote_stands_in_its_article(saga: Ledger, store: ArticleStore) -> None:
    deal = _bought(saga)
    quotes = [*deal.evidence, *(q for e in deal.history for q in e.quotes)]
    quotes += [q for p in deal.values for q in p.quotes] + [r.quote for r in deal.reasons]
    for quote in quotes:
        content = store.get(quote.article_id).content
        assert content[quote.span.start : quote.span.end] == quote.text


def test_deals_are_listed_by_date_then_id(
    store: ArticleStore, saga: Ledger, reader: ScriptedReader
) -> None:
    old = article("z-old", "In passing, Lund bought Brandt.", "2001")
    roles = {"Lund": Role.ACQUIRER, "Brandt": Role.TARGET}
    undated = mention(old, roles, main=False, stage=Stage.COMPLETED)
    reader.tell(store, old, undated)
    saga.catch_up(reader)
    assert [deal.date for deal in saga.deals()] == ["2014-01-20", "2016", None]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (Filter(), 2),
        (Filter(company="tarnbeck castings inc."), 1),
        (Filter(company="Tarn beck"), 1),
        (Filter(kind=Kind.PARTNERSHIP), 1),
        (Filter(kind=Kind.MERGER), 0),
        (Filter(status=Stage.COMPLETED), 2),
        (Filter(status=Stage.RUMOURED), 0),
        (Filter(since="2014-09"), 2),
        (Filter(since="2014-09-03", until="2015"), 0),
        (Filter(until="2014"), 1),
        (Filter(since="2014-03-12", until="2014-03-12"), 1),
        (Filter(topic="foundries"), 1),
        (Filter(topic="battery train"), 1),
        (Filter(topic="battery foundry"), 0),
        (Filter(company="Velmora", topic="hub", since="2014"), 1),
    ],
)
def test_a_filter_chooses_deals(saga: Ledger, chosen: Filter, count: int) -> None:
    assert len(saga.deals(chosen)) == count


def test_a_company_nobody_names_is_refused_with_the_nearest(saga: Ledger) -> None:
    with pytest.raises(CompanyMissing, match="'Velmra'; did you mean Velmora"):
        saga.deals(Filter(company="Velmra"))
    with pytest.raises(CompanyMissing, match="c999"):
        saga.companies("c999")


@pytest.mark.parametrize("bad", ["soon", "2014-13", "12.3.2014"])
def test_a_bad_date_is_refused(saga: Ledger, bad: str) -> None:
    with pytest.raises(FilterRefused, match="is no date"):
        saga.deals(Filter(since=bad))


@pytest.mark.parametrize("bad", ["d999", "999", "d0", "x", "", "d1; drop table deals"])
def test_an_unknown_deal_is_refused(saga: Ledger, bad: str) -> None:
    with pytest.raises(DealMissing, match="accord deals"):
        saga.deal(bad)


def test_a_deal_is_found_by_its_id(saga: Ledger) -> None:
    assert saga.deal(_bought(saga).id) == _bought(saga)


def test_a_catch_up_reads_only_what_is_new_or_edited(
    store: ArticleStore, saga: Ledger, reader: ScriptedReader
) -> None:
    reader.read_ids.clear()
    saga.catch_up(reader)
    assert reader.read_ids == []
    told = article("d-closed", "Velmora gave up on Tarnbeck Castings.", "2014-09-02")
    reader.tell(store, told, mention(told, BUYS, stage=Stage.WITHDRAWN))
    assert not saga.in_step(reader)
    saga.catch_up(reader)
    assert reader.read_ids == ["d-closed"]
    assert _bought(saga).stage is Stage.WITHDRAWN
    assert [p.amount for p in _bought(saga).values] == [340e6]


def test_a_deleted_article_takes_its_records_along(
    store: ArticleStore, saga: Ledger, reader: ScriptedReader
) -> None:
    store.remove("e-pact")
    assert saga.deals(Filter(kind=Kind.PARTNERSHIP)) == []
    saga.catch_up(reader)
    assert saga.counts().deals == 1
    assert {c.name for c in saga.companies()} == {"Velmora", "Tarnbeck Castings"}
    with pytest.raises(CompanyMissing):
        saga.companies("Oskeld")


def test_a_new_version_reads_everything_again_and_ids_stay(
    saga: Ledger, reader: ScriptedReader
) -> None:
    before = [(deal.id, [p.company_id for p in deal.parties]) for deal in saga.deals()]
    reader.version = "scripted-2"
    reader.read_ids.clear()
    saga.catch_up(reader)
    assert len(reader.read_ids) == 5
    assert [(deal.id, [p.company_id for p in deal.parties]) for deal in saga.deals()] == before


def test_ids_are_not_used_again(store: ArticleStore, saga: Ledger, reader: ScriptedReader) -> None:
    (gone,) = saga.deals(Filter(kind=Kind.PARTNERSHIP))
    store.remove("e-pact")
    saga.catch_up(reader)
    told = article("new", "Lund bought Brandt.", "2017")
    parties = {"Lund": Role.ACQUIRER, "Brandt": Role.TARGET}
    reader.tell(store, told, mention(told, parties))
    saga.catch_up(reader)
    (deal,) = saga.deals(Filter(company="Lund"))
    assert int(deal.id[1:]) > int(gone.id[1:])


def test_an_article_the_reader_fails_at_is_named_and_the_rest_goes_on(
    store: ArticleStore, ledger: Ledger, reader: ScriptedReader
) -> None:
    tell_saga(store, reader)
    reader.failing = {"a-rumour"}
    (failed,) = ledger.catch_up(reader)
    assert (failed.article_id, failed.why) == ("a-rumour", "the reader broke; read again later")
    assert ledger.unread() == [failed]
    assert ledger.counts().unread == 1
    assert len(_bought(ledger).tellings) == 3
    assert ledger.catch_up(reader) == []
    reader.failing, reader.version = set(), "scripted-2"
    ledger.catch_up(reader)
    assert ledger.unread() == []


def test_a_reader_without_weights_blames_no_article(
    store: ArticleStore, ledger: Ledger, reader: ScriptedReader
) -> None:
    class Weightless(ScriptedReader):
        def read(self, article: Article) -> list[DealMention]:
            raise WeightsMissing("the weights are not there; install them")

    tell_saga(store, reader)
    with pytest.raises(WeightsMissing):
        ledger.catch_up(Weightless())
    assert ledger.unread() == []
    ledger.catch_up(reader)
    assert ledger.counts().deals == 2


def test_a_stopped_catch_up_goes_on_where_it_stopped(store: ArticleStore, ledger: Ledger) -> None:
    class Dying(ScriptedReader):
        def read(self, article: Article) -> list[DealMention]:
            if len(self.read_ids) == 40:
                raise Killed
            return super().read(article)

    dying, sound = Dying(), ScriptedReader()
    for n in range(50):
        told = article(f"n{n:02d}", f"Velmora bought Firm{n}.")
        parties = {"Velmora": Role.ACQUIRER, f"Firm{n}": Role.TARGET}
        for one in (dying, sound):
            one.tell(store, told, mention(told, parties))
    with pytest.raises(Killed):
        ledger.catch_up(dying)
    assert not ledger.in_step(sound)
    assert ledger.deals() == []
    ledger.catch_up(sound)
    assert len(sound.read_ids) == 18
    assert len(ledger.deals()) == 50


def test_a_crash_between_reading_and_joining_heals(
    store: ArticleStore, saga: Ledger, reader: ScriptedReader
) -> None:
    told = article("new", "Lund bought Brandt.", "2017")
    parties = {"Lund": Role.ACQUIRER, "Brandt": Role.TARGET}
    reader.tell(store, told, mention(told, parties))
    with pytest.raises(Killed):
        saga.catch_up(reader, _die)
    assert not saga.in_step(reader)
    assert len(saga.deals()) == 2
    saga.catch_up(reader)
    assert len(saga.deals()) == 3


def _die(_done: int, _total: int) -> None:
    """Progress is told when articles are read and kept, before anything is joined."""
    raise Killed


def test_progress_counts_articles(store: ArticleStore, ledger: Ledger) -> None:
    reader, told = ScriptedReader(), []
    tell_saga(store, reader)
    ledger.catch_up(reader, lambda done, total: told.append((done, total)))
    assert told == [(5, 5)]


def test_the_owner_merges_and_the_merge_outlives_a_new_reading(
    saga: Ledger, reader: ScriptedReader
) -> None:
    decision = saga.register.merge("Oskeld", "Velmora", "one owner")
    (company,) = saga.companies("Oskeld")
    assert set(company.names) == {"Velmora", "Oskeld"}
    assert [(j.why.value, j.reason) for j in company.joins] == [("the owner said so", "one owner")]
    assert len(saga.deals(Filter(company="Oskeld"))) == 2
    reader.version = "scripted-2"
    saga.catch_up(reader)
    assert saga.companies("Oskeld") == saga.companies("Velmora")
    saga.register.undo(decision.id)
    assert saga.companies("Oskeld") != saga.companies("Velmora")
    assert [bool(d.undone_at) for d in saga.register.decisions()] == [True]


def test_the_owner_splits_a_short_name_from_the_long_one(saga: Ledger) -> None:
    (company,) = saga.companies("Tarnbeck")
    assert company.names == ("Tarnbeck Castings", "Tarnbeck")
    saga.register.split("Tarnbeck", "the town, not the foundry")
    assert len(saga.companies()) == 5
    assert len(saga.deals()) == 3


def test_the_owner_splits_one_name_by_articles(saga: Ledger) -> None:
    saga.register.split("Velmora", "a bakery", ["a-rumour"])
    found = saga.companies("Velmora")
    assert [company.articles for company in found] == [3, 1]
    with pytest.raises(DecisionRefused, match="means several companies; give an id: c"):
        saga.register.merge("Velmora", "Oskeld", "r")
    saga.register.merge(found[1].id, "Oskeld", "one bakery")
    (bakery,) = saga.companies("Oskeld")
    assert set(bakery.names) == {"Velmora", "Oskeld"}
    assert len(saga.deals(Filter(company=found[0].id))) == 1


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda r: r.merge("Velmora", "Velmora Inc.", "x"), "one company already"),
        (lambda r: r.merge("Velmora", "Oskeld", " "), "needs its reason"),
        (lambda r: r.split("Velmora", "x"), "no other name"),
        (lambda r: r.undo(77), "no decision that stands has the number 77"),
        (lambda r: r.split("c1", "x"), "is not a name of a company"),
    ],
)
def test_a_decision_that_changes_nothing_is_refused(saga: Ledger, act, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DecisionRefused, match=why):
        act(saga.register)
    assert saga.register.decisions() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda r: r.merge("Velmora", "Nobody", "x"),
        lambda r: r.split("Nobody", "x"),
        lambda r: r.split("Velmora", "x", ["e-pact"]),
        lambda r: r.split("Velmora", "x", ["nowhere"]),
    ],
)
def test_a_decision_on_who_is_not_there_is_refused(saga: Ledger, act) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CompanyMissing):
        act(saga.register)


def test_a_record_comes_back_as_it_was_written(saga: Ledger, reader: ScriptedReader) -> None:
    kept = {one.source.article_id: one.mention for one in saga.mentions()}
    assert kept == {article_id: found[0] for article_id, found in reader.found.items()}
    assert kept["b-agreed"].values[0].basis is Basis.TOTAL


def test_two_thousand_articles_are_settled_in_seconds(engine: Engine, ledger: Ledger) -> None:
    from assistant.deals.ledger.readings import take_reading
    from assistant.library.articles import digest

    store, reader = ArticleStore(engine), ScriptedReader()
    for n in range(40):
        told = article(f"n{n}", f"Velmora{n % 7} bought Firm{n}.", f"20{n % 20:02d}-05-06")
        parties = {f"Velmora{n % 7}": Role.ACQUIRER, f"Firm{n}": Role.TARGET}
        reader.tell(store, told, *[replace(mention(told, parties)) for _ in range(50)])
    with engine.begin() as connection:
        for n in range(40):
            told = store.get(f"n{n}")
            write_reading(connection, take_reading(told, reader), reader.version, digest(told))
    started = time.process_time()
    ledger.catch_up(reader)
    assert ledger.counts().mentions == 2000
    assert time.process_time() - started < 8


def test_the_assistant_reads_deals_as_it_takes_articles_in(
    open_assistant: Opener, articles_folder: Path, tmp_path: Path
) -> None:
    class Titles(ScriptedReader):
        def read(self, article: Article) -> list[DealMention]:
            if article.id != "velmora-tarnbeck":
                return []
            return [mention(article, BUYS, evidence="agreed on Wednesday to buy Tarnbeck Castings")]

    assistant = open_assistant(tmp_path / "data", TinyEmbeddings())
    assistant.reader = Titles()
    told: list[str] = []
    assistant.ingest([articles_folder], lambda what, _done, _total: told.append(what))
    status = assistant.status()
    assert (status.deals, status.companies, status.in_step) == (1, 2, True)
    assert "reading deals" in told
    assistant.reader = Titles(version="scripted-2")
    assert not assistant.status().in_step
    assert len(assistant.open_ledger().deals()) == 1
    assert assistant.status().in_step
