from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from service.slack.installing import oauth_settings
from service.slack.rotating import Rotator
from service.store.database import Store
from tests.service.slack.granting import CLIENT_ID, CLIENT_SECRET, Granting
from tests.service.slack.installs import SCOPES, Installed, Seen, installed, play, slack_settings

# Slack's SDK still uses it.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

SOON: dict[str, Any] = {"refresh_token": "xoxe-1", "expires_in": 60}
FIRST, SECOND = Seen("xoxb-of-T1", None), Seen("xoxb-second", None)


def someone(token: str, **more: Any) -> dict[str, Any]:
    return {"id": "U1", "access_token": token, "scope": "search:read", **more}


async def mentioned_at_once(*apps: Installed) -> list[Seen]:
    """What the apps took on, each of two mentions that came together."""
    event = {"type": "app_mention", "user": "U2", "text": "?", "channel": "C1"}
    await asyncio.gather(*(app.send(event, "T1") for app in apps for _ in range(2)))
    return [seen for app in apps for seen in app.seen]


def test_a_token_that_runs_out_is_exchanged_once_and_kept(tmp_path: Path, store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1", **SOON))
        granting.renewal("xoxe-1", "xoxb-second", "xoxe-2")
        for each in (app, app, installed(slack_settings(granting.address), store)):
            assert await each.mention("T1") == SECOND
        assert [asked.get("refresh_token") for asked in granting.asked] == [None, "xoxe-1"]
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"xoxe" not in kept

    play(store, story)


def test_a_token_that_is_good_for_long_stays(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1", refresh_token="xoxe-1", expires_in=43200))
        assert await app.mention("T1") == FIRST

    play(store, story)


def test_of_events_that_come_together_one_exchanges(store: Store, elsewhere: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1", **SOON))
        granting.renewal("xoxe-1", "xoxb-second", "xoxe-2")
        another = installed(slack_settings(granting.address), elsewhere)
        assert await mentioned_at_once(app, another) == [SECOND] * 4
        # One of each process: it sees the other's only in the store.
        assert len(granting.asked) <= 3

    play(store, story)


def test_what_slack_no_longer_exchanges_is_not_answered(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1", **SOON))
        assert await app.mention("T1") is None
        await app.install(granting.workspace("T1"))
        assert await app.mention("T1") == FIRST

    play(store, story)


def test_an_installers_own_token_is_neither_lost_nor_lent(store: Store) -> None:
    """Bolt takes it away from what it saves after another user's request."""

    async def story(granting: Granting, app: Installed) -> None:
        granting.bearer("xoxp-1", "T1", "U1")
        await app.install(granting.workspace("T1", **SOON, authed_user=someone("xoxp-1")))
        granting.renewal("xoxe-1", "xoxb-second", "xoxe-2")
        assert await app.mention("T1", "U2") == SECOND
        assert await app.mention("T1", "U1") == Seen("xoxb-second", "xoxp-1")

    play(store, story)


def test_a_users_token_is_exchanged_beside_the_bots(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        user = someone("xoxp-1", refresh_token="xoxe-u1", expires_in=60)
        await app.install(granting.workspace("T1", **SOON, authed_user=user))
        granting.renewal("xoxe-1", "xoxb-second", "xoxe-2")
        granting.renewal("xoxe-u1", "xoxp-2", "xoxe-u2", kind="user")
        granting.bearer("xoxp-2", "T1", "U1")
        for _ in range(2):
            assert await app.mention("T1", "U1") == Seen("xoxb-second", "xoxp-2")
        assert len(granting.asked) == 3

    play(store, story)


def test_what_was_exchanged_is_kept_though_the_next_is_refused(store: Store) -> None:
    async def story(granting: Granting, _app: Installed) -> None:
        slack = slack_settings(granting.address)
        kept = oauth_settings(slack, store, SCOPES).installation_store
        client = AsyncWebClient(base_url=slack.api_url)
        rotator = Rotator(kept, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, client=client)
        bot = {"bot_token": "xoxb-1", "bot_id": "B1", "bot_user_id": "UB", "bot_refresh_token": "xoxe-1"}
        user = {"user_token": "xoxp-1", "user_refresh_token": "refused", "user_token_expires_in": 60}
        installation = Installation(team_id="T1", user_id="U1", bot_token_expires_in=60, **bot, **user)  # type: ignore[arg-type]
        await kept.async_save(installation)
        granting.renewal("xoxe-1", "xoxb-second", "xoxe-2")
        with pytest.raises(SlackTokenRotationError):
            await rotator.perform_token_rotation(installation=installation)
        found = await kept.async_find_bot(enterprise_id=None, team_id="T1")
        assert found
        assert (found.bot_token, found.bot_refresh_token) == ("xoxb-second", "xoxe-2")

    play(store, story)
