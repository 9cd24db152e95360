"""How fast bodies must come: one that drips keeps a place that others wait for."""

from __future__ import annotations

import time

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.handlers import ProblemError
from service.http.problems import BODY_SLOW

SECONDS = 20.0
BYTES_A_SECOND = 50_000


class BodyPace:
    """Refuses a body that is not whole after `seconds`, and a second more for each `BYTES_A_SECOND` that came."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with a `receive` that raises ProblemError (408)."""
        await self._app(scope, _timed(receive, self._seconds) if scope["type"] == "http" else receive, send)


def _timed(receive: Receive, seconds: float) -> Receive:
    began, seen, whole = time.monotonic(), 0, False

    async def timed() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()
        left = began + seconds + seen / BYTES_A_SECOND - time.monotonic()
        with anyio.move_on_after(max(0.0, left)) as waiting:
            message = await receive()
        if waiting.cancelled_caught:
            raise ProblemError(BODY_SLOW, "The body did not come in time.", headers={"Connection": "close"})
        seen += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return timed
