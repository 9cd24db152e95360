"""The double of Slack is as strict as Slack: driven with Slack's own clients."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.service.slack.state import BOT_TOKEN
from tests.service.slack.workspace import Workspace


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        yield workspace


def test_a_stream_of_the_real_client_ends_as_one_message(slack: Workspace) -> None:
    asked = slack.say("C1", "U1", "What happened?")

    async def answer() -> None:
        client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url)
        stream = await client.chat_stream(
            channel="C1", thread_ts=asked, recipient_user_id="U1", recipient_team_id="T1", buffer_size=1
        )
        for word in ("**Much**", " and", " more"):
            await stream.append(markdown_text=word)
        await stream.stop(blocks=[{"type": "divider"}])

    asyncio.run(answer())
    [message] = slack.posted("C1", asked)
    assert message.markdown == "**Much** and more"
    assert [one.markdown for one in message.appends] == ["**Much**", " and", " more"]
    assert message.finished is not None
    assert not message.streaming
    assert slack.violations == []
