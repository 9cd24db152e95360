"""Socket Mode: Slack's events by a connection that the bot opens, so that nothing of ours need be reachable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from service.errors import SlackError
from service.settings import SlackSettings
from service.slack.client import client_of
from service.slack.door import Door
from service.slack.troubles import report

CONNECT_SECONDS = 30.0


@asynccontextmanager
async def connected(door: Door, slack: SlackSettings) -> AsyncIterator[None]:
    """Connected while the context lasts; a connection that breaks is made anew.

    Raises: SlackError when Slack refuses it.
    """
    token = slack.app_token.get_secret_value() if slack.app_token else ""
    handler = AsyncSocketModeHandler(door.app, token, web_client=client_of(token, slack.api_url))
    try:
        await _connect(handler)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _connect(handler: AsyncSocketModeHandler) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            # Left to Bolt's client, it would ask for the address for ever, whatever Slack answers.
            connection = handler.client
            connection.wss_uri = await connection.issue_new_wss_url()
            await handler.connect_async()  # type: ignore[no-untyped-call]
    except SlackApiError as error:
        report(error, "connect")
        raise SlackError(
            "Slack refuses the connection.",
            "Check DOSSIER_SLACK_APP_TOKEN: it begins with xapp- and has the scope connections:write.",
        ) from error
    except (ClientError, TimeoutError) as error:
        report(error, "connect")
        raise SlackError("Slack cannot be reached.", "Check the network, then start again.") from error
