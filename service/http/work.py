"""The work on one question: it goes on in a thread of its own, whoever listens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager

import anyio
from anyio import from_thread, to_thread

from service.answerer import Event


class Cancelled(Exception):
    """Nobody listens any more."""


class Work:
    """The events of one question, kept from the first on. Listeners may come, go and come again.

    When the last one has left and none comes within `grace` seconds, the work is cancelled: the iterator of events is
    closed, in its own thread, at its next event.
    """

    def __init__(self, grace: float = 0.0) -> None:
        self.id = uuid.uuid4().hex
        self.ended = False
        self._grace = grace
        self._events: list[Event] = []
        self._error: Exception | None = None
        self.cancelled = False
        self._listeners = 0
        self._ending: asyncio.TimerHandle | None = None
        self._news = anyio.Event()

    async def run(self, begin: Callable[[], Iterator[Event]], limiter: anyio.CapacityLimiter) -> None:
        """Works through the events that `begin` gives, in a thread that `limiter` counts. What is raised there is told
        to those who listen."""
        try:
            await to_thread.run_sync(self._pump, begin, limiter=limiter)
        except Exception as error:  # noqa: BLE001  it is raised where someone listens
            self._error = error
        finally:
            self.ended = True
            self._tell()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts, somebody listens."""
        self._listeners += 1
        if self._ending:
            self._ending.cancel()
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._ending = asyncio.get_running_loop().call_later(self._grace, self.cancel)

    async def event(self, number: int) -> Event | None:
        """The event of that number (from 0) once it is there; None when there are no more.

        Raises: what the iterator of events raised; Cancelled.
        """
        while number >= len(self._events):
            if self.ended:
                if self._error:
                    raise self._error
                return None
            await self._news.wait()
        return self._events[number]

    async def events(self) -> AsyncIterator[Event]:
        """All of them, from the first on. Raises: as `event`."""
        number = 0
        while (event := await self.event(number)) is not None:
            yield event
            number += 1

    def cancel(self) -> None:
        """Ends the work at its next event, unless it has ended."""
        self.cancelled = not self.ended

    def _pump(self, begin: Callable[[], Iterator[Event]]) -> None:
        with ExitStack() as stack:
            events = begin()
            if close := getattr(events, "close", None):
                stack.callback(close)
            for event in events:
                from_thread.run_sync(self._add, event)

    def _add(self, event: Event) -> None:
        if self.cancelled:
            raise Cancelled
        self._events.append(event)
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, anyio.Event()
        news.set()
