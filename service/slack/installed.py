"""What Bolt asks about installations and states, answered from the store."""

from __future__ import annotations

import json
from logging import Logger, getLogger
from typing import Any

from anyio import to_thread
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from ingest.errors import DossierError
from service.errors import SlackError
from service.slack.sealing import Seal
from service.store.installations import BOT, Installations
from service.store.states import States

_NO_BOT: dict[str, Any] = {
    "bot_token": None,
    "bot_refresh_token": None,
    "bot_token_expires_at": None,
    "bot_scopes": [],
}
_NO_USER: dict[str, Any] = {
    "user_token": None,
    "user_refresh_token": None,
    "user_token_expires_at": None,
    "user_scopes": [],
}


class SealedInstallations(AsyncInstallationStore):
    """Keeps each token once: the bot's among the bot's own, a user's among that user's. So what deletes one of them
    leaves no copy, and what saves the one without the other loses neither.

    Its methods raise what `Store.transaction` and `Seal.opened` raise.
    """

    def __init__(self, installations: Installations, seal: Seal) -> None:
        self._installations = installations
        self._seal = seal

    @property
    def logger(self) -> Logger:
        """For Bolt; nothing is logged here."""
        return getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        """Keeps its tokens in place of the earlier ones.

        Raises: BoltError, the one that Bolt turns into a page, when they cannot be kept.
        """
        try:
            await to_thread.run_sync(self._save, installation)
        except DossierError as error:
            raise BoltError(error.message) from error

    async def async_save_bot(self, bot: Bot) -> None:
        """Keeps the bot's token in place of the earlier one; who installed it stays known."""
        await to_thread.run_sync(self._save_bot, bot)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of the workspace, or of the whole organisation."""
        place = _place(enterprise_id, team_id, is_enterprise_install)
        found = await to_thread.run_sync(self._found, *place, BOT)
        return found.to_bot() if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The bot's installation with its installer's own token; for a user, that user's token alone."""
        place = _place(enterprise_id, team_id, is_enterprise_install)
        if user_id:
            return await to_thread.run_sync(self._found, *place, user_id)
        return await to_thread.run_sync(self._latest, *place)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forgets the bot's token."""
        await to_thread.run_sync(self._installations.delete, *_place(enterprise_id, team_id), BOT)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forgets the user's token; without a user, everything of the workspace."""
        await to_thread.run_sync(self._installations.delete, *_place(enterprise_id, team_id), user_id)

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forgets everything of the workspace at once."""
        await to_thread.run_sync(self._installations.delete, *_place(enterprise_id, team_id))

    def _save(self, installation: Installation) -> None:
        whole = vars(installation)
        parts = {}
        if installation.user_token and installation.user_id:
            parts[installation.user_id] = whole | _NO_BOT
        if installation.bot_token:
            parts[BOT] = whole | _NO_USER
        place = _place(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        self._installations.keep(*place, {user: self._seal.closed(json.dumps(part)) for user, part in parts.items()})

    def _save_bot(self, bot: Bot) -> None:
        kept = self._found(*_place(bot.enterprise_id, bot.team_id, bot.is_enterprise_install), BOT)
        self._save(Installation(**(vars(kept) if kept else {"user_id": ""}) | vars(bot)))

    def _latest(self, enterprise: str, team: str) -> Installation | None:
        latest = self._found(enterprise, team, BOT)
        if latest is None:
            return self._found(enterprise, team, None)
        installers = self._found(enterprise, team, latest.user_id) if latest.user_id else None
        if installers is None:
            return latest
        return Installation(**vars(latest) | {part: getattr(installers, part) for part in _NO_USER})

    def _found(self, enterprise: str, team: str, user: str | None) -> Installation | None:
        sealed = self._installations.find(enterprise, team, user)
        if sealed is None:
            return None
        found = Installation(**json.loads(self._seal.opened(sealed)))
        if _place(found.enterprise_id, found.team_id, found.is_enterprise_install) != (enterprise, team):
            # The seal says that nobody made it up, not that nobody moved it.
            raise SlackError(
                "The tokens kept for a workspace of Slack are another's.", "Install the app there again, and ask why."
            )
        return found


class SealedStates(AsyncOAuthStateStore):
    """The states of the store. Its methods raise what `Store.transaction` raises."""

    def __init__(self, states: States) -> None:
        self._states = states

    @property
    def logger(self) -> Logger:
        """For Bolt; nothing is logged here."""
        return getLogger(__name__)

    async def async_issue(self, *_args: Any, **_more: Any) -> str:
        """A new one."""
        return await to_thread.run_sync(self._states.issue)

    async def async_consume(self, state: str) -> bool:
        """Whether it is good, once."""
        return await to_thread.run_sync(self._states.consume, state)


def _place(enterprise: str | None, team: str | None, whole: bool | None = False) -> tuple[str, str]:
    """Where it is kept; an installation for a whole organisation may name the team where it was asked for."""
    return enterprise or "", "" if whole else team or ""
