"""Learns the answer reader: assistant/answer/reader.safetensors, a low-rank change to MiniLM and heads.

Data: deal texts and questions on them, invented for this purpose (a fifth of the texts is kept to measure
and to fit the weights of `ranking` on), and SQuADShifts' Wikipedia questions (Miller, Krauth,
Recht, Schmidt 2020, "The Effect of Natural Distribution Shift on Question Answering Models", CC BY 4.0).
Needs torch, which nothing else here does. Seeded; CPU; about 10 rows a second of one quiet core.
The file that is shipped was learned by one run of this script without the texts and questions whose ids
begin with "n", which were written later; how far it is heeded was fitted, by the steps of `fit_reading`,
on all questions of those.

    python -m training.train_answers OUT --texts FILE... --questions FILE... --shifts FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found]
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional  # type: ignore[import-not-found]

from assistant.answer.ranking import (
    HEEDED,
    READ,
    READ_SIGNS,
    WEIGHTS,
    Ranking,
    Reads,
    heard,
    read_signs,
)
from assistant.answer.reader import ASK, SENTENCE, TITLE, AnswerReader
from assistant.answer.sentences import Candidate
from assistant.domain import Article, Source, Span
from assistant.encoder.adapter import open_adapter
from training.answer_examples import Example, Searched, Sentence, Shifts, Splitter, deal_example
from training.minilm_torch import DIMENSION, LAYERS, MiniLMTorch
from training.train_sentences import ABSTAIN_SHARE, fit_answerable, search_all

Numbers = npt.NDArray[np.float64]

RANK, INNER = 32, 128
RATE = 5e-4
BATCH, BLOCK = 8, 512
ROUNDS = 3
SHIFTS_LATER = 0.25
"""Share of SQuADShifts shown again in each round after the first."""
SPAN_WEIGHT = 0.25
SEED = 3


class Encoder(MiniLMTorch):
    """The same states; embeddings are looked up before the learned ones are set in, which is quicker."""

    def forward(self, ids: Tensor) -> Tensor:
        words = functional.embedding(ids, self.words)
        for row, token in enumerate(self.learned_ids):
            words = torch.where((ids == token)[..., None], self.rows[row], words)
        state = self._norm("embeddings.LayerNorm", words + self.places[: ids.shape[1]])
        seen = (ids != 0)[:, None, None, :]
        for layer in range(LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state, seen)
        return state


@dataclass(frozen=True, slots=True)
class Said:
    """Scores of no answer, of each part, and of each id as start and end."""

    none: Tensor
    parts: Tensor
    ends: Tensor


class Reader(nn.Module):  # type: ignore[misc]
    """What `assistant/answer/reader.py` runs without torch."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder(RANK, (ASK, TITLE, SENTENCE), dropout=0.0)
        self.mark, self.score = nn.Linear(DIMENSION, INNER), nn.Linear(INNER, 1)
        self.ask, self.none = nn.Linear(DIMENSION, INNER), nn.Linear(INNER, 1)
        self.span = nn.Linear(DIMENSION, 2)

    def forward(self, examples: Sequence[Example]) -> list[Said]:
        longest = max(len(e.ids) for e in examples)
        ids = torch.tensor([e.ids + [0] * (longest - len(e.ids)) for e in examples])
        states = self.encoder(ids)
        none = self.none(torch.tanh(self.ask(states[:, 1])))[:, 0]
        ends = self.span(states)
        said = []
        for i, example in enumerate(examples):
            parts = self.score(torch.tanh(self.mark(states[i, example.marks])))[:, 0]
            said.append(Said(none[i], parts, ends[i, : len(example.ids)]))
        return said

    def heads(self) -> dict[str, Tensor]:
        return {n: p for n, p in self.named_parameters() if not n.startswith("encoder.")}


def loss_of(said: Said, example: Example) -> Tensor:
    """Of choosing a right part, or none; and of where the answer begins and ends, or nowhere."""
    right = torch.tensor([not any(example.gold), *example.gold])
    shares = torch.log_softmax(torch.cat([said.none[None], said.parts]), 0)
    loss = -torch.logsumexp(shares[right], 0)
    if example.span is not None:
        places = torch.log_softmax(torch.cat([said.ends[1:2], said.ends[example.first :]]), 0)
        start, end = (max(0, at - example.first + 1) for at in example.span)
        loss = loss - SPAN_WEIGHT * (places[start, 0] + places[end, 1])
    return loss


Maker = Callable[[random.Random], Example]


def batches(sources: Sequence[Maker], rng: random.Random) -> Iterator[list[Example]]:
    """Examples of like length together, made when their block comes."""
    order = list(sources)
    rng.shuffle(order)
    for start in range(0, len(order), BLOCK):
        made = [source(rng) for source in order[start : start + BLOCK]]
        made = sorted((e for e in made if e.marks), key=lambda e: len(e.ids))
        groups = [made[i : i + BATCH] for i in range(0, len(made), BATCH)]
        rng.shuffle(groups)
        yield from groups


def plan(
    deals: Sequence[Maker], shifts: Sequence[Maker], rng: random.Random
) -> Iterator[list[Example]]:
    """Batches of all rounds: every question of the deals in each, the others once and then in part."""
    for number in range(ROUNDS):
        share = 1.0 if number == 0 else SHIFTS_LATER
        yield from batches([*deals, *rng.sample(shifts, int(share * len(shifts)))], rng)


def planned_steps(deals: int, shifts: int) -> int:
    rows = [deals + int((1.0 if n == 0 else SHIFTS_LATER) * shifts) for n in range(ROUNDS)]
    return sum(-(-n // BATCH) for n in rows)


def train(reader: Reader, steps: int, made: Iterator[list[Example]], out: Path) -> None:
    """The rate rises for 60 steps and then falls to a twentieth; the file is written now and then."""
    torch.manual_seed(SEED)
    learned = [p for p in reader.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    total, begun = 0.0, time.monotonic()
    reader.train()
    for step, group in enumerate(made, 1):
        for g in optimiser.param_groups:
            g["lr"] = RATE * min(1.0, step / 60) * max(0.05, 1 - step / steps)
        said = reader(group)
        losses = [loss_of(s, e) for s, e in zip(said, group, strict=True)]
        loss = torch.stack(losses).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        total += loss.item()
        if step % 50 == 0:
            spent = time.monotonic() - begun
            print(f"step {step}/{steps} loss {total / 50:.3f} {spent:.0f}s", flush=True)
            total = 0.0
        if step % 200 == 0:
            save(reader, out)
    reader.eval()
    save(reader, out)


def save(reader: Reader, path: Path) -> None:
    tensors = reader.encoder.tensors()
    for name, value in reader.heads().items():
        tensors[f"head.{name}"] = half(value)
    save_file(tensors, path)


def half(value: Tensor) -> npt.NDArray[np.float16]:
    return np.ascontiguousarray(value.detach().numpy().astype(np.float16))


def kept_aside(questions: Sequence[Searched], share: float = 0.2) -> set[str]:
    """Texts to measure on, the same in every run over the same texts."""
    ids = sorted({q.text_id for q in questions})
    return set(random.Random(SEED).sample(ids, int(share * len(ids))))


@torch.no_grad()  # type: ignore[untyped-decorator]
def measure(reader: Reader, examples: Sequence[Example]) -> str:
    """How often a right part is scored best, and how well rows without one are told apart."""
    reader.eval()
    hits, some, none = [], [], []
    for start in range(0, len(examples), BATCH):
        group = examples[start : start + BATCH]
        for said, example in zip(reader(group), group, strict=True):
            margin = float(said.parts.max() - said.none)
            if any(example.gold):
                hits.append(example.gold[int(said.parts.argmax())])
                some.append(margin)
            else:
                none.append(margin)
    apart = np.mean(np.array(some)[:, None] > np.array(none)[None])
    return f"right {np.mean(hits):.3f} of {len(hits)}, none told apart {apart:.3f} of {len(none)}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A question kept aside, its candidates as `ranking.heard` has them, and which are right."""

    linear: Numbers
    table: Numbers
    right: npt.NDArray[np.bool_]
    ranking: Ranking
    answerable: bool

    def signs(self, order: Numbers) -> Numbers:
        """Those of READ_SIGNS; `order` are the weights of the linear score and HEEDED."""
        scores = np.c_[self.linear, self.table] @ order
        return read_signs(self.ranking.answerable, self.ranking.signs, self.table, scores)


def hear(asked: Sequence[tuple[Searched, Ranking]], reader: Reads) -> list[Heard]:
    """What the reader says of the first candidates of each ranking."""
    heard_all = []
    for question, ranking in asked:
        first = question.sentences[:READ]
        judged = reader.read(question.question, question.earlier, [_candidate(s) for s in first])
        if any(judged):
            right = np.array([s.right for s in first])
            linear = np.array([s.score for s in first])
            table = heard(judged, len(first))
            heard_all.append(Heard(linear, table, right, ranking, question.answerable))
    return heard_all


def _candidate(s: Sentence) -> Candidate:
    article = Article(Source(s.article, s.title), "")
    return Candidate(article, Span(s.start, s.start + len(s.text)), s.text, "", s.is_title, 0.0, 0)


def fit_order(found: Sequence[Heard], steps: int = 300, l2: float = 0.5) -> Numbers:
    """Weights of the linear score and HEEDED by the softmax share of the right sentences; Adam."""
    used = [h for h in found if h.answerable and h.right.any()]
    inputs = [(np.c_[h.linear, h.table], h.right.astype(float)) for h in used]
    origin = np.array([1.0, 0.0, 0.0, 0.0])
    w, m, v = np.array([1.0, 0.3, 0.1, -1.0]), np.zeros(4), np.zeros(4)
    for step in range(1, steps + 1):
        gradient = l2 * (w - origin)
        for table, right in inputs:
            scores = table @ w
            mass = np.exp(scores - scores.max())
            gradient += table.T @ (mass / mass.sum() - mass * right / (mass * right).sum())
        gradient /= len(inputs)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        w = w - 0.02 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return w


def fit_reading(found: Sequence[Heard]) -> dict[str, Any]:
    """The `reading` part of assistant/answer/weights.json, from texts the reader never learned."""
    order = fit_order(found)
    signs = np.array([h.signs(order) for h in found])
    labels = np.array([float(h.answerable) for h in found])
    centre, scale = signs.mean(axis=0), signs.std(axis=0) + 1e-3
    fitted = fit_answerable((signs - centre) / scale, labels, l2=30.0)
    weights, bias = fitted[:-1] / scale, fitted[-1] - fitted[:-1] @ (centre / scale)
    threshold = float(np.quantile((signs @ weights + bias)[labels == 1], ABSTAIN_SHARE))
    names = ("linear", *HEEDED)
    return {
        "order": dict(zip(names, np.round(order, 4).tolist(), strict=True)),
        "answerable": dict(zip(READ_SIGNS, np.round(weights, 4).tolist(), strict=True)),
        "bias": round(float(bias), 4),
        "threshold": round(threshold, 4),
    }


def weigh(file: Path, asked: Sequence[tuple[Searched, Ranking]]) -> None:
    """Fits how far the trained reader is trusted, and writes it beside the linear weights."""
    adapter = open_adapter(file, hashlib.sha256(file.read_bytes()).hexdigest())
    with tempfile.TemporaryDirectory() as cache:
        found = hear(asked, AnswerReader(Path(cache), adapter=adapter))
    held = json.loads(WEIGHTS.read_text("utf-8")) | {"reading": fit_reading(found)}
    WEIGHTS.write_text(json.dumps(held, indent=1) + "\n", "utf-8")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("out", type=Path)
    options.add_argument("--texts", type=Path, nargs="+", required=True)
    options.add_argument("--questions", type=Path, nargs="+", required=True)
    options.add_argument("--shifts", type=Path, required=True)
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    splitter = Splitter()
    searched = search_all(given.texts, given.questions)
    asked = [question for question, _ in searched]
    learn(given.out, asked, given.shifts, splitter)
    aside = kept_aside(asked)
    weigh(given.out, [(q, ranking) for q, ranking in searched if q.text_id in aside])


def learn(out: Path, asked: list[Searched], folder: Path, splitter: Splitter) -> Reader:
    aside = kept_aside(asked)
    wiki = Shifts(folder / "new_wiki_v1.0.json", splitter, titled=True)
    shifts = [lambda rng, a=a: wiki.example(a, rng) for a in wiki.asked]
    deals = [
        lambda rng, a=a: deal_example(a, splitter, rng) for a in asked if a.text_id not in aside
    ]
    held = [deal_example(a, splitter, random.Random(SEED)) for a in asked if a.text_id in aside]
    print(f"{len(deals)} questions on deals, {len(held)} aside, {len(shifts)} others", flush=True)
    torch.manual_seed(SEED)
    reader = Reader()
    steps = planned_steps(len(deals), len(shifts))
    train(reader, steps, plan(deals, shifts, random.Random(SEED)), out)
    print("questions aside:", measure(reader, [e for e in held if e.marks]))
    return reader


if __name__ == "__main__":
    main()
