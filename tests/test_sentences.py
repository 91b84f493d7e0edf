from __future__ import annotations

import pytest

from assistant.answer.question import Aspect
from assistant.answer.sentences import FEATURES, Asked, Candidate, Words, list_candidates, names_in
from assistant.domain import Article, Evidence, Passage, Source, Span
from assistant.service import Assistant
from assistant.text import split_sentences

TEXT = (
    "Velmora bought Tarnbeck in 2014. It paid 340 million euros. Otto Reiss, its president, left."
)
BID = Article(Source("a-1", "Velmora buys Tarnbeck", date="2014-03-12"), TEXT)
FIRST = len("Velmora buys Tarnbeck\n")


def _evidence(article: Article, low: int = 0, high: int = 99, score: float = 1.0) -> Evidence:
    first = len(article.source.title) + 1
    spans = [Span(s.start + first, s.end + first) for s in split_sentences(article.text)]
    some = tuple(spans[low:high])
    whole = Span(some[0].start, some[-1].end)
    text = article.content[whole.start : whole.end]
    return Evidence(Passage(low + 1, article.id, low, whole, text, some), article, score)


@pytest.fixture(scope="module")
def words(assistant: Assistant) -> Words:
    return assistant.indexes.words


def _feature(words: Words, question: str, aspect: Aspect, name: str) -> list[float]:
    asked = Asked(question, aspect, words)
    rows = asked.table(list_candidates([_evidence(BID)]))
    return [row[FEATURES.index(name)] for row in rows]


def test_candidates_are_the_title_and_the_sentences_of_the_passage() -> None:
    found = list_candidates([_evidence(BID)])
    assert [c.text for c in found] == [
        "Velmora buys Tarnbeck",
        "Velmora bought Tarnbeck in 2014.",
        "It paid 340 million euros.",
        "Otto Reiss, its president, left.",
    ]
    assert [c.is_title for c in found] == [True, False, False, False]
    assert all(BID.content[c.span.start : c.span.end] == c.text for c in found)


def test_each_sentence_stands_once_with_its_first_passage() -> None:
    found = list_candidates([_evidence(BID, 1, 2, 0.9), _evidence(BID, 0, 2, 0.5)])
    assert [(c.text, c.rank) for c in found] == [
        ("Velmora buys Tarnbeck", 0),
        ("It paid 340 million euros.", 0),
        ("Velmora bought Tarnbeck in 2014.", 1),
    ]


def test_an_article_without_a_title_has_only_its_sentences() -> None:
    found = list_candidates([_evidence(Article(Source("a-2", ""), TEXT))])
    assert len(found) == 3
    assert not any(c.is_title for c in found)


def test_no_evidence_has_no_candidates() -> None:
    assert list_candidates([]) == []


def test_every_candidate_has_a_number_for_every_feature(words: Words) -> None:
    candidates = list_candidates([_evidence(BID)])
    for aspect in Aspect:
        rows = Asked("Who bought Tarnbeck in 2014?", aspect, words).table(candidates)
        assert [len(row) for row in rows] == [len(FEATURES)] * 4


def test_a_question_without_words_or_names_has_features_all_the_same(words: Words) -> None:
    rows = Asked("?", Aspect.WHAT, words).table(list_candidates([_evidence(BID)]))
    assert all(isinstance(value, int | float) for row in rows for value in row)


def test_words_shared_with_the_question_count(words: Words) -> None:
    title, first, second, third = _feature(words, "Who bought Tarnbeck?", Aspect.WHO, "covers")
    assert first > second
    assert first > third
    assert title > third


def test_a_sum_counts_only_where_one_is_asked_for(words: Words) -> None:
    asked = _feature(words, "How much did it pay?", Aspect.HOW_MUCH, "howmuch_money")
    assert asked == [0, 0, 1, 0]
    assert _feature(words, "How much did it pay?", Aspect.WHY, "howmuch_money") == [0, 0, 0, 0]


def test_the_year_asked_for_counts_in_the_sentence_or_the_date(words: Words) -> None:
    assert _feature(words, "What happened in 2014?", Aspect.STATUS, "years") == [1, 1, 1, 1]
    assert _feature(words, "What happened in 2013?", Aspect.STATUS, "years") == [0, 0, 0, 0]


def test_words_of_the_question_an_article_lacks_are_its_missing_share(words: Words) -> None:
    asked = Asked("Who bought Tarnbeck from Zanzar?", Aspect.WHO, words)
    missing = asked.missing_from(BID)
    assert len(missing) == 1
    assert 0 < missing[0] < 1
    assert Asked("Tarnbeck?", Aspect.WHO, words).missing_from(BID) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Did Xiaomi buy Tesla?", ["Xiaomi", "Tesla"]),
        ("Who did eBay sell Skype's shares to?", ["eBay", "Skype"]),
        ("What did “Kestrel” (Marrow) and 3M say?", ["Kestrel", "Marrow", "3M"]),
        ("who bought it?", []),
        ("What does AT&T own?", ["AT&T"]),
        ("The CEO said I was right", []),
    ],
)
def test_names_are_the_capitals_of_a_sentence(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_a_candidate_is_a_value() -> None:
    first, again = list_candidates([_evidence(BID)]), list_candidates([_evidence(BID)])
    assert first == again
    assert isinstance(first[0], Candidate)
