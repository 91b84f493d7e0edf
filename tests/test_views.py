"""The views beside the chat: what a book of deals becomes in each, without a browser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from deal_books import tell_deals
from ledger_sagas import ScriptedReader, article, mention, tell_saga

from assistant.deals.ledger.book import DealBook, make_book
from assistant.deals.ledger.companies import Join, Why
from assistant.deals.ledger.histories import Deal, Participant, Price, assemble_deal
from assistant.deals.ledger.ledger import Filter, Ledger
from assistant.deals.ledger.register import Company
from assistant.deals.records import Basis, Kind, Milestone, Role, Stage
from assistant.domain import Citation, Source
from assistant.library.articles import ArticleStore
from assistant.library.database import open_database
from assistant.web.sources import check_of
from assistant.web.texts import LANGUAGES, choose_texts
from assistant.web.views.companies import companies_html, company_html
from assistant.web.views.deals import deals_html
from assistant.web.views.filters import Refused, Shown, choose, read_shown, sort_deals
from assistant.web.views.frame import view_page
from assistant.web.views.map import map_html
from assistant.web.views.network import DRAWN as MAP_DRAWN
from assistant.web.views.network import HEIGHT, WIDTH, busiest, lay_out, links_of, nearest
from assistant.web.views.record import record_html
from assistant.web.views.timeline import DRAWN, axis_of, timeline_html
from assistant.web.views.words import (
    Html,
    date_words,
    deal_html,
    deal_words,
    held_safe,
    price_words,
    told,
)

EN, DE = choose_texts(), choose_texts("de")
NASTY = '<script>alert(1)</script> {0} \u202e"onclick=x'
ALL = Shown()


class Seen(HTMLParser):
    """HTML as a browser takes it; fails where tags are not closed in order."""

    VOID = frozenset({"input", "meta", "link", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def saga(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('saga') / 'accord.db'}")
    store, ledger, reader = ArticleStore(engine), Ledger(engine), ScriptedReader()
    tell_saga(store, reader)
    ledger.catch_up(reader)
    held = ledger.book()
    engine.dispose()
    return held


def deal(
    number: int,
    parties: Sequence[tuple[str, Role]],
    kind: Kind = Kind.ACQUISITION,
    date: str | None = "2014-03-12",
    **more: object,
) -> Deal:
    """A deal told by one article, whose parties' ids are `c` and the sum of their letters."""
    text = "; ".join(name for name, _ in parties) + " did it."
    of = article(f"a{number}", text, date)
    said = mention(of, dict(parties), kind=kind, evidence=text, **more)  # type: ignore[arg-type]
    who = tuple(Participant(id_of(name), name, role) for name, role in parties)
    return assemble_deal(f"d{number}", [(of.source, said, who)], {})


def id_of(name: str) -> str:
    return f"c{sum(ord(letter) * 31**i for i, letter in enumerate(name)) % 999_999 + 1}"


def book_of(*deals: Deal) -> DealBook:
    names = {party.company_id: party.name for one in deals for party in one.parties}
    return make_book(deals, [Company(i, n, (n,), (), 1, 1) for i, n in names.items()])


def purchase(number: int, buyer: str, target: str, **more: object) -> Deal:
    return deal(number, ((buyer, Role.ACQUIRER), (target, Role.TARGET)), **more)  # type: ignore[arg-type]


def all_views(of: DealBook, language: str = "en", shown: Shown = ALL) -> dict[str, Html]:
    texts = choose_texts(language)
    views = {
        "deals": deals_html(texts, of, shown),
        "timeline": timeline_html(texts, of, shown),
        "map": map_html(texts, of, shown),
        "companies": companies_html(texts, of, ""),
    }
    views |= {one.id: record_html(texts, one) for one in of.deals}
    views |= {one.id: company_html(texts, of, one, {}) for one in of.companies}
    return views


# Words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Velmora's acquisition of Tarnbeck (26%) from Kerne and Oskeld"),
        ("de", "Übernahme von Tarnbeck durch Velmora (26\u00a0%) (Verkäufer: Kerne und Oskeld)"),
        ("zh", "Velmora收购Tarnbeck（26%）（出售方：Kerne和Oskeld）"),
    ],
)
def test_a_deal_is_one_phrase_in_any_language(language: str, words: str) -> None:
    parties = {"Velmora": Role.ACQUIRER, "Tarnbeck": Role.TARGET}
    sellers = {"Kerne": Role.SELLER, "Oskeld": Role.SELLER}
    one = deal(1, [*parties.items(), *sellers.items()], stake=(26.0, "Tarnbeck"))
    assert deal_words(choose_texts(language), one) == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_phrase_names_every_party_once_whatever_parts_are_filled(
    kind: Kind, language: str
) -> None:
    roles = list(Role)
    for first in roles:
        for second in roles:
            one = deal(1, [("Velmora", first), ("Tarnbeck", second)], kind)
            words = deal_words(choose_texts(language), one)
            assert words.count("Velmora") == words.count("Tarnbeck") == 1
            assert "{" not in words


def test_a_name_keeps_its_small_letter_and_is_never_read_as_a_mark() -> None:
    assert deal_words(EN, purchase(1, "eVelm", "{taker}")) == "eVelm's acquisition of {taker}"
    marks = deal_html(EN, purchase(1, "Kerne", "\ue0000\ue001"))
    assert Seen(marks).text == "Kerne's acquisition of \ue0000\ue001"


def test_words_that_fill_a_text_are_not_read_again() -> None:
    line = told(EN, "map.pair", first=held_safe("{second} \ue0001\ue001"), second=held_safe("<B>"))
    assert Seen(line).text == "{second} \ue0001\ue001 and <B>"


@pytest.mark.parametrize(
    ("language", "amounts"),
    [
        ("en", ["$5.85 billion", "340 million SEK", "£1,250 a share", "about €2 million"]),
        ("de", ["5,85 Mrd. $", "340 Mio. SEK", "1.250 £ je Aktie", "etwa 2 Mio. €"]),
        ("es", ["5.850 M $", "340 M SEK", "1.250 £ por acción", "unos 2 M €"]),
        ("fr", ["5,85 Md $", "340 M SEK", "1\u202f250 £ par action", "environ 2 M €"]),
        ("zh", ["$58.5亿", "3.4亿 SEK", "每股£1,250", "约€200万"]),
    ],
)
def test_amounts_are_in_the_words_of_the_language(language: str, amounts: list[str]) -> None:
    prices = [
        Price(5.85e9, "USD", Basis.TOTAL, None, (), 1),
        Price(340e6, "SEK", Basis.TOTAL, None, (), 1),
        Price(1250, "GBP", Basis.PER_SHARE, None, (), 1),
        Price(2e6, "EUR", Basis.ESTIMATE, None, (), 1),
    ]
    texts = choose_texts(language)
    assert [price_words(texts, p).replace("\u00a0", " ") for p in prices] == amounts


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        ("en", ["1 March 2014", "14 March 2014", "March 2014", "2014"]),
        ("de", ["1. März 2014", "14. März 2014", "März 2014", "2014"]),
        ("es", ["1 de marzo de 2014", "14 de marzo de 2014", "marzo de 2014", "2014"]),
        ("fr", ["1er mars 2014", "14 mars 2014", "mars 2014", "2014"]),
        ("zh", ["2014年3月1日", "2014年3月14日", "2014年3月", "2014年"]),
    ],
)
def test_dates_are_in_the_words_of_the_language(language: str, dates: list[str]) -> None:
    given = ["2014-03-01", "2014-03-14", "2014-03", "2014"]
    assert [date_words(choose_texts(language), date) for date in given] == dates


def test_what_is_no_date_stays_as_it_is() -> None:
    assert date_words(EN, "2014-99") == "2014-99"
    assert date_words(EN, None) == "No date"


# Any view


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_is_whole_html_with_headings_in_order(book: DealBook, language: str) -> None:
    for name, view in all_views(book, language).items():
        page = view_page(choose_texts(language), name, view, "/deals")
        seen = Seen(page.removeprefix("<!doctype html>"))
        levels = [int(tag[1]) for tag in seen.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[:2] == [1, 2]
        assert levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
        assert seen.values("lang") == [language]
        assert seen.tags.count("main") == seen.tags.count("article") == 1


def test_views_bring_no_script_no_style_and_no_handler(book: DealBook) -> None:
    for view in all_views(book).values():
        seen = Seen(view)
        assert not {"script", "style", "iframe", "img", "object", "foreignobject"} & set(seen.tags)
        assert not [n for n, _ in seen.attributes if n.startswith("on") or n == "style"]
        ids = seen.values("id")
        assert len(ids) == len(set(ids))


def test_hostile_names_and_words_stay_words() -> None:
    words = NASTY
    held = book_of(
        purchase(1, NASTY, "Tarnbeck", subject="Tarnbeck", reason="did it"),
        deal(2, ((NASTY, Role.PARTNER), ("W" * 300, Role.PARTNER)), Kind.PARTNERSHIP),
    )
    shown = Shown(companies=(NASTY,), topic=NASTY, since=NASTY, kind=NASTY)
    views = {**all_views(held), "refused": deals_html(EN, held, shown)}
    views["none"] = companies_html(EN, held, NASTY + "?")
    for view in views.values():
        seen = Seen(view)
        assert "script" not in seen.tags
        assert not [name for name, _ in seen.attributes if name.startswith("on")]
        assert all(href.startswith("/") for href in seen.values("href"))
    assert words in Seen(views["d1"]).text


# Filters


def test_an_address_is_read_and_written_alike() -> None:
    shown = Shown(
        ("c1", "c2"), ("d3",), "merger", "completed", "2014", "2015-02", "pig iron", "value", 2
    )
    href = shown.href("/deals")
    query = [tuple(part.split("=")) for part in href.partition("?")[2].replace("+", " ").split("&")]
    assert read_shown((a, b) for a, b in query) == shown
    assert ALL.href("/map") == "/map"


def test_an_address_of_nonsense_shows_everything() -> None:
    assert (
        read_shown([("sort", "x"), ("page", "-4"), ("page", "²"), ("z", "1"), ("kind", " ")]) == ALL
    )


@pytest.mark.parametrize(
    ("shown", "chosen"),
    [
        (Shown(companies=("Velmora",)), Filter(company="Velmora")),
        (Shown(kind="partnership"), Filter(kind=Kind.PARTNERSHIP)),
        (Shown(status="completed"), Filter(status=Stage.COMPLETED)),
        (Shown(since="2006-02"), Filter(since="2006-02")),
        (Shown(until="2006"), Filter(until="2006")),
        (Shown(topic="alliances"), Filter(topic="alliances")),
        (Shown(companies=("orv",), since="2010"), Filter(company="Orva", since="2010")),
    ],
)
def test_a_filter_means_what_it_means_to_the_ledger(
    tmp_path: Path, shown: Shown, chosen: Filter
) -> None:
    held = tell_deals(tmp_path)
    engine = open_database(f"sqlite:///{tmp_path / 'accord.db'}")
    found = Ledger(engine).deals(chosen)
    engine.dispose()
    assert 0 < len(found) < len(held.deals)
    assert [one.id for one in choose(held, shown).deals] == [one.id for one in found]


def test_several_companies_mean_any_and_deals_mean_those(book: DealBook) -> None:
    ids = {company.name: company.id for company in book.companies}
    both = choose(book, Shown(companies=(ids["Baldor"], ids["Oskeld"]))).deals
    assert len(both) == 2
    assert choose(book, Shown(deals=(both[0].id, "d999"))).deals == both[:1]


@pytest.mark.parametrize(
    ("shown", "refused"),
    [
        (Shown(since="2014-13"), Refused("bad_date", "2014-13")),
        (Shown(kind="theft"), Refused("bad_kind", "theft")),
        (Shown(status="great"), Refused("bad_status", "great")),
        (Shown(since="2015", until="2014"), Refused("too_late", "2015", "2014")),
        (Shown(companies=("Nobody",)), Refused("bad_company", "Nobody")),
    ],
)
def test_what_cannot_be_understood_chooses_nothing_and_is_said(
    book: DealBook, shown: Shown, refused: Refused
) -> None:
    choice = choose(book, shown)
    assert choice.deals == ()
    assert choice.refused == (refused,)
    for view in (deals_html, timeline_html, map_html):
        seen = Seen(view(EN, book, shown))
        assert refused.value in seen.text
        assert "alert" in seen.values("role")
        assert "Drop all filters" in seen.text


def test_the_form_keeps_what_is_chosen_and_each_filter_can_be_dropped(book: DealBook) -> None:
    shown = Shown(companies=("Velmora",), kind="acquisition", topic="purchase", sort="value")
    view = deals_html(EN, book, shown)
    assert '<option value="acquisition" selected>' in view
    assert 'name="company" value="Velmora"' in view
    assert '<input type="hidden" name="sort" value="value">' in view
    hrefs = Seen(view).values("href")
    assert "/deals?kind=acquisition&topic=purchase&sort=value" in hrefs
    assert "/deals?company=Velmora&topic=purchase&sort=value" in hrefs


# Deals


def test_the_table_counts_what_is_shown_of_what_is_held(book: DealBook) -> None:
    assert Seen(deals_html(EN, book, ALL)).text.startswith("7 deals, 2003 to 2010")
    some = Seen(deals_html(EN, book, Shown(companies=("Baldor",))))
    assert some.text.startswith("1 of 7 deals, 2006")
    assert Seen(deals_html(DE, book, ALL)).text.startswith("7 Deals, 2003 bis 2010")


def test_a_heading_sorts_by_its_column_and_then_the_other_way(book: DealBook) -> None:
    view = deals_html(EN, book, Shown(sort="kind"))
    assert Seen(view).values("aria-sort") == ["ascending"]
    assert "/deals?sort=-kind" in Seen(view).values("href")
    assert Seen(deals_html(EN, book, ALL)).values("aria-sort") == ["descending"]


@pytest.mark.parametrize("column", ["date", "deal", "kind", "status", "value", "sources"])
def test_what_has_no_value_comes_last_both_ways(book: DealBook, column: str) -> None:
    bare = deal(99, (("Zed", Role.PARTNER), ("Yot", Role.PARTNER)), Kind.MERGER, None)
    up = sort_deals([bare, *book.deals], column)
    down = sort_deals([bare, *book.deals], f"-{column}")
    assert len(up) == len(down) == 8
    if column in ("date", "value"):
        assert bare in up[-6:]
        assert up[-1].values == down[-1].values == ()
    else:
        assert up != down


def test_amounts_of_two_currencies_are_not_compared() -> None:
    def priced(number: int, amount: float, currency: str) -> Deal:
        values = [(amount, currency, "did it")]
        return purchase(number, f"B{number}", f"T{number}", values=values)

    told_ = [priced(1, 5, "USD"), priced(2, 9e9, "JPY"), priced(3, 7, "USD")]
    assert [one.id for one in sort_deals(told_, "value")] == ["d1", "d3", "d2"]
    assert [one.id for one in sort_deals(told_, "-value")] == ["d3", "d1", "d2"]


def test_a_hundred_deals_a_page() -> None:
    held = book_of(*(purchase(n, f"Buyer{n:03}", f"Target{n:03}") for n in range(1, 231)))
    last = Seen(deals_html(EN, held, Shown(page=3)))
    assert last.text.count("'s acquisition of") == 30
    assert "Page 3 of 3" in last.text
    assert "/deals?page=2" in last.values("href")
    assert "/deals?page=4" not in last.values("href")
    assert "Page 3 of 3" in Seen(deals_html(EN, held, Shown(page=999))).text


def test_the_files_are_of_what_is_shown(book: DealBook) -> None:
    hrefs = Seen(deals_html(EN, book, Shown(kind="partnership", sort="deal"))).values("href")
    assert "/deals.csv?kind=partnership&sort=deal" in hrefs
    assert "/deals.xlsx?kind=partnership&sort=deal" in hrefs


def test_nothing_found_says_so_and_offers_to_drop_the_filters(book: DealBook) -> None:
    for view in (deals_html, timeline_html, map_html):
        assert "No deal fits" in Seen(view(EN, book, Shown(topic="zebra"))).text
        empty = Seen(view(EN, DealBook(), ALL)).text
        assert "There are no deals yet" in empty
        assert "Drop all filters" not in empty


# Record


def test_a_record_shows_its_history_in_order_with_whether_dates_are_stated(saga: DealBook) -> None:
    text = Seen(record_html(EN, saga.deals[0])).text
    stages = [text.index(s) for s in ("rumoured", "announced 12 March", "completed 2 September")]
    assert stages == sorted(stages)
    assert "the article states the date" in text
    assert "date of the article" in text


def test_prices_that_conflict_stand_side_by_side_and_are_called_so(saga: DealBook) -> None:
    view = record_html(EN, saga.deals[0])
    beside = view.partition('class="values beside"')[2].partition("</section>")[0]
    assert "€340 million" in beside
    assert "€355 million" in beside
    assert "The sources disagree" in view


def test_a_copy_is_told_and_not_counted(saga: DealBook) -> None:
    view = Seen(record_html(EN, saga.deals[0]))
    assert "4 articles, 3 independent sources" in view.text
    assert view.text.count("copy of a story counted already") == 1


def test_every_quote_leads_to_the_words_in_their_source(saga: DealBook) -> None:
    one = saga.deals[0]
    hrefs = Seen(record_html(EN, one)).values("href")
    quotes = [q for price in one.values for q in price.quotes] + [one.reasons[0].quote]
    quotes += [q for event in one.history for q in event.quotes]
    for quote in quotes:
        fields = f"start={quote.span.start}&end={quote.span.end}&check={check_of(quote.text)}"
        assert f"/source?article={quote.article_id}&{fields}#quote" in hrefs


def test_parties_lead_to_their_companies_and_buttons_carry_questions(saga: DealBook) -> None:
    one = saga.deals[0]
    seen = Seen(record_html(DE, one))
    assert {f"/companies/{p.company_id}" for p in one.parties} <= set(seen.values("href"))
    # The articles and the reader of questions are English.
    assert seen.values("data-question") == [
        "What is the reason for Velmora's acquisition of Tarnbeck Castings?",
        "What happened to Velmora's acquisition of Tarnbeck Castings?",
    ]


# Timeline


def test_a_deal_has_a_mark_for_each_dated_stage(saga: DealBook) -> None:
    view = timeline_html(EN, saga, ALL)
    first = view.partition('<ol class="lines"><li>')[2].partition("</li>")[0]
    assert re.findall(r"<title>(.*?)</title>", first) == [
        "rumoured, 20 January 2014",
        "announced, 12 March 2014",
        "completed, 2 September 2014",
    ]
    assert 'class="band"' not in first
    assert 'class="band"' in view.partition("</li>")[2]


def test_marks_stand_in_the_order_of_their_dates(saga: DealBook) -> None:
    view = timeline_html(EN, saga, ALL)
    first = view.partition('<ol class="lines"><li>')[2].partition("</li>")[0]
    places = [float(x) for x in re.findall(r'class="mark" x="([\d.]+)%"', first)]
    assert places == sorted(places)
    assert len(set(places)) == 3
    assert all(2 <= place <= 98 for place in places)


@pytest.mark.parametrize(
    "dates", [["2014-03-12"], ["2014-03-12"] * 5, ["0001"], ["9999-12-31"], ["1938", "2018-02"]]
)
def test_the_axis_has_room_and_names_whatever_the_dates_are(dates: list[str]) -> None:
    deals = [purchase(i, f"B{i}", f"T{i}", date=date) for i, date in enumerate(dates, 1)]
    axis = axis_of(deals)
    assert axis.first < axis.last
    assert 1 <= len(axis.ticks) <= 10
    assert "<svg" in timeline_html(EN, book_of(*deals), ALL)


def test_deals_without_a_date_are_listed_and_not_drawn() -> None:
    view = timeline_html(EN, book_of(purchase(1, "Velmora", "Tarnbeck", date=None)), ALL)
    assert "None of these deals has a date" in view
    assert 'class="lines"' not in view
    assert "Without a date (1 deal)" in view
    assert "/deals/d1" in Seen(view).values("href")


def test_at_most_sixty_are_drawn_and_that_is_said(book: DealBook) -> None:
    many = book_of(*(purchase(n, f"B{n}", f"T{n}", date=f"{1900 + n}") for n in range(1, 91)))
    view = timeline_html(EN, many, ALL)
    assert view.count('class="strip"') == DRAWN
    assert "The 60 most told of are drawn" in view
    assert "most told of" not in timeline_html(EN, book, ALL)


def test_marks_on_one_day_do_not_hide_each_other() -> None:
    dates = [(Milestone.ANNOUNCED, "2014-03-12", "did it")]
    one = purchase(1, "B", "T", date="2014-03-12", stage=Stage.WITHDRAWN, dates=dates)
    assert len(one.history) == 2
    assert view_marks(timeline_html(EN, book_of(one), ALL)) == 2
    assert "translate(11)" in timeline_html(EN, book_of(one), ALL)


def view_marks(view: str) -> int:
    return view.partition('<ol class="lines">')[2].partition("</ol>")[0].count('class="mark"')


# Map


def test_links_lead_from_those_who_buy_or_give() -> None:
    parties = {"Velmora": Role.ACQUIRER, "Tarnbeck": Role.TARGET, "Kerne": Role.SELLER}
    links = links_of([deal(1, list(parties.items()))])
    drawn = {(link.first, link.second) for link in links}
    velmora, tarnbeck, kerne = map(id_of, parties)
    assert drawn == {(velmora, tarnbeck), (kerne, velmora)}
    pact = [(n, Role.PARTNER) for n in ("A1", "B2", "C3")]
    assert [link.directed for link in links_of([deal(2, pact, Kind.MERGER)])] == [False] * 3


def test_a_map_has_companies_and_deals_as_links(book: DealBook) -> None:
    view = map_html(EN, book, ALL)
    hrefs = set(Seen(view).values("href"))
    assert {f"/companies/{company.id}" for company in book.companies} <= hrefs
    assert {f"/deals/{one.id}" for one in book.deals} <= hrefs
    assert "What links Velmora and Tarnbeck?" in Seen(view).values("data-question")
    assert view.count("marker-end") == 5


def test_of_a_chosen_company_the_neighbourhood_of_two_steps_is_drawn(book: DealBook) -> None:
    view = map_html(EN, book, Shown(companies=("Hallow Street Bank",)))
    circles = re.findall(r"<title>([^<,]*), \d deals?</title><circle", view)
    assert set(circles) == {"Hallow Street Bank", "Orva", "Velmora"}
    assert "up to two steps from Hallow Street Bank" in Seen(view).text


def test_at_most_forty_companies_are_drawn_and_none_alone() -> None:
    stars = [purchase(n, f"Hub{n % 7}", f"Target{n}") for n in range(1, 100)]
    links = links_of(stars)
    kept = busiest(links)
    assert len(kept) == MAP_DRAWN
    linked = {c for link in links if {link.first, link.second} <= set(kept) for c in link.pair}
    assert linked == set(kept)
    assert len(nearest(links, [id_of("Hub1")])) == 16


def test_places_are_on_the_sheet_and_alike_in_every_process() -> None:
    code = (
        "from test_views import *; l = links_of([purchase(n, f'H{n % 3}', f'T{n}') "
        "for n in range(1, 20)]); print(lay_out(busiest(l), l))"
    )
    told_ = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
            timeout=60,
        ).stdout
        for _ in range(2)
    }
    assert len(told_) == 1
    links = links_of([purchase(n, f"H{n % 3}", f"T{n}") for n in range(1, 20)])
    for place in lay_out(busiest(links), links).values():
        assert 0 < place.x < WIDTH
        assert 0 < place.y < HEIGHT


@pytest.mark.parametrize("count", [1, 2, 40])
def test_labels_of_a_map_hardly_cover_each_other(count: int) -> None:
    deals = [purchase(n, f"Buyer number {n % 9}", f"Target {n} Holdings") for n in range(count)]
    view = map_html(EN, book_of(*(replace(d, id=f"d{i}") for i, d in enumerate(deals, 1))), ALL)
    boxes = []
    for x, y, anchor, name in re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)<', view
    ):
        width = 6.6 * len(name)
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        boxes.append((left, float(y) - 11, left + width, float(y) + 4))
    covered = sum(
        max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )
    assert covered <= 0.03 * sum((b[2] - b[0]) * (b[3] - b[1]) for b in boxes)


# Companies


def test_a_company_shows_its_deals_by_its_part_in_them(book: DealBook) -> None:
    velmora = next(company for company in book.companies if company.name == "Velmora")
    seen = Seen(company_html(EN, book, velmora, {}))
    assert "4 deals, 4 articles" in seen.text
    assert "As buyer (3)" in seen.text
    assert "As partner (1)" in seen.text
    assert seen.tags.count("svg") > 4
    assert "Which companies did Velmora acquire?" in seen.values("data-question")


def test_a_bid_given_up_is_told_with_the_day_it_was_given_up(book: DealBook) -> None:
    baldor = next(company for company in book.companies if company.name == "Baldor")
    told_ = "Baldor's acquisition of Marrow withdrawn, 10 February 2006"
    assert told_ in Seen(company_html(EN, book, baldor, {})).text
    assert told_ in Seen(map_html(EN, book, ALL)).text


def test_a_company_says_why_its_names_are_one(saga: DealBook) -> None:
    held = next(c for c in saga.companies if c.name == "Tarnbeck Castings")
    quote = saga.deals[0].evidence[0]
    join = Join("Tarnbeck", "Tarnbeck Castings", Why.SAME_PLACE, quote.article_id, quote.span)
    # An article may say that two names are one and tell of no deal that is held.
    proof = Citation(1, quote, Source(quote.article_id, "The foundries of Norrby", "Norrby Post"))
    company = replace(held, names=("Tarnbeck Castings", "Tarnbeck"), joins=(join,))
    seen = Seen(company_html(EN, saga, company, {join: proof}))
    assert "Tarnbeck is Tarnbeck Castings: an article uses the short name for it" in seen.text
    assert quote.text in seen.text
    assert "The foundries of Norrby" in seen.text


def test_companies_are_listed_and_searched(book: DealBook) -> None:
    assert Seen(companies_html(EN, book, "")).text.startswith("10 companies")
    found = Seen(companies_html(EN, book, "hallow"))
    assert found.text.startswith("1 company")
    assert "Hallow Street Bank" in found.text
    assert "begins with “Zebra”" in Seen(companies_html(EN, book, "Zebra")).text


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", "1 of 7 deals", "2 of 7 deals"), ("fr", "1 opération sur 7", "2 opérations sur 7")],
)
def test_one_of_several_deals_is_told_in_the_singular(
    book: DealBook, language: str, one: str, two: str
) -> None:
    texts = choose_texts(language)
    assert len(book.deals) == 7
    ids = [deal.id for deal in book.deals]
    assert one in Seen(deals_html(texts, book, Shown(deals=(ids[0],)))).text
    assert two in Seen(deals_html(texts, book, Shown(deals=tuple(ids[:2])))).text


@pytest.mark.parametrize(
    ("language", "english"),
    [("de", "Englisch"), ("es", "inglés"), ("fr", "anglais"), ("zh", "英文")],
)
def test_the_first_look_says_that_questions_are_english(language: str, english: str) -> None:
    assert english in choose_texts(language)("welcome.text")


def test_the_command_is_told_for_a_page_that_is_stopped_and_dropping_for_one_that_runs() -> None:
    assert EN("welcome.empty").startswith("While this page is stopped")
    assert EN("welcome.empty_page").startswith("Drop your own files under Library")


def test_a_span_of_days_needs_no_article_in_spanish() -> None:
    texts = choose_texts("es")
    first, last = (date_words(texts, day) for day in ("2012-06-17", "2019-05-04"))
    assert texts("date.span", first=first, last=last) == f"{first} – {last}"
