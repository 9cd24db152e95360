"""What a service looks like from outside while it works: its memory, and how soon it says that it is alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from statistics import median
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlsplit

import numpy as np

from eval.bench.idle import idle_server
from eval.bench.processes import resident
from eval.errors import RunError

PAUSE_SECONDS = 0.1
GIVE_UP_SECONDS = 10.0
_EDGE = 10
"""One part in so many at each end of the watch is compared."""


@dataclass(slots=True)
class Watch:
    """Samples in the order they were taken: seconds until `/healthz` answered, `GIVE_UP_SECONDS` where it did not, the
    same of a server that does nothing, asked in turn with it, and bytes of memory resident."""

    health: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def health_p99(self) -> float:
        """Seconds."""
        return _p99(self.health)

    @property
    def health_max(self) -> float:
        """Seconds."""
        return max(self.health)

    @property
    def idle_max(self) -> float:
        """Seconds: what the machine itself made a request wait."""
        return max(self.idle)

    @property
    def idle_p99(self) -> float:
        """Seconds."""
        return _p99(self.idle)

    @property
    def memory_before(self) -> float:
        """Bytes in the first tenth of the watch."""
        return median(self.memory[: self._edge])

    @property
    def memory_after(self) -> float:
        """Bytes in its last tenth."""
        return median(self.memory[-self._edge :])

    @property
    def growth(self) -> float:
        """What was added, as a share of what there was."""
        return self.memory_after / self.memory_before - 1

    @property
    def _edge(self) -> int:
        return max(1, len(self.memory) // _EDGE)


def _p99(samples: Sequence[float]) -> float:
    return float(np.percentile(samples, 99, method="higher"))


@contextmanager
def watching(address: str, pid: int) -> Iterator[Watch]:
    """Samples the service of that address and process, from a thread, as long as the context lasts."""
    watch, stop = Watch(), Event()
    with idle_server() as idle:
        thread = Thread(target=_sample, args=(watch, stop, address, idle, pid), name="watch")
        thread.start()
        try:
            yield watch
        finally:
            stop.set()
            thread.join()


def _sample(watch: Watch, stop: Event, address: str, idle: str, pid: int) -> None:
    while True:
        with suppress(RunError):
            watch.memory.append(resident(pid))
        watch.health.append(_alive_after(address))
        watch.idle.append(_alive_after(idle))
        if stop.wait(PAUSE_SECONDS):
            return


def _alive_after(address: str) -> float:
    """Seconds until it says so, over a new connection, as a balancer asks."""
    began = perf_counter()
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException):
        return GIVE_UP_SECONDS
    finally:
        connection.close()
    return perf_counter() - began if response.status == 200 else GIVE_UP_SECONDS
