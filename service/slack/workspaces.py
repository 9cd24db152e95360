"""The workspaces that the app is installed in, and how each is spoken to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient

from service.errors import SlackError
from service.slack.client import client_of


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
