"""What persons say of answers: kept, forgotten, listed, and asked again by `accord evaluate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Opener
from sqlalchemy import Engine

from assistant.cli import main
from assistant.deals.ledger.book import DealBook
from assistant.domain import Abstention, Answer, Citation, Exchange, Quote, Source, Span
from assistant.errors import ConversationMissing, FeedbackRefused
from assistant.evaluation.feedback_questions import feedback_lines, key_of
from assistant.evaluation.gold import read_gold
from assistant.evaluation.judging import holds
from assistant.library.database import open_database
from assistant.library.feedback import Feedback, FeedbackStore, Judgement, judge_exchange
from assistant.service import Assistant

ASKED = "2026-03-01T14:05:09.123+00:00"
PRICE = "How much did Velmora pay for Tarnbeck Castings?"


def said(
    question: str,
    text: str,
    *quotes: str,
    verdict: str = "right",
    before: str = "",
    title: str = "",
    abstention: Abstention | None = None,
) -> Feedback:
    """On an answer that cites these words of one article."""
    source = Source(
        "a-1", title or "News", "Harbour Post", "2014-03-12", "https://harbour.example/1"
    )
    cited = tuple(
        Citation(n, Quote("a-1", Span(9, 9 + len(words)), words), source)
        for n, words in enumerate(quotes, 1)
    )
    answer = Answer(question, text, cited, "offline", abstention)
    exchange = Exchange(question, answer, ASKED)
    return judge_exchange(exchange, before, verdict, "", ("", "c", 0))


def plain(text: str) -> str:
    return text.replace(" [1]", "").replace(" [2]", "")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'accord.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> FeedbackStore:
    return FeedbackStore(engine)


# Kept


def test_what_was_said_is_read_as_it_was_with_answer_and_evidence(
    engine: Engine, store: FeedbackStore
) -> None:
    given = replace(
        said("Who bid?", "Kestrel bid [1].", "Kestrel bid", abstention=Abstention.NO_SUCH_DEAL),
        words="Marrow did.",
        before="When?",
        person="ann",
    )
    store.keep(given)
    (kept,) = FeedbackStore(engine).all()
    assert replace(kept, at="") == given
    assert kept.at > "2026"


def test_a_later_word_on_an_exchange_by_the_same_person_replaces_the_earlier(
    store: FeedbackStore,
) -> None:
    given = said("Who bid?", "Kestrel bid [1].", "Kestrel bid")
    others = [
        replace(given, person="ann"),
        replace(given, conversation="d"),
        replace(given, number=1),
    ]
    for one in (given, *others, replace(given, judgement=Judgement.WRONG, words="No.")):
        store.keep(one)
    kept = store.all()
    assert [replace(one, at="") for one in kept[:3]] == others
    assert (kept[3].judgement, kept[3].words) == ("wrong", "No.")
    assert len(kept) == 4


def test_an_exchange_asked_anew_under_the_same_number_is_another_one(store: FeedbackStore) -> None:
    given = said("Who bid?", "Kestrel bid [1].", "Kestrel bid", verdict="wrong")
    store.keep(given)
    store.keep(replace(given, asked="2026-03-01T14:06:00.000+00:00"))
    assert len(store.all()) == 2


def test_signs_that_no_database_takes_are_replaced(store: FeedbackStore) -> None:
    store.keep(replace(said("Who?", "A [1].", "A"), words="a\x00b\ud800c", conversation="c\x00"))
    (kept,) = store.all()
    assert kept.words == "a\ufffdb?c"
    store.forget("c\x00", "")
    assert store.all() == []


def test_what_is_forgotten_is_gone_from_the_file_too(store: FeedbackStore, tmp_path: Path) -> None:
    given = said("Who was Zanzibarine?", "A [1].", "A")
    store.keep(given)
    store.keep(replace(given, person="ann", question="Who bid?"))
    store.forget("c", "")
    assert [one.person for one in store.all()] == ["ann"]
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Zanzibarine" not in held
    assert b"Who bid?" in held


def test_words_that_cannot_be_kept_are_refused() -> None:
    exchange = Exchange("Who?", Answer("Who?", "A.", (), "m"), ASKED)
    place = ("", "c", 0)
    with pytest.raises(FeedbackRefused, match="a verdict is right, wrong, incomplete, not 'good'"):
        judge_exchange(exchange, "", "good", "", place)
    with pytest.raises(FeedbackRefused, match=r"at most 2,000 characters, got 2,001; shorten"):
        judge_exchange(exchange, "", "wrong", "x" * 2001, place)
    with pytest.raises(FeedbackRefused, match="was not kept"):
        judge_exchange(Exchange("Who?", None, ASKED), "", "wrong", "", place)
    assert judge_exchange(exchange, "", "wrong", f" {'x' * 2000}\n", place).words == "x" * 2000


# As questions

BOUGHT = (
    "Velmora, a maker of wind turbines, agreed on Wednesday to buy Tarnbeck Castings for 340 million "
    "euros in cash."
)
BANKS = "Ravensund Bank and Kelpie Bank called off their merger on 8 November 2012."
STAKE = "Halvora gets a stake of 30 percent, and 1,200 shares at $24.50."
AGED = "The cells aged faster than Quillon had promised, Oskeld said."


@pytest.mark.parametrize(
    ("question", "quote", "right", "wrong"),
    [
        (
            PRICE,
            BOUGHT,
            ["It paid €340 million.", "340m euros"],
            ["It paid 34 million.", "Nothing."],
        ),
        ("Who bought Tarnbeck?", BOUGHT, ["Velmora did."], ["Kestrel bought Tarnbeck Castings."]),
        ("When did Velmora agree?", BOUGHT, ["On Wednesday."], ["On Friday."]),
        (
            "When was the merger called off?",
            BANKS,
            ["On 8 November 2012.", "November 8, 2012", "8 Nov"],
            ["On 9 November 2012.", "In 2012."],
        ),
        (
            "Which two banks called off a merger?",
            BANKS,
            ["Kelpie Bank and Ravensund Bank"],
            ["Kelpie Bank and Storm Bank"],
        ),
        (
            "How large is the stake?",
            STAKE,
            ["30% and 1,200 shares at 24.5"],
            ["30% and 1,200 shares at 25.5", "31%, 1,200, 24.50"],
        ),
        (
            "Why did the alliance end?",
            AGED,
            ["Because the cells aged.", "It was promised otherwise."],
            ["They quarrelled over money."],
        ),
        (
            "What happened to the merger?",
            BANKS,
            ["Kelpie Bank and Ravensund Bank broke off on 8 November 2012"],
            ["They merged."],
        ),
    ],
)
def test_a_right_answer_gives_a_key_that_right_answers_meet_and_wrong_ones_do_not(
    tmp_path: Path, question: str, quote: str, right: list[str], wrong: list[str]
) -> None:
    given = said(question, f"{quote[:-1]} [1].", quote, title="Velmora to buy Tarnbeck")
    path = tmp_path / "gold.jsonl"
    path.write_text(feedback_lines([given], DealBook()), "utf-8")
    gold = read_gold(path)
    assert gold.left_out == ()
    (made,) = gold.questions
    assert (made.id, made.text, made.answerable) == ("c-0", question, True)
    assert (made.quotes, made.article_id) == ((quote,), "a-1")
    assert holds(given.answer.text, made)
    assert not holds(question, made)
    assert [text for text in right if not holds(text, made)] == []
    assert [text for text in wrong if holds(text, made)] == []


@pytest.mark.parametrize(
    ("question", "text", "quote"),
    [
        (PRICE, "They paid 340 million euros [1].", "They paid a great deal."),
        ("Who bought Tarnbeck?", "Velmora did [1].", "The maker of turbines did."),
        ("Who bought Tarnbeck?", "Tarnbeck was bought [1].", "Tarnbeck was bought."),
        ("When?", "On 3 May 2011 [1].", "On Friday."),
        ("What was agreed?", "The two will work together [1].", "The two will work together."),
        ("Why?", "It wants so [1].", "It wants so."),
        (
            PRICE,
            f"{'They talked of it at length . ' * 12} 340 million euros [1].",
            "340 million euros",
        ),
    ],
)
def test_nothing_is_made_up_where_the_quotes_do_not_carry_it(
    question: str, text: str, quote: str
) -> None:
    assert key_of(said(question, text, quote), DealBook()) == []


def test_a_key_is_drawn_from_the_sentence_nearest_to_the_question() -> None:
    text = "Kestrel, founded in 1996, makes wheels [1]. Velmora bought Tarnbeck on 3 May 2011 [1]."
    quote = "Kestrel, founded in 1996, makes wheels. Velmora bought Tarnbeck on 3 May 2011."
    (group,) = key_of(said("When did Velmora buy Tarnbeck?", text, quote), DealBook())
    assert "3 May" in group
    assert key_of(said("When was that?", text, quote), DealBook()) == []


def test_companies_are_those_of_the_ledger_that_have_a_deal_with_one_of_the_question(
    assistant: Assistant,
) -> None:
    book = assistant.open_ledger().book()
    text = "Quillon's rival Dunmore Air of Norrby saw how Oskeld left the alliance [1]."
    given = said("Who had an alliance with Quillon?", text, text.replace(" [1]", ""))
    assert key_of(given, book) == [("Oskeld",)]


def test_a_premise_put_right_gives_no_key() -> None:
    text = "It is the other way round: Velmora bought Tarnbeck on 3 May 2011 [1]."
    given = said("When did Tarnbeck buy Velmora?", text, text.replace(" [1]", ""),
                 abstention=Abstention.PREMISE_CONTRADICTED)  # fmt: skip
    assert key_of(given, DealBook()) == []


def test_an_amount_in_brackets_is_the_one_before_it_once_more() -> None:
    text = "Kestrel pays 6 million euros (5 million pounds) [1]."
    (group,) = key_of(said("How much?", text, text.replace(" [1]", "")), DealBook())
    assert "6 million" in group


def test_figures_of_the_question_prove_nothing() -> None:
    given = said("How much of the 12 million did it pay?", "It paid 3 of 12 million [1].",
                 "It paid 3 of 12 million.")  # fmt: skip
    assert not any("12 million" in group for group in key_of(given, DealBook()))


def test_a_follow_up_is_asked_after_the_question_before_it() -> None:
    given = said("What about Kelpie Bank?", f"{BANKS[:-1]} [1].", BANKS,
                 before="When did Ravensund Bank call the merger off?")  # fmt: skip
    line = json.loads(feedback_lines([given], DealBook()))
    assert line["previous"] == "When did Ravensund Bank call the merger off?"
    assert line["type"] == "when"
    assert "8 November" in line["must"][0]


def test_an_abstention_found_right_is_a_question_without_an_answer() -> None:
    given = said("Who advised?", "No article says so.", abstention=Abstention.DETAIL_NOT_STATED)
    line = json.loads(feedback_lines([given], DealBook()))
    assert (line["answerable"], line["must"], line["quotes"]) == (False, [], [])


@pytest.mark.parametrize("verdict", ["wrong", "incomplete"])
def test_a_key_is_made_up_for_no_answer_found_wrong(verdict: str, tmp_path: Path) -> None:
    given = replace(said(PRICE, f"{BOUGHT} [1]", BOUGHT, verdict=verdict), words="390, it says.")
    text = feedback_lines([given, said(PRICE, f"{BOUGHT} [1]", BOUGHT)], DealBook())
    line = json.loads(text.splitlines()[0])
    assert (line["must"], line["note"], line["verdict"]) == ([], "390, it says.", verdict)
    (tmp_path / "gold.jsonl").write_text(text, "utf-8")
    gold = read_gold(tmp_path / "gold.jsonl")
    (bad,) = gold.left_out
    assert (bad.number, bad.unfinished) == (1, True)
    assert 'no "must" yet: name what a right answer holds' in bad.why
    assert len(gold.questions) == 1


# From the page to `accord evaluate`


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"ACCORD_DATA": str(data)})


@pytest.fixture
def judged(copied: Path, open_assistant: Opener) -> Assistant:
    assistant = open_assistant(copied)
    for question in (PRICE, "And why?", "Who advised Zanzarbi?", "Who ordered jets from Skarland?"):
        assistant.ask(question, conversation="c")
    assistant.give_feedback("c", 0, "right")
    assistant.give_feedback("c", 1, "wrong", "That is no reason.\n\x1b[31mIt wants a foundry.")
    assistant.give_feedback("c", 2, "right")
    assistant.give_feedback("c", 3, "wrong")
    assistant.give_feedback("c", 3, "right")
    return assistant


def test_what_was_said_is_listed_and_scored(judged: Assistant, copied: Path) -> None:
    judged.close()
    table = run(copied, "feedback").stdout.splitlines()
    assert table[0].split() == ["given", "(UTC)", "verdict", "question", "words"]
    assert [line.split()[2] for line in table[1:]] == ["right", "wrong", "right", "right"]
    assert "That is no reason. [31mIt wants a foundry." in table[2]

    gold = copied.parent / "said.jsonl"
    gold.write_text(run(copied, "feedback", "--format", "jsonl").stdout, "utf-8")
    assert [q.id for q in read_gold(gold).questions] == ["c-0", "c-2", "c-3"]
    scored = run(copied, "evaluate", str(gold), "--format", "json")
    assert scored.exit_code == 0, scored.stderr
    assert f'to be completed {gold}:2: has a note and no "must" yet' in scored.stderr
    figures = json.loads(scored.stdout)
    assert figures["questions"] == 3
    assert figures["overall"]["share"] == 1.0


def test_what_was_said_goes_with_its_conversation(judged: Assistant) -> None:
    judged.ask("Who bid for Brightwater?", conversation="d", person="ann")
    judged.give_feedback("d", 0, "right", person="ann")
    with pytest.raises(ConversationMissing):
        judged.give_feedback("d", 0, "right")
    judged.delete_conversation("c")
    assert [one.conversation for one in judged.feedback.all()] == ["d"]
    judged.drop_last_exchange("d", "ann")
    assert [one.conversation for one in judged.feedback.all()] == ["d"]


def test_where_nothing_was_said_nothing_is_listed(tmp_path: Path) -> None:
    for form in ("table", "jsonl"):
        result = run(tmp_path, "feedback", "--format", form)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
