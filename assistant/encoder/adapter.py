"""A small file of learned changes to MiniLM's weights, and the heads that read what it then says.

Low-rank adaptation (Hu et al. 2021, arXiv:2106.09685): a weight W becomes W + up @ down, so a task
costs one or two megabytes where its own weights would cost ninety. Knows nothing of graphs or tasks.

The file is a safetensors file, any float type, with tensors of these names:

    <weight>.down     rank x inputs    <weight> as MiniLM's own file names it without `.weight`, such
    <weight>.up       outputs x rank   as `encoder.layer.0.attention.self.query`; scale folded in
    tokens.ids        n                rows of the word embeddings that are replaced; optional
    tokens.rows       n x 384
    head.<name>       any shape        what the caller reads by `head(name)`
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load

from assistant.errors import WeightsMissing

Weights = npt.NDArray[np.float32]

_WORDS = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """`name` names its graphs in the cache; `sha256` is the file's."""

    name: str
    sha256: str
    tensors: Mapping[str, npt.NDArray[np.generic]]

    def adapted(self, name: str, weight: Weights) -> Weights:
        """MiniLM's weight `name` with the learned change, or as it was where there is none."""
        part = name.removesuffix(".weight")
        if f"{part}.down" in self.tensors:
            up, down = self._floats(f"{part}.up"), self._floats(f"{part}.down")
            return weight + up @ down
        if name == _WORDS and "tokens.ids" in self.tensors:
            changed = weight.copy()
            changed[self.tensors["tokens.ids"].astype(np.int64)] = self._floats("tokens.rows")
            return changed
        return weight

    def head(self, name: str) -> Weights:
        """The tensor `head.<name>` as float32. Raises KeyError where the file has none."""
        return self._floats(f"head.{name}")

    def _floats(self, name: str) -> Weights:
        return self.tensors[name].astype(np.float32)


def open_adapter(path: Path, sha256: str) -> Adapter:
    """The adapter in a file that must have this hash. Raises WeightsMissing.

    It is named after the file: two files of one name take turns in one cache.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsMissing(
            f"{path} cannot be read ({error.strerror}). Reinstall Accord."
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise WeightsMissing(
            f"{path} has the sha256 {digest[:16]}... instead of {sha256[:16]}...: it was changed or cut "
            "short. Reinstall Accord; after a training, write the new hash where the old one stands."
        )
    return Adapter(path.stem, digest, load(data))
