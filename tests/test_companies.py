"""Names of companies: joined for a reason that is kept, and rather left apart than joined wrongly."""

from __future__ import annotations

import random
import time

import pytest

from assistant.deals.ledger.companies import (
    Act,
    CompanyGroup,
    Decision,
    Encounter,
    Why,
    group_companies,
)
from assistant.deals.ledger.company_names import company_key, is_short_form
from assistant.deals.ledger.statements import (
    Marks,
    Naming,
    TieKind,
    find_marks,
    find_ties,
    short_form_used,
)
from assistant.deals.records import Role


def _named(*names: str) -> list[Naming]:
    """Each name in an article of its own: a0, a1, ..."""
    return [Naming(f"a{i}", name) for i, name in enumerate(names)]


def _companies(groups: list[CompanyGroup]) -> set[frozenset[str]]:
    return {frozenset(name for _, name in group.namings) for group in groups}


def _both(article_id: str, left: str, right: str, roles: tuple[Role, Role]) -> Encounter:
    return Encounter(article_id, "control", ((left, roles[0]), (right, roles[1])))


BOUGHT = (Role.ACQUIRER, Role.TARGET)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Velmora Corp.", "Velmora Corporation"),
        ("Velmora, Inc.", "Velmora"),
        ("Oster S.A.", "Oster SA"),
        ("Zenkai K.K.", "Zenkai Co., Ltd."),
        ("VELMORA", "Velmora"),
        ("pBarn", "PBarn"),
        ("Brandt & Sohn", "Brandt and Sohn plc"),
        ("Oster-Mills", "Oster Mills"),
        ("Velmora Inc. (NORD: VLM)", "Velmora"),
        ("Varnholt's", "Varnholt"),
        ("The Lund Company", "Lund"),
        ("Telhórica", "Telhorica"),
    ],
)
def test_spellings_of_one_name_are_one_company(left: str, right: str) -> None:
    assert company_key(left) == company_key(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Harrow Warden", "Harrow Warden Cable"),
        ("Halvora", "Halvora Mobile"),
        ("Lund", "Lund China"),
        ("Day Spa", "Day"),
        ("Vidra", "Vidra+"),
        ("Oster Mills", "Oster"),
    ],
)
def test_a_longer_name_is_another_company_until_something_says_otherwise(
    left: str, right: str
) -> None:
    assert len(group_companies(_named(left, right, left, right))) == 2


def test_a_name_of_signs_alone_has_a_key() -> None:
    assert company_key("()") == "()"
    assert company_key("Inc.") == "inc"


@pytest.mark.parametrize(
    ("short", "long"),
    [("EDN", "Eastern Data Networks"), ("Tarnbeck", "Tarnbeck Castings"), ("MS", "Marl & Sten")],
)
def test_first_words_and_initials_are_short_forms(short: str, long: str) -> None:
    assert is_short_form(short, long)
    assert not is_short_form(long, short)


def test_brackets_tie_initials_to_the_name_before_them() -> None:
    content = 'Bid\nOn Monday Eastern Data Networks (EDN) and Lund Paper ("Lund") met (NORD: VLM).'
    ties = find_ties("a", content)
    assert [(t.name, t.other, t.kind) for t in ties] == [
        ("Eastern Data Networks", "EDN", TieKind.BRACKET),
        ("Lund Paper", "Lund", TieKind.BRACKET),
    ]
    assert content[ties[0].span.start : ties[0].span.end] == "Eastern Data Networks (EDN)"


@pytest.mark.parametrize(
    ("sentence", "new", "old"),
    [
        ("Oskeld, formerly known as Nordrail, grew.", "Oskeld", "Nordrail"),
        ("Oskeld (formerly Nordrail Trains) grew.", "Oskeld", "Nordrail Trains"),
        ("Nordrail was renamed Oskeld in May.", "Oskeld", "Nordrail"),
        ("Nordrail, now known as Oskeld, grew.", "Oskeld", "Nordrail"),
        ("Nordrail changed its name to Oskeld.", "Oskeld", "Nordrail"),
        ("It changed its name from Nordrail to Oskeld.", "Oskeld", "Nordrail"),
    ],
)
def test_renamings_tie_the_new_name_to_the_old(sentence: str, new: str, old: str) -> None:
    ties = find_ties("a", f"Trains\n{sentence}")
    assert [(t.name, t.other) for t in ties] == [(new, old)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ana Ruiz, formerly Kestrel president, left.",
        "Ana Ruiz, formerly of Kestrel, left.",
        "The plant, formerly a mill, burned.",
        "Kestrel renamed its dog.",
    ],
)
def test_a_career_is_no_renaming(sentence: str) -> None:
    assert find_ties("a", f"News\n{sentence}") == []


def test_a_renaming_joins_names_of_the_whole_library_and_keeps_its_reason() -> None:
    content = "Trains\nOskeld, formerly known as Nordrail, grew."
    (group,) = group_companies(_named("Nordrail", "Oskeld", "Oskeld AB"), find_ties("z", content))
    (join,) = group.joins
    assert (join.name, join.other, join.why) == ("Nordrail", "Oskeld", Why.RENAMED)
    assert join.article_id == "z"
    assert join.span is not None


def test_initials_that_stand_for_two_names_mean_each_in_its_own_article() -> None:
    namings = [
        Naming("a", "Eastern Data Networks"),
        Naming("a", "EDN"),
        Naming("b", "Essex Dairy North"),
        Naming("b", "EDN"),
        Naming("c", "EDN"),
    ]
    ties = find_ties("a", "x\nEastern Data Networks (EDN)")
    ties += find_ties("b", "x\nEssex Dairy North (EDN)")
    places = {group.namings for group in group_companies(namings, ties)}
    assert places == {
        (("a", "EDN"), ("a", "Eastern Data Networks")),
        (("b", "EDN"), ("b", "Essex Dairy North")),
        (("c", "EDN"),),
    }


def test_a_short_form_an_article_uses_joins_where_one_company_alone_has_it() -> None:
    namings = [Naming("a", "Tarnbeck Systems", "Tarnbeck"), Naming("b", "Tarnbeck")]
    (group,) = group_companies(namings)
    assert [join.why for join in group.joins] == [Why.SAME_PLACE]
    namings.append(Naming("c", "Tarnbeck Shipping"))
    assert len(group_companies(namings)) == 3


@pytest.mark.parametrize(
    ("content", "name", "short"),
    [
        ("Velmora Airlines grew. Velmora flies.", "Velmora Airlines", "Velmora"),
        ("Velmora Air Lines grew. Velmora flies.", "Velmora Air Lines", "Velmora"),
        ("Velmora Airlines grew.", "Velmora Airlines", ""),
        ("Velmora Airlines and Velmora Cable grew. Velmora paid.", "Velmora Airlines", ""),
        ("Velmora Mobile grew. Velmora paid.", "Velmora Mobile", ""),
        ("United Airlines grew. United flies.", "United Airlines", ""),
        ("Velmora Systems grew. Velmorans cheer.", "Velmora Systems", ""),
    ],
)
def test_the_first_word_stands_for_a_name_whose_rest_says_what_it_does(
    content: str, name: str, short: str
) -> None:
    assert short_form_used(content, name) == short


@pytest.mark.parametrize("long", ["Velmora Castings", "Velmora New Zealand", "Velmora Mobile"])
def test_what_one_article_calls_by_the_name_of_the_house_may_be_a_part_of_it(long: str) -> None:
    assert len(group_companies([Naming("a", long, "Velmora"), Naming("b", "Velmora")])) == 2


def test_a_part_beside_the_same_company_is_not_the_house() -> None:
    namings = [Naming(a, n) for a in "ab" for n in ("Halvora", "Velmora", "Velmora Cable")]
    told = [
        _both("a", "Halvora", "Velmora", BOUGHT),
        _both("b", "Halvora", "Velmora Cable", BOUGHT),
    ]
    assert len(group_companies(namings, (), told)) == 3


def test_two_parties_of_one_article_are_never_joined_by_a_short_form() -> None:
    namings = [
        Naming("a", "Halvora Mobile", "Halvora"),
        Naming("b", "Halvora"),
        Naming("b", "Halvora Mobile"),
    ]
    encounters = [_both("b", "Halvora", "Halvora Mobile", BOUGHT)]
    assert _companies(group_companies(namings, (), encounters)) == {
        frozenset({"Halvora"}),
        frozenset({"Halvora Mobile"}),
    }


def test_a_group_is_its_house_unless_the_word_names_nothing() -> None:
    assert len(group_companies(_named("Varnholt Group", "Varnholt"))) == 1
    assert len(group_companies(_named("United Group", "United"))) == 2


def test_an_ordinary_word_without_its_legal_form_is_left_apart() -> None:
    assert len(group_companies(_named("News Corp.", "News Corporation", "News"))) == 2


def test_a_short_name_in_the_same_part_beside_the_same_company_is_the_longer_one() -> None:
    namings = [
        Naming("a", "Velmora"),
        Naming("a", "Tarnbeck Castings"),
        Naming("b", "Velmora"),
        Naming("b", "Tarnbeck"),
    ]
    same = [_both("a", "Velmora", "Tarnbeck Castings", BOUGHT)]
    groups = group_companies(namings, (), [*same, _both("b", "Velmora", "Tarnbeck", BOUGHT)])
    assert len(groups) == 2
    assert [join.why for group in groups for join in group.joins] == [Why.COUNTERPARTY]
    reversed_part = _both("b", "Tarnbeck", "Velmora", BOUGHT)
    assert len(group_companies(namings, (), [*same, reversed_part])) == 3


def test_marks_stand_before_and_after_a_name() -> None:
    content = "x\nThe Swiss drug maker Merlau met Oster, a German brewer, and Ana Lund of Tolmar."
    assert find_marks(content, ["Merlau", "Oster", "Tolmar"]) == {
        "Merlau": Marks("ch", "drug"),
        "Oster": Marks("de", "beer"),
        "Tolmar": Marks(),
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Naming("a", "Merlau", marks=Marks("us")), Naming("b", "Merlau", marks=Marks("de"))),
        (
            Naming("a", "Merlau", marks=Marks("", "air")),
            Naming("b", "Merlau", marks=Marks("", "tap")),
        ),
        (Naming("a", "Merlau & Co."), Naming("b", "Merlau KGaA")),
    ],
)
def test_two_companies_of_one_name_are_kept_apart_by_what_articles_say(
    left: Naming, right: Naming
) -> None:
    assert len(group_companies([left, right])) == 2


def test_one_country_binds_what_has_two_trades() -> None:
    left = Naming("a", "Merlau", marks=Marks("us", "shop"))
    assert len(group_companies([left, Naming("b", "Merlau", marks=Marks("us", "bank"))])) == 1


def test_a_bare_name_goes_with_the_company_that_is_mostly_meant_or_with_none() -> None:
    german = [Naming(f"g{i}", "Merlau", marks=Marks("de")) for i in range(3)]
    other = Naming("u", "Merlau", marks=Marks("us"))
    bare = Naming("x", "Merlau")
    sizes = sorted(len(g.namings) for g in group_companies([*german, other, bare]))
    assert sizes == [1, 4]
    assert len(group_companies([german[0], other, bare])) == 3


def test_the_owner_joins_what_no_rule_joins_and_the_reason_is_kept() -> None:
    merge = Decision(1, Act.MERGE, "Oster", "same house", "Oster Mills")
    (group,) = group_companies(_named("Oster", "Oster Mills"), decisions=[merge])
    assert [(j.why, j.reason) for j in group.joins] == [(Why.OWNER, "same house")]


def test_the_owner_splits_what_a_rule_joined_and_can_take_it_back() -> None:
    names = _named("Varnholt Group", "Varnholt")
    split = Decision(1, Act.SPLIT, "Varnholt", "the founder's other firm")
    assert len(group_companies(names, decisions=[split])) == 2
    undone = Decision(1, Act.SPLIT, "Varnholt", "the founder's other firm", undone_at="2020")
    assert len(group_companies(names, decisions=[undone])) == 1


def test_a_split_can_hold_for_some_articles_alone() -> None:
    split = Decision(1, Act.SPLIT, "Varnholt", "a bakery", articles=("a2",))
    groups = group_companies(_named("Varnholt", "Varnholt", "Varnholt"), decisions=[split])
    assert sorted(g.namings for g in groups) == [
        (("a0", "Varnholt"), ("a1", "Varnholt")),
        (("a2", "Varnholt"),),
    ]


def test_the_later_of_merge_and_split_counts() -> None:
    names = _named("Oster", "Oster Mills")
    merge = Decision(1, Act.MERGE, "Oster", "r", "Oster Mills")
    split = Decision(2, Act.SPLIT, "Oster", "r")
    again = Decision(3, Act.MERGE, "Oster", "r", "Oster Mills")
    assert len(group_companies(names, decisions=[merge, split])) == 2
    assert len(group_companies(names, decisions=[merge, split, again])) == 1


def test_the_order_of_namings_changes_nothing() -> None:
    names = ["Varnholt Group", "Varnholt", "Varnholt AG", "Varnholt Inc.", "Oster", "Oster Mills"]
    namings = _named(*names * 3)
    expected = group_companies(namings)
    for seed in range(5):
        random.Random(seed).shuffle(namings)
        assert group_companies(namings) == expected


@pytest.mark.parametrize(
    "text", ["(" * 200_000, "renamed " * 25_000, "A " * 100_000, "(Aa)" * 50_000, "x" * 200_000]
)
def test_nonsense_of_200_000_characters_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    find_ties("a", text)
    find_marks(text, ["A", "x"])
    assert time.process_time() - started < 4
