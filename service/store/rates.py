"""Rates: how often each key was used, counted in the store, so that it holds for all processes that share it."""

from __future__ import annotations

import time

from sqlalchemy import delete, select

from ingest.engines import took, upsert
from service.store.database import Store
from service.store.tables import rates


class StoreRates:
    """So many requests in so many seconds for each key, over a window that slides: what the stretch before held counts
    by the part of it that the window still covers. Every method raises what `Store.transaction` raises."""

    def __init__(self, store: Store, requests: int, seconds: float, rate: str) -> None:
        """`rate` says it in words."""
        self.rate = rate
        self._store = store
        self._requests = requests
        self._seconds = seconds
        self._swept = 0

    def hit(self, key: str) -> float | None:
        """Counts a request, None; or the seconds after which there is room for one."""
        now = time.time()
        window, passed = divmod(now / self._seconds, 1.0)
        number = int(window)
        here = rates.c.key == key
        with self._store.transaction() as connection:
            if number != self._swept:
                connection.execute(delete(rates).where(rates.c.expires < now))
                self._swept = number
            before = connection.scalar(select(rates.c.requests).where(here, rates.c.window == number - 1)) or 0
            room = self._requests - before * (1.0 - passed)
            if room >= 1:
                row = {"key": key, "window": number, "requests": 1, "expires": now + 2 * self._seconds}
                counting = upsert(connection, rates).values(row)
                counted = counting.on_conflict_do_update(
                    index_elements=["key", "window"],
                    set_={"requests": rates.c.requests + 1},
                    where=rates.c.requests + 1 <= room,
                )
                if took(connection, counted):
                    return None
            used = connection.scalar(select(rates.c.requests).where(here, rates.c.window == number)) or 0
        return self._until_room(before, used, passed)

    def _until_room(self, before: int, used: int, passed: float) -> float:
        if before and used < self._requests:
            return max(0.0, 1.0 - (self._requests - used - 1) / before - passed) * self._seconds
        # Of this stretch so much must have slid out of the window that one more fits in.
        return (1.0 - passed + 1.0 / max(1, used)) * self._seconds
