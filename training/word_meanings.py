"""Words that mean alike count alike: a vector a word from MiniLM, for linear models that count words.

What a model learns on these vectors is one more weight a word, so that a text is read without them.
Each word is embedded alone, reduced to its main directions, and weighed down where it is frequent
(the weight a / (a + share) is that of Arora, Liang and Ma, 2017, "smooth inverse frequency").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,import-not-found,unused-ignore]

from assistant.encoder.minilm import MiniLM, MiniLMEmbeddings

DIRECTIONS = 256
FREQUENT = 3e-3
_WORD = "w="
_WHOLE = re.compile(r"[a-z]{2,}")


class WordMeanings:
    """Vectors of the words of MiniLM's vocabulary and of the features seen; `scale` weighs them."""

    def __init__(self, cache_folder: Path, seen: Iterable[Sequence[str]], scale: float) -> None:
        counts = Counter(f[len(_WORD) :] for row in seen for f in row if f.startswith(_WORD))
        vocabulary = {w for w in MiniLM(cache_folder).tokenizer.get_vocab() if _WHOLE.fullmatch(w)}
        self.words = sorted(vocabulary | set(counts))
        vectors = np.asarray(MiniLMEmbeddings(cache_folder).embed_array(self.words))
        vectors = vectors - vectors.mean(axis=0)
        main = np.linalg.svd(vectors, full_matrices=False)[2][:DIRECTIONS].T
        vectors = vectors @ main
        vectors /= np.sqrt((vectors**2).sum(axis=1).mean())
        shares = np.array([counts[w] + 0.5 for w in self.words]) / counts.total()
        self.vectors: Any = scale * vectors * (FREQUENT / (FREQUENT + shares))[:, None]
        self._places = {_WORD + word: i for i, word in enumerate(self.words)}

    def sums(self, rows: Iterable[Sequence[str]]) -> Any:
        """For each row of features the sum of its words' vectors, as columns to put beside others."""
        found = [[self._places[f] for f in {*row} if f in self._places] for row in rows]
        return csr_matrix(np.vstack([self.vectors[places].sum(axis=0) for places in found]))

    def weights(self, learned: Any) -> dict[str, float]:
        """What the weights `learned` for the columns say of each word."""
        return dict(zip((_WORD + w for w in self.words), self.vectors @ learned, strict=True))
