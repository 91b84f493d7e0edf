"""DealQA: where the evidence stands among the passages found, and how good the answers are.

    python -m benchmarks.dealqa DEALQA_FOLDER CORPUS.jsonl [--data LIBRARY]

DEALQA_FOLDER holds visible.jsonl and score.py, which judges; CORPUS.jsonl is taken in first unless
the library in --data holds it already. Two rules say when a passage holds the evidence: `supports`,
when score.py would accept it as a supporting citation, and `whole`, when it is of the right article
and one of the gold quotes stands whole in it. A stock ensemble (LangChain's splitter at its
defaults, BM25 and MiniLM, fused by reciprocal ranks) is measured beside ours with --stock.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from assistant.answer.evidence import order_evidence
from assistant.answer.question import search_text
from assistant.domain import Question
from assistant.service import Assistant, build
from assistant.settings import Settings
from benchmarks.record import need, record

DEPTHS = (1, 5, 10)
Found = Callable[[dict[str, Any]], list[tuple[str, str]]]
"""A question of DealQA to (article id, passage text) pairs, best first."""
Holds = Callable[[dict[str, Any], str, str], bool]
"""Whether a passage, by its article's id and its text, holds the evidence for a question."""


def load_scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def library(corpus: Path, data: Path | None) -> Iterator[Assistant]:
    """An assistant that holds the corpus, in a folder of its own where none is given."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        build(Settings(data=data or Path(scratch), writer="offline")) as assistant,
    ):
        assistant.ingest([corpus])
        yield assistant


def depth_of_evidence(
    scorer: ModuleType, questions: list[dict[str, Any]], texts: dict[str, str], find: Found
) -> dict[str, dict[str, float]]:
    """By rule, share of the answerable questions whose evidence stands in the first k passages."""
    rules: dict[str, Holds] = {
        "supports": lambda q, article_id, text: scorer.supports(
            {"article_id": article_id, "quote": text}, q, texts
        ),
        "whole": lambda q, article_id, text: (
            article_id == q["article_id"] and any(quote in text for quote in q["quotes"])
        ),
    }
    ranks: dict[str, list[float]] = {name: [] for name in rules}
    for question in questions:
        passages = find(question)[: max(DEPTHS)]
        for name, holds in rules.items():
            hits = (n for n, (i, text) in enumerate(passages) if holds(question, i, text))
            ranks[name].append(next(hits, math.inf))
    return {
        name: {f"first {k}": round(float(np.mean([r < k for r in found])), 4) for k in DEPTHS}
        for name, found in ranks.items()
    }


def _asked(question: dict[str, Any]) -> Question:
    return Question(question["question"], (question["previous"],) if question["previous"] else ())


def answer_all(assistant: Assistant, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers = []
    for question in questions:
        asked = _asked(question)
        answer = assistant.ask(asked.text, asked.earlier)
        answers.append(
            {
                "id": question["id"],
                "answer": answer.text,
                "abstained": answer.abstained,
                "citations": [
                    {"article_id": c.quote.article_id, "quote": c.quote.text}
                    for c in answer.citations
                ],
            }
        )
    return answers


def stock_ensemble(assistant: Assistant, articles: list[dict[str, Any]]) -> Found:
    """What a tutorial builds: recursive splitter (1000, 200), BM25 and vectors, reciprocal ranks."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = [(a["id"], text) for a in articles for text in splitter.split_text(a["text"])]
    vectors = assistant.embedder.embed_array([text for _, text in chunks])
    bm25 = _Bm25([text for _, text in chunks])

    def find(question: dict[str, Any]) -> list[tuple[str, str]]:
        query = search_text(_asked(question))
        cosine = vectors @ np.array(assistant.embedder.embed_query(query), dtype=np.float32)
        fused: dict[int, float] = defaultdict(float)
        for scores in (cosine, bm25.scores(query)):
            for rank, chunk in enumerate(np.argsort(-scores)[:50]):
                fused[int(chunk)] += 1 / (61 + rank)
        return [chunks[i] for i in sorted(fused, key=lambda i: -fused[i])]

    return find


class _Bm25:
    """Okapi BM25 (k1 1.5, b 0.75) over lower-case words, for the comparison alone."""

    def __init__(self, texts: list[str]) -> None:
        counts = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
        lengths = np.array([sum(c.values()) for c in counts], dtype=float)
        self._norm = 1.5 * (0.25 + 0.75 * lengths / lengths.mean())
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, count in enumerate(counts):
            for word, n in count.items():
                self._postings[word].append((i, n))
        self._size = len(texts)

    def scores(self, query: str) -> Any:
        total = np.zeros(self._size)
        for word in re.findall(r"\w+", query.lower()):
            held = self._postings.get(word, [])
            idf = math.log(1 + (self._size - len(held) + 0.5) / (len(held) + 0.5))
            for i, n in held:
                total[i] += idf * n * 2.5 / (n + self._norm[i])
        return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("dealqa", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--stock", action="store_true")
    args = parser.parse_args()
    need(args.corpus, "the Wikinews business articles (articles.jsonl)")
    scorer = load_scorer(need(args.dealqa, "the DealQA folder"))
    gold = scorer.read_jsonl(args.dealqa / "visible.jsonl")
    questions = scorer.gold_questions(gold)
    answerable = [q for q in questions if q["answerable"]]
    articles = scorer.read_jsonl(args.corpus)
    texts = {a["id"]: a["title"] + "\n" + a["text"] for a in articles}
    figures: dict[str, Any] = {}
    with library(args.corpus, args.data) as assistant:
        retriever = assistant.indexes.retriever.model_copy(update={"k": max(DEPTHS)})

        def ours(question: dict[str, Any]) -> list[tuple[str, str]]:
            asked = _asked(question)
            found = retriever.find(search_text(asked))
            ordered = order_evidence(asked, found, assistant.indexes.words)
            return [(e.article.id, e.passage.text) for e in ordered]

        figures["evidence"] = depth_of_evidence(scorer, answerable, texts, ours)
        if args.stock:
            stock = stock_ensemble(assistant, articles)
            figures["evidence, stock ensemble"] = depth_of_evidence(
                scorer, answerable, texts, stock
            )
        answers = answer_all(assistant, questions)
        figures["answers"] = scorer.score_answers(gold, answers, texts)
    record("dealqa", figures)


if __name__ == "__main__":
    main()
