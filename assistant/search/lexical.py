"""Passages by word: a tantivy index with English stems, ranked by BM25.

The only module that sees tantivy. The position in the change log lies in a file beside the index
and is written after the commit it stands for.
"""

from __future__ import annotations

import json
import math
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.domain import Article, Passage
from assistant.errors import IndexBroken

_VERSION = "w1"
"""Stands for fields and analysis; a change makes a new folder."""

_TITLE_WEIGHT = 0.6
"""Of a word found in the title, against 1 for the passage itself; measured, see benchmarks."""

_WRITER_BYTES = 32_000_000

STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before but by can could did do does for from get "
    "had has have he her his how i if in into is it its many me more much of on one or other over say "
    "said she should so some tell than that the their them then there these they this to up was we were "
    "what when where which who whom whose why will with would you your".split()
)


class LexicalIndex:
    """Words of passages and titles. Reads and writes may come from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _VERSION
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        import tantivy

        self._folder.mkdir(parents=True, exist_ok=True)
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("id", stored=True, indexed=True, fast=True)
        schema.add_text_field("title", tokenizer_name="accord", index_option="freq")
        schema.add_text_field("body", tokenizer_name="accord", index_option="freq")
        self._schema = schema.build()
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(60))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        try:
            self._index = tantivy.Index(self._schema, path=str(self._folder))
            self._index.register_tokenizer("accord", self._analyzer)
            self._position = self._read_position()
        except ValueError as error:
            raise IndexBroken(
                f"the word index in {self._folder} cannot be opened ({error}); run `accord reindex`"
            ) from error
        self._writer: Any = None

    @property
    def position(self) -> int:
        return self._position

    def _read_position(self) -> int:
        path = self._folder / "position.json"
        if not path.exists():
            return 0
        held = json.loads(path.read_text("utf-8"))
        position = held.get("position") if isinstance(held, dict) else None
        if not isinstance(position, int):
            raise ValueError(f"{path.name} holds no position")
        return position

    def count(self) -> int:
        return int(self._index.searcher().num_docs)

    def ids(self) -> set[int]:
        import tantivy

        count = self.count()
        if not count:
            return set()
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.all_query(), limit=count).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        return {int(i) for i in found if i is not None}

    def remove(self, ids: Sequence[int]) -> None:
        with self._lock:
            self._delete(ids)

    def add(self, passages: Sequence[tuple[Passage, Article]]) -> None:
        import tantivy

        with self._lock:
            self._delete([passage.id for passage, _ in passages])
            for passage, article in passages:
                document = tantivy.Document()
                document.add_unsigned("id", passage.id)
                document.add_text("title", article.source.title)
                document.add_text("body", passage.text)
                self._writer.add_document(document)

    def _delete(self, ids: Sequence[int]) -> None:
        import tantivy

        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        for passage_id in ids:
            # By query: by term, a Python int is taken for a signed one and matches nothing.
            self._writer.delete_documents_by_query(
                tantivy.Query.term_query(self._schema, "id", passage_id)
            )

    def advance(self, position: int) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.commit()
                self._index.reload()
            draft = self._folder / "position.new"
            draft.write_text(json.dumps({"position": position}))
            draft.replace(self._folder / "position.json")
            self._position = position

    def clear(self) -> None:
        with self._lock:
            self._writer = None
            shutil.rmtree(self._folder, ignore_errors=True)
            self._open()

    def terms(self, text: str) -> list[str]:
        """Distinct stems of `text` without stop words, in order."""
        words = [w for w in self._analyzer.analyze(_without_stop_words(text)) if w]
        return list(dict.fromkeys(words))

    def rarity(self, term: str) -> float:
        """1 for a stem that no passage holds, towards 0 for one that all do (scaled log frequency)."""
        searcher = self._index.searcher()
        count = searcher.num_docs
        if count < 2:
            return 1.0
        held = searcher.doc_freq("body", term)
        return 1.0 - math.log(1 + held) / math.log(1 + count)

    def best(self, text: str, k: int) -> list[tuple[int, float]]:
        """(passage id, BM25 score) of the `k` passages that share words with `text`, best first."""
        import tantivy

        should = []
        for term in self.terms(text):
            body = tantivy.Query.term_query(self._schema, "body", term, "freq")
            title = tantivy.Query.term_query(self._schema, "title", term, "freq")
            should.append((tantivy.Occur.Should, body))
            should.append((tantivy.Occur.Should, tantivy.Query.boost_query(title, _TITLE_WEIGHT)))
        if not should:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(should), limit=k, count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        scores = [float(score) for score, _ in hits]
        return [(int(i), s) for i, s in zip(found, scores, strict=True) if i is not None]


def _without_stop_words(text: str) -> str:
    return " ".join(w for w in text.split() if w.lower().strip("?,.!'\"") not in STOP_WORDS)
