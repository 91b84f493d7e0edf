"""The rows that the answer reader is shown, and the reader itself on real weights."""

from __future__ import annotations

import pytest

from assistant.answer.reader import ADAPTER, ASK, SENTENCE, TITLE, AnswerReader, build_row
from assistant.answer.sentences import Candidate
from assistant.domain import Article, Source, Span
from assistant.encoder.minilm import SEP
from assistant.text import split_sentences

TEXT = (
    "Orvane, a maker of tyres, has agreed to buy its rival Belstad for $41 million in cash. "
    "The plant in Leuwick made it attractive, said Marta Quill, who leads Orvane. "
    "Belstad was founded in 1962 and employs 300 people. "
    "The purchase should close in June."
)
OTHER = "Halvora reported a profit of 12 million pounds. Its shares rose by 3 percent."


def _candidates(text: str = TEXT, title: str = "Orvane buys Belstad") -> list[Candidate]:
    article = Article(Source(title.lower(), title), text)
    begin = len(title) + 1
    spans = [Span(s.start + begin, s.end + begin) for s in split_sentences(text)]
    return [
        Candidate(article, s, article.content[s.start : s.end], "", False, 0.5, 0) for s in spans
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> AnswerReader:
    return AnswerReader(tmp_path_factory.mktemp("cache"), threads=1)


def test_a_row_holds_the_question_then_each_title_with_its_sentences() -> None:
    row = build_row([7, 8], [9], [([20], [[30, 31], [40]])], 60)
    start = (ASK, 9, SEP, 7, 8, SEP)
    assert row.ids == (*start, TITLE, 20, SENTENCE, 30, 31, SENTENCE, 40)
    assert [(p.sentence, row.ids[p.start]) for p in row.parts] == [
        (None, TITLE),
        (0, SENTENCE),
        (1, SENTENCE),
    ]


def test_a_row_is_never_longer_than_its_room() -> None:
    row = build_row([7] * 90, [9] * 90, [([20] * 90, [[30] * 90] * 9)], 158)
    assert len(row.ids) <= 158
    assert row.parts[-1].end == len(row.ids)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much did Orvane pay for Belstad?", "$41 million"),
        ("How many people work for Belstad?", "300"),
        ("When is the purchase expected to be completed?", "June"),
    ],
)
def test_the_sentence_that_answers_is_scored_best(
    reader: AnswerReader, question: str, words: str
) -> None:
    candidates = _candidates()
    judged = [j.odds if j else -99.0 for j in reader.read(question, "", candidates)]
    assert words in candidates[judged.index(max(judged))].text


def test_the_right_sentence_missing_the_rest_is_scored_lower(reader: AnswerReader) -> None:
    question = "How much did Orvane pay for Belstad?"
    whole = max(j.odds for j in reader.read(question, "", _candidates()) if j)
    rest = max(j.odds for j in reader.read(question, "", _candidates()[1:]) if j)
    assert rest < whole


def test_what_finds_no_room_is_not_judged(reader: AnswerReader) -> None:
    candidates = _candidates() + _candidates(OTHER, "Halvora's year")
    judged = reader.read("Who bought Belstad?", "", candidates, room=60)
    assert judged[0] is not None
    assert judged[-1] is None


def test_a_span_stands_inside_its_candidate(reader: AnswerReader) -> None:
    candidates = _candidates()
    for candidate, judged in zip(
        candidates, reader.read("Who bought Belstad?", "", candidates), strict=True
    ):
        if judged is not None:
            start, end = judged.span
            assert 0 <= start < end <= len(candidate.text)


def test_the_same_is_said_each_time_and_beside_an_empty_question(reader: AnswerReader) -> None:
    assert reader.read("", "", _candidates()) == reader.read("", "", _candidates())


def test_the_weights_are_small_enough_to_ship() -> None:
    assert ADAPTER.stat().st_size < 6_000_000
