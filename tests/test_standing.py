"""The stage of a deal is told from how the article speaks of it."""

from __future__ import annotations

import pytest
from told_deals import article, core, vicinity

from assistant.deals.reading.standing import masked_words, standing_of
from assistant.deals.reading.vicinity import look_around
from assistant.deals.records import Kind, Stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Alderby has agreed to buy Cresk for 40 million euros.", Stage.ANNOUNCED),
        ("Alderby announced that it will acquire Cresk.", Stage.ANNOUNCED),
        ("Alderby bought Cresk in 2012.", Stage.COMPLETED),
        ("Alderby said it had completed the purchase of Cresk.", Stage.COMPLETED),
        ("Alderby made a hostile bid for Cresk.", Stage.PROPOSED),
        ("Alderby raised its takeover offer for Cresk.", Stage.PROPOSED),
        (
            "Alderby is reportedly considering a bid for Cresk, people close to the matter said.",
            Stage.RUMOURED,
        ),
        ("The board of Cresk rejected a takeover offer from Alderby.", Stage.REJECTED),
        ("Alderby has withdrawn its offer for Cresk.", Stage.WITHDRAWN),
        (
            "Alderby and Cresk ended their partnership and dissolved the joint company.",
            Stage.TERMINATED,
        ),
    ],
)
def test_tells_the_stage(text: str, stage: Stage) -> None:
    assert standing_of(vicinity(text)).stage is stage


def test_a_pact_in_force_is_completed_and_a_new_one_announced() -> None:
    of = article(
        "Alderby and Cresk signed a partnership today. Alderby has worked with Dorn since 2009."
    )
    new = core(
        of,
        "Alderby and Cresk signed a partnership today",
        "Alderby",
        "Cresk",
        kind=Kind.PARTNERSHIP,
    )
    old = core(
        of, "Alderby has worked with Dorn since 2009", "Alderby", "Dorn", kind=Kind.PARTNERSHIP
    )
    assert standing_of(look_around(of, new, [old])).stage is Stage.ANNOUNCED
    assert standing_of(look_around(of, old, [new])).stage is Stage.COMPLETED


def test_the_stage_is_proved_by_the_evidence() -> None:
    near = vicinity("Alderby has agreed to buy Cresk. Nothing else happened.")
    assert standing_of(near).quote in near.core.evidence


def test_names_and_figures_are_masked() -> None:
    near = vicinity("Today Alderby paid Morrow 40 million for Cresk.")
    words = masked_words(near, near.core.evidence[0].span)
    assert words == ["today", "ours", "paid", "name", "#", "million", "for", "ours", "."]
