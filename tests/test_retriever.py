from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Opener, TinyEmbeddings
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from assistant.search.retriever import HybridRetriever, times_named
from assistant.service import Assistant


@pytest.fixture(scope="module")
def retriever(assistant: Assistant) -> HybridRetriever:
    return assistant.indexes.retriever


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("Tarnbeck Castings purchase completed", "velmora-tarnbeck-closed"),
        ("Who licensed an asthma drug?", "corvane"),
        ("Relunol", "corvane"),
        ("games studio gets money", "wire-1"),
        ("Skarland planes", "dunmore"),
        ("shareholders refuse takeover of food company", "pellam"),
    ],
)
def test_the_article_that_answers_comes_first(
    retriever: HybridRetriever, query: str, article: str
) -> None:
    assert retriever.find(query)[0].article.id.startswith(article)


@pytest.mark.parametrize("query", ["", "  ", "\n"])
def test_an_empty_query_finds_nothing(retriever: HybridRetriever, query: str) -> None:
    assert retriever.find(query) == []
    assert retriever.invoke(query) == []


def test_evidence_comes_best_first_each_passage_once_and_at_most_k(
    retriever: HybridRetriever,
) -> None:
    found = retriever.find("Velmora Tarnbeck merger")
    assert len(found) == retriever.k
    assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)
    assert len({e.passage.id for e in found}) == len(found)


def test_a_passage_stands_in_its_article(retriever: HybridRetriever) -> None:
    for evidence in retriever.find("companies agreed"):
        span = evidence.passage.span
        assert evidence.article.content[span.start : span.end] == evidence.passage.text


def test_the_date_in_the_question_decides_between_like_articles(retriever: HybridRetriever) -> None:
    merger = "Ravensund Bank and Kelpie Bank merger"
    found = {
        query: retriever.find(f"{merger} {query}") for query in ("April 2012", "November 2012")
    }
    assert found["April 2012"][0].article.id == "wire-3"
    assert found["November 2012"][0].article.id == "wire-2"


@pytest.mark.parametrize(
    ("query", "years", "months"),
    [
        ("What happened in 2008?", {"2008"}, set()),
        ("in April 2008", {"2008"}, {"2008-04"}),
        ("on Sept. 5th, 1999", {"1999"}, {"1999-09"}),
        ("in december of 2011 and 2012", {"2011", "2012"}, {"2011-12"}),
        ("May 3, 2010", {"2010"}, {"2010-05"}),
        ("It paid 20081 crowns in May", set(), set()),
        ("Who bought it?", set(), set()),
    ],
)
def test_years_and_months_are_read_from_a_question(
    query: str, years: set[str], months: set[str]
) -> None:
    assert times_named(query) == (years, months)


def test_it_is_a_langchain_retriever_that_gives_documents(retriever: HybridRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("Who bought Tarnbeck?")
    found = retriever.find("Who bought Tarnbeck?")
    assert all(isinstance(document, Document) for document in documents)
    first, evidence = documents[0], found[0]
    assert first.page_content == evidence.passage.text
    assert first.id == str(evidence.passage.id)
    assert first.metadata["article_id"] == evidence.article.id
    assert first.metadata["title"] == evidence.article.source.title
    assert first.metadata["publisher"] == "Harbour Post"
    assert first.metadata["date"] == evidence.article.source.date
    assert first.metadata["url"] == evidence.article.source.url
    assert first.metadata["score"] == evidence.score
    start, end = first.metadata["start"], first.metadata["end"]
    assert evidence.article.content[start:end] == first.page_content


def test_it_takes_part_in_a_langchain_chain(retriever: HybridRetriever) -> None:
    chain = retriever | (lambda documents: documents[0].metadata["article_id"])
    assert chain.invoke("Relunol").startswith("corvane")


def test_in_an_empty_library_nothing_is_found(tmp_path: Path, open_assistant: Opener) -> None:
    assistant = open_assistant(tmp_path / "data", TinyEmbeddings())
    assert assistant.indexes.retriever.find("Who bought Tarnbeck?") == []
