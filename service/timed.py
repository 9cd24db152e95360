"""An HTTP client whose replies end in time as a whole.

A server that sends a byte now and then never runs into the time-out between two reads: whoever listens to it in a
thread would do so for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from time import monotonic
from typing import cast

import httpx


class _TimedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if monotonic() > self._deadline:
                raise httpx.ReadTimeout("the time for this reply is up")
            yield part

    def close(self) -> None:
        self._stream.close()


def timed_client(seconds: float) -> httpx.Client:
    """A client for which no step takes longer than `seconds`, and no body longer than that from its first byte on.

    Raises, from its streams: httpx.ReadTimeout.
    """
    return httpx.Client(
        timeout=seconds, follow_redirects=True, event_hooks={"response": [partial(_bound, seconds=seconds)]}
    )


def _bound(response: httpx.Response, seconds: float) -> None:
    response.stream = _TimedStream(cast(httpx.SyncByteStream, response.stream), monotonic() + seconds)
