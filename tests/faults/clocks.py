"""A clock on the wall that can be put forward and back."""

from __future__ import annotations

import datetime as dates
import time
from types import ModuleType

import pytest

DAY = 24 * 3600.0


class WallClock:
    """While it hangs, `time.time` of every module and `datetime.now` of the modules given tell its time."""

    def __init__(self, patch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
        self.ahead = 0.0
        true = time.time
        patch.setattr(time, "time", lambda: true() + self.ahead)
        clock = self

        class Shifted(dates.datetime):
            @classmethod
            def now(cls, tz: dates.tzinfo | None = None) -> dates.datetime:  # type: ignore[override]
                return dates.datetime.fromtimestamp(true() + clock.ahead, tz)

        for module in modules:
            patch.setattr(module, "datetime", Shifted)
