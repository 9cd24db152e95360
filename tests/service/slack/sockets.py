"""Socket Mode of the double of Slack: envelopes to the app over a WebSocket, and what it acknowledges."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.service.slack.records import Json
from tests.service.slack.state import APP, State

LEAVE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement, when it came, and the payload that it carried."""

    envelope_id: str
    at: float
    payload: Json | None


class Sockets:
    """The connections of the app. All but `serve` and `close` is for the threads of tests."""

    def __init__(self, state: State, loop: asyncio.AbstractEventLoop) -> None:
        self._state = state
        self._loop = loop
        self._open: list[web.WebSocketResponse] = []
        self._sent: dict[str, float] = {}
        self.acks: dict[str, Ack] = {}
        self.connections = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A connection, until it is closed."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets:
            self._state.violate("socket", "connected without the address of apps.connections.open")
            return web.Response(status=403)
        self._state.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.append(socket)
        self.connections += 1
        await socket.send_json(hello(len(self._open)))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._take(message.data)
        if socket in self._open:
            self._open.remove(socket)
        return socket

    def _take(self, text: str) -> None:
        """Notes what the app sent."""
        try:
            body = json.loads(text)
            envelope_id = body["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._state.violate("socket", f"not an acknowledgement: {text[:100]!r}")
            return
        if envelope_id not in self._sent:
            self._state.violate("socket", f"acknowledged an unknown envelope {envelope_id!r}")
        if envelope_id in self.acks:
            self._state.violate("socket", f"acknowledged the envelope {envelope_id!r} twice")
        self.acks[envelope_id] = Ack(envelope_id, time.monotonic(), body.get("payload"))

    async def close(self) -> None:
        """Closes all connections."""
        for socket in list(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY)
        self._open.clear()

    def send(self, payload: Json, type: str, retry: tuple[int, str] | None = None) -> str:
        """Sends an envelope to the newest connection; its id. `retry` is its number and reason, of an event."""
        envelope_id = str(uuid.uuid4())
        body: Json = {"envelope_id": envelope_id, "payload": payload, "type": type}
        body["accepts_response_payload"] = type != "events_api"
        if type == "events_api":
            attempt, reason = retry or (0, "")
            body.update({"retry_attempt": attempt, "retry_reason": reason})
        self._sent[envelope_id] = time.monotonic()
        self._run(self._open[-1].send_json(body))
        return envelope_id

    def disconnect(self, reason: str) -> None:
        """Tells the app that its connections end, and ends them."""
        leaving, self._open = self._open, []
        for socket in leaving:
            body = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
            self._run(socket.send_json(body))
            asyncio.run_coroutine_threadsafe(closed(socket), self._loop)

    def wait(self, seconds: float = 10) -> None:
        """Waits until there is a connection."""
        self._state.wait_for(lambda: bool(self._open), seconds)

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return bool(self._open)

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


async def closed(socket: web.WebSocketResponse) -> None:
    """Closes a connection that its client does not leave soon by itself."""
    end = time.monotonic() + LEAVE_SECONDS
    while not socket.closed and time.monotonic() < end:
        await asyncio.sleep(0.01)
    await socket.close()


def hello(connections: int) -> Json:
    """The first message of a connection."""
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP},
        "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
    }
