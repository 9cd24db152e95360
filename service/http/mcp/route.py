"""Route: MCP over streamable HTTP, one request at a time, so that any replica can answer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from anyio import Lock, to_thread
from fastapi import APIRouter, Depends, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.guards import BodyLimit, require_json
from service.http.mcp.tools import Tools

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

MAX_BODY_BYTES = 2**18
"""A question has 2,000 characters at most; the rest is room for the client's own fields."""


def mcp_router(tools: Tools) -> APIRouter:
    """POST /mcp. The SDK answers it itself, behind the guards of every route; it is loaded when somebody first asks.

    GET and DELETE, which are for sessions, are refused: there are none.
    """
    router = APIRouter()
    sdk = _Sdk(tools)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        manager = await sdk.manager()
        failure: Exception | None = None
        async with manager.run():
            try:
                await manager.handle_request(scope, receive, send)
            except Exception as error:  # noqa: BLE001 - raised again outside, where it is no group of errors
                failure = error
        if failure:
            raise failure

    @router.post("/mcp", include_in_schema=False, dependencies=[Depends(require_json)])
    async def mcp(request: Request) -> Response:
        """The tools ask, search and get_article."""
        return _Forwarded(BodyLimit(answer, MAX_BODY_BYTES))

    return router


class _Sdk:
    """The SDK over the tools, loaded once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._loading = Lock()
        self._new: Callable[[], StreamableHTTPSessionManager] | None = None

    async def manager(self) -> StreamableHTTPSessionManager:
        """The SDK's manager of one request, which keeps nothing for the next."""
        async with self._loading:
            if self._new is None:
                self._new = await to_thread.run_sync(self._loaded)
        return self._new()

    def _loaded(self) -> Callable[[], StreamableHTTPSessionManager]:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from service.http.mcp.server import build_server

        # The SDK's own protection against DNS rebinding stays off: HostGuard stands before this route.
        return partial(StreamableHTTPSessionManager, build_server(self._tools), stateless=True)


class _Forwarded(Response):
    """Leaves the whole exchange to another app."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
