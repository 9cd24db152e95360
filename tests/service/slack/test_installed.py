from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from sqlalchemy import text

from service.slack.installed import SealedInstallations
from service.slack.sealing import Seal, new_key
from service.store.database import Store
from service.store.installations import Installations


@pytest.fixture
def kept(store: Store) -> SealedInstallations:
    return SealedInstallations(Installations(store), Seal(new_key()))


def installation(**changes: Any) -> Installation:
    fields: dict[str, Any] = {
        "app_id": "A1",
        "team_id": "T1",
        "team_name": "Ташкент",
        "bot_token": "xoxb-1",
        "bot_id": "B1",
        "bot_user_id": "UB",
        "bot_scopes": "chat:write,commands",
        "bot_refresh_token": "xoxe-1",
        "bot_token_expires_at": 1_900_000_000,
        "user_id": "U1",
        "user_token": "xoxp-1",
        "user_scopes": ["search:read"],
        "user_refresh_token": "xoxe-2",
        "user_token_expires_at": 1_900_000_001,
        "incoming_webhook_url": "https://hooks.example/1",
        "installed_at": 1_700_000_000.25,
        "custom_values": {"plan": "free"},
    }
    return Installation(**fields | changes)


def test_an_installation_comes_back_whole(kept: SealedInstallations) -> None:
    for written in (installation(), installation(bot_scopes="", user_scopes="", custom_values=None)):
        asyncio.run(kept.async_save(written))
        found = asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1"))
        assert found
        assert vars(found) == vars(written)
        bot = asyncio.run(kept.async_find_bot(enterprise_id=None, team_id="T1"))
        assert bot
        assert vars(bot) == vars(written.to_bot())


def test_a_user_gets_that_users_token_alone(kept: SealedInstallations) -> None:
    asyncio.run(kept.async_save(installation()))
    asyncio.run(kept.async_save(installation(user_id="U2", user_token="xoxp-2", bot_token=None)))
    for user, token in [("U1", "xoxp-1"), ("U2", "xoxp-2")]:
        found = asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1", user_id=user))
        assert found
        assert (found.user_token, found.bot_token, found.bot_refresh_token) == (token, None, None)
    latest = asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1"))
    assert latest
    assert (latest.user_id, latest.user_token, latest.bot_token) == ("U1", "xoxp-1", "xoxb-1")
    assert asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1", user_id="U3")) is None


def test_a_bot_saved_alone_leaves_its_installer_known(kept: SealedInstallations) -> None:
    asyncio.run(kept.async_save(installation()))
    bot = installation(bot_token="xoxb-2").to_bot()
    asyncio.run(kept.async_save_bot(bot))
    found = asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1"))
    assert found
    assert (found.bot_token, found.user_id, found.user_token) == ("xoxb-2", "U1", "xoxp-1")


def test_a_bot_may_be_all_that_is_known(kept: SealedInstallations) -> None:
    bot = Bot(team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="UB", installed_at=1.5)
    asyncio.run(kept.async_save_bot(bot))
    found = asyncio.run(kept.async_find_bot(enterprise_id=None, team_id="T1"))
    assert found
    assert vars(found) == vars(bot)


def test_an_organisation_is_found_whichever_team_is_named(kept: SealedInstallations) -> None:
    asyncio.run(kept.async_save(installation(enterprise_id="E1", is_enterprise_install=True)))
    for team in ("T1", "T9", None):
        assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id=team, is_enterprise_install=True))
    assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id=None))
    assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id="T1")) is None
    asyncio.run(kept.async_delete_installation(enterprise_id="E1", team_id=None))
    assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id=None)) is None


def test_what_cannot_be_kept_is_an_error_that_bolt_knows(store: Store, kept: SealedInstallations) -> None:
    with store.transaction() as connection:
        connection.execute(text("DROP TABLE slack_installations"))
    with pytest.raises(BoltError):
        asyncio.run(kept.async_save(installation()))
