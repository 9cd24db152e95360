"""Writes that may be repeated: a request with an Idempotency-Key is carried out once, and answered alike each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from anyio import CancelScope, to_thread
from fastapi import Request, Response
from python_multipart.multipart import parse_options_header

from service.errors import RepeatError
from service.http.access import caller_of
from service.http.guards import JsonRoute
from service.http.handlers import ProblemError
from service.http.problems import REQUEST_INVALID
from service.store.receipts import Receipt, Receipts

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY = 200


def repeatable(receipts: Receipts) -> type[JsonRoute]:
    """The class of routes whose answers are kept in `receipts`."""
    under_way: set[tuple[str, str]] = set()

    class RepeatableRoute(JsonRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def once(request: Request) -> Response:
                key = request.headers.get(HEADER)
                if key is None or request.method == "GET":
                    return await handle(request)
                if not 0 < len(key) <= MAX_KEY:
                    raise ProblemError(REQUEST_INVALID, f"{HEADER} has 1 to {MAX_KEY} characters.")
                return await _once(request, key, handle)

            return once

    async def _once(request: Request, key: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
        named = caller_of(request.scope).id, f"{request.method} {request.url.path} {key}"
        digest = await to_thread.run_sync(_digest, await request.body(), request.headers.get("content-type", ""))
        known = await to_thread.run_sync(receipts.begin, *named, digest)
        if known:
            return Response(known.body, known.status, {**known.headers, REPLAYED: "true"})
        if named in under_way:
            # The clock was put forward, so that the receipt of what this process works on looked like one cut off.
            raise RepeatError("The first request with this Idempotency-Key is under way.", "Wait, then repeat it.")
        under_way.add(named)
        try:
            return await _kept(request, named, handle)
        finally:
            under_way.discard(named)

    async def _kept(
        request: Request, named: tuple[str, str], handle: Callable[[Request], Coroutine[Any, Any, Response]]
    ) -> Response:
        try:
            response = await handle(request)
        except BaseException:
            with CancelScope(shield=True):
                await to_thread.run_sync(receipts.drop, *named)
            raise
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        await to_thread.run_sync(receipts.keep, *named, Receipt(response.status_code, headers, bytes(response.body)))
        return response

    return RepeatableRoute


def _digest(body: bytes, content_type: str) -> str:
    """Of what is sent: a form has another boundary each time it is sent."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    return hashlib.sha256(body.replace(boundary, b"") if boundary else body).hexdigest()
