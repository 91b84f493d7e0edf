from __future__ import annotations

import pytest

from assistant.answer.asking import Form, Part, read_asking
from assistant.deals.ledger.directory import CompanyDirectory
from assistant.deals.records import Kind

NAMES = CompanyDirectory([("c1", "Velmora", 3), ("c2", "Tarnbeck", 4), ("c3", "Orva", 2)])


def parts(text: str) -> tuple[str, dict[str, str]]:
    asking = read_asking(text, NAMES.find(text))
    return asking.asked, {p.named.text: p.part for p in asking.companies}


@pytest.mark.parametrize(
    ("text", "asked", "companies"),
    [
        ("Who bought Tarnbeck?", Part.BUYER, {"Tarnbeck": Part.TARGET}),
        ("Which companies did Velmora buy?", Part.TARGET, {"Velmora": Part.BUYER}),
        ("Which firms has Velmora acquired?", Part.TARGET, {"Velmora": Part.BUYER}),
        ("Who was Tarnbeck bought by?", Part.BUYER, {"Tarnbeck": Part.TARGET}),
        ("Who sold Tarnbeck to Velmora?", Part.SELLER, {"Tarnbeck": Part.TARGET, "Velmora": Part.BUYER}),
        ("To whom did Orva sell Tarnbeck?", Part.BUYER, {"Orva": Part.SELLER, "Tarnbeck": Part.TARGET}),
        ("Who bid for Tarnbeck?", Part.BUYER, {"Tarnbeck": Part.TARGET}),
        ("Who is Velmora's partner?", Part.PARTNER, {"Velmora": Part.PARTNER}),
        ("Who teamed up with Velmora?", Part.PARTNER, {"Velmora": Part.PARTNER}),
        ("Who merged with Velmora?", Part.PARTNER, {"Velmora": Part.PARTNER}),
        ("Who invested in Velmora?", Part.BUYER, {"Velmora": Part.TARGET}),
        ("When was Velmora's takeover of Tarnbeck agreed?", Part.ANY, {"Velmora": Part.BUYER, "Tarnbeck": Part.TARGET}),
    ],
)  # fmt: skip
def test_reads_who_is_asked_for_and_who_does_what(
    text: str, asked: Part, companies: dict[str, Part]
) -> None:
    told, placed = parts(text)
    assert placed == companies
    if asked is not Part.ANY:
        assert told == asked


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Which companies did Velmora buy?", Form.LIST),
        ("List all deals of Velmora", Form.LIST),
        ("How many acquisitions did Velmora make?", Form.COUNT),
        ("What links Velmora and Orva?", Form.LINK),
        ("How are Velmora and Orva connected?", Form.LINK),
        ("Compare Velmora and Orva", Form.COMPARE),
        ("Who bought more, Velmora or Orva?", Form.COMPARE),
        ("Which companies made bids for Tarnbeck?", Form.LIST),
        ("Which banks lent Velmora the money for its bid?", Form.PLAIN),
        ("Which firms advised Velmora on its acquisition of Tarnbeck?", Form.PLAIN),
        ("Who bought Tarnbeck?", Form.PLAIN),
        ("Why did Velmora buy Tarnbeck?", Form.PLAIN),
        ("What makes Tarnbeck a good fit for banks?", Form.PLAIN),
    ],
)
def test_reads_what_is_to_be_done_with_the_deals(text: str, form: Form) -> None:
    assert read_asking(text, NAMES.find(text)).form is form


def test_a_company_that_only_tells_the_time_is_not_asked_about() -> None:
    assert parts("Before Tarnbeck, which companies had Velmora bought?")[1] == {
        "Velmora": Part.BUYER
    }
    assert parts("Who did Velmora buy before it bought Tarnbeck?")[1] == {"Velmora": Part.BUYER}


def test_a_part_in_doubt_is_left_open() -> None:
    assert parts("Who bought Velmora's harbours?")[1] == {"Velmora": Part.ANY}
    told = parts("How many people worked at Tarnbeck when Velmora acquired it?")[1]
    assert told == {"Tarnbeck": Part.ANY, "Velmora": Part.BUYER}
    told = parts("Why did Velmora and Orva buy Tarnbeck?")[1]
    assert told == {"Velmora": Part.BUYER, "Orva": Part.BUYER, "Tarnbeck": Part.TARGET}


def test_kinds_and_days_are_read_too() -> None:
    text = "Which stakes did Velmora buy in 2007?"
    asking = read_asking(text, NAMES.find(text))
    assert Kind.INVESTMENT in asking.kinds
    assert (asking.period.since, asking.period.until) == ("2007", "2007")
    text = "Which companies did Velmora buy?"
    assert Kind.INVESTMENT not in read_asking(text, NAMES.find(text)).kinds
