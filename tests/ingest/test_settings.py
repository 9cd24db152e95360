from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import IngestSettings, read_settings

NAMES = ("DOSSIER_DATA", "DOSSIER_CACHE", "DOSSIER_EMBEDDER", "DOSSIER_ALLOW_PRIVATE_ADDRESSES")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_any_setting_the_packaged_model_and_the_user_s_folders_are_used() -> None:
    settings = IngestSettings()
    assert settings.embedder == "all-MiniLM-L6-v2"
    assert settings.data.is_absolute()
    assert settings.data.name == settings.cache.name == "dossier"
    assert settings.data != settings.cache
    assert settings.allow_private_addresses is False


def test_the_environment_is_read_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOSSIER_DATA", "/from/environment")
    monkeypatch.setenv("DOSSIER_EMBEDDER", "someone/model")
    monkeypatch.setenv("DOSSIER_ALLOW_PRIVATE_ADDRESSES", "1")
    assert read_settings(IngestSettings, data=None).data == Path("/from/environment")
    settings = read_settings(IngestSettings, data=tmp_path)
    assert (settings.data, settings.embedder, settings.allow_private_addresses) == (tmp_path, "someone/model", True)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert IngestSettings().data.is_absolute()
    assert IngestSettings().embedder == "all-MiniLM-L6-v2"


def test_other_programs_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", "/somewhere")
    monkeypatch.setenv("DOSSIER_LLM", "none")
    assert IngestSettings().data != Path("/somewhere")


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_ALLOW_PRIVATE_ADDRESSES", "maybe")
    with pytest.raises(SettingsError, match="allow_private_addresses") as caught:
        read_settings(IngestSettings)
    assert caught.value.help == "Correct DOSSIER_ALLOW_PRIVATE_ADDRESSES."


def test_a_wrong_value_of_the_command_line_names_its_option() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(IngestSettings, data=1)
    assert caught.value.help == "Correct --data."
