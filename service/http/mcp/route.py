"""Route: MCP over streamable HTTP, one request at a time, so that any replica can answer it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.guards import BodyLimit, require_json

MAX_BODY_BYTES = 2**18
"""A question has 2,000 characters at most; the rest is room for the client's own fields."""


def mcp_router(server: Server[Any]) -> APIRouter:
    """POST /mcp. The SDK answers it itself, behind the guards of every route.

    GET and DELETE, which are for sessions, are refused: there are none.
    """
    running: list[StreamableHTTPSessionManager] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The SDK's own protection against DNS rebinding stays off: HostGuard stands before this route.
        manager = StreamableHTTPSessionManager(server, stateless=True)
        async with manager.run():
            running.append(manager)
            try:
                yield
            finally:
                running.remove(manager)

    router = APIRouter(lifespan=lifespan)

    @router.post("/mcp", include_in_schema=False, dependencies=[Depends(require_json)])
    async def mcp(request: Request) -> Response:
        """The tools ask, search and get_article."""
        return _Forwarded(BodyLimit(running[-1].handle_request, MAX_BODY_BYTES))

    return router


class _Forwarded(Response):
    """Leaves the whole exchange to another app."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
