"""Mentions of one deal come together, and two deals stay two."""

from __future__ import annotations

import time

import pytest
from ledger_sagas import article, mention

from assistant.deals.ledger.copies import originals, sketch
from assistant.deals.ledger.joining import Told, days_of, inherit, join_mentions
from assistant.deals.records import DealMention, Kind, Milestone, Role, Stage

NUMBERS: dict[str, int] = {}


def _told(number: int, told: DealMention, date: str | None) -> Told:
    companies = tuple(NUMBERS.setdefault(p.name, len(NUMBERS) + 1) for p in told.parties)
    return Told(number, told, companies, date)


def _one(
    number: int,
    date: str | None,
    roles: dict[str, Role],
    *,
    kind: Kind = Kind.ACQUISITION,
    stage: Stage = Stage.ANNOUNCED,
    main: bool = True,
    happened: str = "",
    stake: float | None = None,
    value: float | None = None,
    where: str = "",
) -> Told:
    """A mention in an article of its own; `happened` is the date it gives itself."""
    told = article(where or f"a{number}", f"{' and '.join(roles)}: then, some, a sum.", date)
    found = mention(
        told,
        roles,
        kind=kind,
        stage=stage,
        main=main,
        dates=[(Milestone.ANNOUNCED, happened, "then")] if happened else [],
        stake=(stake, "some") if stake else None,
        values=[(value, "EUR", "a sum")] if value else [],
    )
    return _told(number, found, date)


def _groups(*told: Told) -> set[frozenset[int]]:
    groups = {frozenset(group) for group in join_mentions(told)}
    assert groups == {frozenset(group) for group in join_mentions(reversed(told))}
    return groups


def _buys(buyer: str = "Velmora", target: str = "Tarnbeck") -> dict[str, Role]:
    return {buyer: Role.ACQUIRER, target: Role.TARGET}


def _together(*names: str) -> dict[str, Role]:
    return dict.fromkeys(names, Role.PARTNER)


def test_stages_of_one_deal_are_one_deal() -> None:
    assert _groups(
        _one(1, "2014-01-20", _buys(), stage=Stage.RUMOURED),
        _one(2, "2014-03-12", _buys()),
        _one(3, "2014-09-02", _buys(), stage=Stage.COMPLETED),
    ) == {frozenset({1, 2, 3})}


def test_a_second_attempt_years_later_is_another_deal() -> None:
    assert len(_groups(_one(1, "2008-05-01", _buys()), _one(2, "2012-05-01", _buys()))) == 2


@pytest.mark.parametrize("end", [Stage.TERMINATED, Stage.WITHDRAWN])
def test_a_new_start_after_a_break_off_is_another_deal(end: Stage) -> None:
    assert _groups(
        _one(1, "2012-04-16", _buys()),
        _one(2, "2012-07-08", _buys(), stage=end),
        _one(3, "2012-12-01", _buys()),
        _one(4, "2013-02-01", _buys(), stage=Stage.COMPLETED),
    ) == {frozenset({1, 2}), frozenset({3, 4})}


def test_a_bid_refused_and_raised_is_one_deal() -> None:
    assert _groups(
        _one(1, "2011-03-18", _buys(), stage=Stage.PROPOSED),
        _one(2, "2011-03-19", _buys(), stage=Stage.REJECTED),
        _one(3, "2011-05-02", _buys(), stage=Stage.ANNOUNCED),
    ) == {frozenset({1, 2, 3})}


def test_rival_buyers_of_one_target_have_two_deals() -> None:
    one, two = _one(1, "2014-03-01", _buys()), _one(2, "2014-03-02", _buys("Lindqvist"))
    assert len(_groups(one, two)) == 2


def test_buyer_and_target_the_other_way_round_is_another_deal() -> None:
    one = _one(1, "2014-03-01", _buys())
    assert len(_groups(one, _one(2, "2014-03-02", _buys("Tarnbeck", "Velmora")))) == 2


def test_a_merger_and_a_takeover_of_the_same_two_are_one_deal() -> None:
    merger = _one(2, "2014-04-01", _together("Velmora", "Tarnbeck"), kind=Kind.MERGER)
    assert len(_groups(_one(1, "2014-03-01", _buys()), merger)) == 1


def test_a_takeover_and_a_pact_of_the_same_two_are_two_deals() -> None:
    pact = _one(2, "2014-03-01", _together("Velmora", "Tarnbeck"), kind=Kind.PARTNERSHIP)
    assert len(_groups(_one(1, "2014-03-01", _buys()), pact)) == 2


def test_a_sale_told_by_the_seller_is_the_purchase_told_by_the_buyer() -> None:
    sale = {"Tolmar": Role.SELLER, "Vitrea": Role.ACQUIRER}
    bought = {"Vitrea": Role.ACQUIRER, "Glasso": Role.TARGET, "Tolmar": Role.SELLER}
    one = _one(1, "2019-02-01", sale, kind=Kind.DIVESTITURE)
    assert len(_groups(one, _one(2, "2019-02-03", bought))) == 1


def test_two_units_sold_by_one_seller_to_one_buyer_are_two_deals() -> None:
    units = [
        {"Vitrea": Role.ACQUIRER, name: Role.TARGET, "Tolmar": Role.SELLER}
        for name in ("Glasso", "Lampo")
    ]
    told = [_one(i, "2019-02-01", unit) for i, unit in enumerate(units)]
    assert len(_groups(*told)) == 2


def test_a_stake_and_a_takeover_much_later_are_two_deals() -> None:
    stake = {"Velmora": Role.INVESTOR, "Tarnbeck": Role.INVESTEE}
    early = _one(1, "2013-06-01", stake, kind=Kind.INVESTMENT)
    assert len(_groups(early, _one(2, "2014-03-01", _buys()))) == 2
    near = _one(1, "2014-02-20", stake, kind=Kind.INVESTMENT)
    assert len(_groups(near, _one(2, "2014-03-01", _buys()))) == 1


def test_two_rounds_of_money_are_two_deals() -> None:
    stake = {"Halvora": Role.INVESTOR, "Pixelbarn": Role.INVESTEE}
    first = _one(1, "2015-05-20", stake, kind=Kind.INVESTMENT, value=12e6)
    second = _one(2, "2016-01-20", stake, kind=Kind.INVESTMENT, value=50e6)
    assert len(_groups(first, second)) == 2


def test_what_is_told_in_passing_goes_to_the_deal_before_it() -> None:
    first = _one(1, "2008-05-01", _buys(), stage=Stage.COMPLETED)
    second = _one(2, "2012-05-01", _buys(), stage=Stage.COMPLETED)
    between = _one(3, "2010-01-01", _buys(), stage=Stage.COMPLETED, main=False)
    after = _one(4, "2013-01-01", _buys(), stage=Stage.COMPLETED, main=False)
    dated = _one(5, "2013-01-01", _buys(), stage=Stage.COMPLETED, main=False, happened="2008")
    assert _groups(first, second, between, after, dated) == {
        frozenset({1, 3, 5}),
        frozenset({2, 4}),
    }


def test_two_records_of_one_article_are_one_deal_only_under_two_kinds() -> None:
    now = _one(1, "2014-03-01", _buys(), where="same")
    then = _one(2, "2014-03-01", _buys(), main=False, happened="2010", where="same")
    assert len(_groups(now, then)) == 2
    same = _one(3, "2014-03-01", _buys(), where="same", stage=Stage.REJECTED)
    assert len(_groups(now, same)) == 2
    again = _one(3, "2014-03-01", _buys(), where="same", kind=Kind.DIVESTITURE)
    assert len(_groups(now, again)) == 1


def test_a_pact_of_two_is_not_the_pact_of_other_pairs_with_them() -> None:
    wide = _one(1, "2016-01-01", _together("Oskeld", "Quillon", "Brandt"), kind=Kind.PARTNERSHIP)
    pair = _one(2, "2016-01-02", _together("Oskeld", "Quillon"), kind=Kind.PARTNERSHIP)
    other = _one(3, "2016-01-03", _together("Oskeld", "Quillon", "Lund"), kind=Kind.PARTNERSHIP)
    assert _groups(wide, pair) == {frozenset({1, 2})}
    assert _groups(wide, other) == {frozenset({1}), frozenset({3})}


def test_mentions_without_any_date_are_joined_by_their_parties() -> None:
    assert len(_groups(_one(1, None, _buys()), _one(2, None, _buys()))) == 1


@pytest.mark.parametrize("bad", ["", "soon", "2014-13", "2014-02-30", "1-2-3-4", "0"])
def test_what_is_no_date_has_no_days(bad: str) -> None:
    assert days_of(bad) is None


def test_days_of_a_month_are_all_of_it() -> None:
    month, day = days_of("2014-02"), days_of("2014-02-28")
    assert month is not None
    assert day is not None
    assert (month.last - month.first, month.last) == (27, day.last)


def test_a_deal_keeps_the_id_most_of_its_mentions_had() -> None:
    held = {1: 7, 2: 7, 3: 8, 4: 7}
    assert inherit([[1, 2, 3], [4], [5]], held, 20) == ([7, 20, 21], 22)


def test_copies_of_one_story_are_one_source() -> None:
    story = (
        "Velmora agreed on Wednesday to buy Tarnbeck Castings for 340 million euros in cash. " * 3
    )
    own = "The foundry in Norrby has a new owner, and the unions ask what becomes of its workers."
    sketches = {
        "a": sketch(story),
        "b": sketch(story.replace("Wednesday", "Monday") + "Reporting by the wire."),
        "c": sketch(own),
    }
    assert len(set(originals(sketches).values())) == 2


def test_twenty_thousand_mentions_are_joined_in_seconds() -> None:
    years = [f"20{year:02d}-{month:02d}-03" for year in range(20) for month in range(1, 13)]
    told = [
        Told(n, found.mention, (1 + n % 3000, 4000 + n % 7), years[n % 240])
        for n, found in enumerate([_one(0, "2014-03-12", _buys())] * 20_000)
    ]
    started = time.thread_time()
    groups = join_mentions(told)
    assert sum(map(len, groups)) == 20_000
    assert time.thread_time() - started < 30
