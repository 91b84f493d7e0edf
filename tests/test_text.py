from __future__ import annotations

import random
from itertools import pairwise

import pytest

from assistant.domain import Span
from assistant.text import (
    PASSAGE_TOKENS,
    cut_passages,
    locate_quote,
    pack_passages,
    split_sentences,
)

LETTERS = (
    "aabbcdeAB  ..\n\n\t\"'’“”!?-–…,;:\u00ad\u00a0é界。1$%()[]\x0b\x0c\x85\u2028_/&@хйعم\U0001f600"
)
PROSE = (
    "Velmora agreed to buy Tarnbeck Castings. “It gives us a foundry,” said Ilse Quandt. "
    "The price is 340 million euros.\n\nTarnbeck employs 1,200 people. Shares rose 3.5 percent."
)


def _count(texts: list[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def _random_text(seed: int) -> str:
    source = random.Random(seed)
    return "".join(source.choice(LETTERS) for _ in range(source.randint(1, 90)))


def _assert_keeps_everything(text: str, spans: list[Span]) -> None:
    """Ordered, apart from each other, and nothing but blanks outside of them."""
    assert all(a.end <= b.start for a, b in pairwise(spans)), repr(text)
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    outside = "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    assert outside.strip() == "", repr(text)


def test_sentences_keep_every_character_that_is_no_blank_in_order() -> None:
    for seed in range(1000):
        text = _random_text(seed)
        _assert_keeps_everything(text, split_sentences(text))


@pytest.mark.parametrize(
    "line",
    [
        "word " * 40_000,
        "x" * 200_000,
        '"' * 200_000,
        "a." * 100_000,
        "界。" * 100_000,
        "“a” " * 50_000,
    ],
    ids=["words", "one word", "quotation marks", "full stops", "chinese", "quoted"],
)
def test_a_line_of_200_000_characters_is_kept_whole_in_short_pieces(line: str) -> None:
    spans = split_sentences(line)
    _assert_keeps_everything(line, spans)
    assert max(span.end - span.start for span in spans) <= 900


@pytest.mark.parametrize("text", ["", " ", "\n\t \n", "\u00a0\u2003"])
def test_blanks_have_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize("text", ['"""', "“”", "’", "...", "-", "?", "«»"])
def test_only_punctuation_is_kept(text: str) -> None:
    _assert_keeps_everything(text, split_sentences(text))
    assert split_sentences(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mr. Li met Dr. Ode. They agreed.", ["Mr. Li met Dr. Ode.", "They agreed."]),
        ("Foo Inc. bought Bar Corp. for cash.", ["Foo Inc. bought Bar Corp. for cash."]),
        ("Telmex S.A. paid 3.5 million.", ["Telmex S.A. paid 3.5 million."]),
        ("The U.S. firm sold it. It didn't pay.", ["The U.S. firm sold it.", "It didn't pay."]),
        ("“We won,” he said. They can't.", ["“We won,” he said.", "They can't."]),
        ("Привет. Мир велик.", ["Привет.", "Мир велик."]),
        ("It said the offer was\ntoo low.", ["It said the offer was\ntoo low."]),
        ("First block\n\nSecond block", ["First block", "Second block"]),
        ("Terms:\n- cash\n2. shares", ["Terms:", "- cash", "2. shares"]),
        ("Vorm met Tael . At noon they signed .", ["Vorm met Tael .", "At noon they signed ."]),
        ("Vorm met Tael\u00a0.\u00a0At noon.", ["Vorm met Tael\u00a0.", "At noon."]),
        ("  Blanks around.  ", ["Blanks around."]),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in split_sentences(text)] == parts


def test_passages_hold_whole_sentences_and_all_of_them_within_the_limit() -> None:
    source = random.Random(1)
    for _ in range(500):
        sizes = [source.randint(1, 60) for _ in range(source.randint(1, 40))]
        limit = source.choice([60, 100, 200])
        sentences = [Span(10 * i, 10 * i + 9) for i in range(len(sizes))]
        passages = pack_passages(sentences, sizes, limit)
        assert [span for passage in passages for span in passage] == sentences
        held = [sum(sizes[span.start // 10] for span in passage) for passage in passages]
        assert max(held) <= limit, sizes


def test_a_sentence_over_the_limit_is_a_passage_of_its_own() -> None:
    sentences = [Span(0, 5), Span(6, 500), Span(501, 505)]
    assert (Span(6, 500),) in pack_passages(sentences, [5, 400, 5], 200)


def test_sentences_without_a_token_are_kept() -> None:
    assert pack_passages([Span(0, 2), Span(3, 4)], [0, 0]) == [(Span(0, 2), Span(3, 4))]


def test_no_sentences_make_no_passages() -> None:
    assert pack_passages([], []) == []
    assert cut_passages("Title\n", 6, _count) == []


def test_an_article_does_not_end_in_a_passage_of_a_few_words() -> None:
    sentences = [Span(10 * i, 10 * i + 9) for i in range(21)]
    passages = pack_passages(sentences, [10] * 21, 200)
    lengths = [len(passage) for passage in passages]
    assert len(passages) == 2
    assert max(lengths) <= 1.5 * min(lengths)


def test_passages_are_cut_after_the_title_and_count_from_the_beginning() -> None:
    content = f"A title\n{PROSE}"
    (passage,) = cut_passages(content, len("A title\n"), _count)
    assert content[passage[0].start : passage[-1].end] == PROSE
    assert content[passage[0].start : passage[0].end] == "Velmora agreed to buy Tarnbeck Castings."


def test_a_long_text_makes_several_passages_that_together_are_the_text() -> None:
    content = "T\n" + " ".join(
        f"Company {n} bought shares of the other company." for n in range(90)
    )
    passages = [content[p[0].start : p[-1].end] for p in cut_passages(content, 2, _count)]
    assert len(passages) > 2
    assert " ".join(passages) == content[2:]
    assert max(_count(passages)) <= PASSAGE_TOKENS


def _located(content: str, words: str, within: Span | None = None) -> str | None:
    quote = locate_quote("a", content, words, within)
    if quote is None:
        return None
    assert quote.article_id == "a"
    assert content[quote.span.start : quote.span.end] == quote.text
    return quote.text


def test_any_words_of_an_article_are_located_where_they_stand() -> None:
    words = PROSE.split(" ")
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            wanted = " ".join(words[start:end])
            assert _located(PROSE, wanted) == wanted


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("agreed  to\nbuy", "agreed to buy"),
        ("340 million euros. Tarnbeck employs", "340 million euros.\n\nTarnbeck employs"),
        ('gives us a foundry," SAID', "gives us a foundry,” said"),
        ("VELMORA AGREED", "Velmora agreed"),
        ("Velmora agreed to buy;", "Velmora agreed to buy"),
        ("...agreed to buy Tarnbeck...", "agreed to buy Tarnbeck"),
        ("(1,200 people)", "1,200 people"),
        ("“Velmora agreed to buy.”", "Velmora agreed to buy"),
        ("‘Velmora agreed to buy’", "Velmora agreed to buy"),
        ("«velmora agreed to buy»", "Velmora agreed to buy"),
        ("– Velmora agreed to buy –", "Velmora agreed to buy"),
    ],
)
def test_white_space_quotation_marks_case_and_edges_do_not_matter(words: str, stands: str) -> None:
    assert _located(PROSE, words) == stands


def test_dashes_and_no_break_spaces_do_not_matter() -> None:
    content = "Oskeld – the train‑builder – paid\u00a05\u202fmillion."
    assert _located(content, "Oskeld - the train-builder - paid 5 million") == content[:-1]


@pytest.mark.parametrize(
    "words",
    ["", " ", '"', "...", "Velmora sold", "agreed ... Tarnbeck", "Velmora [1] agreed", "foundries"],
)
def test_refuses_a_quote_that_is_not_in_the_article(words: str) -> None:
    assert _located(PROSE, words) is None


@pytest.mark.parametrize("words", ["elmora AGREED", "Velmora AGRE", "PRICE IS 34", "HARES ROSE"])
def test_folded_words_are_never_found_inside_a_word(words: str) -> None:
    assert _located(PROSE, words) is None


@pytest.mark.parametrize("words", ["elmora agreed", "foundr", "340 million euro"])
def test_exact_words_are_never_found_inside_a_word(words: str) -> None:
    assert _located(PROSE, words) is None


def test_exact_words_inside_a_word_are_passed_over_for_whole_ones() -> None:
    quote = locate_quote("a", "Pineapple bought the apple farm.", "apple")
    assert quote is not None
    assert quote.span == Span(21, 26)


def test_folded_words_inside_a_word_are_passed_over_for_whole_ones() -> None:
    quote = locate_quote("a", "Pineapple bought Apple.", "APPLE")
    assert quote is not None
    assert quote.span == Span(17, 22)


@pytest.mark.parametrize("words", ["Velmora paid", "velmora PAID"])
def test_words_that_stand_twice_are_taken_from_the_passage_asked_for(words: str) -> None:
    content = "Velmora paid. Others waited. Velmora paid."
    first, second = (
        locate_quote("a", content, words),
        locate_quote("a", content, words, Span(14, 42)),
    )
    assert first is not None
    assert second is not None
    assert (first.span.start, second.span.start) == (0, 29)


@pytest.mark.parametrize("words", ["Velmora paid", "velmora PAID"])
def test_words_outside_the_passage_asked_for_are_found_all_the_same(words: str) -> None:
    assert _located("Velmora paid. Others waited.", words, Span(14, 28)) == "Velmora paid"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a ﬁne deal", "FINE deal"),
        ("İstanbul deal", "i̇stanbul DEAL"),
        ("Straße 5 – ½", "STRASSE 5"),
    ],
)
def test_letters_that_fold_to_several_keep_their_places(content: str, words: str) -> None:
    located = _located(content, words)
    assert located is None or located in content


def test_whatever_is_located_stands_there() -> None:
    for seed in range(1000):
        content, words = _random_text(seed), _random_text(seed + 1000)[:4]
        _located(content, words)
        _located(content, words.upper(), Span(0, len(content)))
