from __future__ import annotations

import pytest

from ingest.errors import SettingsError
from ingest.settings import read_settings
from service.settings import ServiceSettings

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
