"""A double of Slack on loopback: its Web API, its files, its response addresses and its Socket Mode."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import math
import threading
import time
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.service.slack import methods
from tests.service.slack.faults import ApiError, Dropped, Fault, Passed, RateLimited, ServerError, Slow
from tests.service.slack.records import Call, Json, Refusal
from tests.service.slack.responses import respond
from tests.service.slack.sockets import Ack, Sockets
from tests.service.slack.state import State

JSON_ARGUMENTS = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "chunks": "invalid_arguments",
    "view": "invalid_arguments",
    "prompts": "invalid_arguments",
    "loading_messages": "invalid_arguments",
}
"""Arguments that are JSON when they come as text, with the error of those that are not."""
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"


class Workspace(State):
    """Slack, while the context lasts. `violations` holds a sentence for each rule of Slack's that the app broke."""

    def __init__(self) -> None:
        super().__init__()
        self.granted = set(methods.SCOPES)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack")
        self.sockets = Sockets(self, self._loop)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """What a client takes as its base_url."""
        return f"{self.base_url}/api/"

    @property
    def oauth_url(self) -> str:
        """The address of oauth.v2.access."""
        return f"{self.api_url}oauth.v2.access"

    @property
    def socket_acks(self) -> dict[str, Ack]:
        """What the app acknowledged over Socket Mode, by the ids of the envelopes."""
        return self.sockets.acks

    def socket_send(self, payload: Json, type: str = "events_api", retry: tuple[int, str] | None = None) -> str:
        """Sends an envelope of events_api, slash_commands or interactive; its id."""
        return self.sockets.send(payload, type, retry)

    def socket_disconnect(self, reason: str = "refresh_requested") -> None:
        """Ends the connections as Slack does it from time to time; the app must come back."""
        self.sockets.disconnect(reason)

    def wait_for_socket(self, seconds: float = 10) -> None:
        """Waits until the app is connected."""
        self.sockets.wait(seconds)

    def __enter__(self) -> Workspace:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{id}", self._response)
        app.router.add_get("/files/{id}/{rest:.*}", self._file)
        app.router.add_get("/link/", self.sockets.serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self.sockets.close()
        if self._runner:
            await self._runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = bearer(request)
        begun = time.monotonic()
        try:
            arguments = await arguments_of(request)
        except Refusal as refusal:
            self.calls.append(Call(method, {}, token, begun))
            return self._refused(method, refusal)
        self.calls.append(Call(method, arguments, token, begun))
        fault = self._next_fault(method, token)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if fault is not None and not isinstance(fault, Slow | Passed):
            if isinstance(fault, Dropped) and fault.after:
                self._answer(method, token, arguments, request)
            return failed(request, fault)
        return self._answer(method, token, arguments, request)

    def _next_fault(self, method: str, token: str) -> Fault | None:
        """The fault that is next for a call; a call too soon after a 429 breaks a rule and gets another."""
        with self.lock:
            left = self.limited.get((method, token), 0) - time.monotonic()
            if left > 0:
                self.violate(method, f"called {left:.2f} s before its Retry-After had passed")
                return RateLimited(math.ceil(left))
            waiting = self.faults.get(method)
            fault = waiting.popleft() if waiting else None
            if isinstance(fault, RateLimited):
                self.limited[method, token] = time.monotonic() + fault.seconds
            return fault

    def _answer(self, method: str, token: str, arguments: Json, request: web.Request) -> web.Response:
        try:
            with self.lock:
                body = self._body(method, token, arguments, request)
        except Refusal as refusal:
            return self._refused(method, refusal)
        return web.json_response({"ok": True, **body}, headers=self._headers())

    def _body(self, method: str, token: str, arguments: Json, request: web.Request) -> Json:
        if method == "apps.connections.open":
            return methods.open_connection(self, token)
        if method == "oauth.v2.access":
            return methods.oauth(self, client_of(request, arguments), arguments)
        return methods.call(self, method, token, arguments)

    def _refused(self, method: str, refusal: Refusal) -> web.Response:
        if refusal.broken:
            self.violate(method, f"{refusal.broken} ({refusal.error})")
        return web.json_response({"ok": False, "error": refusal.error, **refusal.more}, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(sorted(self.granted)), "x-slack-req-id": self.next_id("req")}

    async def _response(self, request: web.Request) -> web.StreamResponse:
        fault = self._next_fault("response", "")
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        elif fault is not None and not isinstance(fault, Passed):
            return failed(request, fault)
        body = await request.text()
        with self.lock:
            status, answer = respond(self, request.match_info["id"], request.content_type, body)
        return web.Response(status=status, text=answer)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        token = bearer(request)
        file_id = request.match_info["id"].rpartition("-")[2]
        with self.lock:
            self.downloads.append((file_id, token))
        fault = self._next_fault("files", token)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        elif fault is not None and not isinstance(fault, Passed):
            return failed(request, fault)
        file = self.files.get(file_id)
        if token not in self.installs or token in self.revoked or "files:read" not in self.granted:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if file is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=file.content, content_type=file.body["mimetype"])


def failed(request: web.Request, fault: Fault) -> web.Response:
    """What a fault looks like to its caller."""
    match fault:
        case RateLimited(seconds):
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})
        case ApiError(error, more):
            return web.json_response({"ok": False, "error": error, **more})
        case ServerError(status):
            return web.Response(status=status, text="<html>upstream error</html>", content_type="text/html")
    if request.transport:
        request.transport.abort()
    return web.Response(status=503)


def bearer(request: web.Request) -> str:
    """The token of the Authorization header, or nothing."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def client_of(request: web.Request, arguments: Json) -> tuple[str, str]:
    """The id and the secret of the client: by Basic authentication or among the arguments."""
    kind, _, code = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return arguments.get("client_id", ""), arguments.get("client_secret", "")
    try:
        client, _, secret = base64.b64decode(code).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


async def arguments_of(request: web.Request) -> Json:
    """The arguments of a call: of the query, of a form, or of JSON. Raises: Refusal when they cannot be read."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        found.update(parsed_object(await request.text()))
    elif request.method == "POST":
        found.update(await request.post())
    for name, error in JSON_ARGUMENTS.items():
        if isinstance(found.get(name), str):
            found[name] = parsed(found[name], error, name)
    return {name: value for name, value in found.items() if value is not None}


def parsed(text: str, error: str, name: str) -> Any:
    """The value of JSON. Raises: Refusal."""
    try:
        return json.loads(text)
    except ValueError:
        raise Refusal(error, f"{name} is not JSON") from None


def parsed_object(text: str) -> Json:
    """The arguments in a body of JSON. Raises: Refusal."""
    body = parsed(text or "{}", "invalid_json", "the body")
    if not isinstance(body, dict):
        raise Refusal("json_not_object", "the body is JSON, but no object")
    return body
