"""Names that stand in a sentence without a part in its deal, by sentences of invented companies."""

from __future__ import annotations

import pytest

from assistant.deals.reading.bystanders import set_aside, without_asides
from assistant.deals.reading.cores import weigh
from assistant.deals.reading.pairs import Hit, Link


@pytest.mark.parametrize(
    "text",
    [
        "‹0›, owner of ‹9›, will buy ‹1›.",
        "‹0›, which also owns the papers ‹9› and ‹8›, bought ‹1› in 2010.",
        "‹0›, owned by ‹9›, had offered 900 million for ‹1›.",
        "‹9› parent ‹0› takes in ‹1›.",
        "‹0› may acquire ‹9› firm ‹1›.",
        "‹0› will acquire ‹1›, a ‹9› company that makes valves.",
        "The sale of ‹1› to ‹0›, brokered by ‹9›, was announced in May.",
        "‹0› chief executive ‹9› said the purchase of ‹1› was right.",
    ],
)
def test_who_is_named_beside_the_parties_is_set_aside(text: str) -> None:
    assert set_aside(text) & {0, 1, 9} == {9}


@pytest.mark.parametrize(
    "text",
    [
        "‹0› became the owner of ‹1› in 2004.",
        "‹0› will buy ‹1› from ‹2›.",
        "The former chief executive ‹0› has bought ‹1›.",
        "‹0›, owner of ‹1›, will buy ‹2› and merge it with ‹1›.",
    ],
)
def test_parties_are_not_set_aside(text: str) -> None:
    assert not set_aside(text)


def test_a_sentence_without_asides_keeps_its_parties() -> None:
    found = without_asides("‹0›, owner of ‹9›, will buy ‹1›.")
    assert found == "‹0›, owner of it, will buy ‹1›."


def test_a_purchase_by_a_brand_of_the_buyer_is_dropped() -> None:
    text = "‹0›, owner of ‹9›, will buy ‹1›."
    hits = [Hit(1, 0, 1, Link.ACQUIRES, 0.9, 2), Hit(1, 9, 1, Link.ACQUIRES, 0.8, 2)]
    assert [(hit.first, hit.second) for hit in weigh(hits, [], text)] == [(0, 1)]
