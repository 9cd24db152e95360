from __future__ import annotations

import pytest

from service.settings import ServiceSettings

NAMES = tuple(f"DOSSIER_{name.upper()}" for name in ServiceSettings.model_fields)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    bare = ServiceSettings()
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert ServiceSettings() == bare
