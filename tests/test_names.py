"""Names in articles: the shipped tagger on invented sentences, the joining of names, references."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.deals.reading.groups import Named, core_words, group_names, is_initials
from assistant.deals.reading.names import (
    Actor,
    ActorKind,
    find_actors,
    find_all_actors,
    group_actors,
)
from assistant.deals.reading.references import resolve_references
from assistant.deals.reading.tagger import NameKind, NameTagger, Tagged, split_words
from assistant.domain import Article, Source, Span
from assistant.text import split_sentences


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> NameTagger:
    return NameTagger(tmp_path_factory.mktemp("cache"))


def _article(title: str, text: str) -> Article:
    return Article(Source("a1", title), text)


def _lines(article: Article) -> list[Span]:
    first = len(article.source.title) + 1
    spans = [Span(s.start + first, s.end + first) for s in split_sentences(article.text)]
    return [Span(0, first - 1), *spans]


def _actors(tagger: NameTagger, title: str, text: str) -> tuple[Actor, ...]:
    article = _article(title, text)
    return find_actors(article, _lines(article), tagger)


def _names(actors: tuple[Actor, ...], kind: ActorKind = ActorKind.COMPANY) -> list[str]:
    return [actor.name for actor in actors if actor.kind is kind]


def _forms(article: Article, actor: Actor) -> set[str]:
    return {article.content[span.start : span.end] for span in actor.spans}


def _grouped(content: str, *texts: str, kind: NameKind = NameKind.ORGANISATION) -> list[set[str]]:
    """The names `texts`, found in `content` by a tagger that sees each of them in each sentence."""
    lines = [Span(0, content.index("\n"))]
    first = lines[0].end + 1
    lines += [Span(s.start + first, s.end + first) for s in split_sentences(content[first:])]
    tagged = []
    for line in lines:
        taken: list[Tagged] = []
        for text in sorted(texts, key=len, reverse=True):
            at = content.find(text, line.start, line.end)
            span = Span(at - line.start, at - line.start + len(text)) if at >= 0 else None
            if span and not any(t.span.start < span.end and span.start < t.span.end for t in taken):
                taken.append(Tagged(span, kind, 0.9))
        tagged.append(taken)
    actors = group_actors(content, lines, tagged)
    return [{content[s.start : s.end] for s in actor.spans} for actor in actors]


# --- the tagger ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Velmora agreed on Wednesday to buy Tarnbeck Foods.", ["Velmora", "Tarnbeck Foods"]),
        ("Norrby Air Lines and Skarland Airways plan a merger.", ["Norrby Air Lines", "Skarland Airways"]),
        ("Pellam's partnership with Oskeld Motor Co. ends.", ["Pellam", "Oskeld Motor Co."]),
        ("Tarnbeck Castings was acquired by Velmora Group plc.", ["Tarnbeck Castings", "Velmora Group plc"]),
        ("Halvora said it had bought stakes in Pixelbarn, Dunmore and Corvane.",
         ["Halvora", "Pixelbarn", "Dunmore", "Corvane"]),
    ],
)  # fmt: skip
def test_finds_companies_it_has_never_seen(
    tagger: NameTagger, sentence: str, names: list[str]
) -> None:
    assert _names(_actors(tagger, sentence, ".")) == names


def test_tells_persons_and_places_from_companies(tagger: NameTagger) -> None:
    text = "Ilse Quandt, who runs Velmora, agreed. She was born in Lisbon, Portugal."
    actors = _actors(tagger, "Velmora to buy a foundry", text)
    assert _names(actors, ActorKind.PERSON) == ["Ilse Quandt"]
    assert _names(actors, ActorKind.PLACE) == ["Lisbon", "Portugal"]
    assert _names(actors) == ["Velmora"]


def test_a_title_is_no_part_of_a_name_unless_in_its_middle() -> None:
    content = "x\nCEO Otto Mr Reiss paid."
    span = Span(0, len("CEO Otto Mr Reiss"))
    (actor,) = group_actors(
        content, [Span(2, len(content))], [[Tagged(span, NameKind.PERSON, 0.9)]]
    )
    assert actor.name == "Otto Mr Reiss"


@pytest.mark.parametrize(
    ("text", "found", "name"),
    [
        ("right Halvora paid. Halvora left.", "right Halvora", "Halvora"),
        ("It hit giant de Halvora today.", "giant de Halvora", "de Halvora"),
        ("Oskeld Oskeld paid.", "Oskeld Oskeld", "Oskeld"),
        ("Internet Halvora paid. Halvora left.", "Internet Halvora", "Halvora"),
        ("Internet Halvora paid and left.", "Internet Halvora", "Internet Halvora"),
        ("Then Internet Halvora and Halvora paid.", "Internet Halvora", "Internet Halvora"),
    ],
)
def test_words_that_are_no_part_of_a_name_are_left_out(text: str, found: str, name: str) -> None:
    content = f"x\n{text}"
    at = text.index(found)
    tagged = Tagged(Span(at, at + len(found)), NameKind.ORGANISATION, 0.9)
    (actor,) = group_actors(content, [Span(2, content.index(".") + 1)], [[tagged]])
    assert actor.name == name


def test_marks_of_a_wiki_are_no_name() -> None:
    tagged = Tagged(Span(0, 9), NameKind.ORGANISATION, 0.9)
    assert group_actors("x\n__NOTOC__ It paid.", [Span(2, 21)], [[tagged]]) == ()


def test_a_sentence_of_small_words_names_nobody(tagger: NameTagger) -> None:
    assert _actors(tagger, "A good deal of rain", "It rained on Monday, as it does in March.") == ()


def test_spans_cut_the_name_out_of_the_content(tagger: NameTagger) -> None:
    article = _article("Velmora buys Tarnbeck", "Velmora's purchase of Tarnbeck Corp. is done.")
    for actor in find_actors(article, _lines(article), tagger):
        assert _forms(article, actor) <= {"Velmora", "Tarnbeck", "Tarnbeck Corp."}
        assert list(actor.spans) == sorted(actor.spans)


def test_many_articles_give_what_each_gives_alone(tagger: NameTagger) -> None:
    articles = [
        _article("Velmora buys Tarnbeck", "Velmora bought Tarnbeck Castings in May."),
        _article("Nothing", "It rained."),
        _article("Oskeld joins Quillon", "Oskeld and Quillon will build trains."),
    ]
    together = find_all_actors([(a, _lines(a)) for a in articles], tagger)
    assert together == [find_actors(a, _lines(a), tagger) for a in articles]


def test_names_of_the_sentences_read_are_found_in_the_others(tagger: NameTagger) -> None:
    text = "Velmora agreed to buy Tarnbeck Foods. Shares rose. Staff at Tarnbeck Foods cheered."
    article = _article("Velmora deal", text)
    actors = find_actors(article, _lines(article)[:2], tagger)
    (target,) = [actor for actor in actors if actor.name == "Tarnbeck Foods"]
    assert len(target.spans) == 2


@pytest.mark.parametrize(
    "text",
    ["“" * 5000, "A" * 20000, "Velmora " * 3000, "(Velmora (" * 2000, "\ud800", "A. " * 4000,
     "Velmora, Tarn, " * 1500, " "],
)  # fmt: skip
def test_a_hostile_text_takes_little_time_and_raises_nothing(tagger: NameTagger, text: str) -> None:
    begun = time.process_time()
    _actors(tagger, "x", text)
    assert time.process_time() - begun < 20


def test_words_are_split_at_marks_and_keep_their_places() -> None:
    text = "AT&T's Co."
    words = [text[s.start : s.end] for s in split_words(text)]
    assert words == ["AT", "&", "T", "'", "s", "Co", "."]


# --- one actor, many names --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("x\nOskeld Corp. bought it. Oskeld Corporation paid.", ("Oskeld Corp.", "Oskeld Corporation")),
        ("x\nHalvora Air Lines flies. Halvora paid.", ("Halvora Air Lines", "Halvora")),
        ("Halvora to buy\nThe Walt Halvora Company said so.", ("Halvora", "Walt Halvora Company")),
        ("x\nPellam-Oskeld pays. PO is large.", ("Pellam-Oskeld", "PO")),
        ("x\nQuillon Data Systems (QDS) sells. QDS gained.", ("Quillon Data Systems", "QDS")),
        ("x\nNorrby Airlines (NLA) sells. Then NLA gained.", ("Norrby Airlines", "NLA")),
        ("x\nPixelBarn sells. Pixelbarn gained. Pixel-Barn too.", ("PixelBarn", "Pixelbarn", "Pixel-Barn")),
        ("x\nDunmore Broadline Partners paid. Dunmore gained.", ("Dunmore Broadline Partners", "Dunmore")),
    ],
)  # fmt: skip
def test_joins_the_forms_of_one_company(content: str, names: tuple[str, ...]) -> None:
    assert _grouped(content, *names) == [set(names)]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("x\nHalvora Tarn Cable grew. Halvora Tarn sold it.", ("Halvora Tarn Cable", "Halvora Tarn")),
        ("x\nPellam Mobile grew. Pellam said so.", ("Pellam Mobile", "Pellam")),
        ("x\nOskeld Bank and Oskeld Motors grew. Oskeld fell.", ("Oskeld Bank", "Oskeld Motors", "Oskeld")),
        ("x\nVelmora and Velmora Airlines differ.", ("Velmora", "Velmora Airlines")),
        ("x\nQuillon-Varga is a pact. Quillon and Varga share it. QV.", ("Quillon", "Varga", "QV")),
        ("x\nCorvane sold Benholt. CB did not.", ("Corvane", "Benholt", "CB")),
    ],
)  # fmt: skip
def test_keeps_apart_what_may_be_two_companies(content: str, names: tuple[str, ...]) -> None:
    assert sorted(map(sorted, _grouped(content, *names))) == sorted([name] for name in names)


def test_a_surname_joins_the_one_person_who_bears_it() -> None:
    content = "x\nIlse Quandt spoke. Quandt left. Otto Reiss and Mats Reiss stayed. Reiss paid."
    names = ("Ilse Quandt", "Quandt", "Otto Reiss", "Mats Reiss", "Reiss")
    groups = _grouped(content, *names, kind=NameKind.PERSON)
    assert {"Ilse Quandt", "Quandt"} in groups
    assert {"Reiss"} in groups


def test_a_company_is_no_person_of_the_same_name() -> None:
    named = [
        Named("Reiss", NameKind.ORGANISATION, (Span(0, 5),)),
        Named("Otto Reiss", NameKind.PERSON, (Span(10, 20),)),
    ]
    assert len(group_names("Reiss and Otto Reiss", named)) == 2


def test_the_fullest_form_names_the_actor() -> None:
    content = "x\nQuillon Data Systems (QDS) sells. QDS gained."
    lines = [Span(2, len(content))]
    tagged = [[Tagged(Span(0, 20), NameKind.ORGANISATION, 0.9)]]
    (actor,) = group_actors(content, lines, tagged)
    assert (actor.name, len(actor.spans)) == ("Quillon Data Systems", 3)


def test_a_name_beside_a_capital_in_a_sentence_not_read_may_be_another() -> None:
    content = "x\nPellam paid. Then Pellam Atlantic flew. Then Pellam left."
    tagged = [[Tagged(Span(0, 6), NameKind.ORGANISATION, 0.9)]]
    (actor,) = group_actors(content, [Span(2, 14)], tagged)
    assert [span.start for span in actor.spans] == [2, content.rindex("Pellam")]


def test_a_government_is_an_actor() -> None:
    content = "x\nThe Norlandic government took over the bank."
    (actor,) = group_actors(content, [Span(2, len(content))], [[]])
    assert (actor.name, actor.kind) == ("Norlandic government", ActorKind.COMPANY)


@pytest.mark.parametrize(
    ("short", "name", "fits"),
    [
        ("HSC", "Halvora's Steel Company", True),
        ("OADS", "Oskeld Air Defence and Steel Company", True),
        ("QDS", "Quillon Data Systems, Inc.", True),
        ("QX", "Quillon Data", False),
        ("VE", "Velmora", False),
    ],
)
def test_initials_may_count_small_and_legal_words_or_not(short: str, name: str, fits: bool) -> None:
    assert is_initials(short, name) is fits


def test_the_first_word_of_a_company_is_found_where_no_sentence_was_read() -> None:
    content = "Pellam Gardens bought Tarnbeck. In the end Pellam, too, was for sale."
    spans = split_sentences(content)[:1]
    words = [
        Tagged(Span(0, 14), NameKind.ORGANISATION, 0.9),
        Tagged(Span(22, 30), NameKind.ORGANISATION, 0.9),
    ]
    first = group_actors(content, spans, [words])[0]
    assert first.name == "Pellam Gardens"
    assert [content[s.start : s.end] for s in first.spans] == ["Pellam Gardens", "Pellam"]


def test_legal_words_and_accents_do_not_make_another_name() -> None:
    assert core_words("The Øskeld Café S.A.") == core_words("Øskeld Cafe")
    assert core_words("Group") == ("group",)


# --- references -------------------------------------------------------------------------------


def _resolved(title: str, text: str, *companies: str) -> dict[str, list[str]]:
    article = _article(title, text)
    actors = []
    for name in companies:
        starts = [i for i in range(len(article.content)) if article.content.startswith(name, i)]
        spans = tuple(Span(start, start + len(name)) for start in starts)
        actors.append(Actor(name, ActorKind.COMPANY, spans))
    return {
        article.content[r.span.start : r.span.end]: [actors[i].name for i in r.actors]
        for r in resolve_references(article, actors, _lines(article))
    }


def test_it_means_the_company_the_sentence_began_with() -> None:
    found = _resolved("Deal", "Velmora said it would buy Tarnbeck.", "Velmora", "Tarnbeck")
    assert found == {"it": ["Velmora"]}


def test_it_at_the_beginning_means_that_of_the_sentence_before() -> None:
    found = _resolved("Deal", "Velmora will buy Tarnbeck. It paid cash.", "Velmora", "Tarnbeck")
    assert found == {"It": ["Velmora"]}


def test_it_goes_on_meaning_what_the_text_speaks_of() -> None:
    text = "Velmora has grown. In May it bought the pump arm of Tarnbeck. It will close two plants."
    found = _resolved("Deal", text, "Velmora", "Tarnbeck")
    assert found == {"it": ["Velmora"], "It": ["Velmora"]}


def test_it_does_not_mean_who_backs_the_buyer() -> None:
    text = "Velmora makes pumps. Backed by Orva, it has bought Tarnbeck."
    assert _resolved("Deal", text, "Velmora", "Orva", "Tarnbeck") == {"it": ["Velmora"]}


def test_its_after_which_means_the_name_before_which() -> None:
    text = "Velmora left the race, as did Orva, which has put off its purchase of Tarnbeck."
    assert _resolved("Deal", text, "Velmora", "Orva", "Tarnbeck") == {"its": ["Orva"]}


def test_both_companies_are_the_two_named_before() -> None:
    text = "Oskeld met Quillon. Both companies build trains."
    assert _resolved("Deal", text, "Oskeld", "Quillon") == {"Both companies": ["Oskeld", "Quillon"]}


def test_both_is_left_out_where_three_were_named() -> None:
    text = "Oskeld met Quillon and Pellam. The two companies build trains."
    assert _resolved("Deal", text, "Oskeld", "Quillon", "Pellam") == {}


def test_the_company_is_left_out_where_two_were_named() -> None:
    text = "Oskeld met Quillon. On Monday the company paid."
    assert _resolved("Deal", text, "Oskeld", "Quillon") == {}
    text = "Oskeld was hopeful. On Monday the company paid Quillon."
    assert _resolved("Deal", text, "Oskeld", "Quillon") == {"the company": ["Oskeld"]}


def test_the_hash_of_the_shipped_file_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.deals.reading import tagger as names_tagger
    from assistant.errors import WeightsMissing

    monkeypatch.setattr(names_tagger, "ADAPTER_SHA256", "0" * 64)
    with pytest.raises(WeightsMissing, match=r"names\.safetensors"):
        NameTagger(tmp_path)
