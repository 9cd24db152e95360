"""A blocking iterator of events as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from typing import Protocol

import anyio
import structlog
from anyio import from_thread, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Send

from ingest.errors import DossierError
from service.answerer import Event
from service.http.handlers import problem_of
from service.http.problems import INTERNAL, Problem
from service.telemetry import described

log = structlog.get_logger(__name__)


class Wire(Protocol):
    """How a door writes the events of one answer."""

    def written(self, event: Event) -> Iterator[bytes]:
        """The server-sent events that an event becomes, none for one that the door keeps to itself."""

    def failed(self, problem: Problem) -> bytes:
        """The server-sent event that ends a stream which failed."""


class NamedEvents:
    """Each event named by its type, and `error` for a problem."""

    def written(self, event: Event) -> Iterator[bytes]:
        """See `Wire`."""
        yield format_sse_event(event=event.type, data_str=event.model_dump_json())

    def failed(self, problem: Problem) -> bytes:
        """See `Wire`."""
        return format_sse_event(event="error", data_str=problem.model_dump_json(exclude_defaults=True))


class EventStream(EventSourceResponse):
    """Sends the events that `begin` gives as `wire` writes them, and a problem if it fails.

    The iterator lives in one worker thread. It is closed there at the first event after the client has left, and the
    response lasts until it is: `limiter` and whoever counts responses count the work itself.
    A comment is sent when nothing came for `keep_alive` seconds.
    """

    def __init__(
        self,
        begin: Callable[[], Iterator[Event]],
        wire: Wire,
        *,
        limiter: anyio.CapacityLimiter,
        keep_alive: float,
        request_id: str | None,
    ) -> None:
        self._begin = begin
        self._wire = wire
        self._limiter = limiter
        self._request_id = request_id
        self._sender, self._receiver = anyio.create_memory_object_stream[bytes](1)
        super().__init__(_with_keep_alive(self._receiver, keep_alive), headers={"X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        """Sends until the iterator ends or the client leaves."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._work)
            # An OSError says that the client has left: leaving closes the receiver, and with it the iterator.
            async with self._receiver:
                with suppress(OSError):
                    await super().stream_response(send)

    async def _work(self) -> None:
        async with self._sender:
            await to_thread.run_sync(self._pump, limiter=self._limiter)

    def _pump(self) -> None:
        try:
            with ExitStack() as stack:
                events = self._begin()
                if close := getattr(events, "close", None):
                    stack.callback(close)
                for event in events:
                    for written in self._wire.written(event):
                        self._send(written)
        except (CancelledError, anyio.BrokenResourceError):
            log.info("client left")
        except DossierError as error:
            self._send_problem(problem_of(error, self._request_id))
        except Exception as error:  # noqa: BLE001  the status line is sent: only an event can still tell the client
            log.error("stream failed", **described(error))
            self._send_problem(INTERNAL.problem("An unexpected error came up.", request_id=self._request_id))

    def _send(self, written: bytes) -> None:
        from_thread.run(self._sender.send, written)

    def _send_problem(self, problem: Problem) -> None:
        with suppress(CancelledError, anyio.BrokenResourceError):
            self._send(self._wire.failed(problem))


async def _with_keep_alive(receiver: MemoryObjectReceiveStream[bytes], seconds: float) -> AsyncIterator[bytes]:
    while True:
        chunk = KEEPALIVE_COMMENT
        with anyio.move_on_after(seconds):
            try:
                chunk = await receiver.receive()
            except anyio.EndOfStream:
                return
        yield chunk
