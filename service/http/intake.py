"""Large bodies and the work that they bring come one after another."""

from __future__ import annotations

from dataclasses import replace

from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.access import READING, WRITTEN, caller_of
from service.http.handlers import ProblemError, refusal
from service.http.queue import Bounds, Queue

BOUNDS = Bounds(at_once=4, waiting=12, patience=30.0)
EACH = 3
"""How many of these one key may have, where keys are asked for: others can always add something."""


class Intake:
    """Lets in few requests at once that add articles: each may hold a body in memory, and a thread while another ingest
    runs. What does not get its turn is refused before its body is read."""

    def __init__(self, app: ASGIApp, each: int | None = None) -> None:
        """Of all these, one caller may have `each`."""
        self._app = app
        self._queue = Queue(replace(BOUNDS, each=each))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on when its turn comes, or answers 503."""
        if scope["type"] != "http" or scope["method"] in READING or not scope["path"].startswith(WRITTEN):
            await self._app(scope, receive, send)
            return
        try:
            async with self._queue.place(caller_of(scope).id):
                await self._app(scope, receive, send)
        except ProblemError as error:
            await refusal(scope, error)(scope, receive, send)
