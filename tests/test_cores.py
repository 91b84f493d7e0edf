"""Deals of an article: links joined to records, and real articles of invented companies read whole."""

from __future__ import annotations

import pytest

from assistant.deals.reading.cores import read_cores
from assistant.deals.reading.drafts import Draft, drafts_of, join_drafts
from assistant.deals.reading.names import Actor, ActorKind
from assistant.deals.reading.pairs import Hit, Link, PairReader
from assistant.deals.reading.sentences import sentences_of
from assistant.deals.records import ROLES, Core, Kind, Role
from assistant.domain import Article, Source, Span

A, T, U, S = 0, 1, 2, 3


def _hit(first: int, second: int, link: Link, score: float = 0.9, sentence: int = 1) -> Hit:
    return Hit(sentence, first, second, link, score, 2)


def test_a_buyer_a_target_and_a_seller_are_one_deal() -> None:
    hits = [_hit(A, T, Link.ACQUIRES), _hit(A, S, Link.BUYS_FROM), _hit(S, T, Link.SELLS)]
    (draft,) = drafts_of(hits)
    assert draft.kind is Kind.ACQUISITION
    assert draft.parts == {(A, Role.ACQUIRER), (T, Role.TARGET), (S, Role.SELLER)}


def test_two_targets_are_two_deals() -> None:
    drafts = drafts_of([_hit(A, T, Link.ACQUIRES), _hit(A, U, Link.ACQUIRES)])
    assert {draft.actors for draft in drafts} == {frozenset({A, T}), frozenset({A, U})}


def test_two_bidders_are_two_deals_and_a_consortium_is_one() -> None:
    rivals = [_hit(A, T, Link.ACQUIRES), _hit(U, T, Link.ACQUIRES)]
    assert len(drafts_of(rivals)) == 2
    (draft,) = drafts_of([*rivals, _hit(A, U, Link.TOGETHER)])
    assert draft.playing(Role.ACQUIRER) == {A, U}


def test_investors_of_one_round_are_one_deal() -> None:
    (draft,) = drafts_of([_hit(A, T, Link.INVESTS_IN), _hit(U, T, Link.INVESTS_IN)])
    assert draft.playing(Role.INVESTOR) == {A, U}


def test_a_business_without_a_name_has_buyer_and_seller_only() -> None:
    (draft,) = drafts_of([_hit(A, S, Link.BUYS_FROM)])
    assert draft.kind is Kind.ACQUISITION
    assert draft.parts == {(A, Role.ACQUIRER), (S, Role.SELLER)}


def test_a_sale_without_a_buyer_is_a_divestiture() -> None:
    (draft,) = drafts_of([_hit(S, T, Link.SELLS)])
    assert draft.kind is Kind.DIVESTITURE


def test_partners_of_all_are_one_deal_and_partners_of_one_are_several() -> None:
    star = [_hit(A, T, Link.PARTNERSHIP), _hit(A, U, Link.PARTNERSHIP)]
    assert len(drafts_of(star)) == 2
    (circle,) = drafts_of([*star, _hit(T, U, Link.PARTNERSHIP)])
    assert circle.actors == {A, T, U}


def test_customers_of_one_supplier_are_one_deal() -> None:
    (draft,) = drafts_of([_hit(A, S, Link.SUPPLIED_BY), _hit(T, S, Link.SUPPLIED_BY)])
    assert draft.playing(Role.CUSTOMER) == {A, T}


def test_a_partnership_in_passing_is_no_second_deal_beside_a_purchase() -> None:
    drafts = drafts_of([_hit(A, T, Link.ACQUIRES, 0.95)])
    drafts += drafts_of([_hit(A, T, Link.PARTNERSHIP, 0.9, sentence=5)])
    assert [d.kind for d in join_drafts(drafts)] == [Kind.ACQUISITION]


def test_what_a_seller_bought_before_is_another_deal() -> None:
    sale = drafts_of(
        [_hit(A, T, Link.ACQUIRES), _hit(A, S, Link.BUYS_FROM), _hit(S, T, Link.SELLS)]
    )
    before = drafts_of([_hit(S, T, Link.ACQUIRES, sentence=4)])
    assert len(join_drafts([*sale, *before])) == 2


def test_a_deal_told_twice_is_one_and_surer() -> None:
    once = drafts_of([_hit(A, T, Link.ACQUIRES, 0.8)])
    again = drafts_of([_hit(A, T, Link.ACQUIRES, 0.7, sentence=4)])
    (draft,) = join_drafts([*once, *again])
    assert draft.sentences == (1, 4)
    assert draft.score > 0.8


def test_the_short_name_of_the_target_makes_no_second_deal() -> None:
    drafts = drafts_of([_hit(A, T, Link.ACQUIRES), _hit(A, U, Link.ACQUIRES, 0.8, sentence=3)])
    assert len(join_drafts(drafts, {frozenset((U, T))})) == 1
    assert len(join_drafts(drafts)) == 2


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PairReader:
    return PairReader(tmp_path_factory.mktemp("cache"), threads=1)


def _read(reader: PairReader, text: str, *names: str, title: str = "Company news") -> list[Core]:
    article = Article(Source("a1", title, date="2015-04-02"), text)
    actors = []
    for name in names:
        spans, at = [], article.content.find(name)
        while at >= 0:
            spans.append(Span(at, at + len(name)))
            at = article.content.find(name, at + 1)
        actors.append(Actor(name, ActorKind.COMPANY, tuple(spans)))
    cores = read_cores(article, actors, reader)
    for core in cores:
        quotes = [*core.evidence, *(party.quote for party in core.parties)]
        assert all(article.content[q.span.start : q.span.end] == q.text for q in quotes)
        assert {party.role for party in core.parties} <= set(ROLES[core.kind])
        assert len(core.parties) >= 2
    return cores


def _told(core: Core) -> tuple[Kind, set[tuple[str, Role]]]:
    return core.kind, {(party.name, party.role) for party in core.parties}


ACQUISITION = {("Velmora", Role.ACQUIRER), ("Tarnbeck", Role.TARGET)}


@pytest.mark.parametrize(
    "text",
    [
        "Velmora agreed on Monday to buy Tarnbeck for 340 million euros.",
        "Tarnbeck was acquired by Velmora in 2009.",
        "Tarnbeck is to be bought by Velmora, the companies said.",
        "Velmora completed its takeover of Tarnbeck on Friday.",
        "Velmora snapped up its rival Tarnbeck last year.",
        "Tarnbeck rejected a takeover bid from Velmora.",
    ],
)
def test_each_way_of_telling_a_purchase_gives_the_same_deal(reader: PairReader, text: str) -> None:
    assert [_told(c) for c in _read(reader, text, "Velmora", "Tarnbeck")] == [
        (Kind.ACQUISITION, ACQUISITION)
    ]


def test_a_purchase_names_its_seller(reader: PairReader) -> None:
    text = "Harrow Mutual sold Tarnbeck to Velmora for 20 million euros in 2011."
    assert [_told(c) for c in _read(reader, text, "Velmora", "Tarnbeck", "Harrow Mutual")] == [
        (Kind.ACQUISITION, {*ACQUISITION, ("Harrow Mutual", Role.SELLER)})
    ]


def test_a_partnership_has_two_partners(reader: PairReader) -> None:
    text = "Oskeld and Quillon signed a partnership on Monday to develop battery trains."
    assert [_told(c) for c in _read(reader, text, "Oskeld", "Quillon")] == [
        (Kind.PARTNERSHIP, {("Oskeld", Role.PARTNER), ("Quillon", Role.PARTNER)})
    ]


def test_a_merger_has_two_partners(reader: PairReader) -> None:
    (core,) = _read(reader, "Oskeld and Quillon have agreed to merge.", "Oskeld", "Quillon")
    assert core.kind is Kind.MERGER


def test_a_supplier_is_told_from_its_customer(reader: PairReader) -> None:
    text = "Quillon supplies battery cells to Oskeld under a five-year contract."
    (core,) = _read(reader, text, "Oskeld", "Quillon")
    assert _told(core) == (
        Kind.SUPPLY,
        {("Oskeld", Role.CUSTOMER), ("Quillon", Role.SUPPLIER)},
    )


def test_two_pacts_in_one_sentence_are_kept_apart(reader: PairReader) -> None:
    text = (
        "The agreement signed today between Oskeld and Quillon covers cells, after Oskeld signed a "
        "partnership with Benholt in May."
    )
    told = {
        frozenset(p.name for p in c.parties)
        for c in _read(reader, text, "Oskeld", "Quillon", "Benholt")
    }
    assert told == {frozenset({"Oskeld", "Quillon"}), frozenset({"Oskeld", "Benholt"})}


def test_purchases_named_as_examples_are_deals_each(reader: PairReader) -> None:
    text = (
        "Velmora has made several acquisitions of small companies, such as the start-up Oskeld, a maker of "
        "pumps, or Quillon, founded in 2010."
    )
    told = {
        frozenset(p.name for p in c.parties)
        for c in _read(reader, text, "Velmora", "Oskeld", "Quillon")
    }
    assert told == {frozenset({"Velmora", "Oskeld"}), frozenset({"Velmora", "Quillon"})}


def test_competitors_have_no_deal(reader: PairReader) -> None:
    text = "Oskeld and Quillon are the largest makers of trains, and both must deal with inflation."
    assert _read(reader, text, "Oskeld", "Quillon") == []


@pytest.mark.parametrize("text", ["", "   ", "\"'“”" * 400, "x" * 200_000, "Ünïcödé 漢字 " * 50])
def test_nonsense_has_no_deals(reader: PairReader, text: str) -> None:
    assert _read(reader, text) == []


def test_a_title_alone_can_tell_a_deal(reader: PairReader) -> None:
    cores = _read(reader, "Details follow.", "Velmora", "Tarnbeck", title="Velmora to buy Tarnbeck")
    assert [_told(c) for c in cores] == [(Kind.ACQUISITION, ACQUISITION)]


def test_sentences_are_spans_of_the_content_with_the_title_first() -> None:
    article = Article(Source("a1", "A title"), "One. Two.")
    spans = sentences_of(article)
    assert [article.content[s.start : s.end] for s in spans] == ["A title", "One.", "Two."]


def test_a_seller_named_in_the_next_sentence_is_the_seller_of_that_purchase() -> None:
    purchase = Draft(Kind.ACQUISITION, frozenset({(A, Role.ACQUIRER), (T, Role.TARGET)}), 0.9, (1,))
    sale = Draft(Kind.ACQUISITION, frozenset({(A, Role.ACQUIRER), (S, Role.SELLER)}), 0.7, (2,))
    (joined,) = join_drafts([purchase, sale])
    assert joined.parts == purchase.parts | sale.parts
    assert joined.sentences == (1, 2)
    far = Draft(sale.kind, sale.parts, sale.score, (9,))
    assert len(join_drafts([purchase, far])) == 2
