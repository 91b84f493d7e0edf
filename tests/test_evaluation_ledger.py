"""Questions made from a ledger of invented deals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from ledger_sagas import ScriptedReader, article, mention

from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.ledger import Ledger
from assistant.deals.records import Kind, Milestone, Role, Stage
from assistant.domain import Article
from assistant.evaluation.expectations import (
    amount_variants,
    company_variants,
    date_variants,
    direction_variants,
    reason_variants,
)
from assistant.evaluation.gold import GoldQuestion
from assistant.evaluation.judging import holds
from assistant.evaluation.ledger_questions import all_questions, ledger_questions
from assistant.evaluation.plain_deals import Act, plain_deals
from assistant.evaluation.wordings import LISTS, WAYS, Asked, worded
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database

BUYER, TARGET, PARTNER = Role.ACQUIRER, Role.TARGET, Role.PARTNER

BOUGHT = article(
    "a1",
    "Velmora agreed on Wednesday to buy Tarnbeck for 340 million euros. "
    "The foundry would help it to make hubs cheaper and shorten deliveries.",
    "2014-03-13",
)
DONE = article("a2", "Velmora bought the wharf Siskin. Its cranes are old.", "2016-05-02")
PACT = article("a3", "Orva and Hallow have formed an alliance. Both build trams.", "2017-01-09")
DROPPED = article("a4", "Baldor has withdrawn its bid for Marrow.", "2018-02-10")
ONCE = article("a5", "Marl and Haas was bought by Kerne, a brewer.", "2019-02-10")
UNNAMED = article("a6", "It has acquired Innova, Zanzar said.", "2019-03-10")
JETS = article("a7", "Dunmore bought 22 new Skarland jets last week.", "2019-04-10")
ARTICLES = {a.id: a for a in (BOUGHT, DONE, PACT, DROPPED, ONCE, UNNAMED, JETS)}


def _tell(store: ArticleStore, reader: ScriptedReader) -> None:
    facts = mention(
        BOUGHT,
        {"Velmora": BUYER, "Tarnbeck": TARGET},
        evidence="Velmora agreed on Wednesday to buy Tarnbeck for 340 million euros",
        values=[(340e6, "EUR", "340 million euros")],
        dates=[(Milestone.ANNOUNCED, "2014-03-12", "Wednesday")],
        reason="would help it to make hubs cheaper and shorten deliveries",
    )
    reader.tell(store, BOUGHT, facts)
    wharf = {"Velmora": BUYER, "Siskin": TARGET}
    done = mention(DONE, wharf, stage=Stage.COMPLETED, evidence="Velmora bought the wharf Siskin")
    reader.tell(store, DONE, done)
    pact = {"Orva": PARTNER, "Hallow": PARTNER}
    reader.tell(store, PACT, mention(PACT, pact, kind=Kind.PARTNERSHIP))
    bid = {"Baldor": BUYER, "Marrow": TARGET}
    reader.tell(store, DROPPED, mention(DROPPED, bid, stage=Stage.WITHDRAWN))
    reader.tell(
        store,
        ONCE,
        mention(ONCE, {"Kerne": BUYER, "Marl": TARGET}),
        mention(ONCE, {"Kerne": BUYER, "Haas": TARGET}),
    )
    it = {"Zanzar": BUYER, "Innova": TARGET}
    reader.tell(store, UNNAMED, mention(UNNAMED, it, evidence="It has acquired Innova"))
    reader.tell(store, JETS, mention(JETS, {"Dunmore": BUYER, "Skarland": TARGET}))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    folder = tmp_path_factory.mktemp("ledger")
    engine = open_database(f"sqlite:///{folder / 'accord.db'}")
    store, reader, ledger = ArticleStore(engine), ScriptedReader(), Ledger(engine)
    _tell(store, reader)
    assert ledger.catch_up(reader) == []
    told = ledger.book()
    engine.dispose()
    return told


@pytest.fixture(scope="module")
def questions(book: DealBook) -> list[GoldQuestion]:
    return ledger_questions(book, _content, 1000)


def _content(article_id: str) -> str:
    held: Article = ARTICLES[article_id]
    return held.content


def _of(questions: Sequence[GoldQuestion], article_id: str, type_: str) -> list[GoldQuestion]:
    return [q for q in questions if (q.article_id, q.type) == (article_id, type_)]


def test_only_deals_told_plainly_are_asked_about(book: DealBook) -> None:
    assert [plain.article_id for plain in plain_deals(book)] == ["a1", "a2", "a3", "a4"]


def test_the_same_ledger_gives_the_same_questions(book: DealBook) -> None:
    assert ledger_questions(book, _content, 10) == ledger_questions(book, _content, 10)


def test_no_more_are_made_than_wanted_and_of_many_types(book: DealBook) -> None:
    few = ledger_questions(book, _content, 6)
    assert len(few) == 6
    assert len({q.type for q in few}) >= 5
    assert len({q.id for q in few}) == 6


def test_every_type_is_made(questions: list[GoldQuestion]) -> None:
    assert {q.type for q in questions} == {
        "who",
        "when",
        "howmuch",
        "why",
        "list",
        "null",
        "false_premise",
    }


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        ("when", "On 12 March 2014 [1].", "On 13 March 2014 [1]."),
        ("howmuch", "For €340m [1].", "For €34m [1]."),
        ("why", "Hubs would become cheaper [1].", "Velmora wanted Tarnbeck [1]."),
        ("false_premise", "It was Velmora that agreed; Tarnbeck was bought by Velmora.", "340 million."),
    ],
)  # fmt: skip
def test_keys_tell_right_from_wrong(
    questions: list[GoldQuestion], type_: str, right: str, wrong: str
) -> None:
    (question,) = _of(questions, "a1", type_)
    assert holds(right, question)
    assert not holds(wrong, question)
    assert not holds(question.text, question)


def test_who_is_asked_only_where_one_deal_can_be_meant(questions: list[GoldQuestion]) -> None:
    """Velmora has bought two companies, each of which has one buyer."""
    asked = [q.must[0][0] for q in questions if q.type == "who"]
    assert sorted(asked) == ["Baldor", "Orva", "Velmora", "Velmora"]


def test_a_list_needs_all_companies(questions: list[GoldQuestion]) -> None:
    (question,) = [q for q in questions if q.type == "list"]
    assert "Velmora" in question.text
    assert holds("Siskin and Tarnbeck", question)
    assert not holds("Tarnbeck", question)


def test_a_price_that_no_article_tells_is_to_be_abstained_from(book: DealBook) -> None:
    made = all_questions(book, _content)
    pays = re.compile(r"price|pay|worth")
    unpriced = [q for q in made if pays.search(q.text) and "Siskin" in q.text]
    priced = [q for q in made if pays.search(q.text) and "Tarnbeck" in q.text]
    assert {(q.type, q.answerable) for q in unpriced} >= {("null", False)}
    assert not [q for q in unpriced if q.type == "howmuch"]
    assert {q.type for q in priced} == {"howmuch", "false_premise"}


def test_a_deal_that_came_to_nothing_is_asked_about_as_a_bid(book: DealBook) -> None:
    made = [q for q in all_questions(book, _content) if q.article_id == "a4"]
    assert [(q.type, q.must) for q in made] == [("who", (("Baldor",),))]
    assert made[0].text in [worded(way, "Baldor", "Marrow") for way in WAYS[Act.BID, Asked.PAYER]]


def test_questions_without_answers_stay_fewer_than_the_others(
    questions: list[GoldQuestion],
) -> None:
    nothing = [q for q in questions if q.type == "null"]
    assert 0 < len(nothing) <= len(questions) / 4


def test_a_name_is_also_right_without_its_legal_form() -> None:
    assert company_variants(["Orva Systems, Inc.", "Orva", "American"]) == (
        "Orva Systems, Inc.",
        "Orva",
        "Orva Systems",
    )


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1.565e9, "£1.565bn"),
        (1.565e9, "1.57 billion"),
        (1.565e9, "1,565 million"),
        (67e9, "$67 billion"),
        (250_000, "250,000 crowns"),
        (3e6, "3m euros"),
    ],
)
def test_an_amount_can_be_written_in_many_ways(amount: float, text: str) -> None:
    assert holds(text, _asking(amount_variants(amount, ())))


@pytest.mark.parametrize(("amount", "text"), [(1.565e9, "2 billion"), (67e9, "67 million")])
def test_another_amount_is_not_right(amount: float, text: str) -> None:
    assert not holds(text, _asking(amount_variants(amount, ())))


@pytest.mark.parametrize(
    ("day", "words", "text"),
    [
        ("2014-03-12", "", "on the 12th of March"),
        ("2014-03-12", "", "March 12, 2014"),
        ("2014-03-12", "on Wednesday", "on Wednesday"),
        ("2014-03-13", "announced today", "today"),
        ("2014-03-12", "signed yesterday", "yesterday"),
        ("2014-02", "last month", "last month"),
        ("2014-05", "", "in May"),
        ("2013", "last year", "last year"),
        ("2013", "", "in 2013"),
    ],
)
def test_a_date_can_be_written_in_many_ways(day: str, words: str, text: str) -> None:
    assert holds(text, _asking(date_variants(day, words, "2014-03-13")))


@pytest.mark.parametrize(
    ("day", "words", "text"),
    [
        ("2014-03-12", "on Tuesday", "on Tuesday"),
        ("2014-03-12", "announced today", "today"),
        ("2014-05", "", "It may buy"),
        ("2014-02", "last month", "March"),
    ],
)
def test_words_for_another_day_are_not_right(day: str, words: str, text: str) -> None:
    assert not holds(text, _asking(date_variants(day, words, "2014-03-13")))


def test_a_reason_is_told_by_words_that_are_neither_common_nor_asked() -> None:
    told = ["to expand its pulp works in forests, said Ines Falk"]
    assert reason_variants(told, {"forest"}, "Why did it expand?") == ("pulp", "works")


def test_a_premise_turned_round_is_corrected_by_who_bought() -> None:
    asking = _asking(direction_variants(["Orva"], ["Orva has since taken over Belst"]))
    assert holds("It is the other way round.", asking)
    assert holds("Belst was acquired by Orva.", asking)
    assert holds("Orva has since taken it over.", asking)
    assert not holds("Belst paid 7 million for Orva.", asking)


@pytest.mark.parametrize("way", [way for ways in (*WAYS.values(), *LISTS.values()) for way in ways])
def test_every_wording_is_filled_and_ends_as_a_sentence(way: str) -> None:
    text = worded(way, "Oster Mills", "Belst", " in 2007")
    assert "{" not in text
    assert text.endswith(("?", "."))
    assert "Mills's" not in text


def _asking(group: tuple[str, ...]) -> GoldQuestion:
    return replace(GoldQuestion("1", "?", "x", True), must=(group,))
