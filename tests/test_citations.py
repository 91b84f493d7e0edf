from __future__ import annotations

import random
import re

import pytest

from assistant.answer.citations import Citations
from assistant.deals.ledger.book import DealBook
from assistant.domain import Article, Citation, Claim, Evidence, Passage, Source, Span

BID = Article(
    Source("a-1", "Kestrel bids for Marrow", "Harbour Post", "2012-02-07"),
    "Kestrel offered 12 million crowns. Marrow makes jam. Kestrel waits. Kestrel waits.",
)
NO = Article(Source("a-2", "Marrow says no"), "The owners of Marrow refused the offer.")
BACK = len("Kestrel bids for Marrow\n")


def _evidence(article: Article, words: str, passage_id: int = 1) -> Evidence:
    start = article.content.index(words)
    span = Span(start, start + len(words))
    return Evidence(Passage(passage_id, article.id, 0, span, words), article, 1.0)


@pytest.fixture
def citations() -> Citations:
    return Citations([_evidence(BID, BID.text), _evidence(NO, NO.text, 2)], DealBook())


def test_a_sentence_is_shown_with_the_number_of_its_quote(citations: Citations) -> None:
    shown = citations.cite(Claim("Kestrel offered it.", (("a-1", "offered 12 million crowns"),)))
    assert shown == "Kestrel offered it [1]."
    (citation,) = citations.listed()
    assert citation.source == BID.source
    assert citation.quote.text == "offered 12 million crowns"
    span = citation.quote.span
    assert BID.content[span.start : span.end] == citation.quote.text


@pytest.mark.parametrize(
    "proofs",
    [
        (),
        (("a-1", "offered 13 million crowns"),),
        (("a-2", "offered 12 million crowns"),),
        (("nowhere", "offered 12 million crowns"),),
        (("", ""),),
        (("a-1", ""),),
        (("a-1", "..."),),
        (("a-1", "Kestrel offered ... crowns"),),
    ],
)
def test_a_sentence_without_a_quote_that_stands_there_is_not_shown(
    citations: Citations, proofs: tuple[tuple[str, str], ...]
) -> None:
    assert citations.cite(Claim("Kestrel paid.", proofs)) is None
    assert citations.listed() == ()


def test_a_quote_that_is_nowhere_is_left_out_beside_one_that_is(citations: Citations) -> None:
    proofs = (("a-1", "nowhere to be read"), ("a-2", "refused the offer"))
    assert citations.prove("They refused.", proofs) == "They refused [1]."


def test_the_same_quote_keeps_its_number_and_numbers_have_no_gaps(citations: Citations) -> None:
    offer, refusal = ("a-1", "12 million crowns"), ("a-2", "refused the offer")
    shown = [
        citations.prove("One.", (offer,)),
        citations.prove("None.", (("a-1", "not there"),)),
        citations.prove("Two.", (refusal, offer, refusal)),
        citations.prove("Three.", (("a-1", " 12  MILLION crowns "),)),
        citations.prove("Four.", (("a-1", "makes jam"),)),
    ]
    assert shown == ["One [1].", None, "Two [2][1].", "Three [1].", "Four [3]."]
    assert [c.n for c in citations.listed()] == [1, 2, 3]
    assert [c.quote.text for c in citations.listed()] == [
        "12 million crowns",
        "refused the offer",
        "makes jam",
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Kestrel [7] offered it [1, 2].", "Kestrel offered it [1]."),
        ("Kestrel offered it. [3]", "Kestrel offered it [1]."),
        ("Kestrel\n offered  it", "Kestrel offered it [1]"),
        ("“Kestrel offered it.”", "“Kestrel offered it [1].”"),
        ("Did Kestrel offer it?", "Did Kestrel offer it [1]?"),
        ("Kestrel Inc. offered it...", "Kestrel Inc. offered it.. [1]."),
    ],
)
def test_marks_of_the_writer_give_way_to_those_that_are_true(
    citations: Citations, said: str, shown: str
) -> None:
    assert citations.prove(said, (("a-1", "12 million crowns"),)) == shown


def test_words_that_stand_twice_are_cited_from_the_passage_found() -> None:
    second = BID.content.rindex("Kestrel waits.")
    span = Span(second, second + len("Kestrel waits."))
    found = Evidence(Passage(1, "a-1", 1, span, "Kestrel waits."), BID, 1.0)
    citations = Citations([found], DealBook())
    citations.prove("It waits.", (("a-1", "Kestrel waits."),))
    assert citations.listed()[0].quote.span == span


def test_the_title_may_be_quoted(citations: Citations) -> None:
    assert citations.prove("A bid.", (("a-1", "Kestrel bids for Marrow"),)) == "A bid [1]."
    assert citations.listed()[0].quote.span == Span(0, BACK - 1)


def test_whatever_is_claimed_the_marks_and_the_list_agree() -> None:
    source = random.Random(1)
    words = f"{BID.content} {NO.content} nothing elsewhere".split()
    for _ in range(100):
        citations = Citations([_evidence(BID, BID.text), _evidence(NO, NO.text, 2)], DealBook())
        shown = []
        for _ in range(source.randint(1, 6)):
            starts = [source.randrange(len(words)) for _ in range(source.randint(0, 3))]
            proofs = [
                (source.choice(["a-1", "a-2", "x"]), " ".join(words[at : at + 2])) for at in starts
            ]
            shown.append(citations.prove("It is so [9].", proofs))
        marks = [int(n) for text in shown if text for n in re.findall(r"\[(\d+)\]", text)]
        _assert_dense(marks, citations.listed())


def _assert_dense(marks: list[int], listed: tuple[Citation, ...]) -> None:
    assert list(dict.fromkeys(marks)) == [citation.n for citation in listed]
    assert [citation.n for citation in listed] == list(range(1, len(listed) + 1))
    assert len({citation.quote for citation in listed}) == len(listed)
    for citation in listed:
        article = BID if citation.quote.article_id == "a-1" else NO
        span = citation.quote.span
        assert article.content[span.start : span.end] == citation.quote.text
