"""Learned linear scores: a file of weights by feature name, read once.

Knows nothing of what the features mean. training/train_details.py writes the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=8)
def read_weights(name: str) -> Mapping[str, Mapping[str, float]]:
    """For each class its weights by feature; `threshold` is no feature."""
    text = (_FOLDER / f"{name}.json").read_text("utf-8")
    weights: Mapping[str, Mapping[str, float]] = json.loads(text)
    return weights


def linear_score(features: Iterable[str], weights: Mapping[str, float]) -> float:
    """Log odds, or what was regressed. Every feature counts once; `bias` is one of them."""
    return sum([weights[f] for f in set(features) if f in weights])
