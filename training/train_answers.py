"""Learns the answer reader: assistant/answer/reader.safetensors, a low-rank change to MiniLM and heads.

Data: deal texts and questions on them, invented for this purpose (a fifth of the texts is kept to measure
and to fit the weights of `ranking` on), and SQuADShifts' Wikipedia and Reddit questions (Miller, Krauth,
Recht, Schmidt 2020, "The Effect of Natural Distribution Shift on Question Answering Models", CC BY 4.0).
Needs torch, which nothing else here does. Seeded; CPU; about 10 rows a second of one quiet core.

    python -m training.train_answers OUT --texts FILE... --questions FILE... --shifts FOLDER
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found]
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional  # type: ignore[import-not-found]

from assistant.answer.reader import ASK, SENTENCE, TITLE
from training.answer_examples import Example, Searched, Shifts, Splitter, deal_example
from training.minilm_torch import DIMENSION, LAYERS, MiniLMTorch
from training.train_sentences import search_all

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


Source = Callable[[random.Random], Example]


def batches(sources: Sequence[Source], rng: random.Random) -> Iterator[list[Example]]:
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
    deals: Sequence[Source], shifts: Sequence[Source], rng: random.Random
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
    asked = search_all(given.texts, given.questions)
    learn(given.out, asked, given.shifts, splitter)


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
