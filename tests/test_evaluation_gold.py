from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.evaluation.gold import UNTYPED, Gold, gold_lines, read_gold

ALONE = {"question": "Who bought Tarnbeck?", "must": [["Velmora"]]}


def _read(folder: Path, *lines: object) -> Gold:
    path = folder / "gold.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, "utf-8")
    return read_gold(path)


def test_reads_articles_with_their_questions_and_questions_by_themselves(tmp_path: Path) -> None:
    asked = {"id": "q7", "type": "when", "answerable": True, "previous": None, "quotes": ["in May"]}
    whole = {"article_id": "a1", "deals": [], "questions": [{**ALONE, **asked}]}
    first, second = _read(tmp_path, whole, "", {**ALONE, "previous": "And Marl?"}).questions
    assert (first.id, first.type, first.article_id, first.quotes) == (
        "q7",
        "when",
        "a1",
        ("in May",),
    )
    assert (second.id, second.type, second.previous) == ("3", UNTYPED, "And Marl?")
    assert second.must == (("Velmora",),)


def test_a_question_without_an_answer_needs_no_words(tmp_path: Path) -> None:
    (question,) = _read(tmp_path, {"question": "Who advised Orva?", "answerable": False}).questions
    assert not question.answerable
    assert question.must == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{oops", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[1]", "is not a JSON object"),
        ({"question": " "}, 'has no "question"'),
        ({"question": 7}, 'a "question" that is not text'),
        ({"question": "Who?"}, 'has no "must"'),
        ({**ALONE, "must": "Velmora"}, "not a list of lists"),
        ({**ALONE, "must": ["Velmora"]}, 'in "must"'),
        ({**ALONE, "must": [[]]}, "an empty group"),
        ({**ALONE, "must": [[""]]}, 'in "must"'),
        ({**ALONE, "quotes": [""]}, 'in "quotes"'),
        ({**ALONE, "answerable": "no"}, "neither true nor false"),
        ({**ALONE, "previous": ["x"]}, 'a "previous" that is not text'),
        ({"questions": {}}, "are not a list"),
        ({"article_id": "a1", "questions": [ALONE, {"question": "Who?"}]}, "question 2 has no"),
        ({"article_id": "a1", "questions": [ALONE, "Who?"]}, "question 2 is not a JSON object"),
    ],
)
def test_a_bad_line_is_told_by_number_and_the_rest_goes_on(
    tmp_path: Path, line: object, why: str
) -> None:
    gold = _read(tmp_path, ALONE, line, ALONE)
    assert len(gold.questions) >= 2
    (bad,) = gold.left_out
    assert bad.number == 2
    assert why in bad.why


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    whole = {"article_id": "a1", "questions": [ALONE, {"question": "Why?", "answerable": False}]}
    gold = _read(tmp_path, whole, {**ALONE, "id": "x", "type": "who", "article_id": "a2"})
    lines = gold_lines(gold.questions).splitlines()
    assert len(lines) == 2
    assert _read(tmp_path, *lines) == gold
