"""The outermost layer: gives each request an id, logs it, and turns what nobody caught into a plain 500."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.handlers import problem_response
from service.http.problems import INTERNAL
from service.telemetry import described

HEADER = "X-Request-ID"
UNMATCHED = "unmatched"

log = structlog.get_logger(__name__)


class RequestLog:
    """One line a request: id, method, route, status, bytes of the response, milliseconds, and the name of the key it
    came with. Never the path as asked, a query or a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request's id is in `scope["state"]["request_id"]`, in the logging context and in the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._logged(scope, receive, send, request_id)

    async def _logged(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        status = size = 0

        async def send_marked(message: Message) -> None:
            nonlocal status, size
            size += len(message.get("body", b""))
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as error:  # noqa: BLE001  nothing stands behind this layer
            log.error("request failed", route=_route(scope), **described(error))
            if not status:
                problem = INTERNAL.problem("An unexpected error came up.", request_id=request_id)
                await problem_response(scope, problem)(scope, receive, send_marked)
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            told = {"method": scope["method"], "route": _route(scope), "status": status, "bytes": size}
            log.info("request", **told, ms=milliseconds, **_caller(scope))


def _request_id(given: str) -> str:
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", UNMATCHED)


def _caller(scope: Scope) -> dict[str, str]:
    caller = scope["state"].get("caller")
    return {"key": caller.name} if caller else {}
