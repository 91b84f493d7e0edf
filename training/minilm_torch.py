"""MiniLM in torch, for training alone: the encoder frozen, a low-rank adapter beside each product.

Reads the weights the application reads and writes the tensors `assistant.encoder.adapter` describes.
Knows nothing of tasks: a trainer puts its heads beside it. Needs torch, which running does not.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found]
from safetensors.numpy import load_file
from torch import Tensor, nn
from torch.nn import functional  # type: ignore[import-not-found]

from assistant.encoder.minilm import weights_folder

LAYERS, HEADS, DIMENSION, EPSILON = 6, 12, 384, 1e-12
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class AdaptedLinear(nn.Module):  # type: ignore[misc]
    """x W' + b + x down' up', of which only down and up are learned; up starts at zero."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        outputs, inputs = weight.shape
        self.down = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, x: Tensor) -> Tensor:
        plain = functional.linear(x, self.weight, self.bias)
        return plain + functional.linear(functional.linear(x, self.down), self.up)


class MiniLMTorch(nn.Module):  # type: ignore[misc]
    """Token ids (B x L, 0 pads) to states (B x L x 384). `learned_ids` get embeddings of their own."""

    def __init__(self, rank: int, learned_ids: tuple[int, ...] = (), dropout: float = 0.1) -> None:
        super().__init__()
        stored = load_file(weights_folder() / "model.safetensors")
        weights = {name: torch.from_numpy(value) for name, value in stored.items()}
        self.dropout = dropout
        self.learned_ids = learned_ids
        places = weights["embeddings.position_embeddings.weight"]
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        words = weights["embeddings.word_embeddings.weight"]
        self.register_buffer("places", places + segment)
        self.register_buffer("words", words)
        self.rows = nn.Parameter(words[list(learned_ids)].clone())
        self.norms = {n: v for n, v in weights.items() if "LayerNorm" in n}
        self.linears = nn.ModuleDict()
        for layer in range(LAYERS):
            for part in PARTS:
                name = f"encoder.layer.{layer}.{part}"
                linear = AdaptedLinear(weights[f"{name}.weight"], weights[f"{name}.bias"], rank)
                self.linears[name.replace(".", "/")] = linear

    def forward(self, ids: Tensor) -> Tensor:
        words: Tensor = self.words
        places: Tensor = self.places
        if self.learned_ids:
            words = words.index_copy(0, torch.tensor(self.learned_ids), self.rows)
        state = self._norm("embeddings.LayerNorm", words[ids] + places[: ids.shape[1]])
        state = functional.dropout(state, self.dropout, self.training)
        seen = (ids != 0)[:, None, None, :]
        for layer in range(LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state, seen)
        return state

    def _layer(self, name: str, state: Tensor, seen: Tensor) -> Tensor:
        batch, length, _ = state.shape
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", state)
            .view(batch, length, HEADS, -1)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        heard = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        heard = heard.transpose(1, 2).reshape(batch, length, DIMENSION)
        new = self._linear(f"{name}.attention.output.dense", heard)
        new = functional.dropout(new, self.dropout, self.training)
        state = self._norm(f"{name}.attention.output.LayerNorm", state + new)
        wide = functional.gelu(self._linear(f"{name}.intermediate.dense", state))
        new = self._linear(f"{name}.output.dense", wide)
        new = functional.dropout(new, self.dropout, self.training)
        return self._norm(f"{name}.output.LayerNorm", state + new)

    def _linear(self, name: str, state: Tensor) -> Tensor:
        result: Tensor = self.linears[name.replace(".", "/")](state)
        return result

    def _norm(self, name: str, state: Tensor) -> Tensor:
        weight, bias = self.norms[f"{name}.weight"], self.norms[f"{name}.bias"]
        return functional.layer_norm(state, (DIMENSION,), weight, bias, EPSILON)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """What is learned, as half floats under the names of the adapter's file."""
        found: dict[str, npt.NDArray[np.generic]] = {}
        for name, linear in self.linears.items():
            for part in ("down", "up"):
                value = getattr(linear, part).detach().numpy().astype(np.float16)
                found[f"{name.replace('/', '.')}.{part}"] = value
        if self.learned_ids:
            found["tokens.ids"] = np.array(self.learned_ids, dtype=np.int32)
            found["tokens.rows"] = self.rows.detach().numpy().astype(np.float16)
        return found
