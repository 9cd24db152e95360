"""How many quoted answers a second a service gives, and whether it stays itself when three times as many are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench.arrivals import Plan, Traffic, arrive, require_locust
from eval.bench.built import Built, build
from eval.bench.service import owner_of, running_service
from eval.bench.watch import Watch, watching
from eval.errors import RunError
from ingest.documents import Document, Failure

P95_TARGET = 2.0
OVERLOAD = 3
HEALTH_TARGET = 0.050
GROWTH_TARGET = 0.05
FIRST_RATE = 2.0
LOWEST_RATE = 0.1
PRECISION = 1.1
"""The rate that is found held, one by this factor higher did not."""

Announce = Callable[[str], None]
Send = Callable[[float], Traffic]
"""Sends so many readers a second, for long enough to tell whether the service bears it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that must hold, and what was measured."""

    name: str
    measured: str
    held: bool


@dataclass(frozen=True, slots=True)
class Load:
    """`best` is the traffic at the highest rate that was found, `over` that at `OVERLOAD` times it, seen in `watch`."""

    built: Built
    seconds: float
    best: Traffic
    over: Traffic
    watch: Watch

    @property
    def promises(self) -> Sequence[Promise]:
        """What must hold at `OVERLOAD` times the rate."""
        rude = sum(not reply.polite for reply in self.over.replies)
        watch = self.watch
        return (
            Promise("neither an answer nor 429/503 with Retry-After", f"{rude} of {len(self.over.replies)}", not rude),
            Promise("/healthz, slowest", f"{watch.health_max * 1000:.1f} ms", watch.health_max <= HEALTH_TARGET),
            Promise("growth of memory", f"{watch.growth:+.1%}", watch.growth <= GROWTH_TARGET),
        )

    @property
    def kept(self) -> bool:
        """Whether all of it holds."""
        return all(promise.held for promise in self.promises)

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds and bytes."""
        watch = self.watch
        return {
            "articles": self.built.articles,
            "passages": self.built.passages,
            "seconds": self.seconds,
            "rate": self.best.rate,
            "p95": self.best.p95,
            "p95_target": P95_TARGET,
            "overload_rate": self.over.rate,
            "statuses": self.over.statuses,
            "overload_p95_answered": self.over.p95_answered,
            "health_p99": watch.health_p99,
            "health_max": watch.health_max,
            "health_target": HEALTH_TARGET,
            "idle_p99": watch.idle_p99,
            "idle_max": watch.idle_max,
            "memory_before": watch.memory_before,
            "memory_after": watch.memory_after,
            "growth_target": GROWTH_TARGET,
            "kept": self.kept,
        }


def measure_load(
    documents: Iterable[Document | Failure], seconds: float, announce: Announce, first: float = FIRST_RATE
) -> Load:
    """Serves a corpus, finds the highest rate that it bears for `seconds`, then sends `OVERLOAD` times as many for as
    long. `first` is the rate to begin the search with.

    Raises: RunError when there is nothing to ask, too little, even the lowest rate is too high, or locust is missing.
    """
    require_locust()
    with TemporaryDirectory(prefix="dossier-bench-") as name:
        folder = Path(name).resolve()
        built = build(folder, documents, "dossier bench load")
        with running_service(folder) as address:
            crowd = Crowd(address, built.questions, seconds, announce)
            best = highest(crowd.send, first)
            with watching(address, owner_of(folder).pid) as watch:
                over = crowd.send(OVERLOAD * best.rate)
    return Load(built, seconds, best, over, watch)


class Crowd:
    """Sends readers to a service for so many seconds at a time, none with a question that an earlier one had."""

    def __init__(self, address: str, questions: Sequence[str], seconds: float, announce: Announce) -> None:
        self._address = address
        self._questions = iter(questions)
        self._seconds = seconds
        self._announce = announce
        self._seeds = count(1)

    def send(self, rate: float) -> Traffic:
        """`rate` readers a second, until the last has gone. Raises: RunError when there are no questions left."""
        wanted = round(rate * self._seconds) or 1
        questions = list(islice(self._questions, wanted))
        if len(questions) < wanted:
            raise RunError("There are too few different questions.", "Give more articles, or fewer seconds.")
        traffic = arrive(Plan(self._address, rate, questions, next(self._seeds)))
        self._announce(str(traffic))
        return traffic


def highest(send: Send, first: float) -> Traffic:
    """The traffic of the highest rate that holds, sought from `first` on, to a factor of `PRECISION`.

    Raises: RunError when no rate holds.
    """
    best, high = _bracket(send, first)
    while high > best.rate * PRECISION:
        tried = send(sqrt(best.rate * high))
        if _holds(tried):
            best = tried
        else:
            high = tried.rate
    return best


def _bracket(send: Send, first: float) -> tuple[Traffic, float]:
    """The traffic of a rate that holds, and a rate twice as high, which does not."""
    traffic = send(first)
    while not _holds(traffic):
        traffic = send(_lower(traffic.rate / 2))
    if traffic.rate == first:
        while _holds(further := send(traffic.rate * 2)):
            traffic = further
    return traffic, traffic.rate * 2


def _lower(rate: float) -> float:
    if rate < LOWEST_RATE:
        raise RunError(f"Not even {LOWEST_RATE} requests a second are answered in time.", "See the service's log.")
    return rate


def _holds(traffic: Traffic) -> bool:
    return traffic.p95 < P95_TARGET
