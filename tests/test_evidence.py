from __future__ import annotations

from assistant.answer.evidence import order_evidence, rank_answers
from assistant.domain import Article, Evidence, Passage, Question, Source, Span
from assistant.service import Assistant
from assistant.text import cut_passages


def _evidence(passage_id: int, title: str, text: str, score: float) -> Evidence:
    article = Article(Source(f"a-{passage_id}", title, date="2011-05-02"), text)
    (sentences,) = cut_passages(article.content, len(title) + 1, lambda t: [len(x) // 4 for x in t])
    span = Span(sentences[0].start, sentences[-1].end)
    passage = Passage(
        passage_id, article.id, 0, span, article.content[span.start : span.end], sentences
    )
    return Evidence(passage, article, score)


NAMES_IT = _evidence(
    1, "Orvane opens a plant", "Orvane and Belstad both make tyres. They met.", 0.62
)
ANSWERS = _evidence(
    2,
    "Orvane buys Belstad",
    "Orvane paid $41 million for Belstad because it wanted its plant.",
    0.60,
)


def test_the_passage_that_answers_comes_before_one_on_the_same_companies(
    assistant: Assistant,
) -> None:
    question = Question("How much did Orvane pay for Belstad?")
    ordered = order_evidence(question, [NAMES_IT, ANSWERS], assistant.indexes.words)
    assert ordered == [ANSWERS, NAMES_IT]


def test_the_order_it_was_found_in_does_not_matter(assistant: Assistant) -> None:
    words = assistant.indexes.words
    question = Question("Why did Orvane buy Belstad?")
    one = order_evidence(question, [NAMES_IT, ANSWERS], words)
    assert one == order_evidence(question, [ANSWERS, NAMES_IT], words)


def test_a_question_of_two_parts_has_two_rankings(assistant: Assistant) -> None:
    question = Question("Who bought Belstad, and why?")
    assert len(rank_answers(question, [ANSWERS], assistant.indexes.words)) == 2


def test_no_evidence_has_no_order(assistant: Assistant) -> None:
    assert order_evidence(Question("Why?"), [], assistant.indexes.words) == []
    assert rank_answers(Question("Why?"), [], assistant.indexes.words) == ()
