"""Work on a question as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress
from typing import Protocol

import anyio
import structlog
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Send

from ingest.errors import DossierError
from service.answerer import Event
from service.http.handlers import problem_of
from service.http.problems import INTERNAL, Problem
from service.http.work import Cancelled, Work
from service.telemetry import described

log = structlog.get_logger(__name__)


class Wire(Protocol):
    """How a door writes the events of one answer."""

    def written(self, event: Event, event_id: str) -> Iterator[bytes]:
        """The server-sent events that an event becomes, none for one that the door keeps to itself."""

    def failed(self, problem: Problem) -> bytes:
        """The server-sent event that ends a stream which failed."""


class NamedEvents:
    """Each event named by its type, and `error` for a problem."""

    def written(self, event: Event, event_id: str) -> Iterator[bytes]:
        """See `Wire`."""
        yield format_sse_event(event=event.type, data_str=event.model_dump_json(), id=event_id)

    def failed(self, problem: Problem) -> bytes:
        """See `Wire`."""
        return format_sse_event(event="error", data_str=problem.model_dump_json(exclude_defaults=True))


class EventStream(EventSourceResponse):
    """Sends the events of `work` from number `first` on, as `wire` writes them, and a problem if it fails.

    A comment is sent when nothing came for `keep_alive` seconds.
    """

    def __init__(self, work: Work, first: int, wire: Wire, *, keep_alive: float, request_id: str | None) -> None:
        self._work = work
        self._wire = wire
        self._keep_alive = keep_alive
        self._request_id = request_id
        self._written = self._events(first)
        super().__init__(self._written, headers={"X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        """Sends until the work ends or the client leaves."""
        with self._work.listening():
            async with aclosing(self._written):
                # An OSError says that the client has left.
                with suppress(OSError):
                    await super().stream_response(send)

    async def _events(self, number: int) -> AsyncGenerator[bytes]:
        try:
            while True:
                with anyio.move_on_after(self._keep_alive) as silence:
                    event = await self._work.event(number)
                if silence.cancelled_caught:
                    yield KEEPALIVE_COMMENT
                elif event is None:
                    return
                else:
                    for written in self._wire.written(event, f"{self._work.id}:{number}"):
                        yield written
                    number += 1
        except Cancelled:
            return
        except DossierError as error:
            yield self._wire.failed(problem_of(error, self._request_id))
        except Exception as error:  # noqa: BLE001  the status line is sent: only an event can still tell the client
            log.error("stream failed", **described(error))
            yield self._wire.failed(INTERNAL.problem("An unexpected error came up.", request_id=self._request_id))
