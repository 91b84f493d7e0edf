from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from assistant.errors import ArticleRefused
from assistant.library.formats import Read, Skipped, list_files, parse_date, read_file

LIMIT = 1_000_000


def _read(tmp_path: Path, name: str, content: str | bytes) -> list[Read | Skipped]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(path, LIMIT))


def _article(tmp_path: Path, name: str, content: str | bytes) -> Read:
    (found,) = _read(tmp_path, name, content)
    assert isinstance(found, Read), found
    return found


def _refusal(tmp_path: Path, name: str, content: str | bytes) -> str:
    (found,) = _read(tmp_path, name, content)
    assert isinstance(found, Skipped), found
    assert found.where.startswith(str(tmp_path / name))
    return found.why


# --- plain text --------------------------------------------------------------------------------


def test_the_first_line_of_a_text_is_its_title(tmp_path: Path) -> None:
    article = _article(tmp_path, "a.txt", "Kestrel bids\n\nIt bids.\nIt waits.\n").article
    assert article.source.title == "Kestrel bids"
    assert article.text == "It bids.\nIt waits."


@pytest.mark.parametrize(
    "text", ["Kestrel bids today.\nIt waits.", "One line", f"{'x ' * 100}\nIt."]
)
def test_a_text_without_a_title_is_called_by_its_file(tmp_path: Path, text: str) -> None:
    article = _article(tmp_path, "kestrel_bids-today.txt", text).article
    assert article.source.title == "Kestrel bids today"
    assert article.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_or_without_its_byte_order_mark_is_the_same(
    tmp_path: Path, encoding: str
) -> None:
    article = _article(tmp_path, "a.txt", "Títle\r\n\r\nTéxt 界.\r\n".encode(encoding)).article
    assert (article.source.title, article.text) == ("Títle", "Téxt 界.")


def test_an_id_made_from_a_file_is_the_same_each_time_and_another_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    first = _article(tmp_path, "a.txt", "T\n\nText one.")
    assert first.article.id == _article(tmp_path, "a.txt", "T\n\nText two.").article.id
    assert first.article.id != _article(tmp_path, "sub/a.txt", "T\n\nText one.").article.id
    assert not first.own_id


# --- Markdown ----------------------------------------------------------------------------------


def test_front_matter_tells_about_the_article(tmp_path: Path) -> None:
    found = _article(
        tmp_path,
        "a.md",
        "---\nid: k-1\ntitle: Kestrel bids\ndate: 2012-02-07\npublisher: Harbour Post\n"
        "url: https://h.example/1\nmood: unknown keys are passed over\n---\n\nIt bids.\n\nIt waits.\n",
    )
    source = found.article.source
    assert (source.article_id, source.title) == ("k-1", "Kestrel bids")
    assert (source.date, source.publisher) == ("2012-02-07", "Harbour Post")
    assert source.url == "https://h.example/1"
    assert found.article.text == "It bids.\n\nIt waits."
    assert found.own_id


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2012-02-07", "2012-02-07"),
        ("2012", "2012"),
        ("2012-02", "2012-02"),
        ("'2012-02-07'", "2012-02-07"),
        ("2012-02-07 10:30:00", "2012-02-07"),
        ("2012-02-07T10:30:00Z", "2012-02-07"),
        ("", None),
    ],
)
def test_a_date_in_front_matter_keeps_its_precision(
    tmp_path: Path, written: str, date: str | None
) -> None:
    text = f"---\ntitle: T\ndate: {written}\n---\nText."
    assert _article(tmp_path, "a.md", text).article.source.date == date


def test_a_number_as_title_or_id_is_its_text(tmp_path: Path) -> None:
    source = _article(tmp_path, "a.md", "---\nid: 7\ntitle: 2012\n---\nText.").article.source
    assert (source.article_id, source.title) == ("7", "2012")


def test_markdown_without_front_matter_is_called_by_its_heading(tmp_path: Path) -> None:
    article = _article(tmp_path, "a.md", "# Kestrel bids #\n\nIt bids.").article
    assert (article.source.title, article.text) == ("Kestrel bids", "It bids.")


def test_markdown_without_a_heading_is_called_by_its_file(tmp_path: Path) -> None:
    article = _article(tmp_path, "kestrel-bids.markdown", "It bids.").article
    assert (article.source.title, article.text) == ("Kestrel bids", "It bids.")


def test_markdown_is_read_as_a_reader_sees_it(tmp_path: Path) -> None:
    text = (
        "# T\n\nIt *really* [bids](http://x.example/y) `now`\nand &amp; waits.\n\n"
        "- one\n- **two**\n\n> quoted\n\n```\ncode\n```\n"
    )
    article = _article(tmp_path, "a.md", text).article
    assert article.text == "It really bids now and & waits.\n\none\n\ntwo\n\nquoted\n\ncode"


def test_text_between_two_rules_at_the_top_is_kept(tmp_path: Path) -> None:
    article = _article(tmp_path, "a.md", "---\n\nText after a rule.\n\n---\n\nMore.").article
    assert "Text after a rule." in article.text


@pytest.mark.parametrize("block", ["<p>Kestrel bids.</p>", "<div>\nKestrel bids.\n</div>"])
def test_text_in_a_block_of_html_is_kept(tmp_path: Path, block: str) -> None:
    article = _article(tmp_path, "a.md", f"# T\n\n{block}\n\nMore.").article
    assert "Kestrel bids." in article.text


@pytest.mark.parametrize("front", ["title: [a", "a: b: c", "\tx: y"])
def test_broken_front_matter_is_named(tmp_path: Path, front: str) -> None:
    why = _refusal(tmp_path, "a.md", f"---\n{front}\n---\nText.")
    assert "front matter is not valid YAML (line" in why


@pytest.mark.parametrize(
    "front",
    [
        pytest.param("date: 2011-13-45", id="a date that is none"),
        pytest.param("1: x", id="a key that is a number"),
        pytest.param("content: x", id="content"),
        pytest.param("handler: x", id="handler"),
    ],
)
def test_odd_front_matter_never_raises(tmp_path: Path, front: str) -> None:
    (found,) = _read(tmp_path, "a.md", f"---\ntitle: A\n{front}\n---\nText here.")
    assert isinstance(found, Skipped | Read)


def test_front_matter_alone_is_no_article(tmp_path: Path) -> None:
    assert _refusal(tmp_path, "a.md", "---\ntitle: T\n---\n") == "has no text"


@pytest.mark.parametrize("field", ["title: [a, b]", "publisher: {a: b}", "title: yes", "url: 1.5"])
def test_front_matter_of_a_wrong_type_is_named(tmp_path: Path, field: str) -> None:
    why = _refusal(tmp_path, "a.md", f"---\n{field}\n---\nText.")
    assert why.startswith(f'its "{field.split(":", maxsplit=1)[0]}" is not text')


# --- JSON Lines --------------------------------------------------------------------------------


def _line(**fields: object) -> str:
    return json.dumps({"id": "a", "text": "Text."} | fields)


def test_a_line_is_an_article_with_the_id_it_gives(tmp_path: Path) -> None:
    found = _article(
        tmp_path,
        "a.jsonl",
        _line(id="k-1", title=" Kestrel\n bids ", date="2012-02", publisher="P", url="u", more=[1]),
    )
    source = found.article.source
    assert (source.article_id, source.title, source.date) == ("k-1", "Kestrel bids", "2012-02")
    assert (source.publisher, source.url) == ("P", "u")
    assert found.article.text == "Text."
    assert found.own_id
    assert found.origin == f"{tmp_path / 'a.jsonl'}:1"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_are_read_in_every_encoding_that_says_what_it_is(
    tmp_path: Path, end: str, encoding: str
) -> None:
    text = end.join(['{"id": "é", "text": "a\u2028b"}', "", '{"id": 0, "text": "c"}', ""])
    found = _read(tmp_path, "a.jsonl", text.encode(encoding))
    articles = [(item.article.id, item.article.text) for item in found if isinstance(item, Read)]
    assert articles == [("é", "a\u2028b"), ("0", "c")]
    assert len(found) == 2


def test_a_text_keeps_every_character(tmp_path: Path) -> None:
    text = "  \tBlank edges,\r\nlines — “quotes” \U0001f600 \u00a0 "
    assert _article(tmp_path, "a.jsonl", _line(text=text)).article.text == text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{broken", "is not valid JSON"),
        ("[1, 2]", "is not a JSON object"),
        ('"text"', "is not a JSON object"),
        ("null", "is not a JSON object"),
        ("[" * 100_000, "is not valid JSON (too long or too deep)"),
        ('{"text": "x"}', 'has no "id"'),
        ('{"id": "", "text": "x"}', 'has no "id"'),
        ('{"id": "  ", "text": "x"}', 'has no "id"'),
        ('{"id": null, "text": "x"}', 'has no "id"'),
        ('{"id": "a"}', "has no text"),
        ('{"id": "a", "text": " \\n"}', "has no text"),
        ('{"id": "a", "text": null}', "has no text"),
        ('{"id": "a", "text": ["x"]}', 'its "text" is not text'),
        ('{"id": 1.5, "text": "x"}', 'its "id" is not text'),
        ('{"id": true, "text": "x"}', 'its "id" is not text'),
        ('{"id": NaN, "text": "x"}', 'its "id" is not text'),
        ('{"id": {}, "text": "x"}', 'its "id" is not text'),
        ('{"id": "a", "title": ["x"], "text": "x"}', 'its "title" is not text'),
        ('{"id": "a", "text": "x\\ud800"}', 'its "text" holds a character no text may hold'),
        ('{"id": "a\\udc00", "text": "x"}', 'its "id" holds a character no text may hold'),
        ('{"id": "a", "text": "x\\u0000"}', 'its "text" holds a character no text may hold'),
        ('{"id": "a", "date": "yesterday", "text": "x"}', "its date 'yesterday' is none"),
        ('{"id": "a", "date": "2011-02-30", "text": "x"}', "its date '2011-02-30' is none"),
        ('{"id": "a", "date": "0000", "text": "x"}', "its date '0000' is none"),
        ('{"id": "a", "date": true, "text": "x"}', "its date 'True' is none"),
        ('{"id": "a", "date": [2011], "text": "x"}', "its date '[2011]' is none"),
        (json.dumps({"id": "a" * 513, "text": "x"}), "its id is longer than 512 characters"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_others_go_in(
    tmp_path: Path, line: str, why: str
) -> None:
    lines = ['{"id": "first", "text": "One."}', line, '{"id": "last", "text": "Two."}']
    first, bad, last = _read(tmp_path, "a.jsonl", "\n".join(lines))
    assert isinstance(first, Read)
    assert isinstance(last, Read)
    assert (first.article.id, last.article.id) == ("first", "last")
    assert isinstance(bad, Skipped)
    assert bad.where == f"{tmp_path / 'a.jsonl'}:2"
    assert why in bad.why


def test_a_line_in_another_encoding_is_named_alone(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "caf\xe9"}\n{"id": "b", "text": "x"}'
    bad, good = _read(tmp_path, "a.jsonl", lines)
    assert isinstance(bad, Skipped)
    assert "is not UTF-8" in bad.why
    assert isinstance(good, Read)


def test_a_number_of_5000_digits_spoils_its_line_alone(tmp_path: Path) -> None:
    lines = b'{"id": ' + b"1" * 5000 + b', "text": "x"}\n{"id": "ok", "text": "fine"}'
    bad, good = _read(tmp_path, "a.jsonl", lines)
    assert isinstance(bad, Skipped)
    assert isinstance(good, Read)


def test_no_line_of_noise_stops_the_others(tmp_path: Path) -> None:
    source = random.Random(1)
    whole = '{"id": "a", "text": "Text of é.", "date": "2011-05", "title": null}'.encode()
    for _ in range(300):
        noise = bytearray(whole)
        for _ in range(source.randint(1, 4)):
            noise[source.randrange(len(noise))] = source.choice(b'{}[]",:0\\ue\xe9\xff ')
        found = _read(tmp_path, "a.jsonl", b"\n".join([whole, bytes(noise), whole]))
        kinds = [isinstance(item, Read) for item in found]
        assert kinds in ([True, True, True], [True, False, True]), noise


# --- files that are no articles ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is a binary file"),
        (b"\xff\xfea", "is not the UTF-16 it says it is"),
    ],
)
def test_empty_binary_and_garbled_files_are_named(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    assert why in _refusal(tmp_path, name, content)


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_another_encoding_is_named_with_the_place(tmp_path: Path, name: str) -> None:
    assert "is not UTF-8 (byte 4)" in _refusal(tmp_path, name, "café au lait".encode("latin-1"))


def test_a_file_over_the_limit_is_named_with_both_sizes_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    (found,) = read_file(path, 32_000_000)
    assert isinstance(found, Skipped)
    assert "50 MB is over the limit of 32 MB" in found.why
    assert "ACCORD_MAX_FILE_MB" in found.why


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a", "a.txt.gz"])
def test_another_kind_of_file_is_named_with_those_that_are_read(tmp_path: Path, name: str) -> None:
    assert ".txt, .md, .markdown, .jsonl" in _refusal(tmp_path, name, "text")


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert _article(tmp_path, "A.TXT", "T\n\nText.").article.text == "Text."


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.symlink_to(path)
    (found,) = read_file(path, LIMIT)
    assert isinstance(found, Skipped)
    assert found.why.startswith("cannot be read: ")


# --- folders -----------------------------------------------------------------------------------


def test_folders_are_listed_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "sub/c.md", "a.txt", ".hidden.txt", ".git/x.txt", "sub/.y/z.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    expected = [tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "sub" / "c.md"]
    assert list(list_files([tmp_path])) == expected


def test_a_hidden_file_that_is_named_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".a.txt").write_text("x")
    assert list(list_files([tmp_path / ".a.txt"])) == [tmp_path / ".a.txt"]


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    (tmp_path / ".mine").mkdir()
    (tmp_path / ".mine" / "a.txt").write_text("x")
    assert list(list_files([tmp_path / ".mine"])) == [tmp_path / ".mine" / "a.txt"]


def test_missing_paths_and_empty_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    empty, missing = list_files([tmp_path / "none", tmp_path / "gone.txt"])
    assert empty == Skipped(str(tmp_path / "none"), "the folder holds no files")
    assert missing == Skipped(str(tmp_path / "gone.txt"), "there is no such file or folder")


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["2012", "2012-02", "2012-02-29", "1999-12-31", None])
def test_a_date_is_kept_at_its_precision(value: str | None) -> None:
    assert parse_date(value) == value


@pytest.mark.parametrize(
    "value",
    ["12", "2012-13", "2013-02-29", "07.02.2012", "February 2012", "2012/02", True, 3.5, {}],
)
def test_what_is_no_date_is_refused_by_value(value: object) -> None:
    with pytest.raises(ArticleRefused, match="write YYYY, YYYY-MM or YYYY-MM-DD"):
        parse_date(value)


@pytest.mark.parametrize("value", ["2011 maybe", "2011-05 foo", "٢٠١١"])
def test_a_date_followed_by_words_or_in_other_digits_is_none(value: str) -> None:
    with pytest.raises(ArticleRefused):
        parse_date(value)


# --- what no reader sees ------------------------------------------------------------------------

HIDDEN = "<script>window.PWNED=1</script>Kerne bought Oskeld.<STYLE type='x'>p { }</STYLE > For &pound;5."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", HIDDEN),
        ("a.md", f"# News\n\n{HIDDEN}"),
        (
            "a.md",
            "<div>\n<script>\nwindow.PWNED=1\n\nmore()</script>\nKerne bought Oskeld.\n\nFor £5.",
        ),
    ],
)
def test_scripts_and_style_sheets_are_no_text(tmp_path: Path, name: str, content: str) -> None:
    text = _article(tmp_path, name, content).article.text
    assert " ".join(text.split()) == "Kerne bought Oskeld. For £5."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            "1998&ndash;2001, Caf&#233; &#x20AC;5, Smith &amp; Sons.",
            "1998–2001, Café €5, Smith & Sons.",
        ),
        (
            "AT&T and R&D; S&P, Q&A; AT&GT; &copy 5 &nothing; &amp;ndash;.",
            "AT&T and R&D; S&P, Q&A; AT&GT; &copy 5 &nothing; &ndash;.",
        ),
        ("A <script> tag that never ends, and <b>bold</b> 3 < 4.", None),
        ("The <style> of a house, <scripted> talks.", None),
    ],
)
def test_entities_are_their_characters_and_other_text_stays(
    tmp_path: Path, written: str, meant: str | None
) -> None:
    assert _article(tmp_path, "a.txt", written).article.text == (meant or written)


def test_the_text_of_json_lines_is_kept_letter_by_letter(tmp_path: Path) -> None:
    written = "Oskeld &mdash; of Norrby &mdash; bought <style>a</style> Quillon."
    content = json.dumps({"id": "a", "title": "R&amp;D", "text": written})
    article = _article(tmp_path, "a.jsonl", content).article
    assert (article.source.title, article.text) == ("R&amp;D", written)


def test_code_and_escaped_entities_of_markdown_stay(tmp_path: Path) -> None:
    content = "# A &ndash; B\n\nIt is &amp;ndash;.\n\n```\n<script>x</script>\n```\n\nEnd.\n"
    article = _article(tmp_path, "a.md", content).article
    assert article.source.title == "A – B"
    assert article.text == "It is &ndash;.\n\n<script>x</script>\n\nEnd."


def test_many_scripts_that_never_end_are_read_in_one_go(tmp_path: Path) -> None:
    text = "<script><style>" * 60_000
    assert _article(tmp_path, "a.txt", text).article.text == text
