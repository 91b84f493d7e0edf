from __future__ import annotations

import pytest

from assistant.answer.verification import Proof, find_fault
from assistant.deals.ledger.directory import CompanyDirectory

NAMES = CompanyDirectory(
    [
        ("c1", "Velmora Systems", 3),
        ("c1", "Velmora", 5),
        ("c2", "Tarnbeck", 4),
        ("c3", "Hallow Street Bank", 2),
        ("c3", "HSB", 2),
        ("c4", "Oskeld", 2),
    ]
)
WORDS = (
    "Velmora said on Tuesday that it had agreed to buy Tarnbeck for €57 million, or 45% more than "
    "Oskeld offered in March 2009."
)
PROOF = Proof(WORDS, "Velmora to acquire Tarnbeck", "2010-06-16")


def fault(
    text: str, words: str = WORDS, title: str = "", date: str | None = "2010-06-16"
) -> str | None:
    return find_fault(text, [Proof(words, title or PROOF.title, date)], NAMES)


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "it had agreed to buy Tarnbeck  for €57 million",
        "Velmora agreed to buy Tarnbeck for 57 million euros.",
        "Velmora Systems is buying Tarnbeck for €57m.",
        "The price was 45 percent above Oskeld's offer of March 2009.",
        "In 2009 Oskeld made an offer.",
        "Velmora announced the purchase of Tarnbeck in June 2010.",
        "Velmora agreed to buy Tarnbeck on 15 June 2010.",
        "Tarnbeck is to be bought by Velmora.",
        "Both companies agreed.",
    ],
)
def test_passes_what_the_words_cited_carry(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Velmora agreed to buy Tarnbeck for €75 million.", "€75 million"),
        ("Velmora agreed to buy Tarnbeck for €57 billion.", "€57 billion"),
        ("Velmora agreed to buy Tarnbeck for $57 million.", "$57 million"),
        ("It pays 54% more.", "54%"),
        ("Oskeld made its offer in March 2008.", "March 2008"),
        ("Oskeld made its offer in May 2009.", "May 2009"),
        ("In 2007 Oskeld made an offer.", "2007"),
        ("Velmora agreed to buy Tarnbeck on 24 June 2010.", "24 June 2010"),
        ("Hallow Street Bank agreed to buy Tarnbeck.", "Hallow Street Bank"),
        ("Velmora agreed to buy Marrow.", "Marrow"),
        ("Velmora, advised by Goldman Sachs, agreed.", "Goldman"),
        ("Tarnbeck agreed to buy Velmora for €57 million.", "who does what"),
        ("Velmora is to be bought by Tarnbeck.", "who does what"),
    ],
)
def test_refuses_what_they_do_not(text: str, told: str) -> None:
    assert told in (fault(text) or "")


def test_a_company_may_be_told_by_another_of_its_names() -> None:
    assert fault("HSB agreed to lend.", "Hallow Street Bank agreed to lend.") is None


def test_the_title_of_the_article_stands_beside_the_words() -> None:
    words = "The company paid 12 million crowns."
    assert fault("Velmora paid 12 million crowns.", words) is None
    assert fault("Velmora paid 12 million crowns.", words, "A purchase")


def test_one_of_several_quotes_is_enough_for_each_figure() -> None:
    proofs = [Proof("Velmora paid €57 million."), Proof("Tarnbeck has 45 shops.")]
    assert find_fault("Velmora paid €57 million for 45 shops.", proofs, NAMES) is None
    assert find_fault("Velmora paid €57 million for 46 shops.", proofs, NAMES)


def test_words_that_turn_the_deal_around_are_no_proof() -> None:
    words = "Tarnbeck was acquired by Velmora."
    assert fault("Velmora acquired Tarnbeck.", words, "News") is None
    assert fault("Tarnbeck acquired Velmora.", words, "News") == "who does what"


@pytest.mark.parametrize(
    "words",
    [
        "Velmora has launched a bid to buy Tarnbeck.",
        "Velmora is said to be close to a purchase of Tarnbeck.",
        "Velmora, which makes pumps, negotiated the takeover of Tarnbeck in May.",
    ],
)
def test_companies_in_one_another_s_place_are_seen_whatever_the_verb(words: str) -> None:
    turned = words.replace("Velmora", "#").replace("Tarnbeck", "Velmora").replace("#", "Tarnbeck")
    assert find_fault(words, [Proof(words)], NAMES) is None
    assert find_fault(turned, [Proof(words)], NAMES) == "who does what"


def test_a_direction_the_ledger_knows_otherwise_is_refused() -> None:
    words = "The company will be part of Velmora, Tarnbeck said."
    known = Proof(words, deals=frozenset({("c1", "c2")}))
    assert find_fault("Velmora bought Tarnbeck.", [known], NAMES) is None
    assert find_fault("Tarnbeck bought Velmora.", [known], NAMES) == "who does what"


def test_a_year_far_from_the_article_needs_its_words() -> None:
    words = "Velmora bought Tarnbeck some years ago."
    assert fault("Velmora bought Tarnbeck in 2004.", words) == "the figure 2004"
    assert fault("Velmora bought Tarnbeck in 2009.", "Velmora bought Tarnbeck last year.") is None
