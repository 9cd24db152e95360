"""Tokens that run out are exchanged for new ones, once, whoever asks at the same time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict

from anyio import CancelScope, sleep
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = (0.1, 0.4, 1.5)
"""Seconds between looks at what another process keeps that was first."""


class Rotator(AsyncTokenRotator):
    """A refresh token is good once, and Slack tells of one message by two events: without this the second of them
    would be refused, and a process that fails between two exchanges would lose the first."""

    def __init__(
        self, installations: AsyncInstallationStore, *, client_id: str, client_secret: str, client: AsyncWebClient
    ) -> None:
        super().__init__(client_id=client_id, client_secret=client_secret, client=client)
        self._installations = installations
        self._locks: defaultdict[tuple[str | None, str | None], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def perform_token_rotation(
        self, *, installation: Installation, minutes_before_expiration: int = 120
    ) -> Installation | None:
        """The installation with new tokens, which are kept already; None where they are good for longer than that.

        Raises: SlackTokenRotationError when Slack gives none, BoltError when they cannot be kept, and what the store
        raises.
        """
        if not _due(installation, minutes_before_expiration):
            return None
        async with self._locks[installation.enterprise_id, installation.team_id]:
            current = await self._current(installation)
            if not _due(current, minutes_before_expiration):
                return current
            try:
                with CancelScope(shield=True):
                    current = await self._exchanged(current, minutes_before_expiration)
            except SlackTokenRotationError:
                for pause in PATIENCE:
                    await sleep(pause)
                    current = await self._current(installation)
                    if not _due(current, minutes_before_expiration):
                        return current
                raise
            return current

    async def _current(self, installation: Installation) -> Installation:
        """With the tokens that are kept now, of those that it came with: it may be for another user's request."""
        place = {"enterprise_id": installation.enterprise_id, "team_id": installation.team_id}
        whole = installation.is_enterprise_install
        current = Installation(**vars(installation))
        if installation.bot_refresh_token:
            bot = await self._installations.async_find_bot(**place, is_enterprise_install=whole)
            if bot is not None:
                current.bot_token = bot.bot_token
                current.bot_refresh_token = bot.bot_refresh_token
                current.bot_token_expires_at = bot.bot_token_expires_at
        if installation.user_refresh_token:
            user = await self._installations.async_find_installation(
                **place, user_id=installation.user_id, is_enterprise_install=whole
            )
            if user is not None:
                current.user_token = user.user_token
                current.user_refresh_token = user.user_refresh_token
                current.user_token_expires_at = user.user_token_expires_at
        return current

    async def _exchanged(self, current: Installation, minutes: int) -> Installation:
        bot = await self.perform_bot_token_rotation(bot=current.to_bot(), minutes_before_expiration=minutes)
        if bot is not None:
            current.bot_token = bot.bot_token
            current.bot_refresh_token = bot.bot_refresh_token
            current.bot_token_expires_at = bot.bot_token_expires_at
            await self._installations.async_save(current)
        user = await self.perform_user_token_rotation(installation=current, minutes_before_expiration=minutes)
        if user is not None:
            await self._installations.async_save(user)
        return user or current


def _due(installation: Installation, minutes: int) -> bool:
    ends = installation.bot_token_expires_at, installation.user_token_expires_at
    return any(end is not None and end <= time.time() + minutes * 60 for end in ends)
