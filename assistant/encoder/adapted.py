"""What MiniLM makes of each token once a small adapter has taught it a task.

For names and pairs, which read tokens where search reads whole texts. The caller's heads stand in
the adapter's file (see `adapter`); what they mean is the caller's. Knows nothing of tags or deals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.encoder.adapter import Adapter
from assistant.encoder.minilm import CLS, SEP, MiniLM, Vectors, well_formed

_WINDOW = 1024  # rows held as states at a time: 1,024 sentences of 40 tokens are 63 MB


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces of a text without the two marks; `offsets[i]` is where `ids[i]` stands in it."""

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


class AdaptedEncoder:
    """Safe for several threads. Raises WeightsMissing when first used.

    The first use ever writes a graph of 90 MB into the cache, which takes about two seconds.
    """

    max_tokens = 256
    dimension = 384

    def __init__(
        self, cache_folder: Path, adapter: Adapter, threads: int | None = None, batch_size: int = 8
    ) -> None:
        self.adapter = adapter
        self._model = MiniLM(cache_folder, threads, adapter)
        self._batch_size = batch_size

    def load(self) -> None:
        """Load now what would be loaded at first use."""
        self._model.load()

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """All word pieces of each text, however many."""
        window = [well_formed(text) for text in texts]
        encodings = self._model.tokenizer.encode_batch(window, add_special_tokens=False)
        return [Pieces(tuple(e.ids), tuple(e.offsets)) for e in encodings]

    def states(self, rows: Sequence[Sequence[int]]) -> Iterator[Vectors]:
        """float32 (tokens, 384) for each row of token ids, in their order, without the two marks.

        The rows come without `[CLS]` and `[SEP]`, which are set around them; what is beyond 254
        ids of a row is neither read nor returned. Rows may hold any ids below 30,522.
        """
        room = self.max_tokens - 2
        for start in range(0, len(rows), _WINDOW):
            tokens = [[CLS, *row[:room], SEP] for row in rows[start : start + _WINDOW]]
            found = [np.empty((0, self.dimension), dtype=np.float32)] * len(tokens)
            for batch, outputs in self._model.run_sorted(tokens, ["tokens"], self._batch_size):
                for row, index in enumerate(batch):
                    found[index] = outputs[0][row, 1 : len(tokens[index]) - 1]
            yield from found
