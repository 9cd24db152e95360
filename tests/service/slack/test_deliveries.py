"""What the double of Slack delivers is understood by Slack's own framework, over HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.service.http.live import served
from tests.service.slack.events import Events
from tests.service.slack.sender import Sender, signed
from tests.service.slack.state import APP_TOKEN, BOT_TOKEN, BOT_USER, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Sources"}, "action_id": "sources", "value": "7"}
ROW = {"type": "actions", "block_id": "row", "elements": [BUTTON]}


def app_of(slack: Workspace) -> AsyncApp:
    return AsyncApp(client=AsyncWebClient(BOT_TOKEN, base_url=slack.api_url), signing_secret=SIGNING_SECRET)


@contextmanager
def delivered(app: AsyncApp) -> Iterator[Sender]:
    """What delivers to the app, while it is served."""
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    paths = ("/slack/events", "/slack/commands", "/slack/interactive")
    with served(Starlette(routes=[Route(path, endpoint, methods=["POST"]) for path in paths])) as address:
        yield Sender(address)


def test_a_mention_is_answered_in_its_thread(slack: Workspace) -> None:
    app = app_of(slack)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Callable[..., Awaitable[None]]) -> None:
        await say(text="Much.", thread_ts=event["ts"])

    @app.event("message")
    async def heard() -> None:
        pass

    mention, message = Events(slack).mention("C1", "U1", f"<@{BOT_USER}> what happened?")
    assert message["event"]["channel_type"] == "channel"
    assert mention["event_id"] != message["event_id"]
    assert mention["event"]["ts"] == message["event"]["ts"]
    with delivered(app) as sender:
        answer = sender.event(mention, retry=(1, "http_timeout"))
        assert answer.status == 200
        assert answer.seconds < 10
        assert sender.event(message).status == 200
        [posted] = slack.wait_for(lambda: slack.posted("C1"))
    assert (posted.text, posted.thread_ts) == ("Much.", mention["event"]["ts"])
    assert slack.violations == []


def test_the_app_s_own_message_is_not_heard(slack: Workspace) -> None:
    app = app_of(slack)
    heard: list[str] = []

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["ts"])

    with delivered(app) as sender:
        theirs = Events(slack).message("D1", "U1", "Hello")
        sender.event(theirs)
        slack.wait_for(lambda: heard)
        ts = asyncio.run(app.client.chat_postMessage(channel="D1", text="Hello"))["ts"]
        sender.event(Events(slack).message_of("D1", ts))
        again = Events(slack).message("D1", "U1", "Again")
        sender.event(again)
        slack.wait_for(lambda: len(heard) == 2)
    assert heard == [theirs["event"]["ts"], again["event"]["ts"]]


def test_a_command_opens_a_modal_and_its_submission_arrives(slack: Workspace) -> None:
    app = app_of(slack)
    submitted: list[dict[str, Any]] = []
    modal = {
        "type": "modal",
        "callback_id": "asked",
        "title": {"type": "plain_text", "text": "Ask"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "q",
                "label": {"type": "plain_text", "text": "What?"},
                "element": {"type": "plain_text_input", "action_id": "typed"},
            }
        ],
    }

    @app.command("/dossier")
    async def commanded(ack: Callable[..., Any], body: dict[str, Any], respond: Callable[..., Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=modal)
        await respond(text=f"You said {body['text']}")

    @app.view("asked")
    async def closed(ack: Callable[..., Any], view: dict[str, Any]) -> None:
        submitted.append(view["state"]["values"])
        await ack()

    values = {"q": {"typed": {"type": "plain_text_input", "value": "What happened?"}}}
    with delivered(app) as sender:
        assert sender.command(Events(slack).command("/dossier", "help me", "U1", "C1")).status == 200
        assert (
            sender.interaction(Events(slack).submission(slack.wait_for(lambda: slack.views)[0], values)).status == 200
        )
        [told] = slack.wait_for(lambda: slack.posted("C1"))
    assert (told.text, told.ephemeral_to) == ("You said help me", "U1")
    assert submitted == [values]
    assert slack.violations == []


def test_a_button_and_a_shortcut_on_a_message(slack: Workspace) -> None:
    app = app_of(slack)
    seen: list[str] = []

    @app.action("sources")
    async def clicked(ack: Callable[..., Any], action: dict[str, Any], respond: Callable[..., Any]) -> None:
        await ack()
        seen.append(action["value"])
        await respond(text="Here they are.", replace_original=True)

    @app.shortcut("check")
    async def checked(ack: Callable[..., Any], shortcut: dict[str, Any]) -> None:
        await ack()
        seen.append(shortcut["message"]["text"])

    with delivered(app) as sender:
        web = app.client
        ts = asyncio.run(web.chat_postEphemeral(channel="C1", user="U1", text="x", blocks=[ROW]))["message_ts"]
        click = Events(slack).click("C1", ts, "sources", "U1")
        assert click["container"]["is_ephemeral"]
        assert "message" not in click
        assert sender.interaction(click).status == 200
        slack.wait_for(lambda: slack.messages["C1", ts].edits)
        said = slack.say("C1", "U2", "Much happened.")
        assert sender.interaction(Events(slack).shortcut("check", "C1", said, "U1")).status == 200
        slack.wait_for(lambda: len(seen) == 2)
    assert seen == ["7", "Much happened."]
    assert slack.violations == []


EVENTS: list[tuple[str, Callable[[Events, str], dict[str, Any]]]] = [
    ("assistant_thread_started", lambda events, ts: events.thread_started("U1", "C1")),
    ("assistant_thread_context_changed", lambda events, ts: events.thread_context_changed("U1", ts, "C1")),
    ("app_uninstalled", lambda events, ts: events.app_uninstalled()),
    ("tokens_revoked", lambda events, ts: events.tokens_revoked()),
    ("member_joined_channel", lambda events, ts: events.joined("C2", "U2")),
    ("message_changed", lambda events, ts: events.changed("D1", ts, "Edited")),
    ("message_deleted", lambda events, ts: events.deleted("D1", ts)),
]


@pytest.mark.parametrize(("kind", "build"), EVENTS, ids=[kind for kind, _ in EVENTS])
def test_an_event_reaches_its_listener(
    slack: Workspace, kind: str, build: Callable[[Events, str], dict[str, Any]]
) -> None:
    app = app_of(slack)
    heard: list[dict[str, Any]] = []
    subtype = kind if kind.startswith("message_") else None

    @app.event({"type": "message", "subtype": subtype} if subtype else kind)
    async def hear(body: dict[str, Any]) -> None:
        heard.append(body)

    sent = build(Events(slack), slack.say("D1", "U1", "Hello"))
    with delivered(app) as sender:
        assert sender.event(sent).status == 200
        slack.wait_for(lambda: heard)
    assert heard == [sent]
    assert sent["authorizations"][0]["user_id"] == BOT_USER


def test_a_thread_that_is_started_is_there(slack: Workspace) -> None:
    event = Events(slack).thread_started("U2")["event"]["assistant_thread"]
    assert slack.channels[event["channel_id"]].user == "U2"
    assert event["context"] == {}
    assert (event["channel_id"], event["thread_ts"]) in slack.messages


def test_joining_lets_the_bot_in(slack: Workspace) -> None:
    assert Events(slack).joined("C2")["event"]["user"] == BOT_USER
    assert slack.channels["C2"].member


def test_what_is_not_signed_is_refused_and_an_address_is_verified(slack: Workspace) -> None:
    question = Events(slack).url_verification()
    with delivered(app_of(slack)) as sender:
        assert question["challenge"] in sender.event(question).body
        forger = Sender(sender.base_url, secret="another secret")
        assert forger.event(Events(slack).message("C1", "U1", "Hello")).status == 401
        late = sender.event(Events(slack).message("C1", "U1", "Hello"), timestamp=1)
        assert late.status == 401


def test_the_signature_is_slack_s() -> None:
    headers = signed(b"body")
    assert SignatureVerifier(SIGNING_SECRET).is_valid_request(b"body", headers)
    assert not SignatureVerifier(SIGNING_SECRET).is_valid_request(b"other", headers)


async def over_socket(slack: Workspace, app: AsyncApp, work: Callable[[], Awaitable[None]]) -> None:
    """Does some work while the app is connected."""
    handler: Any = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=1)
    try:
        await handler.connect_async()
        await slack.until(lambda: slack.sockets.connected)
        await work()
    finally:
        await handler.close_async()


def test_events_over_a_socket_are_acknowledged_and_it_comes_back(slack: Workspace) -> None:
    app = app_of(slack)
    heard: list[str] = []

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async def work() -> None:
        first = await asyncio.to_thread(slack.socket_send, Events(slack).message("D1", "U1", "One"))
        await slack.until(lambda: first in slack.socket_acks)
        await asyncio.to_thread(slack.socket_disconnect)
        await asyncio.to_thread(slack.wait_for_socket)
        second = await asyncio.to_thread(slack.socket_send, Events(slack).message("D1", "U1", "Two"))
        await slack.until(lambda: second in slack.socket_acks and len(heard) == 2)

    asyncio.run(over_socket(slack, app, work))
    assert heard == ["One", "Two"]
    assert slack.sockets.connections == 2
    assert slack.violations == []


def test_a_command_over_a_socket_is_acknowledged_with_a_payload(slack: Workspace) -> None:
    app = app_of(slack)

    @app.command("/dossier")
    async def commanded(ack: Callable[..., Any]) -> None:
        await ack("Yes?")

    async def work() -> None:
        form = Events(slack).command("/dossier", "", "U1", "C1")
        sent = await asyncio.to_thread(slack.socket_send, form, "slash_commands")
        ack = await slack.until(lambda: slack.socket_acks.get(sent))
        assert ack is not None
        assert ack.payload == {"text": "Yes?"}

    asyncio.run(over_socket(slack, app, work))
    assert slack.violations == []
