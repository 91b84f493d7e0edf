"""A conversation as Markdown and as Word, read again by parsers of both."""

from __future__ import annotations

import random
import re
import zipfile
from io import BytesIO

import pytest
from docx import Document
from markdown_it import MarkdownIt

from assistant.answer.export import (
    Wording,
    conversation_docx,
    conversation_markdown,
    file_name,
)
from assistant.domain import Answer, Citation, Conversation, Exchange, Quote, Source, Span

AT = "2026-03-01T14:05:09.123+00:00"
SOURCE = Source(
    "a-1", "Kestrel bids", "Harbour Post", "2011-03-09", "https://harbour.example/1?a=1"
)
WORDS = "Kestrel offered 12 million."
CITED = Citation(1, Quote("a-1", Span(13, 40), WORDS), SOURCE)
TEXT = "Two offers:\n\n- Kestrel offered 12 million [1].\n- Marrow refused.\n\nThat is all."
TALK = Conversation("c", "Who bid?", AT, AT, 2)
EXCHANGES = [
    Exchange("Who bid?", Answer("Who bid?", TEXT, (CITED,), "m", notice="The model was slow."), AT),
    Exchange("And when?", None, AT),
]
HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://evil.example/x.png) [out](javascript:alert(1)) <https://evil.example>",
    "https://evil.example www.evil.example HTTP://evil.example a@evil.example",
    "# heading",
    "- row\n+ row\n1. row\n2) row",
    "> quote\n===\n---\n***\n___",
    "```\ncode\n```\n~~~",
    "    code\n\tcode",
    "| a | b |\n|---|---|\n| c | d |",
    "**bold** _slanted_ `code` ~~gone~~ $x^2$ \\(x\\) &amp; &#60;b&#62; [^1] \\",
    "[ref]: https://evil.example 'x'\n\n[ref]",
    "line\x00\x07\x1b[31m\ud800 \u202eevil\u202c\u2066 x\ufffe\x85y",
    "W" * 5000,
    "5\\. x *a* **",
    "Ünïcode 漢字 עברית 🙂 “quotes” – dash",
]
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def hostile(text: str) -> tuple[Conversation, list[Exchange]]:
    """The text wherever words of others stand."""
    source = Source("a", text, text, text, text)
    cited = Citation(1, Quote("a", Span(0, 1), text), source)
    answer = Answer(text, text, (cited,), "m", notice=text)
    return Conversation("c", text, AT, AT, 1), [Exchange(text, answer, AT)]


def shown(text: str) -> str:
    """Letters alone, of what is left when nothing unseen is."""
    return re.sub(r"[^\w<>*_`#\[\]|$~&!()+=\\.@:/-]|[\x85\ufffe]", "", text)


def texts_of(markdown: str) -> str:
    html = READER.render(markdown)
    plain = re.sub(r"<[^>]*>", "", html)
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("&", "&amp;")):
        plain = plain.replace(name, sign)
    return plain


def test_markdown_has_questions_answers_sources_and_quotes() -> None:
    assert conversation_markdown(TALK, EXCHANGES) == (
        "# Who bid?\n\n## Who bid?\n\n*1 March 2026, 14:05 UTC*\n\nTwo offers:\n\n"
        "- Kestrel offered 12 million \\[1\\].\n- Marrow refused.\n\nThat is all.\n\n"
        "*The model was slow.*\n\n### Sources\n\n"
        "**\\[1\\] Kestrel bids**, Harbour Post, 9 March 2011\\\n<https://harbour.example/1?a=1>\n\n"
        "> “Kestrel offered 12 million.”\n\n"
        "## And when?\n\n*1 March 2026, 14:05 UTC*\n\nThe answer was not kept.\n"
    )


def test_word_has_the_same_in_styles() -> None:
    document = Document(BytesIO(conversation_docx(TALK, EXCHANGES)))
    told = [(p.style.name if p.style else "", p.text) for p in document.paragraphs]
    assert told == [
        ("Title", "Who bid?"),
        ("Heading 1", "Who bid?"),
        ("Normal", "1 March 2026, 14:05 UTC"),
        ("Normal", "Two offers:"),
        ("List Bullet", "Kestrel offered 12 million [1]."),
        ("List Bullet", "Marrow refused."),
        ("Normal", "That is all."),
        ("Normal", "The model was slow."),
        ("Heading 2", "Sources"),
        ("Normal", "[1] Kestrel bids, Harbour Post, 9 March 2011\nhttps://harbour.example/1?a=1"),
        ("Quote", "“Kestrel offered 12 million.”"),
        ("Heading 1", "And when?"),
        ("Normal", "1 March 2026, 14:05 UTC"),
        ("Normal", "The answer was not kept."),
    ]
    assert document.core_properties.author == "Accord"


def test_the_documents_own_words_can_be_of_another_language() -> None:
    wording = Wording(
        "Quellen", "Nicht aufbewahrt.", "Ohne Titel", lambda d: f"am {d}", lambda t: t
    )
    markdown = conversation_markdown(TALK, EXCHANGES, wording)
    word = Document(BytesIO(conversation_docx(TALK, EXCHANGES, wording)))
    for text in (markdown, "\n".join(p.text for p in word.paragraphs)):
        assert "Quellen" in text
        assert "am 2011-03-09" in text
        assert "Nicht aufbewahrt." in text


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_as_it_stands(text: str) -> None:
    talk, exchanges = hostile(text)
    markdown = conversation_markdown(talk, exchanges)
    html = READER.render(markdown)
    tags = set(re.findall(r"<(/?\w+)", html))
    allowed = {"h1", "h2", "h3", "p", "em", "strong", "blockquote", "br", "ul", "li"}
    assert {tag.strip("/") for tag in tags} <= allowed
    assert shown(text.replace("\ud800", "")) in shown(texts_of(markdown))
    assert len(re.findall("<h1", html)) == len(re.findall("<h2", html)) == 1
    assert len(re.findall("<strong", html)) == 1


def test_markdown_shows_any_line_of_signs_as_it_stands() -> None:
    rng = random.Random(7)
    signs = "\\`*_{}[]<>()#+-.!|~$&:=@^\"'0aB; /%?,"
    for _ in range(3000):
        line = " ".join("".join(rng.choices(signs, k=rng.randint(1, 12))).split())
        exchange = Exchange("Q?", Answer("Q?", line, (), "m"), AT)
        markdown = conversation_markdown(TALK, [exchange])
        tail = texts_of(markdown).partition("UTC")[2]
        assert " ".join(tail.split()) == line.removeprefix("- ").strip(), (line, markdown)


@pytest.mark.parametrize("text", HOSTILE)
def test_word_takes_hostile_text_as_text_alone(text: str) -> None:
    file = conversation_docx(*hostile(text))
    document = Document(BytesIO(file))
    told = "".join(paragraph.text for paragraph in document.paragraphs)
    assert shown(text.replace("\ud800", "")) in shown(told).replace("- ", "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told)
    with zipfile.ZipFile(BytesIO(file)) as parts:
        xml = parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(hyperlink|fldSimple|instrText|object|altChunk)", xml)
    assert 'TargetMode="External"' not in links


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/<b>", "file:///etc/passwd", "//x", "http://[",
            "https://x.example/ b"],
)  # fmt: skip
def test_only_an_address_on_the_web_becomes_a_link(url: str) -> None:
    cited = Citation(1, CITED.quote, Source("a-1", "T", "", None, url))
    exchange = Exchange("Q?", Answer("Q?", "A [1].", (cited,), "m"), AT)
    assert "<a" not in READER.render(conversation_markdown(TALK, [exchange]))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Who bid for Marrow?", "accord-who-bid-for-marrow.md"),
        ("../../etc/passwd\r\nX: y", "accord-etc-passwd-x-y.md"),
        ("谁收购了？", "accord.md"),
        ("x " * 200, f"accord-{'x-' * 36}x.md"),
    ],
)
def test_a_file_is_called_after_the_conversation_in_plain_letters(name: str, file: str) -> None:
    assert file_name(Conversation("c", name, AT, AT, 1), "md") == file
