"""Teaches MiniLM the names of organisations, persons and places: assistant/deals/reading/names.safetensors.

Data: entities.jsonl (wikigold, Broad Twitter Corpus and WNUT-17, CC BY 4.0; SEC filings, CC BY 3.0) and
deal_paragraphs.jsonl and news.jsonl (invented texts). Every tenth deal text is kept aside and only measured.
A low-rank adapter and a head of two layers, AdamW, linear decay, one seed. Needs torch.

    python training/train_names.py DATA_FOLDER FILE

2026-11-24, torch 2.13.0, one thread, about 7 minutes: organisations of the texts kept aside found word
for word with precision .885, recall .889.
The file is put in its place, and its hash in tagger, by hand once its figures are good.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch  # type: ignore[import-not-found]
from safetensors.numpy import save_file
from torch import Tensor, nn

from assistant.deals.reading.tagger import (
    SHAPES,
    TAGS,
    first_pieces,
    join_tags,
    shapes_around,
    split_words,
)
from assistant.encoder.adapted import Pieces
from assistant.encoder.minilm import CLS, SEP, weights_folder
from training.deal_texts import labelled_texts
from training.minilm_torch import DIMENSION, MiniLMTorch
from training.name_examples import Example, deal_examples, tagged_examples, varied

SEED, RANK, EPOCHS, BATCH, RATE, HIDDEN, LONGEST = 20261124, 16, 2, 16, 2e-3, 96, 120
HELD_OUT = 10
CREDITS = {
    "trained_on": "wikigold (CC BY 4.0); Broad Twitter Corpus (CC BY 4.0); WNUT-17 (CC BY 4.0); "
    "SEC filings (CC BY 3.0); invented deal texts",
    "trained_by": "training/train_names.py",
}


class Tagger(nn.Module):  # type: ignore[misc]
    """States of the first piece of each word, and the words' shapes, to odds of the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = MiniLMTorch(RANK)
        self.inner = nn.Linear(DIMENSION + 3 * SHAPES, HIDDEN)
        self.outer = nn.Linear(HIDDEN, len(TAGS))
        self.drop = nn.Dropout(0.1)

    def forward(self, batch: Batch) -> Tensor:
        state = self.encoder(batch.ids)
        words = state[batch.rows, batch.places]
        hidden = torch.relu(self.inner(torch.cat([self.drop(words), batch.shapes], dim=1)))
        return self.outer(self.drop(hidden))


@dataclass(frozen=True, slots=True)
class Item:
    """One text as numbers: `places` of the words among the ids, `allowed` tags as 0 or 1."""

    ids: list[int]
    places: list[int]
    shapes: np.typing.NDArray[np.float32]
    allowed: np.typing.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Batch:
    ids: Tensor
    rows: Tensor
    places: Tensor
    shapes: Tensor
    allowed: Tensor


class Preparer:
    """Turns examples into numbers with the tokenizer the application uses."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def item(self, example: Example) -> Item:
        encoding = self._tokenizer.encode(example.text, add_special_tokens=False)
        pieces = Pieces(tuple(encoding.ids), tuple(encoding.offsets))
        words = split_words(example.text)
        firsts = first_pieces(words, pieces)
        allowed = np.array(
            [[bits >> t & 1 for t in range(len(TAGS))] for bits in example.allowed()]
        )
        keep = sum(first < min(len(pieces.ids), LONGEST) for first in firsts)
        return Item(
            [CLS, *pieces.ids[:LONGEST], SEP],
            [first + 1 for first in firsts[:keep]],
            shapes_around(example.text, words)[:keep],
            allowed[:keep].astype(np.float32),
        )


def batched(items: Sequence[Item], chance: random.Random) -> Iterator[Batch]:
    """Batches of about one length, in random order."""
    order = sorted(range(len(items)), key=lambda i: len(items[i].ids) + chance.random() * 6)
    groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    chance.shuffle(groups)
    for group in groups:
        yield stacked([items[i] for i in group])


def stacked(items: Sequence[Item]) -> Batch:
    longest = max(len(item.ids) for item in items)
    ids = torch.zeros(len(items), longest, dtype=torch.long)
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
    rows = [row for row, item in enumerate(items) for _ in item.places]
    places = [place for item in items for place in item.places]
    shapes = torch.from_numpy(np.concatenate([item.shapes for item in items]))
    allowed = torch.from_numpy(np.concatenate([item.allowed for item in items]))
    return Batch(ids, torch.tensor(rows), torch.tensor(places), shapes, allowed)


def loss_of(odds: Tensor, allowed: Tensor) -> Tensor:
    """Minus the logarithm of the share of the tags a word may have."""
    share = torch.log_softmax(odds, dim=1) + torch.where(allowed > 0, 0.0, -1e4)
    return -torch.logsumexp(share, dim=1).mean()


def train(tagger: Tagger, examples: list[Example], pool: list[str], chance: random.Random) -> None:
    learned = [p for p in tagger.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    steps, step = EPOCHS * math.ceil(len(examples) / BATCH), 0
    preparer = Preparer()
    tagger.train()
    for epoch in range(EPOCHS):
        items = [preparer.item(varied(e, pool, chance)) for e in examples]
        total, begun = 0.0, time.monotonic()
        for batch in batched([item for item in items if item.places], chance):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(step / 60, 1 - (step - 1) / steps)
            loss = loss_of(tagger(batch), batch.allowed)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            total += loss.item()
            if step % 100 == 0:
                print(f"step {step}/{steps} {time.monotonic() - begun:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: loss {total / steps * EPOCHS:.4f}", flush=True)


def measure(tagger: Tagger, examples: list[Example]) -> str:
    """Exact organisations of texts kept aside: precision, recall."""
    preparer = Preparer()
    tagger.eval()
    right = said = gold = 0
    for example in examples:
        item = preparer.item(example)
        if not item.places:
            continue
        with torch.no_grad():
            shares = torch.softmax(tagger(stacked([item])), dim=1).numpy()
        words = split_words(example.text)[: len(shares)]
        found = {t.span for t in join_tags(words, shares) if t.kind == "ORG"}
        wanted = {mark.span for mark in example.marks if mark.tag == 1}
        right += len(found & wanted)
        said += len(found)
        gold += len(wanted)
    return f"organisations kept aside: precision {right / said:.3f}, recall {right / gold:.3f}"


def main(folder: Path, file: Path) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    chance = random.Random(SEED)
    rows = labelled_texts(folder)
    aside = deal_examples(rows[::HELD_OUT])
    kept = [row for index, row in enumerate(rows) if index % HELD_OUT]
    examples = deal_examples(kept) + tagged_examples(folder, chance)
    names = {name for row in kept for name in row["organisations"] if name[0].isupper()}
    pool = sorted(name for name in names if not re.search(r"[a-z]{3,} of ", name))
    print(f"{len(examples)} examples, {len(pool)} names")
    tagger = Tagger()
    train(tagger, examples, pool, chance)
    tensors = tagger.encoder.tensors()
    for part in ("inner", "outer"):
        for key, value in getattr(tagger, part).state_dict().items():
            tensors[f"head.{part}.{key}"] = value.numpy().astype(np.float16)
    save_file(tensors, file, metadata=CREDITS)
    print(measure(tagger, aside))
    print(f"{file.name}: sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
