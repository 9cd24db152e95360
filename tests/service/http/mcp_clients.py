"""The SDK's own client, one call at a time, for tests that are no coroutines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

Era = Literal["auto", "legacy"]
"""auto: the protocol's newest version, each request by itself; legacy: those with a handshake."""

T = TypeVar("T")


@asynccontextmanager
async def over_http(address: str, era: Era = "auto", **headers: str) -> AsyncIterator[Client]:
    """A client of the service at `address`, which sends `headers` with every request."""
    async with (
        httpx2.AsyncClient(trust_env=False, headers=headers, timeout=20) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=era) as client,
    ):
        yield client


def asked(address: str, visit: Callable[[Client], Awaitable[T]], era: Era = "auto") -> T:
    """What `visit` gives for a client of the service at `address`."""

    async def visited() -> T:
        async with over_http(address, era) as client:
            return await visit(client)

    return anyio.run(visited)


def called(address: str, tool: str, era: Era = "auto", **arguments: Any) -> CallToolResult:
    """The result of one call of a tool; the client checks it against the tool's output schema."""
    return asked(address, lambda client: client.call_tool(tool, arguments), era)


def texts(result: CallToolResult) -> list[str]:
    """The texts of a result, which has nothing else."""
    return [content.text for content in result.content if content.type == "text"]
