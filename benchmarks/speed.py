"""How long taking in a corpus and asking take, and how much memory they need.

    python -m benchmarks.speed CORPUS.jsonl QUESTIONS.jsonl

QUESTIONS.jsonl is DealQA's visible.jsonl. Taking in, without and with the reading of deals, is set
beside the time the embedder alone needs for the same passages, in a process of its own each. Asking
is measured warm in one process (each question once, after one to warm up) and cold as a command.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from assistant.search.vectors import embedded_text
from assistant.service import build
from assistant.settings import Settings
from benchmarks.record import need, record

COLD_RUNS = 5
_TAKE_IN = "from benchmarks.speed import take_in; take_in({corpus!r}, {data!r})"
_EMBED_ALONE = "from benchmarks.speed import embed_alone; embed_alone({data!r})"


def timed(command: list[str], data: Path) -> tuple[float, float, str]:
    """Seconds, peak megabytes and output of a command on a data folder."""
    env = {**os.environ, "ACCORD_DATA": str(data), "ACCORD_WRITER": "offline"}
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, env=env, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        took_s = time.perf_counter() - started
        output.seek(0)
        told = output.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return took_s, usage.ru_maxrss / 1000, told


def take_in(corpus: str, data: str) -> None:
    """Take a corpus in, and tell the seconds of it that went into reading deals."""
    began = ended = 0.0

    def progress(what: str, done: int, total: int) -> None:
        nonlocal began, ended
        now = time.perf_counter()
        if what != "reading deals":
            began = now
        elif done == total:
            ended = now

    with build(Settings(data=Path(data), writer="offline")) as assistant:
        assistant.ingest([Path(corpus)], progress)
        ended = time.perf_counter()
    print(json.dumps(ended - began))


def embed_alone(data: str) -> None:
    """Embed all passages of a library, and nothing else."""
    with build(Settings(data=Path(data))) as assistant:
        passages = assistant.passages()
        texts = [embedded_text(passage, article) for passage, article in passages]
        started = time.perf_counter()
        assistant.embedder.embed_array(texts)
        print(json.dumps(time.perf_counter() - started), file=sys.stderr)


def taking_in(corpus: Path, data: Path) -> dict[str, Any]:
    accord = [sys.executable, "-m", "assistant.cli"]
    code = _TAKE_IN.format(corpus=str(corpus), data=str(data))
    ingest_s, peak_mb, told = timed([sys.executable, "-c", code], data)
    deals_s = float(told.strip().splitlines()[-1])
    alone = subprocess.run(
        [sys.executable, "-c", _EMBED_ALONE.format(data=str(data))],
        capture_output=True,
        text=True,
        check=True,
    )
    embedder_s = float(alone.stderr.strip().splitlines()[-1])
    again_s, _, _ = timed([*accord, "ingest", str(corpus)], data)
    return {
        "taking in, s": round(ingest_s, 1),
        "embedder alone, s": round(embedder_s, 1),
        "ratio": round((ingest_s - deals_s) / embedder_s, 3),
        "reading deals, s": round(deals_s, 1),
        "reading deals, ratio": round(deals_s / embedder_s, 3),
        "peak memory, MB": round(peak_mb),
        "taking in again unchanged, s": round(again_s, 1),
    }


def asking(questions: list[str], data: Path) -> dict[str, Any]:
    with build(Settings(data=data, writer="offline")) as assistant:
        assistant.ask(questions[0])
        times = []
        for question in questions:
            started = time.perf_counter()
            assistant.ask(question)
            times.append((time.perf_counter() - started) * 1000)
        passages = assistant.status().passages
    command = [sys.executable, "-m", "assistant.cli", "ask", questions[0]]
    cold = [timed(command, data)[0] for _ in range(COLD_RUNS)]
    return {
        "passages": passages,
        "questions": len(questions),
        "warm ask, ms p50": round(float(np.percentile(times, 50)), 1),
        "warm ask, ms p95": round(float(np.percentile(times, 95)), 1),
        "cold ask, s median": round(float(np.median(cold)), 2),
        "cold ask, s worst": round(max(cold), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("questions", type=Path)
    args = parser.parse_args()
    need(args.corpus, "the Wikinews business articles (articles.jsonl)")
    need(args.questions, "DealQA's visible.jsonl")
    lines = args.questions.read_text("utf-8").splitlines()
    questions = [q["question"] for line in lines for q in json.loads(line)["questions"]]
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch)
        figures = taking_in(args.corpus, data) | asking(questions, data)
    figures["this process, peak MB"] = round(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    )
    record("speed", figures)


if __name__ == "__main__":
    main()
