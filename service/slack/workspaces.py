"""The workspaces that the app is installed in, and how each is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aiohttp import ClientConnectorError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient

from service.errors import SlackError

PATIENCE = 6
"""How often a call is repeated that Slack put off: each time as long as it says."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """How to speak to a workspace, and who the bot is there."""

    client: AsyncWebClient
    bot: str


class Workspaces(Protocol):
    """Finds workspaces."""

    async def of(self, enterprise: str | None, team: str) -> Workspace:
        """Raises: SlackError where the app is not installed; SlackApiError."""


class OneWorkspace:
    """The workspace that a token is of."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Workspace | None = None

    async def of(self, enterprise: str | None, team: str) -> Workspace:
        """See `Workspaces`."""
        if self._known is None:
            told = await self._client.auth_test()
            self._known = Workspace(self._client, told["user_id"])
        return self._known


class InstalledWorkspaces:
    """Those that installed the app."""

    def __init__(self, store: AsyncInstallationStore, api_url: str) -> None:
        self._store = store
        self._api_url = api_url

    async def of(self, enterprise: str | None, team: str) -> Workspace:
        """See `Workspaces`."""
        installed = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team)
        if installed is None or not installed.bot_token:
            raise SlackError(f"The app is not installed in the workspace {team}.", "Open /slack/install there.")
        return Workspace(client_of(installed.bot_token, self._api_url), installed.bot_user_id or "")


def client_of(token: str | None, api_url: str) -> AsyncWebClient:
    """A client that waits as long as Slack tells it to, and repeats nothing that Slack may have taken already."""
    return AsyncWebClient(
        token=token,
        base_url=api_url if api_url.endswith("/") else f"{api_url}/",
        retry_handlers=[
            AsyncRateLimitErrorRetryHandler(max_retry_count=PATIENCE),
            AsyncConnectionErrorRetryHandler(max_retry_count=2, error_types=[ClientConnectorError]),
        ],
    )
