"""How often a key may be used: counted in this process, or in a store (see `service.store.rates`)."""

from __future__ import annotations

import time
from typing import Protocol

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

CLOCK_SECONDS = 1.0
"""A clock that is put back by less is being adjusted."""


class Rates(Protocol):
    """Counts requests by key. Safe to use from several threads."""

    @property
    def rate(self) -> str:
        """How many are allowed, in words."""

    def hit(self, key: str) -> float | None:
        """Counts a request, None; or the seconds after which there is room for one."""


class LocalRates:
    """For one process alone."""

    def __init__(self, limit: RateLimitItem) -> None:
        self._limit = limit
        self._counted = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._counted)
        self._booted = _booted()
        self.rate = str(limit)

    def hit(self, key: str) -> float | None:
        """See `Rates`."""
        self._keep_time()
        if self._limiter.hit(self._limit, key):
            return None
        return max(0.0, self._limiter.get_window_stats(self._limit, key).reset_time - time.time())

    def _keep_time(self) -> None:
        """Forgets what was counted before the clock was put back: it would count until that time has come again."""
        before, self._booted = self._booted, _booted()
        if self._booted < before - CLOCK_SECONDS:
            self._counted.reset()


def _booted() -> float:
    """When the machine was started, in seconds since 1970: it changes only where the clock is put forward or back."""
    return time.time() - time.monotonic()
