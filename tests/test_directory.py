from __future__ import annotations

import pytest

from assistant.deals.ledger.directory import CompanyDirectory

NAMES = CompanyDirectory(
    [
        ("c1", "Velmora Systems Inc.", 3),
        ("c2", "Tarnbeck", 4),
        ("c3", "Hallow Street Bank", 2),
        ("c3", "HSB", 2),
        ("c4", "Target", 2),
        ("c5", "Quillon", 1),
        ("c6", "Quillon", 4),
        ("c7", "Marrow & Sons", 1),
        ("c8", "United Airlines", 1),
    ]
)


def found(text: str, words: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    named = NAMES.find(text, lambda word: word.lower() in words)
    return [(one.text, one.company_ids[0]) for one in named]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Who bought Velmora Systems?", [("Velmora Systems", "c1")]),
        ("Why did VELMORA SYSTEMS buy tarnbeck's rival?", [("VELMORA SYSTEMS", "c1")]),
        ("why did velmora systems buy tarnbeck", [("velmora systems", "c1"), ("tarnbeck", "c2")]),
        ("Tarnbeck's owner", [("Tarnbeck", "c2")]),
        ("What is Velmora up to?", [("Velmora", "c1")]),
        ("Did HSB lend?", [("HSB", "c3")]),
        ("Who owns Marrow and Sons?", [("Marrow and Sons", "c7")]),
        ("Who bought Target?", [("Target", "c4")]),
        ("Velmora Systems and Tarnbeck", [("Velmora Systems", "c1"), ("Tarnbeck", "c2")]),
    ],
)
def test_finds_companies_by_any_of_their_names(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    ["who was the target of the bid", "What did United do?", "Who bought Zanzar?", "why?", ""],
)
def test_takes_no_plain_word_for_a_company(text: str) -> None:
    assert found(text, frozenset({"zanzar"})) == []


@pytest.mark.parametrize("name", ["Tarnbek", "Tarnbcek", "Tarnbecks", "Trnbeck", "Tarnbeckk"])
def test_a_letter_wrong_is_forgiven(name: str) -> None:
    assert [i for _, i in found(f"Who bought {name}?")] == ["c2"]


def test_a_word_the_articles_hold_is_no_misspelling() -> None:
    assert found("Who bought Tarnbek?", frozenset({"tarnbek"})) == []


def test_a_name_of_two_companies_means_both_the_better_known_first() -> None:
    (named,) = NAMES.find("Who owns Quillon?")
    assert named.company_ids == ("c6", "c5")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Who bought Velmora Systems?", ["Velmora Systems"]),
        ("Which Canadian firm bought Tarnbeck?", ["Tarnbeck"]),
        ("Did British Tarnbeck sell?", ["Tarnbeck"]),
        ("Who leads the Port of Hallow Street?", ["Hallow Street"]),
        ("Who owns the Grand Quillon?", []),
        ("What does Velmora Stock Exchange trade?", []),
        ("Why did tarnbeck sell?", ["tarnbeck"]),
        ("Is Orva's Tarnbeck for sale?", ["Tarnbeck"]),
    ],
)
def test_a_question_means_whole_names(text: str, names: list[str]) -> None:
    named = CompanyDirectory(
        [
            ("c1", "Velmora Systems Inc.", 3),
            ("c2", "Tarnbeck", 4),
            ("c3", "Hallow Street Bank", 2),
            ("c4", "Canadian", 1),
            ("c5", "Quillon", 1),
        ]
    ).find_whole(text)
    assert [one.text for one in named] == names
