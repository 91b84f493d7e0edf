"""Passages by meaning: one Chroma collection, built by one embedder, never mixed with another's.

The only module that sees chromadb. Chroma holds ids and vectors alone: text it deletes lingers in
its write-ahead log, so text stays in the database.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.domain import Article, Passage
from assistant.encoder.minilm import Vectors
from assistant.errors import IndexBroken
from assistant.library.articles import ArticleStore
from assistant.search.embedding import Embedder

_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
"""Recall@10 .997 at 25,000 passages; Chroma's defaults gave .80 at 100,000."""

_ROWS = 2000
"""Rows a call: Chroma refuses more than 5,461."""

_CHUNKER = "p1"
"""Stands for how passages are cut and prefixed; a change makes a new collection."""

POINTER = "vectors"


def embedded_text(passage: Passage, article: Article) -> str:
    """What the embedder reads: a passage alone does not say what or when it speaks of."""
    head = article.source.title
    if article.source.date:
        head = f"{head} ({article.source.date})"
    return f"{head}\n{passage.text}"


class VectorIndex:
    """The live collection in a folder. One process owns the folder; `open_vectors` makes it."""

    def __init__(self, client: Any, name: str, embedder: Embedder, store: ArticleStore) -> None:
        self._client = client
        self.name = name
        self._embedder = embedder
        self._store = store
        self._collection = self._open()

    def _open(self) -> Any:
        return self._client.get_or_create_collection(
            self.name,
            embedding_function=None,
            configuration={"hnsw": _HNSW},
            metadata={"position": 0},
        )

    @property
    def position(self) -> int:
        return int((self._collection.metadata or {}).get("position", 0))

    def count(self) -> int:
        return int(self._collection.count())

    def ids(self) -> set[int]:
        found: set[int] = set()
        while page := self._collection.get(include=[], limit=_ROWS, offset=len(found))["ids"]:
            found.update(int(i) for i in page)
        return found

    def remove(self, ids: Sequence[int]) -> None:
        for i in range(0, len(ids), _ROWS):
            self._collection.delete(ids=[str(n) for n in ids[i : i + _ROWS]])

    def add(self, passages: Sequence[tuple[Passage, Article]]) -> None:
        if not passages:
            return
        texts = [embedded_text(p, a) for p, a in passages]
        parts = [_parts(p, a) for p, a in passages]
        vectors, inner = self._embedder.embed_parts(texts, parts)
        packed = {p.id: pack(rows) for (p, _), rows in zip(passages, inner, strict=False)}
        self._store.keep_sentence_vectors(self._embedder.name, packed)
        for i in range(0, len(passages), _ROWS):
            ids = [str(p.id) for p, _ in passages[i : i + _ROWS]]
            self._collection.add(ids=ids, embeddings=vectors[i : i + _ROWS])

    def advance(self, position: int) -> None:
        self._collection.modify(metadata={"position": position})

    def clear(self) -> None:
        self._client.delete_collection(self.name)
        self._collection = self._open()

    def nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """(passage id, cosine in -1..1) of the `k` passages nearest to a vector, best first."""
        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=k, include=["distances"]
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(int(i), 1.0 - float(distance)) for i, distance in pairs]

    def embed_question(self, text: str) -> Vectors:
        """float32 (d,), of length 1."""
        return np.asarray(self._embedder.embed_query(text), dtype=np.float32)

    def sentence_cosines(self, vector: Vectors, ids: Sequence[int]) -> dict[int, list[float]]:
        """Cosines of a vector with the title and the sentences of passages, where they are held."""
        held = self._store.sentence_vectors(self._embedder.name, ids)
        return {i: (unpack(packed, len(vector)) @ vector).tolist() for i, packed in held.items()}

    def close(self) -> None:
        self._client.close()

    def drop_others(self) -> None:
        """Delete collections that are not the live one, such as a former embedder's."""
        for other in self._client.list_collections():
            if other.name != self.name:
                self._client.delete_collection(other.name)


def _parts(passage: Passage, article: Article) -> list[tuple[int, int]]:
    """The title and the passage's sentences as ranges of the embedded text."""
    move = len(embedded_text(passage, article)) - len(passage.text) - passage.span.start
    sentences = [(s.start + move, s.end + move) for s in passage.sentences]
    return [(0, len(article.source.title)), *sentences]


def pack(vectors: Vectors) -> bytes:
    """Vectors of length 1 or 0 as signed bytes, 1/127 a step: a cosine moves by .002 at most."""
    return np.round(vectors * 127).astype(np.int8).tobytes()


def unpack(packed: bytes, dimension: int) -> Vectors:
    """float32 (n, dimension)."""
    rows = np.frombuffer(packed, dtype=np.int8).reshape(-1, dimension)
    unpacked: Vectors = rows.astype(np.float32) / np.float32(127)
    return unpacked


def open_vectors(folder: Path, embedder: Embedder, store: ArticleStore) -> VectorIndex:
    """The collection that the store points to if it is this embedder's, else a new one.

    The pointer is not moved: `flip` does that once the new collection is built.
    Raises IndexBroken when Chroma cannot read its folder.
    """
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings as ChromaSettings

    name = store.pointer(POINTER) or ""
    if name.rpartition("-g")[0] != _space(embedder):
        name = next_name(embedder, name)
    client: Any = None
    try:
        client = chromadb.PersistentClient(
            str(folder), settings=ChromaSettings(anonymized_telemetry=False)
        )
        return VectorIndex(client, name, embedder, store)
    except Exception as error:
        # The Rust side raises its errors untyped, and a failed client stays cached by its folder.
        if client is None:
            SharedSystemClient.clear_system_cache()
        else:
            client.close()
        raise IndexBroken(
            f"the vectors in {folder} cannot be opened ({error}); run `accord reindex`"
        ) from error


def next_name(embedder: Embedder, current: str) -> str:
    """Name of the collection to build after `current`, one generation on."""
    generation = current.rpartition("-g")[2]
    return f"{_space(embedder)}-g{int(generation) + 1 if generation.isdecimal() else 1}"


def _space(embedder: Embedder) -> str:
    """The embedder and the cutting as a name that Chroma takes, another for every embedder."""
    plain = re.sub(r"[^A-Za-z0-9.-]", "_", embedder.name)
    if plain != embedder.name:
        plain += f"-{hashlib.sha256(embedder.name.encode()).hexdigest()[:8]}"
    return f"{plain}-{_CHUNKER}"


def flip(store: ArticleStore, index: VectorIndex) -> None:
    """Make `index` the live collection and delete the others."""
    if store.pointer(POINTER) != index.name:
        store.set_pointer(POINTER, index.name)
    index.drop_others()
