"""How often a key may be used: counted in this process, or in a store (see `service.store.rates`)."""

from __future__ import annotations

import time
from typing import Protocol

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


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
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self.rate = str(limit)

    def hit(self, key: str) -> float | None:
        """See `Rates`."""
        if self._limiter.hit(self._limit, key):
            return None
        return max(0.0, self._limiter.get_window_stats(self._limit, key).reset_time - time.time())
