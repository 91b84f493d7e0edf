from __future__ import annotations

import pytest

from assistant.domain import Abstention, Answer, Citation, Quote, Source, Span
from assistant.evaluation.gold import GoldQuestion
from assistant.evaluation.judging import holds, judge
from assistant.evaluation.scoring import Share, score, scores_record, scores_table

CONTENT = (
    "Velmora buys\nVelmora will pay 103.5 million crowns for Tarnbeck, said its chief. It rained."
)
ASKED = GoldQuestion(
    "1", "How much?", "howmuch", True, (("103.5 million",),), ("pay 103.5 million crowns",), "a1"
)


def _question(*must: tuple[str, ...]) -> GoldQuestion:
    return GoldQuestion("1", "?", "who", True, must)


def _answer(
    text: str, *quotes: str, article_id: str = "a1", abstention: Abstention | None = None
) -> Answer:
    citations = tuple(
        Citation(n, Quote(article_id, Span(0, 1), words), Source(article_id, "Title"))
        for n, words in enumerate(quotes, 1)
    )
    return Answer("How much?", text, citations, "offline", abstention)


def _contents(article_id: str) -> str:
    return CONTENT if article_id == "a1" else "103.5 million" if article_id == "a2" else ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They rejected it.", "reject"),
        ("It paid £103.5m.", "103.5"),
        ("“Oster’s” pulp", '"Oster\'s"'),
        ("VELMORA  bought\nit", "velmora bought"),
        ("On EDS's side", "EDS"),
        ("the 17% premium", "17%"),
    ],
)
def test_words_are_found_at_the_start_of_a_word(text: str, words: str) -> None:
    assert holds(text, _question((words,)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It paid 1103.5 in all.", "103.5"),
        ("It paid 103.52 in all.", "103.5"),
        ("It paid 2,103 in all.", "103"),
        ("It needs more.", "EDS"),
        ("EDSON bought it.", "EDS"),
        ("The unready bid", "ready"),
        (" ".join(["word"] * 60) + " Velmora", "Velmora"),
    ],
)
def test_words_inside_other_words_or_far_down_do_not_count(text: str, words: str) -> None:
    assert not holds(text, _question((words,)))


def test_one_of_each_group_is_needed() -> None:
    question = _question(("Velmora", "Velm"), ("Orva",))
    assert holds("Velm and Orva", question)
    assert not holds("Velmora and Velm", question)


@pytest.mark.parametrize(
    ("article_id", "quote", "supported"),
    [
        ("a1", "Velmora will pay 103.5 million crowns", True),
        ("a1", "pay 103.5", True),
        ("a1", "Velmora will pay 103.5 Million crowns", False),
        ("a1", "It rained.", False),
        ("a2", "103.5 million", True),
        ("a3", "103.5 million", False),
    ],
)
def test_a_quote_supports_when_it_stands_there_and_carries_the_words(
    article_id: str, quote: str, supported: bool
) -> None:
    answer = _answer("It pays 103.5 million.", quote, article_id=article_id)
    verdict = judge(ASKED, answer, _contents)
    assert verdict.right
    assert verdict.supported is supported


def test_a_wrong_answer_is_not_supported_by_a_right_quote() -> None:
    verdict = judge(ASKED, _answer("It pays nothing.", "pay 103.5 million crowns"), _contents)
    assert (verdict.right, verdict.supported, verdict.quotes_verbatim) == (False, False, 1)


def test_only_an_abstention_is_right_where_there_is_no_answer() -> None:
    nothing = GoldQuestion("2", "Who advised?", "null", False)
    refused = _answer("The articles do not say.", abstention=Abstention.DETAIL_NOT_STATED)
    assert judge(nothing, refused, _contents).right
    assert not judge(nothing, _answer("Orva did."), _contents).right
    assert not judge(ASKED, refused, _contents).right


def test_a_corrected_premise_is_an_answer() -> None:
    told = _answer("It pays 103.5 million.", abstention=Abstention.PREMISE_CONTRADICTED)
    assert judge(ASKED, told, _contents).right


def test_shares_are_counted_over_what_they_are_of() -> None:
    nothing = GoldQuestion("2", "Who advised?", "null", False)
    refused = _answer("The articles do not say.", abstention=Abstention.DETAIL_NOT_STATED)
    verdicts = [
        judge(ASKED, _answer("It pays 103.5 million.", "It rained."), _contents),
        judge(ASKED, _answer("It pays 7."), _contents),
        judge(ASKED, refused, _contents),
        judge(nothing, refused, _contents),
    ]
    scores = score(verdicts)
    assert scores.overall == Share(2, 4)
    assert scores.right == Share(1, 3)
    assert scores.supported == Share(0, 3)
    assert scores.wrong == Share(1, 3)
    assert scores.abstained_wrongly == Share(1, 3)
    assert scores.abstained_rightly == Share(1, 1)
    assert scores.quotes_verbatim == Share(1, 1)
    assert scores.by_type == (("howmuch", Share(1, 3)), ("null", Share(1, 1)))
    assert scores_record(scores)["right"] == {"share": 0.3333, "range": [0.0615, 0.7923], "of": 3}
    assert "right, of the answerable              0.333" in scores_table(scores)


def test_a_share_of_nothing_has_no_value() -> None:
    scores = score([])
    assert scores.overall.value is None
    assert scores_record(scores)["overall"] == {"share": None, "range": None, "of": 0}
    assert scores_table(scores).splitlines()[1].split()[-2:] == ["-", "0"]


def test_the_range_of_a_share_stays_within_0_and_1() -> None:
    for share in (Share(0, 5), Share(5, 5), Share(1, 1)):
        low, high = share.interval or (-1, 2)
        assert 0 <= low <= high <= 1
