"""The places where one language model is served: calls go round them, around those that fail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 120.0
"""How long a place is left alone after a failure; twice as long after each further one in a row."""

Chat = TypeVar("Chat")


@dataclass(eq=False, slots=True)
class Replica(Generic[Chat]):
    """One place. `build` is called at first use."""

    build: Callable[[], Chat]
    calls: int = 0
    under_way: int = 0
    failures: int = 0
    failed_at: float = 0.0
    rests_until: float = 0.0
    _built: Chat | None = None
    _building: Lock = field(default_factory=Lock)

    @property
    def chat(self) -> Chat:
        """The chat model, built once."""
        with self._building:
            if self._built is None:
                self._built = self.build()
            return self._built

    def close(self) -> None:
        """Frees what the model holds."""
        if callable(close := getattr(self._built, "close", None)):
            close()


class Replicas(Generic[Chat]):
    """Safe to use from several threads."""

    def __init__(self, builds: Sequence[Callable[[], Chat]]) -> None:
        self._all = [Replica(build) for build in builds]
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._all)

    @property
    def first(self) -> Replica[Chat]:
        """The one that was named first."""
        return self._all[0]

    def take(self, tried: Collection[Replica[Chat]]) -> Replica[Chat]:
        """The one with the fewest calls under way, of those that were not tried yet for this call. Those that rest come
        last, the one that rests the shortest first: when all do, somebody has to find out. One that has rested is tried
        by one call alone. What is taken must be given back.
        """
        with self._lock:
            now = monotonic()
            left = [each for each in self._all if each not in tried] or self._all
            chosen = min(left, key=lambda each: (max(0.0, each.rests_until - now), each.under_way, each.calls))
            chosen.under_way += 1
            chosen.calls += 1
            if chosen.failures:
                chosen.rests_until = now + REST_SECONDS
            return chosen

    def give_back(self, replica: Replica[Chat], began: float, failed: bool | None) -> None:
        """Ends a call that began at that monotonic time: whether the place failed it; None where that says nothing
        about the place. Calls that were under way together fail as one."""
        with self._lock:
            replica.under_way -= 1
            if failed and began >= replica.failed_at:
                replica.failed_at = monotonic()
                rest = min(REST_SECONDS * 2**replica.failures, LONGEST_REST_SECONDS)
                replica.failures += 1
                replica.rests_until = replica.failed_at + rest
            elif failed is False:
                replica.failures, replica.rests_until = 0, 0.0

    def others_awake(self, tried: Collection[Replica[Chat]]) -> int:
        """How many further places there are that were not tried and do not rest."""
        with self._lock:
            now = monotonic()
            return sum(each not in tried and each.rests_until <= now for each in self._all)

    def close(self) -> None:
        """Frees what the models hold."""
        for replica in self._all:
            replica.close()
