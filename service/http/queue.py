"""The queue before the desk: so many questions at once, so many that wait, none on top of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from service.http.handlers import RETRY_AFTER_SECONDS, ProblemError
from service.http.problems import BUSY, TOO_MANY_REQUESTS, Kind

CROWDED = 0.25


@dataclass(frozen=True, slots=True)
class Bounds:
    """`at_once` questions are worked on, `waiting` more may wait, each for `patience` seconds; of all these, one
    caller may have `each`, where that is bounded."""

    at_once: int = 4
    waiting: int = 16
    each: int | None = None
    patience: float = 10.0


class Queue:
    """Admits questions in the order of their coming. What comes on top of its bounds is refused at once."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._free = anyio.Semaphore(bounds.at_once, max_value=bounds.at_once)
        self._of_caller: Counter[str] = Counter()
        self.waiting = 0
        self.at_work = 0
        self.refused = Counter({BUSY.name: 0, TOO_MANY_REQUESTS.name: 0})

    @property
    def crowded(self) -> bool:
        """Whether so many wait that there is no time for an LLM."""
        return self.waiting > CROWDED * self._bounds.waiting

    @asynccontextmanager
    async def place(self, caller: str) -> AsyncIterator[None]:
        """A place at work, after its turn has come, until the context ends.

        Raises: ProblemError: too many requests where the caller has too many questions under way, busy where too many
        wait or the turn does not come in time.
        """
        if self._bounds.each is not None and self._of_caller[caller] >= self._bounds.each:
            raise self._refused(TOO_MANY_REQUESTS, "As many of your questions as are allowed are under way.")
        self._of_caller[caller] += 1
        try:
            await self._turn()
            self.at_work += 1
            try:
                yield
            finally:
                self.at_work -= 1
                self._free.release()
        finally:
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]

    async def _turn(self) -> None:
        if self.at_work + self.waiting >= self._bounds.at_once + self._bounds.waiting:
            raise self._refused(BUSY, "As many questions as the service takes are under way.")
        self.waiting += 1
        try:
            with anyio.move_on_after(self._bounds.patience) as patience:
                await self._free.acquire()
        finally:
            self.waiting -= 1
        if patience.cancelled_caught:
            raise self._refused(BUSY, f"The question's turn did not come within {self._bounds.patience:g} seconds.")

    def _refused(self, kind: Kind, detail: str) -> ProblemError:
        self.refused[kind.name] += 1
        return ProblemError(kind, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
