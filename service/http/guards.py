"""What stands before the routes: allowed hosts and origins, body size, content type, safe headers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.handlers import ProblemError, refusal
from service.http.problems import BODY_TOO_LARGE, HOST_NOT_ALLOWED, MEDIA_TYPE_UNSUPPORTED, ORIGIN_NOT_ALLOWED
from service.loopback import is_loopback

SMALL_BYTES = 2**20
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
DOCS_PATHS = ("/docs", "/static-offline-docs/")
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)


def allowed_names(bound_to: str, extra: Iterable[str] = ()) -> frozenset[str] | None:
    """The host names a service answers to; None means any.

    Bound to loopback it answers to loopback names only: a page whose name was re-bound to 127.0.0.1 is refused.
    """
    names = frozenset(name.lower() for name in extra)
    if is_loopback(bound_to):
        return LOOPBACK_NAMES | names | {bound_to.lower()}
    return LOOPBACK_NAMES | names | {bound_to.lower()} if names else None


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


class HostGuard:
    """Refuses requests that name another host (DNS rebinding)."""

    def __init__(self, app: ASGIApp, names: frozenset[str] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 421."""
        if scope["type"] == "lifespan" or self._names is None or self._name(scope) in self._names:
            await self._app(scope, receive, send)
            return
        error = ProblemError(HOST_NOT_ALLOWED, "The Host header names a host that is not allowed.")
        await refusal(scope, error)(scope, receive, send)

    @staticmethod
    def _name(scope: Scope) -> str:
        return host_name(Headers(scope=scope).get("host", ""))


class OriginGuard:
    """Refuses what a page of another origin asks to be changed: browsers send forms across origins unasked."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        """`origins` may all the same."""
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 403."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS") or self._allowed(scope):
            await self._app(scope, receive, send)
            return
        error = ProblemError(ORIGIN_NOT_ALLOWED, "The Origin header names another origin than this service's.")
        await refusal(scope, error)(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin in self._origins:
            return True
        # An origin is a scheme, "://" and what its browser sends as Host.
        return origin.partition("://")[2].lower() == headers.get("host", "").lower()


class BodyLimit:
    """Refuses bodies over a number of bytes, announced or counted while they come in (chunked).

    Only addresses that begin with one of `large` take `max_bytes`; the rest takes `SMALL_BYTES` at most, for their JSON
    is read while everybody waits.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, large: tuple[str, ...] = ("/",)) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._large = large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with a counting `receive`, or answers 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._max_bytes if scope["path"].startswith(self._large) else min(self._max_bytes, SMALL_BYTES)
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > limit:
            await refusal(scope, _too_large(limit))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> ProblemError:
    return ProblemError(BODY_TOO_LARGE, f"A body may have {limit} bytes at most here.")


class SafeHeaders:
    """Adds the headers that keep browsers from guessing, caching, framing and reading across origins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A header that the response set itself stays as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(DOCS_PATHS):
                    headers.setdefault("Content-Security-Policy", DOCS_POLICY)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_safely)


class JsonRoute(APIRoute):
    """Refuses a body that does not say it is JSON, before reading it. A web page of another origin can send
    other types without asking first."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the check."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if self.body_field is not None:
                require_json(request)
            return await handle(request)

        return checked


def require_json(request: Request) -> None:
    """Raises: ProblemError where the Content-Type does not say JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(MEDIA_TYPE_UNSUPPORTED, "The Content-Type is not application/json.")
