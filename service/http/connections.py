"""One client's connection, bounded before any request of it is whole: uvicorn itself waits for ever, for heads of any
size."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 2**10
HEAD_SECONDS = 15.0
CONNECTIONS = 500
"""How many may be open at once; on top of that, requests are answered 503."""


class BoundedConnection(HttpToolsProtocol):
    """Ends a connection whose request line and headers grow over `head_bytes`, take longer than `head_seconds`, or
    that sends on and on after its answer."""

    head_bytes = HEAD_BYTES
    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading: Literal["nothing", "head", "body"] = "nothing"
        self._seen = 0
        self._ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The clock starts: a client that connects has something to ask."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, unless it was too much."""
        before = self._reading
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._seen = self._seen + len(data) if before == self._reading == "head" else 0
        if self._seen > self.head_bytes:
            self._end("431 Request Header Fields Too Large")
        elif self._reading == "head" or not self._answering:
            self._await_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._reading = "head"

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes as one after the body is of no use here, and could go on for ever."""
        if self._reading == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: from here on the app sees to it how fast the body comes."""
        self._stop_clock()
        self._reading = "body"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._reading = "nothing"
        super().on_message_complete()

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _await_head(self) -> None:
        if self._ending is None:
            self._ending = self.loop.call_later(self.head_seconds, self._out_of_time)

    def _stop_clock(self) -> None:
        if self._ending:
            self._ending.cancel()
            self._ending = None

    def _out_of_time(self) -> None:
        self._ending = None
        if self._answering:
            self._await_head()
        else:
            self._end("408 Request Timeout")

    def _end(self, status: str) -> None:
        """An answer in between would be mixed up with one that is being sent, or be taken for that of a request which
        the client, such as a browser that connects in advance, is about to send."""
        if self._reading == "head" and not self._answering:
            self.transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.transport.close()
