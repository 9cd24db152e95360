"""A browser that installs the app, and a Slack that sends its events, both at a real Bolt app."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from service.settings import SlackSettings
from service.slack.installing import oauth_settings
from service.slack.sealing import new_key
from service.store.database import Store
from tests.service.slack.granting import CLIENT_ID, CLIENT_SECRET, Granting, granted

KEY = new_key()
SCOPES = ("chat:write", "app_mentions:read")
SIGNING_SECRET = "signs-for-slack"


def slack_settings(address: str, key: str = KEY) -> SlackSettings:
    return SlackSettings(
        client_id=CLIENT_ID, client_secret=SecretStr(CLIENT_SECRET), token_key=SecretStr(key), api_url=address
    )


@dataclass
class Seen:
    """The tokens with which a mention was taken on."""

    bot: str | None
    user: str | None


@dataclass
class Installed:
    """The app, and what it saw."""

    app: AsyncApp
    seen: list[Seen] = field(default_factory=list)

    @property
    def flow(self) -> AsyncOAuthFlow:
        assert self.app.oauth_flow
        return self.app.oauth_flow

    async def begin(self, query: str = "") -> tuple[str, str]:
        """The state that Slack is sent, and the cookie that the browser is given."""
        response = await self.flow.handle_installation(AsyncBoltRequest(body="", query=query))
        assert response.status == 302
        (state,) = parse_qs(urlsplit(response.headers["location"][0]).query)["state"]
        return state, response.headers["set-cookie"][0].partition(";")[0]

    async def end(self, query: str, cookie: str | None) -> BoltResponse:
        """The page after Slack."""
        headers = {} if cookie is None else {"Cookie": f"theme=dark; {cookie}"}
        return await self.flow.handle_callback(AsyncBoltRequest(body="", query=query, headers={**headers}))

    async def install(self, code: str) -> BoltResponse:
        state, cookie = await self.begin()
        return await self.end(f"code={code}&state={state}", cookie)

    async def send(self, event: dict[str, Any], team: str | None, enterprise: str | None = None) -> BoltResponse:
        """An event as Slack sends it, signed."""
        authorization = {"enterprise_id": enterprise, "team_id": team, "is_enterprise_install": team is None}
        body = json.dumps(
            {"type": "event_callback", "event": event, "event_id": "Ev1", "authorizations": [authorization]}
        )
        stamp = str(int(time.time()))
        signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=stamp, body=body)
        assert signature
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }
        return await self.app.async_dispatch(AsyncBoltRequest(body=body, headers={**headers}))

    async def mention(self, team: str | None, user: str = "USOMEONE", enterprise: str | None = None) -> Seen | None:
        """The tokens with which it is taken on; None where it is not."""
        self.seen.clear()
        await self.send({"type": "app_mention", "user": user, "text": "?", "channel": "C1"}, team, enterprise)
        return self.seen[0] if self.seen else None


def installed(slack: SlackSettings, store: Store) -> Installed:
    """A real app that many workspaces can install."""
    return over(
        AsyncApp(
            signing_secret=SIGNING_SECRET,
            client=AsyncWebClient(base_url=slack.api_url),
            oauth_settings=oauth_settings(slack, store, SCOPES),
            process_before_response=True,
        )
    )


def over(app: AsyncApp) -> Installed:
    """The app with a listener that tells its tokens."""
    double = Installed(app)
    app.enable_token_revocation_listeners()

    @app.event("app_mention")
    async def told(context: AsyncBoltContext) -> None:
        double.seen.append(Seen(context.bot_token, context.user_token))

    return double


Story = Callable[[Granting, Installed], Awaitable[None]]


def play(store: Store, story: Story) -> None:
    """The story, with a Slack on loopback and an app that is installed by way of it."""

    async def played() -> None:
        async with granted() as granting:
            await story(granting, installed(slack_settings(granting.address), store))

    asyncio.run(played())
