from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from conftest import HELD, write_articles

from assistant.domain import Article, Span
from assistant.library.articles import ArticleStore
from assistant.library.ingest import Report, ingest_files
from assistant.text import cut_passages

LIMIT = 1_000_000


def _cut(article: Article) -> list[tuple[Span, ...]]:
    first = len(article.source.title) + 1
    return cut_passages(article.content, first, lambda texts: [len(t.split()) for t in texts])


def _ingest(store: ArticleStore, *paths: Path) -> Report:
    return ingest_files(paths, store, _cut, LIMIT)


def _counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.skipped)


def test_everything_goes_in_and_again_is_unchanged(
    store: ArticleStore, articles_folder: Path
) -> None:
    assert _counts(_ingest(store, articles_folder)) == (HELD, 0, 0, 0)
    last = store.holdings().last_change
    assert _counts(_ingest(store, articles_folder)) == (0, 0, HELD, 0)
    assert store.holdings().last_change == last


def test_no_word_of_an_article_is_lost_in_its_passages(
    store: ArticleStore, articles_folder: Path
) -> None:
    _ingest(store, articles_folder)
    for source in store.sources():
        passages = [p.text for p, _ in store.passages_of([source.article_id])]
        assert " ".join(" ".join(passages).split()) == " ".join(
            store.get(source.article_id).text.split()
        )


def test_an_edited_file_is_updated_and_the_others_are_not(
    store: ArticleStore, tmp_path: Path
) -> None:
    write_articles(tmp_path)
    _ingest(store, tmp_path / "dunmore.txt", tmp_path / "wire.jsonl")
    (tmp_path / "dunmore.txt").write_text(
        "Dunmore orders fifty jets\n\nDunmore ordered fifty jets.\n"
    )
    wire = (tmp_path / "wire.jsonl").read_text().replace("54 million", "55 million")
    (tmp_path / "wire.jsonl").write_text(wire)
    report = _ingest(store, tmp_path / "dunmore.txt", tmp_path / "wire.jsonl")
    assert _counts(report) == (0, 2, 4, 0)
    assert "55 million" in store.get("wire-4").text


def test_the_same_text_under_another_path_is_unchanged(store: ArticleStore, tmp_path: Path) -> None:
    text = "Dunmore orders jets\n\nDunmore ordered forty jets.\n"
    for name in ("a.txt", "sub/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert _counts(_ingest(store, tmp_path / "a.txt")) == (1, 0, 0, 0)
    assert _counts(_ingest(store, tmp_path / "sub" / "b.txt")) == (0, 0, 1, 0)
    assert store.holdings().articles == 1


def test_the_same_text_under_another_given_id_is_another_article(
    store: ArticleStore, tmp_path: Path
) -> None:
    lines = [json.dumps({"id": key, "text": "Dunmore ordered jets."}) for key in ("a", "b")]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert _counts(_ingest(store, tmp_path)) == (2, 0, 0, 0)


def test_bad_files_and_lines_are_named_and_the_rest_goes_in(
    store: ArticleStore, tmp_path: Path
) -> None:
    good = {"good.txt": b"T\n\nText.", "good.md": b"# T\n\nOther text."}
    bad = {"empty.txt": b"", "binary.txt": b"\x00\x01", "latin.md": b"caf\xe9", "x.pdf": b"%PDF"}
    mixed = {"lines.jsonl": b'{"id": "a", "text": "One."}\n{oops\n{"id": "b", "text": "Two."}\n'}
    for name, content in (good | bad | mixed).items():
        (tmp_path / name).write_bytes(content)
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(LIMIT + 1)
    report = _ingest(store, tmp_path, tmp_path / "missing.txt")
    assert report.added == 4
    expected = {str(tmp_path / name) for name in (*bad, "huge.txt", "missing.txt", "lines.jsonl:2")}
    assert {item.where for item in report.skipped} == expected
    assert all(item.why for item in report.skipped)


@pytest.mark.skipif(sys.platform == "darwin", reason="every name is UTF-8 there")
@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"caf\xe9.jsonl"])
def test_a_file_whose_name_is_not_utf8_does_not_stop_the_others(
    store: ArticleStore, tmp_path: Path, name: bytes
) -> None:
    odd = tmp_path / os.fsdecode(name)
    odd.write_bytes(b'{"id": "a", "text": "x"}' if odd.suffix == ".jsonl" else b"Title\n\nText.")
    (tmp_path / "zz.txt").write_text("Title\n\nOther text.")
    report = _ingest(store, odd, tmp_path / "zz.txt")
    assert report.added >= 1
    assert report.added + len(report.skipped) == 2


def test_progress_ends_at_the_size_of_the_files(store: ArticleStore, articles_folder: Path) -> None:
    told: list[tuple[int, int]] = []
    ingest_files(
        [articles_folder], store, _cut, LIMIT, lambda done, total: told.append((done, total))
    )
    size = sum(path.stat().st_size for path in articles_folder.iterdir())
    assert told[-1] == (size, size)
    assert {total for _, total in told} == {size}


def test_progress_never_goes_back_and_moves_inside_a_file(
    store: ArticleStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"id": str(n), "text": f"{n} " * 500}) for n in range(10)]
    path.write_text("\n".join(lines))
    told: list[int] = []
    ingest_files([path], store, _cut, LIMIT, lambda done, _total: told.append(done))
    assert told == sorted(told)
    assert told[5] > path.stat().st_size // 3


@pytest.mark.parametrize("count", [0, 1])
def test_reports_add_up(count: int) -> None:
    one, two = Report(1, 2, 3), Report(10, 20, 30)
    both = one.plus(two) if count else two.plus(one)
    assert _counts(both) == (11, 22, 33, 0)


def test_an_id_given_twice_is_named_and_the_first_article_stays(
    store: ArticleStore, tmp_path: Path
) -> None:
    lines = [{"id": "a", "text": "Kestrel bids."}, {"id": "a", "text": "Oskeld waits."}]
    path = tmp_path / "wire.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    report = _ingest(store, path)
    assert _counts(report) == (1, 0, 0, 1)
    assert report.skipped[0].where == f"{path}:2"
    assert f"{path}:1" in report.skipped[0].why
    assert store.get("a").text == "Kestrel bids."


def test_a_file_edited_into_the_text_of_another_is_updated(
    store: ArticleStore, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("Bids\n\nKestrel bids.", "utf-8")
    two.write_text("Waits\n\nOskeld waits.", "utf-8")
    _ingest(store, one, two)
    two.write_text("Bids\n\nKestrel bids.", "utf-8")
    assert _counts(_ingest(store, two)) == (0, 1, 0, 0)


def test_a_link_to_nowhere_is_named(store: ArticleStore, tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    report = _ingest(store, tmp_path)
    assert [item.where for item in report.skipped] == [str(tmp_path / "gone.txt")]
