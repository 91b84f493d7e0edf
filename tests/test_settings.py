from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, read_settings, setting_rows, unknown_settings

SECRET = "sk-very-secret"


def test_without_an_environment_every_setting_has_its_default() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert settings.host == "127.0.0.1"
    assert not settings.generative


def test_an_empty_value_counts_as_not_set() -> None:
    assert read_settings({name: " " for name, _, _ in setting_rows()}) == Settings()


def test_each_setting_is_read_from_its_name(tmp_path: Path) -> None:
    given = {
        "ACCORD_DATA": str(tmp_path),
        "ACCORD_DATABASE_URL": "sqlite:///x.db",
        "ACCORD_EMBEDDER": "openai",
        "ACCORD_EMBEDDING_MODEL": "some-embedder",
        "ACCORD_WRITER": "generative",
        "ACCORD_MODEL": "some-model",
        "ACCORD_MODEL_TIMEOUT_S": "7",
        "ACCORD_MODEL_RETRIES": "0",
        "ACCORD_MODEL_WORKERS": "2",
        "ACCORD_MODEL_PRICE_IN": "0.25",
        "ACCORD_MODEL_PRICE_OUT": "2",
        "ACCORD_HOST": "0.0.0.0",
        "ACCORD_PORT": "8080",
        "ACCORD_LIBRARY_ON_PAGE": "no",
        "ACCORD_MAX_FILE_MB": "1024",
        "OPENAI_API_KEY": SECRET,
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
    }
    assert set(given) == {name for name, _, _ in setting_rows()}
    assert read_settings(given) == Settings(
        tmp_path,
        "sqlite:///x.db",
        "openai",
        "some-embedder",
        "generative",
        "some-model",
        7,
        0,
        2,
        0.25,
        2.0,
        "0.0.0.0",
        8080,
        "no",
        1024,
        SECRET,
        "http://127.0.0.1:1/v1",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCORD_EMBEDDER", "word2vec"),
        ("ACCORD_WRITER", "poet"),
        ("ACCORD_WRITER", "OFFLINE"),
        ("ACCORD_MODEL_TIMEOUT_S", "0"),
        ("ACCORD_MODEL_TIMEOUT_S", "601"),
        ("ACCORD_MODEL_TIMEOUT_S", "4.5"),
        ("ACCORD_MODEL_RETRIES", "-1"),
        ("ACCORD_MODEL_RETRIES", "11"),
        ("ACCORD_MODEL_WORKERS", "0"),
        ("ACCORD_MODEL_PRICE_IN", "-1"),
        ("ACCORD_MODEL_PRICE_OUT", "cheap"),
        ("ACCORD_MODEL_PRICE_OUT", "nan"),
        ("ACCORD_PORT", "http"),
        ("ACCORD_PORT", "65536"),
        ("ACCORD_PORT", "0"),
        ("ACCORD_MAX_FILE_MB", "0"),
        ("ACCORD_MAX_FILE_MB", "1e3"),
        ("OPENAI_BASE_URL", "127.0.0.1:8000/v1"),
        ("OPENAI_BASE_URL", "http://"),
        ("ACCORD_DATA", "~nobody_of_this_name/x"),
        ("ACCORD_WRITER", "generative"),
        ("ACCORD_EMBEDDER", "openai"),
    ],
)
def test_a_bad_value_fails_naming_key_and_value_and_what_is_needed(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert str(caught.value).startswith(f"{name}={value!r}: needs ")


def test_a_secret_is_never_shown_with_another_settings_error() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"OPENAI_API_KEY": SECRET, "ACCORD_PORT": "none"})
    assert SECRET not in str(caught.value)


def test_a_key_inside_a_bad_address_is_not_shown() -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL") as caught:
        read_settings({"OPENAI_BASE_URL": f"reader:{SECRET}@model.example/v1"})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "generative"),
    [
        ({}, False),
        ({"OPENAI_API_KEY": SECRET}, True),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, True),
        ({"OPENAI_API_KEY": SECRET, "ACCORD_WRITER": "offline"}, False),
        ({"OPENAI_API_KEY": SECRET, "ACCORD_WRITER": "generative"}, True),
    ],
)
def test_a_model_writes_only_when_one_is_configured(
    environ: dict[str, str], generative: bool
) -> None:
    assert read_settings(environ).generative is generative


def test_the_database_is_a_file_in_the_data_folder_unless_said_otherwise(tmp_path: Path) -> None:
    settings = read_settings({"ACCORD_DATA": str(tmp_path)})
    assert settings.database == f"sqlite:///{tmp_path / 'accord.db'}"
    assert Settings(database_url="postgresql://h/db").database == "postgresql://h/db"


def test_a_relative_data_folder_is_made_absolute() -> None:
    folder = read_settings({"ACCORD_DATA": "some/where"}).data_folder
    assert folder == Path.cwd() / "some" / "where"


def test_every_setting_has_a_line_of_help() -> None:
    rows = setting_rows()
    assert len({name for name, _, _ in rows}) == len(rows)
    for name, _, help_text in rows:
        assert name.startswith(("ACCORD_", "OPENAI_"))
        assert help_text.endswith(".")
        assert "\n" not in help_text


def test_misspelt_settings_are_told_by_name_and_others_left_alone() -> None:
    given = {"ACCORD_MODLE": "x", "ACCORD_PORT": "1", "OPENAI_API_KEY": "x", "PATH": "/bin"}
    assert unknown_settings(given) == ["ACCORD_MODLE"]
