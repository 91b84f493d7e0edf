"""The graph of all-MiniLM-L6-v2 in ONNX, written from its named weights.

A BERT encoder of six layers (Devlin et al. 2018, arXiv:1810.04805), mean pooling over the tokens
and division by the length, as sentence-transformers runs it. It uses onnxruntime's own fused
operators (domain `com.microsoft`), so only onnxruntime runs it. Knows nothing of tokens or texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper
from safetensors import safe_open

LAYERS = 6
HEADS = 12
DIMENSION = 384
EPSILON = 1e-12
_FUSED = "com.microsoft"

Weights = Callable[[str], npt.NDArray[np.float32]]
Sink = Callable[[bytes], object]
Adapt = Callable[[str, npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def write_graph_file(safetensors: Path, file: BinaryIO, adapt: Adapt | None = None) -> str:
    """Writes the graph of the weights in a file, the same bytes every time; returns their sha256.

    `adapt` is given each weight with its name and returns what is to stand in its place.
    """
    digest = hashlib.sha256()

    def write(piece: bytes) -> None:
        digest.update(piece)
        file.write(piece)

    with safe_open(safetensors, framework="numpy") as weights:

        def weight(name: str) -> npt.NDArray[np.float32]:
            stored: npt.NDArray[np.float32] = weights.get_tensor(name)
            return adapt(name, stored) if adapt else stored

        write_graph(weight, write)
    return digest.hexdigest()


def write_graph(weights: Weights, write: Sink) -> None:
    """Writes the serialised model: `input_ids`, `attention_mask` (int32, B x L) to `tokens`
    (B x L x 384, the last hidden states) and `sentence` (B x 384, length 1). L is at most 512.

    `weights` gives a weight by its name; `write` takes the file's bytes in pieces. The same weights
    give the same bytes.
    """
    encoder = _Encoder(weights, write)
    state = encoder.embeddings()
    for layer in range(LAYERS):
        state = encoder.layer(f"encoder.layer.{layer}", f"layer{layer}", state)
    encoder.node("Identity", [state], "tokens")
    encoder.pooling()
    write(_bytes(_model(encoder.nodes)))


class _Encoder:
    """The encoder, part by part; a part returns the name of its output.

    Constants are written as they come. Serialised messages one after another are, by protobuf's
    definition, one message merged, so the weights pass through memory one by one: building the
    model whole held three copies of them.
    """

    def __init__(self, weights: Weights, write: Sink) -> None:
        self._weights = weights
        self._write = write
        self.nodes: list[NodeProto] = []

    def node(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        made = helper.make_node(
            operator, inputs, [output], name=output, domain=domain, **attributes
        )
        self.nodes.append(made)
        return output

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        tensor = numpy_helper.from_array(np.ascontiguousarray(value), name)
        self._write(_bytes(ModelProto(graph=GraphProto(initializer=[tensor]))))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights(name))

    def embeddings(self) -> str:
        # One segment only, so its row is added to every position once and for all.
        positions = self._weights("embeddings.position_embeddings.weight")
        segment = self._weights("embeddings.token_type_embeddings.weight")[0]
        words = self.weight("embeddings.word_embeddings.weight")
        places = self.constant("positions", positions + segment)
        norm = self.norm("embeddings.LayerNorm")
        inputs = ["input_ids", "", words, places, "", *norm]
        self.node("EmbedLayerNormalization", inputs, "embeddings", _FUSED, epsilon=EPSILON)
        # The operator has a second output for a mask's length, which it wants named.
        self.nodes[-1].output.append("embeddings.mask")
        return "embeddings"

    def layer(self, source: str, name: str, state: str) -> str:
        heard = self.attention(f"{source}.attention.self", f"{name}.heard", state)
        state = self.added(f"{source}.attention.output", f"{name}.attended", heard, state)
        wide = self.matmul(f"{source}.intermediate.dense", state)
        bias = self.weight(f"{source}.intermediate.dense.bias")
        active = self.node("BiasGelu", [wide, bias], f"{name}.active", _FUSED)
        return self.added(f"{source}.output", name, active, state)

    def attention(self, source: str, name: str, state: str) -> str:
        parts = [f"{source}.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights(f"{part}.weight").T for part in parts], axis=1)
        bias = np.concatenate([self._weights(f"{part}.bias") for part in parts])
        inputs = [
            state,
            self.constant(f"{source}.weight", weight),
            self.constant(f"{source}.bias", bias),
            "attention_mask",
        ]
        return self.node("Attention", inputs, name, _FUSED, num_heads=HEADS)

    def added(self, source: str, name: str, new: str, state: str) -> str:
        """LayerNorm(state + new @ weight + bias)."""
        product = self.matmul(f"{source}.dense", new)
        norm = self.norm(f"{source}.LayerNorm")
        inputs = [product, state, *norm, self.weight(f"{source}.dense.bias")]
        return self.node("SkipLayerNormalization", inputs, name, _FUSED, epsilon=EPSILON)

    def norm(self, source: str) -> list[str]:
        return [self.weight(f"{source}.weight"), self.weight(f"{source}.bias")]

    def matmul(self, source: str, state: str) -> str:
        # PyTorch keeps a layer's weight as outputs x inputs.
        weight = self.constant(f"{source}.weight", self._weights(f"{source}.weight").T)
        return self.node("MatMul", [state, weight], f"{source}.product")

    def pooling(self) -> None:
        # mask (B x 1 x L) @ tokens (B x L x 384) is the sum over real tokens. What makes the length
        # 1 divides the number of tokens out, so there is no mean to take.
        axis = self.constant("pooling.axis", np.array([1], dtype=np.int64))
        mask = self.node("Cast", ["attention_mask"], "pooling.mask", to=TensorProto.FLOAT)
        row = self.node("Unsqueeze", [mask, axis], "pooling.row")
        total = self.node("MatMul", [row, "tokens"], "pooling.total")
        flat = self.node("Squeeze", [total, axis], "pooling.flat")
        self.node("LpNormalization", [flat], "sentence", axis=-1, p=2)


def _model(nodes: list[NodeProto]) -> ModelProto:
    tokens = ["batch", "length"]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT32, tokens),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT32, tokens),
    ]
    outputs = [
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*tokens, DIMENSION]),
        helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", DIMENSION]),
    ]
    return helper.make_model(
        helper.make_graph(nodes, "all-MiniLM-L6-v2", inputs, outputs),
        producer_name="accord",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)],
    )


def _bytes(model: ModelProto) -> bytes:
    data: bytes = model.SerializeToString(deterministic=True)
    return data
