"""The words of the interface: whole in every language, and chosen by what the browser wants."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant.web
from assistant.deals.ledger.companies import Why
from assistant.deals.records import Basis, Kind, Role, Stage, Voice
from assistant.domain import Abstention
from assistant.web.texts import LANGUAGES, choose_texts

WEB = Path(assistant.web.__file__).parent
TABLE: dict[str, dict[str, str]] = json.loads((WEB / "texts.json").read_text("utf-8"))
PREFIXES = {key.partition(".")[0] for key in TABLE}
KEY = re.compile(r"([a-z]+)\.[a-z_0-9]*[a-z0-9]")


@pytest.mark.parametrize("key", TABLE)
def test_every_text_is_there_in_every_language_with_the_same_fields(key: str) -> None:
    words = TABLE[key]
    assert set(words) == set(LANGUAGES)
    assert all(text.strip() for text in words.values() if key != "number.thousands")
    fields = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in words.items()}
    # A language may leave a field of a number out of its singular, and nothing else.
    assert len({frozenset(f) for f in fields.values()}) == 1


@pytest.mark.parametrize("key", TABLE)
def test_no_text_holds_markup(key: str) -> None:
    assert not re.search(r"[<>]|&\w+;", "".join(TABLE[key].values()))


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("path", sorted(WEB.glob("views/*.py")), ids=lambda path: path.name)
def test_every_key_that_a_view_names_has_its_text(path: Path) -> None:
    named = {
        string
        for string in _strings(path)
        if (found := KEY.fullmatch(string)) and found[1] in PREFIXES
    }
    assert named <= set(TABLE)


def test_every_kind_stage_role_voice_reason_and_abstention_has_its_name() -> None:
    wanted = {f"kind.{kind}" for kind in Kind} | {f"stage.{stage}" for stage in Stage}
    wanted |= {f"role.{role}" for role in Role} | {f"companies.as_{role}" for role in Role}
    wanted |= {f"voice.{voice}" for voice in Voice}
    wanted |= {f"abstention.{kind}" for kind in Abstention}
    wanted |= {f"companies.why_{why.name.lower()}" for why in Why}
    wanted |= {f"amount.{basis}" for basis in Basis if basis is not Basis.TOTAL}
    wanted |= {f"phrase.{kind}" for kind in Kind}
    assert wanted <= set(TABLE)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("zh-Hans-CN", "zh"),
        ("ja,ko;q=0.9", "en"),
        ("ja, es;q=0.3", "es"),
        ("*", "en"),
        ("de;q=0, es", "es"),
        ("de;q=nonsense,,;;", "en"),
        ("fr, de", "fr"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_language_is_the_one_the_browser_wants_most(header: str, language: str) -> None:
    assert choose_texts(header).language == language


def test_a_text_is_filled_by_name() -> None:
    assert choose_texts("de")("view.page", page=2, pages=7) == "Seite 2 von 7"


def test_a_value_with_braces_is_not_filled_again() -> None:
    texts = choose_texts()
    assert texts("map.pair", first="{second}", second="B") == "{second} and B"


@pytest.mark.parametrize(("key", "values"), [("no.such", {}), ("view.page", {"page": 1})])
def test_an_unknown_key_or_field_is_an_error(key: str, values: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        choose_texts()(key, **values)


def test_a_script_is_given_the_texts_of_a_prefix() -> None:
    lines = choose_texts("es").lines("chat.")
    assert lines["chat.stop"] == "Detener"
    assert all(key.startswith("chat.") for key in lines)
