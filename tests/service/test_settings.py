from __future__ import annotations

import pytest

from ingest.errors import SettingsError
from ingest.settings import read_settings
from service.settings import ServiceSettings, SlackSettings, unknown_settings

NAMES = tuple(f"DOSSIER_{name.upper()}" for name in ServiceSettings.model_fields)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    bare = ServiceSettings()
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert ServiceSettings() == bare


def test_the_level_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_LOG_LEVEL", "warning")
    assert ServiceSettings().log_level == "WARNING"
    monkeypatch.setenv("DOSSIER_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError, match="LOG_LEVEL"):
        read_settings(ServiceSettings)


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
def test_the_collector_is_named_by_the_standard_variables(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert ServiceSettings().otlp_endpoint is None
    monkeypatch.setenv(name, "http://127.0.0.1:4318")
    assert ServiceSettings().otlp_endpoint == "http://127.0.0.1:4318"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"signing_secret": "s"}, "DOSSIER_SLACK_SIGNING_SECRET goes with DOSSIER_SLACK_BOT_TOKEN"),
        ({"client_id": "1"}, "DOSSIER_SLACK_CLIENT_ID goes with DOSSIER_SLACK_CLIENT_SECRET"),
        ({"client_id": "1", "client_secret": "s", "token_key": "k", "bot_token": "t"}, "leave one out"),
    ],
)
def test_half_an_app_for_slack_is_refused_with_what_is_missing(given: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        read_settings(SlackSettings, **given)


def test_a_misspelt_setting_of_slack_is_known_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_SLACK_LISTEN", "everything")
    with pytest.raises(SettingsError) as caught:
        read_settings(SlackSettings)
    assert "DOSSIER_SLACK_LISTEN" in caught.value.help


def test_settings_of_slack_are_no_unknown_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_SLACK_BOT_TOKEN", "t")
    monkeypatch.setenv("DOSSIER_SLACK_BOT_TOKN", "t")
    assert unknown_settings() == ["DOSSIER_SLACK_BOT_TOKN"]
