"""Learns the pair reader: assistant/deals/reading/pairs.safetensors, a low-rank change to MiniLM and heads.

Data: deal_paragraphs.jsonl and news.jsonl beside this script (invented texts, short ones and ones as
long as news; a sixth is kept to measure on), CORE
(pnborchert/CORE, CC BY 4.0; a third is kept), and sentences made by `made_deals`. Needs torch, which
nothing else here does. Seeded; CPU; about 150 seconds of one core a round.

    python -m training.train_pairs SHARED_FOLDER OUT_FILE [--rounds 12]
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional  # type: ignore[import-not-found]

from assistant.deals.reading.tagger import NameTagger
from assistant.deals.reading.windows import MARKS, Row
from assistant.encoder.minilm import CLS, SEP, weights_folder
from training.deal_texts import labelled_texts
from training.minilm_torch import MiniLMTorch
from training.pair_examples import LONGEST, Example, core_examples, made_examples, text_examples

WIDTH = 384
RANK = 16
RATE = 1e-3
CORE_A_ROUND, MADE_A_ROUND = 150, 200
LINKS = (
    11  # none, four both ways, six with a direction (assistant/deals/reading/pairs.py names them)
)
SYMMETRIC = 5
INNER, ASKED = 160, 64
SEED = 7


class Heads(nn.Module):  # type: ignore[misc]
    """Scores of the links of two actors in a sentence; `assistant/deals/reading/pairs.py` runs the same."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2 * WIDTH, INNER, bias=False)
        self.second = nn.Linear(2 * WIDTH, INNER, bias=False)
        self.asking = nn.Linear(2 * WIDTH, ASKED, bias=False)
        self.keys = nn.Linear(WIDTH, ASKED, bias=False)
        self.context = nn.Linear(WIDTH, INNER)
        self.links = nn.Linear(INNER, LINKS)

    def forward(self, here: Tensor, around: Tensor, tokens: Tensor, pairs: Tensor) -> Tensor:
        """`here`, `around`: actors x 384, in the sentence and in the row; pairs: n x 2 -> n x 17."""
        actors = functional.dropout(torch.cat([here, around], 1), 0.1, self.training)
        a, b = actors[pairs[:, 0]], actors[pairs[:, 1]]
        asked = self.asking(actors)
        asked = asked[pairs[:, 0]] + asked[pairs[:, 1]]
        share = torch.softmax(asked @ self.keys(tokens).T / math.sqrt(ASKED), 1)
        context = self.context(share @ tokens)
        forth = self.links(functional.gelu(self.first(a) + self.second(b) + context))
        back = self.links(functional.gelu(self.first(b) + self.second(a) + context))
        both = (forth + back)[:, :SYMMETRIC] / 2
        return torch.cat([both, forth[:, SYMMETRIC:], back[:, SYMMETRIC:]], 1)


def scored(
    states: Tensor, row: Row, heads: Heads, sentence: int, pairs: Tensor, actors: list[int]
) -> Tensor:
    """Scores of pairs of `actors` (by index) in one sentence of a row."""
    _, begin, end = next(b for b in row.bounds if b[0] == sentence)
    here, around = [], []
    for actor in actors:
        places = [m.position for m in row.marks if m.actor == actor]
        inside = [m.position for m in row.marks if m.actor == actor and m.sentence == sentence]
        around.append(states[places].mean(0))
        here.append(states[inside].mean(0) if inside else torch.zeros(WIDTH))
    made: Tensor = heads(torch.stack(here), torch.stack(around), states[begin:end], pairs)
    return made


def batches(examples: list[Example], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Examples of like length together, the batches in random order."""
    order = sorted(examples, key=lambda e: len(e.row.ids) + rng.random() * 20)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    yield from groups


def shuffled_marks(row: Row, rng: random.Random) -> list[int]:
    """The row's ids with the letters dealt anew, so that no letter means a place in the text."""
    dealt = dict(zip(MARKS, rng.sample(MARKS, len(MARKS)), strict=True))
    places = {m.position for m in row.marks}
    return [dealt[t] if i in places else t for i, t in enumerate(row.ids)]


def run(encoder: MiniLMTorch, group: list[Example], rng: random.Random | None) -> list[Tensor]:
    """States of each row without the two marks around it."""
    rows = [shuffled_marks(e.row, rng) if rng else list(e.row.ids) for e in group]
    rows = [[CLS, *r[:LONGEST], SEP] for r in rows]
    longest = max(map(len, rows))
    ids = torch.tensor([r + [0] * (longest - len(r)) for r in rows])
    states = encoder(ids)
    return [states[i, 1 : len(r) - 1] for i, r in enumerate(rows)]


def loss_of(states: Tensor, example: Example, heads: Heads) -> tuple[Tensor, float]:
    total, weight = torch.zeros(()), 0.0
    for asked in example.asked:
        scores = scored(
            states,
            example.row,
            heads,
            asked.sentence,
            torch.tensor(asked.pairs),
            list(asked.actors),
        )
        labels = torch.tensor(asked.labels)
        weights = torch.tensor(asked.weights)
        each = functional.cross_entropy(scores, labels, reduction="none", label_smoothing=0.02)
        total = total + (each * weights).sum()
        weight += float(weights.sum())
    return total, weight


def train(
    examples: list[tuple[Example, Example]],
    core: list[Example],
    made: list[Example],
    rounds: int,
    out: Path,
) -> tuple[MiniLMTorch, Heads]:
    """Every text in every round, with names as labelled or as found, and a part of the rest; the rate
    rises for 60 steps and then falls.
    """
    encoder, heads = MiniLMTorch(RANK, MARKS), Heads()
    rng = random.Random(SEED)
    learned = [p for p in [*encoder.parameters(), *heads.parameters()] if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    plans = []
    for _ in range(rounds):
        plan = [*batches([rng.choice(both) for both in examples], 4, rng)]
        plan += batches(rng.sample(core, min(CORE_A_ROUND, len(core))), 12, rng)
        plan += batches(rng.sample(made, min(MADE_A_ROUND, len(made))), 10, rng)
        rng.shuffle(plan)
        plans.append(plan)
    steps, step, begun = sum(map(len, plans)), 0, time.monotonic()
    encoder.train()
    heads.train()
    for number, plan in enumerate(plans):
        total, held = 0.0, 0.0
        for group in plan:
            for g in optimiser.param_groups:
                g["lr"] = RATE * min(1.0, (step + 1) / 60) * max(0.01, 1 - step / steps)
            losses = [
                loss_of(s, e, heads) for s, e in zip(run(encoder, group, rng), group, strict=True)
            ]
            weight = sum(w for _, w in losses)
            loss = torch.stack([lost for lost, _ in losses]).sum() / max(weight, 1.0)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            step += 1
            total, held = total + loss.item() * weight, held + weight
        print(
            f"round {number} step {step}/{steps} loss {total / max(held, 1):.4f} {time.monotonic() - begun:.0f}s",
            flush=True,
        )
        save(encoder, heads, out)
    encoder.eval()
    heads.eval()
    return encoder, heads


def save(encoder: MiniLMTorch, heads: Heads, path: Path) -> None:
    tensors = encoder.tensors()
    for name, value in heads.named_parameters():
        tensors[f"head.{name}"] = half(value)
    save_file(tensors, path)


def half(value: Tensor) -> np.ndarray[Any, Any]:
    return np.ascontiguousarray(value.detach().numpy().astype(np.float16))


@dataclass(frozen=True, slots=True)
class Counted:
    right: int
    given: int
    wanted: int


@torch.no_grad()  # type: ignore[untyped-decorator]
def measure(encoder: MiniLMTorch, heads: Heads, examples: list[Example]) -> str:
    """Links of pairs in sentences: how many of those found are right, and of those wanted are found."""
    encoder.eval()
    heads.eval()
    right = given = wanted = linked = 0
    for example in examples:
        states = run(encoder, [example], None)[0]
        for asked in example.asked:
            scores = scored(
                states,
                example.row,
                heads,
                asked.sentence,
                torch.tensor(asked.pairs),
                list(asked.actors),
            )
            for guess, label, weight in zip(
                scores.argmax(1).tolist(), asked.labels, asked.weights, strict=True
            ):
                if weight > 0:
                    right += guess == label != 0
                    linked += guess != 0 and label != 0
                    given += guess != 0
                    wanted += label != 0
    shares = [
        a / max(b, 1)
        for a, b in ((right, given), (right, wanted), (linked, given), (linked, wanted))
    ]
    return "P {:.3f} R {:.3f}, of any link P {:.3f} R {:.3f}, {} links".format(*shares, wanted)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("shared", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--all", action="store_true", help="learn from what is kept aside too")
    given = options.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(given.threads)
    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    with tempfile.TemporaryDirectory() as cache:
        tagger = NameTagger(Path(cache))
        rows = labelled_texts(given.shared / "training")
        texts = text_examples(rows, tokenizer, tagger)
    core = core_examples(given.shared / "benchmarks/core/train.jsonl", tokenizer)
    kept = [both for both in texts if both[0].aside]
    shown = texts if given.all else [both for both in texts if not both[0].aside]
    made = made_examples(tokenizer, 4000, SEED)
    print(f"{len(shown)} texts, {len(kept)} aside, {len(core)} sentences of CORE", flush=True)
    learned = [e for e in core if not e.aside]
    encoder, heads = train(shown, learned, made, given.rounds, given.out)
    print("texts aside, names labelled:", measure(encoder, heads, [one for one, _ in kept]))
    print("texts aside, names found:", measure(encoder, heads, [other for _, other in kept]))
    print("CORE aside:", measure(encoder, heads, [e for e in core if e.aside][:400]))


if __name__ == "__main__":
    main()
