"""The generative writer on a sample of DealQA of every type, with whatever model answers at an address.

    python -m benchmarks.generative DEALQA_FOLDER CORPUS.jsonl URL [--data LIBRARY] [--each 4] [--model NAME]

A model written by hand counts as one: then the figures say what the prompts and the gate make of a
capable reader. The sample is drawn with a fixed seed, the same number of questions of each type. Beside
the judge's figures stands what the gate did: answers given offline instead, and sentences left out.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from assistant.domain import Answer, Question
from assistant.service import Assistant, build
from assistant.settings import Settings
from benchmarks.dealqa import load_scorer
from benchmarks.record import need, record

SEED = 7
TIMEOUT_S = 600


def sample(questions: list[dict[str, Any]], each: int) -> list[dict[str, Any]]:
    by_type: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question in questions:
        by_type[question["type"]].append(question)
    rng = random.Random(SEED)
    return [q for name in sorted(by_type) for q in rng.sample(by_type[name], each)]


def ask_all(assistant: Assistant, questions: list[dict[str, Any]]) -> list[Answer]:
    asked = [Question(q["question"], (q["previous"],) if q["previous"] else ()) for q in questions]
    return [assistant.ask(one.text, one.earlier) for one in asked]


def _judged(question: dict[str, Any], answer: Answer) -> dict[str, Any]:
    return {
        "id": question["id"],
        "answer": answer.text,
        "abstained": answer.abstained,
        "citations": [
            {"article_id": c.quote.article_id, "quote": c.quote.text} for c in answer.citations
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("dealqa", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("url")
    parser.add_argument("--data", type=Path, required=True, help="a library that holds the corpus")
    parser.add_argument("--each", type=int, default=4, help="questions of a type")
    parser.add_argument("--model", default="by-hand")
    args = parser.parse_args()
    scorer = load_scorer(need(args.dealqa, "the DealQA folder"))
    gold = scorer.read_jsonl(args.dealqa / "visible.jsonl")
    questions = sample(scorer.gold_questions(gold), args.each)
    drawn = {q["id"] for q in questions}
    gold = [{**a, "questions": [q for q in a["questions"] if q["id"] in drawn]} for a in gold]
    corpus = scorer.read_jsonl(need(args.corpus, "the Wikinews business articles"))
    texts = {a["id"]: a["title"] + "\n" + a["text"] for a in corpus}
    settings = Settings(
        data=args.data, model=args.model, base_url=args.url, model_timeout_s=TIMEOUT_S
    )
    with build(settings) as assistant:
        answers = ask_all(assistant, questions)
    judged = [_judged(q, a) for q, a in zip(questions, answers, strict=True)]
    figures = {
        "model": args.model,
        "answers": scorer.score_answers(gold, judged, texts),
        "answered offline instead": sum(a.writer != args.model for a in answers),
        "answers with a sentence left out": sum("left out" in (a.notice or "") for a in answers),
    }
    record("generative", figures)


if __name__ == "__main__":
    main()
