from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.domain import Article, Source, Span
from assistant.errors import ArticleMissing
from assistant.library.articles import ArticleStore, Put

BID = Article(
    Source("a-1", "Kestrel bids", "Harbour Post", "2012-02-07", "https://h.example/1"),
    "Kestrel bids for Marrow. Marrow says no.",
)
SPANS = [[Span(13, 37)], [Span(38, 53)]]
EDITED = replace(BID, text="Kestrel bids for Marrow. Marrow says yes.")


def _ids(store: ArticleStore, article_id: str = "a-1") -> list[int]:
    return [passage.id for passage, _ in store.passages_of([article_id])]


def test_an_article_comes_back_letter_for_letter(store: ArticleStore) -> None:
    odd = Article(
        Source("ö/1 'x", ' "Títle" ', "", None, ""), "  Blank edges \r\n\t— 界 \U0001f600 "
    )
    store.put(odd, [[Span(0, 3)]])
    assert store.get(odd.id) == odd


def test_a_new_article_is_added_then_unchanged_then_updated(store: ArticleStore) -> None:
    assert store.put(BID, SPANS) is Put.ADDED
    assert store.is_held(BID)
    assert store.put(BID, SPANS) is Put.UNCHANGED
    assert not store.is_held(EDITED)
    assert store.put(EDITED, SPANS[:1]) is Put.UPDATED
    assert store.get("a-1") == EDITED


@pytest.mark.parametrize(
    "changed",
    [
        replace(BID.source, title="Another"),
        replace(BID.source, publisher="Another"),
        replace(BID.source, date="2012-02"),
        replace(BID.source, date=None),
        replace(BID.source, url="https://h.example/2"),
    ],
)
def test_whatever_a_reader_can_see_counts_as_an_edit(store: ArticleStore, changed: Source) -> None:
    store.put(BID, SPANS)
    assert store.put(replace(BID, source=changed), SPANS) is Put.UPDATED
    assert store.get("a-1").source == changed


def test_passages_have_the_words_their_span_says(store: ArticleStore) -> None:
    store.put(BID, SPANS)
    passages = [passage for passage, _ in store.passages_of(["a-1"])]
    assert [p.text for p in passages] == ["Kestrel bids for Marrow.", "Marrow says no."]
    assert [p.ordinal for p in passages] == [0, 1]
    assert all(BID.content[p.span.start : p.span.end] == p.text for p in passages)


def test_a_passage_keeps_the_spans_of_its_sentences(store: ArticleStore) -> None:
    sentences = (Span(13, 37), Span(38, 53))
    store.put(BID, [sentences])
    ((passage, _),) = store.passages_of(["a-1"])
    assert passage.sentences == sentences
    assert passage.span == Span(13, 53)
    assert passage.text == BID.text


def test_passages_come_in_the_order_asked_and_missing_ones_are_left_out(
    store: ArticleStore,
) -> None:
    store.put(BID, SPANS)
    first, second = _ids(store)
    assert [p.id for p, _ in store.passages([second, 999, first])] == [second, first]
    assert store.passages([]) == []


def test_more_ids_than_a_statement_takes_are_found(store: ArticleStore) -> None:
    for n in range(20):
        article = replace(BID, source=replace(BID.source, article_id=f"n-{n}"))
        store.put(article, [[Span(i, i + 1)] for i in range(60)])
    ids = store.passage_ids()
    assert len(ids) == 1200
    assert [p.id for p, _ in store.passages(reversed(ids))] == ids[::-1]


def test_each_change_is_one_line_of_the_log_that_names_what_goes(store: ArticleStore) -> None:
    store.put(BID, SPANS)
    first = _ids(store)
    store.put(BID, SPANS)
    store.put(EDITED, SPANS[:1])
    second = _ids(store)
    store.remove("a-1")
    changes = store.changes_after(0)
    assert [c.article_id for c in changes] == ["a-1"] * 3
    assert [c.removed for c in changes] == [(), tuple(first), tuple(second)]
    assert [c.seq for c in changes] == sorted({c.seq for c in changes})
    assert store.changes_after(changes[0].seq) == changes[1:]
    assert store.holdings().last_change == changes[-1].seq


def test_passage_ids_are_never_used_again(store: ArticleStore) -> None:
    seen: set[int] = set()
    for text in ("one", "two", "three"):
        store.put(replace(BID, text=text * 20), SPANS)
        assert seen.isdisjoint(_ids(store))
        seen.update(_ids(store))
    store.remove("a-1")
    store.put(BID, SPANS)
    assert seen.isdisjoint(_ids(store))


def test_a_removed_article_is_gone_with_its_passages(store: ArticleStore) -> None:
    store.put(BID, SPANS)
    store.remove("a-1")
    assert store.passage_ids() == []
    assert store.passages_of(["a-1"]) == []
    with pytest.raises(ArticleMissing, match="'a-1'"):
        store.get("a-1")


def test_removing_what_is_not_held_is_refused_and_leaves_no_trace(store: ArticleStore) -> None:
    with pytest.raises(ArticleMissing, match="'nobody'"):
        store.remove("nobody")
    assert store.changes_after(0) == []


def test_the_same_text_is_known_under_another_id(store: ArticleStore) -> None:
    store.put(BID, SPANS)
    assert store.same_text(replace(BID, source=replace(BID.source, article_id="b"))) == "a-1"
    assert store.same_text(EDITED) is None


def test_holdings_count_and_date_what_is_held(store: ArticleStore) -> None:
    assert store.holdings().articles == 0
    assert store.holdings().last_change == 0
    for name, date in (("x", "2011"), ("y", "2012-03"), ("z", None)):
        store.put(replace(BID, source=replace(BID.source, article_id=name, date=date)), SPANS)
    held = store.holdings()
    assert (held.articles, held.passages) == (3, 6)
    assert (held.first_date, held.last_date) == ("2011", "2012-03")
    assert held.updated_at is not None


def test_sources_are_listed_newest_first_and_undated_last(store: ArticleStore) -> None:
    for name, date in (("x", None), ("y", "2011"), ("z", "2012-03")):
        store.put(replace(BID, source=replace(BID.source, article_id=name, date=date)), SPANS)
    assert [source.article_id for source in store.sources()] == ["z", "y", "x"]


def test_a_pointer_holds_its_last_value(store: ArticleStore) -> None:
    assert store.pointer("p") is None
    store.set_pointer("p", "one")
    store.set_pointer("p", "two")
    assert store.pointer("p") == "two"
