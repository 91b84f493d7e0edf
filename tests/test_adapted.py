"""Adapters on MiniLM: real weights, a real graph, small adapters made here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file

from assistant.encoder.adapted import AdaptedEncoder
from assistant.encoder.adapter import Adapter, open_adapter
from assistant.encoder.minilm import MiniLM, MiniLMEmbeddings
from assistant.errors import WeightsMissing

TEXTS = ["Velmora buys Tarnbeck Castings.", "", "It rained in Norrby.", "deal " * 400]
QUERY = "encoder.layer.5.attention.self.query"
OUTPUT = "encoder.layer.5.output.dense"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _adapter(folder: Path, name: str = "trial", **tensors: npt.NDArray[np.generic]) -> Adapter:
    path = folder / f"{name}.safetensors"
    save_file({key.replace("__", "."): value for key, value in tensors.items()}, path)
    return open_adapter(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _low_rank(part: str, inputs: int, outputs: int) -> dict[str, npt.NDArray[np.generic]]:
    random = np.random.default_rng(7)
    return {
        f"{part}.down": random.normal(0, 0.1, (4, inputs)).astype(np.float16),
        f"{part}.up": random.normal(0, 0.1, (outputs, 4)).astype(np.float16),
    }


def _states(encoder: AdaptedEncoder, texts: list[str]) -> list[npt.NDArray[np.float32]]:
    return list(encoder.states([pieces.ids for pieces in encoder.pieces(texts)]))


def test_without_a_change_the_states_are_those_of_the_plain_model(
    cache: Path, tmp_path: Path
) -> None:
    encoder = AdaptedEncoder(cache, _adapter(tmp_path, "plain", head__bias=np.zeros(3)))
    ids = encoder.pieces(TEXTS)[0].ids
    (state,) = encoder.states([ids])
    plain = MiniLM(cache).run([[101, *ids, 102]], ["tokens"])[0][0, 1:-1]
    assert np.abs(state - plain).max() < 1e-5


def test_a_low_rank_change_is_added_to_the_weight_it_names(cache: Path, tmp_path: Path) -> None:
    """Of the last layer's last product, so the state can be reckoned by hand before the last norm."""
    change = _low_rank(OUTPUT, 1536, 384)
    adapter = _adapter(tmp_path, "last", **change)
    weight = np.ones((384, 1536), dtype=np.float32)
    up, down = (change[f"{OUTPUT}.{part}"].astype(np.float32) for part in ("up", "down"))
    assert np.array_equal(adapter.adapted(f"{OUTPUT}.weight", weight), weight + up @ down)
    assert adapter.adapted(f"{QUERY}.weight", weight) is weight
    changed = _states(AdaptedEncoder(cache, adapter), TEXTS[:1])[0]
    plain = _states(
        AdaptedEncoder(cache, _adapter(tmp_path, "plain", head__bias=np.zeros(3))), TEXTS[:1]
    )[0]
    assert np.abs(changed - plain).max() > 0.01


def test_a_row_of_the_word_embeddings_can_be_replaced(cache: Path, tmp_path: Path) -> None:
    """By that of another word, which makes the two read alike."""
    plain = AdaptedEncoder(cache, _adapter(tmp_path, "plain", head__bias=np.zeros(3)))
    (bank,) = plain.pieces(["bank"])[0].ids
    words = np.zeros((bank + 1, 384), dtype=np.float32)
    words[bank] = 5
    ids = np.array([1], dtype=np.int32)
    rows = np.full((1, 384), 0.5, dtype=np.float16)
    adapter = _adapter(tmp_path, "marker", tokens__ids=ids, tokens__rows=rows)
    changed = adapter.adapted("embeddings.word_embeddings.weight", words)
    assert (changed[1] == 0.5).all()
    assert (changed[bank] == 5).all()
    assert (words[1] == 0).all()
    marked, unmarked = AdaptedEncoder(cache, adapter).states([[1, bank], [2, bank]])
    assert np.abs(marked - unmarked).max() > 0.01


def test_every_text_has_a_state_a_piece_up_to_254(cache: Path, tmp_path: Path) -> None:
    encoder = AdaptedEncoder(cache, _adapter(tmp_path, "trial", **_low_rank(QUERY, 384, 384)))
    pieces = encoder.pieces(TEXTS)
    states = _states(encoder, TEXTS)
    assert [len(p.ids) for p in pieces] == [len(p.offsets) for p in pieces]
    assert [s.shape for s in states] == [(min(len(p.ids), 254), 384) for p in pieces]
    assert all(state.dtype == np.float32 for state in states)
    start, end = pieces[0].offsets[0]
    assert TEXTS[0][start:end] in "Velmora"


def test_a_text_reads_the_same_whatever_its_batch_mates(cache: Path, tmp_path: Path) -> None:
    encoder = AdaptedEncoder(cache, _adapter(tmp_path, "trial", **_low_rank(QUERY, 384, 384)))
    together = _states(encoder, TEXTS)
    for text, state in zip(TEXTS, together, strict=True):
        (alone,) = _states(encoder, [text])
        assert alone == pytest.approx(state, abs=1e-5)


def test_two_adapters_and_the_plain_model_live_in_one_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    MiniLMEmbeddings(cache).load()
    for name in ("names", "pairs"):
        AdaptedEncoder(cache, _adapter(tmp_path, name, **_low_rank(QUERY, 384, 384)), 1).load()
    graphs = sorted(path.name.split("-graph")[0] for path in cache.iterdir())
    assert [name.rsplit("-", 1)[0] for name in graphs] == [
        "adapted-names-53aa5117",
        "adapted-pairs-53aa5117",
        "all-MiniLM-L6-v2",
    ]


def test_a_new_adapter_takes_the_place_of_the_older_one_of_its_name(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for part in (QUERY, "encoder.layer.4.attention.self.query"):
        AdaptedEncoder(cache, _adapter(tmp_path, "names", **_low_rank(part, 384, 384)), 1).load()
    assert len(list(cache.iterdir())) == 1


def test_a_file_that_was_changed_is_refused_by_name_with_what_to_do(tmp_path: Path) -> None:
    adapter = _adapter(tmp_path, head__bias=np.ones(3, dtype=np.float16))
    path = tmp_path / "trial.safetensors"
    assert open_adapter(path, adapter.sha256).head("bias").dtype == np.float32
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(WeightsMissing, match=r"trial\.safetensors .* Reinstall Accord"):
        open_adapter(path, adapter.sha256)
    with pytest.raises(WeightsMissing, match=r"none\.safetensors cannot be read"):
        open_adapter(tmp_path / "none.safetensors", adapter.sha256)
