"""Who may do what: every request but the public ones is made by a caller, with a key where keys are asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import DossierError
from service.http.handlers import ProblemError, refusal
from service.http.problems import KEY_MISSING, SCOPE_MISSING, TOO_MANY_REQUESTS
from service.store import keys
from service.store.keys import SCOPES, Key

PUBLIC = frozenset({"/", "/healthz", "/readyz", "/openapi.json", "/docs"})
PUBLIC_FOLDERS = ("/web/", "/static-offline-docs/", "/slack/")
"""Slack's requests are signed, which is checked behind these routes."""
WRITTEN = ("/v1/articles", "/v1/jobs")
LOOKUPS = 8
CLOCK_SECONDS = 1.0
"""A clock that is put back by less is being adjusted."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})

LOCAL = Key(id="", name="local", scopes=SCOPES, created="")
"""Whoever asks where no key is asked for."""


def scope_needed(method: str, path: str) -> keys.Scope | None:
    """What a request must be allowed to do; None for one that anyone may make."""
    if path in PUBLIC or path.startswith(PUBLIC_FOLDERS):
        return None
    if path == "/metrics":
        return "admin"
    if path.startswith("/v1/jobs") or (path.startswith(WRITTEN) and method not in READING):
        return "write"
    return "ask"


def caller_of(scope: Scope) -> Key:
    """Who makes the request, as `Access` found; `LOCAL` where it asks for no keys."""
    caller = scope.get("state", {}).get("caller", LOCAL)
    assert isinstance(caller, Key)
    return caller


@dataclass(frozen=True, slots=True)
class Locks:
    """How keys are asked for: `holder` tells whose a key is (see `Keyring.holder`), `rate` is how many requests each
    may be used for."""

    holder: Callable[[str], Key | None]
    rate: RateLimitItem


class Access:
    """Finds out the caller and refuses those who may not do what they ask; without `locks`, anyone may do anything."""

    def __init__(self, app: ASGIApp, locks: Locks | None) -> None:
        self._app = app
        self._locks = locks
        self._counted = MemoryStorage()
        self._rates = MovingWindowRateLimiter(self._counted)
        self._booted = _booted()
        # Threads of its own: whatever the routes wait for, a key is looked up.
        self._threads = CapacityLimiter(LOOKUPS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The caller is in `scope["state"]["caller"]`; see `caller_of`."""
        if scope["type"] == "http" and self._locks:
            needed = scope_needed(scope["method"], scope["path"])
            if needed:
                try:
                    await self._admit(scope, needed, self._locks)
                except (ProblemError, DossierError) as error:
                    await refusal(scope, error)(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, needed: keys.Scope, locks: Locks) -> None:
        presented = _bearer(Headers(scope=scope).get("authorization", ""))
        caller = await to_thread.run_sync(locks.holder, presented, limiter=self._threads) if presented else None
        if caller is None:
            why = "The key is unknown or revoked." if presented else "The request has no key."
            raise ProblemError(KEY_MISSING, why, headers={"WWW-Authenticate": "Bearer"})
        scope.setdefault("state", {})["caller"] = caller
        if not caller.allows(needed):
            raise ProblemError(SCOPE_MISSING, f"This needs a key of the scope {needed}.")
        self._keep_time()
        if not self._rates.hit(locks.rate, caller.id):
            reset = self._rates.get_window_stats(locks.rate, caller.id).reset_time
            wait = {"Retry-After": str(max(1, math.ceil(reset - time.time())))}
            raise ProblemError(TOO_MANY_REQUESTS, f"A key is good for {locks.rate} requests.", headers=wait)

    def _keep_time(self) -> None:
        """Forgets what was counted before the clock was put back: it would count until that time has come again."""
        before, self._booted = self._booted, _booted()
        if self._booted < before - CLOCK_SECONDS:
            self._counted.reset()


def _booted() -> float:
    """When the machine was started, in seconds since 1970: it changes only where the clock is put forward or back."""
    return time.time() - time.monotonic()


def _bearer(header: str) -> str:
    kind, _, credentials = header.partition(" ")
    return credentials.strip() if kind.lower() == "bearer" else ""
