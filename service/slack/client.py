"""A client of Slack's Web API that waits as long as Slack says, and does nothing twice."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

REPEATABLE = frozenset(
    {
        "assistant.threads.setStatus",
        "assistant.threads.setSuggestedPrompts",
        "assistant.threads.setTitle",
        "auth.test",
        "chat.delete",
        "chat.stopStream",
        "chat.update",
        "conversations.open",
        "files.info",
        "views.update",
    }
)
"""Methods that do the same if they are called twice."""
FAILURES = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
PATIENCE = 6
"""How often a call is repeated that Slack put off: each time as long as it says."""


class Waiting(AsyncRateLimitErrorRetryHandler):
    """Waits where Slack limits a method, and notes in `free_at` until when."""

    def __init__(self, free_at: dict[str, float]) -> None:
        super().__init__(max_retry_count=PATIENCE)
        self._free_at = free_at

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Waits as long as Slack says."""
        headers = {name.lower(): value for name, value in (response.headers if response else {}).items()}
        after = headers.get("retry-after", ["1"])
        method = request.url.rpartition("/")[2]
        self._free_at[method] = max(self._free_at.get(method, 0), time.monotonic() + float(after[0]))
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)


class PatientClient(AsyncWebClient):
    """A client whose calls wait for the limits that others of its calls have met."""

    def __init__(self, token: str | None, base_url: str) -> None:
        free_at: dict[str, float] = {}
        handlers = [
            Waiting(free_at),
            AsyncConnectionErrorRetryHandler(max_retry_count=2, error_types=[ClientConnectorError]),
            Repeating(max_retry_count=2),
        ]
        super().__init__(token=token, base_url=base_url, retry_handlers=handlers)
        self._free_at = free_at

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Calls a method in its time."""
        while (left := self._free_at.get(api_method, 0) - time.monotonic()) > 0:
            await asyncio.sleep(left)
        return await super().api_call(api_method, **given)


class Repeating(AsyncRetryHandler):
    """Repeats what failed on Slack's side or on the way, where that does no harm."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.rpartition("/")[2] not in REPEATABLE:
            return False
        if response is None:
            return isinstance(error, ClientError | TimeoutError)
        return response.status_code >= 500 or (response.body or {}).get("error") in FAILURES


def client_of(token: str | None, api_url: str) -> AsyncWebClient:
    """A client that waits as long as Slack tells it to, and posts nothing again that Slack may have taken already."""
    return PatientClient(token, api_url if api_url.endswith("/") else f"{api_url}/")
