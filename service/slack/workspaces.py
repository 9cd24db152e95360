"""The workspaces that the app is installed in, and how each is spoken to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import ClientConnectorError, ClientError
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from service.errors import SlackError

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


class Workspaces(Protocol):
    """Finds workspaces."""

    async def client(self, enterprise: str | None, team: str) -> AsyncWebClient:
        """How to speak to a workspace. Raises: SlackError where the app is not installed."""

    async def bot(self, enterprise: str | None, team: str) -> str:
        """The bot's user id there. Raises: SlackError where the app is not installed; SlackApiError."""


class OneWorkspace:
    """The workspace that a token is of."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._bot: str | None = None

    async def client(self, enterprise: str | None, team: str) -> AsyncWebClient:
        """See `Workspaces`."""
        return self._client

    async def bot(self, enterprise: str | None, team: str) -> str:
        """See `Workspaces`."""
        self._bot = self._bot or str((await self._client.auth_test())["user_id"])
        return self._bot


class InstalledWorkspaces:
    """Those that installed the app."""

    def __init__(self, store: AsyncInstallationStore, api_url: str) -> None:
        self._store = store
        self._api_url = api_url
        self._clients: dict[str, AsyncWebClient] = {}

    async def client(self, enterprise: str | None, team: str) -> AsyncWebClient:
        """See `Workspaces`."""
        token = (await self._installed(enterprise, team)).bot_token
        if token not in self._clients:
            self._clients[token] = client_of(token, self._api_url)
        return self._clients[token]

    async def bot(self, enterprise: str | None, team: str) -> str:
        """See `Workspaces`."""
        return (await self._installed(enterprise, team)).bot_user_id or ""

    async def _installed(self, enterprise: str | None, team: str) -> Bot:
        installed = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team)
        if installed is None or not installed.bot_token:
            raise SlackError(f"The app is not installed in the workspace {team}.", "Open /slack/install there.")
        return installed


def trusting(token: str | None) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Has Bolt take the token for good. It would ask Slack first, and an event that comes while Slack does not answer
    well would be acknowledged and lost; a bad token is told by the first call that needs it."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    return authorize


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
