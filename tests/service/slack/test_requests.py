"""What comes to the addresses that Slack sends to: signed or not, whole or not, and how soon it is acknowledged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread, Timer
from urllib.parse import urlencode

import httpx
import pytest

from service.store.database import Store
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import CHANNEL, MENTION, USER, Bot, answering, quotes, running
from tests.service.slack.faults import ApiError, Dropped, Fault, RateLimited, ServerError, Slow
from tests.service.slack.sender import Delivery, signed
from tests.service.slack.workspace import Workspace

SECONDS = 10
"""What does not wait is here by then, however busy the machine. Slack gives three seconds: how long mentions take is
measured by `dossier bench slack`."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATHS = ("/slack/events", "/slack/commands", "/slack/interactive")


def sent(bot: Bot, path: str, body: bytes, headers: dict[str, str], kind: str = JSON) -> httpx.Response:
    told = httpx.Headers({"Content-Type": kind, **headers}, "latin-1")
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.post(bot.sender.base_url + path, content=body, headers=told)


def mention_of(bot: Bot, words: str = "why?") -> bytes:
    told, _ = bot.events.mention(CHANNEL, USER, f"{MENTION} {words}")
    return json.dumps(told).encode()


def command_of(bot: Bot, words: str = "why?") -> bytes:
    return urlencode(bot.events.command("/dossier", words, USER, CHANNEL)).encode()


def settled(bot: Bot) -> None:
    """Once a later question is answered, an earlier one would have been asked."""
    ts = bot.mention("anything else?")
    bot.answer(thread=ts)


FORGERIES: dict[str, Callable[[bytes], dict[str, str]]] = {
    "another secret": lambda body: signed(body, "another secret"),
    "no signature": lambda body: {"X-Slack-Request-Timestamp": str(int(time.time()))},
    "no headers": lambda body: {},
    "an empty signature": lambda body: {**signed(body), "X-Slack-Signature": ""},
    "no hex": lambda body: {**signed(body), "X-Slack-Signature": "v0=\xe9"},
    "older than five minutes": lambda body: signed(body, timestamp=int(time.time()) - 301),
    "of the future": lambda body: signed(body, timestamp=int(time.time()) + 400),
    "no timestamp": lambda body: {**signed(body), "X-Slack-Request-Timestamp": "soon"},
    "another timestamp": lambda body: {**signed(body), "X-Slack-Request-Timestamp": str(int(time.time()) - 9)},
    "a body that was changed": lambda body: signed(body + b" "),
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("path", PATHS)
def test_what_slack_did_not_sign_is_refused_and_has_no_effect(
    bot: Bot, path: str, forged: Callable[[bytes], dict[str, str]]
) -> None:
    body, kind = (mention_of(bot), JSON) if path == "/slack/events" else (command_of(bot), FORM)
    response = sent(bot, path, body, forged(body), kind)
    assert response.status_code == 401
    settled(bot)
    assert bot.kept.asked == ["anything else?"]


def test_a_slash_command_that_is_replayed_is_answered_once(bot: Bot) -> None:
    form = bot.events.command("/dossier", "why?", USER, CHANNEL)
    for _ in range(3):
        assert bot.sender.command(form).status == 200
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if each.ephemeral_to == USER])
    settled(bot)
    assert bot.kept.asked == ["why?", "anything else?"]
    assert len([each for each in bot.slack.posted(CHANNEL) if each.ephemeral_to]) == 1


def test_an_interaction_that_is_replayed_is_done_once(bot: Bot) -> None:
    assert bot.sender.command(bot.events.command("/dossier", "why?", USER, CHANNEL)).status == 200
    (private,) = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if each.ephemeral_to])
    click = bot.events.click(CHANNEL, private.ts, "share", USER)
    for _ in range(3):
        bot.act(click)
    shared = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if not each.ephemeral_to])
    settled(bot)
    assert len(shared) == 1
    assert len([each for each in bot.slack.posted(CHANNEL) if not each.thread_ts]) == 1
    assert quotes(shared[0])[-1] == QUOTE


def test_the_address_is_verified(bot: Bot) -> None:
    asked = bot.events.url_verification()
    delivery = bot.sender.event(asked)
    assert delivery.status == 200
    assert asked["challenge"] in delivery.body


def test_the_check_of_the_certificate_is_answered(bot: Bot) -> None:
    assert bot.sender.post("/slack/commands", "ssl_check=1&token=x", FORM).status == 200


GARBAGE = {
    "nothing": b"",
    "no json": b"{",
    "half of it": b'{"type": "event_callback", "event": {"type": "app_men',
    "an array": b"[]",
    "an array of objects": b'[{"type": "event_callback"}]',
    "a text": b'"event_callback"',
    "a number": b"1",
    "null": b"null",
    "an empty object": b"{}",
    "no utf-8": b'{"type": "\xff\xfe"}',
    "a zero byte": b'{"type": "\x00"}',
    "nested": b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "a huge number": b'{"type": "event_callback", "event": {"type": "app_mention", "ts": ' + b"9" * 5000 + b"}}",
}
FORMS = {
    "no form": b"\xff\xff=%zz&&&=",
    "a payload that is no json": b"payload=%7B",
    "a payload that is no object": b"payload=[]",
    "a payload that is a number": b"payload=1",
    "an empty payload": b"payload=",
}
STRANGE = {
    "no event": b'{"type": "event_callback"}',
    "an event that is none": b'{"type": "event_callback", "event": 1}',
    "an event without a type": b'{"type": "event_callback", "event": {}}',
    "a mention of nobody": b'{"type": "event_callback", "team_id": "T1", "event": {"type": "app_mention"}}',
    "a message that is none": b'{"type":"event_callback","team_id":"T1","event":{"type":"message","channel":[]}}',
    "a pane that is none": b'{"type":"event_callback","team_id":"T1","event":{"type":"assistant_thread_started"}}',
    "a change of nothing": b'{"type":"event_callback","team_id":"T1","event":{"type":"message",'
    b'"subtype":"message_changed","channel":"C1"}}',
    "a deletion of nothing": b'{"type":"event_callback","team_id":"T1","event":{"type":"message",'
    b'"subtype":"message_deleted","channel":"C1"}}',
    "authorizations that are none": b'{"type":"event_callback","authorizations":1,"event":{"type":"app_mention"}}',
}
STRANGE_FORMS = {
    "a click on nothing": urlencode({"payload": json.dumps({"type": "block_actions", "actions": []})}).encode(),
    "an unknown click": urlencode(
        {"payload": json.dumps({"type": "block_actions", "actions": [{"type": "button", "action_id": "no"}]})}
    ).encode(),
    "a click that lacks everything": urlencode(
        {
            "payload": json.dumps(
                {
                    "type": "block_actions",
                    "actions": [{"type": "button", "block_id": "b", "action_id": "share"}],
                    "team": {"id": "T1"},
                    "user": {"id": "U1"},
                }
            )
        }
    ).encode(),
    "a window that is none": urlencode(
        {"payload": json.dumps({"type": "view_submission", "view": {"callback_id": "ask_about"}})}
    ).encode(),
    "a command without words": b"command=%2Fdossier&team_id=T1&user_id=U1&channel_id=C1",
    "another command": b"command=%2Fother&team_id=T1&user_id=U1&channel_id=C1&text=x",
}


@pytest.mark.parametrize("signing", [True, False], ids=["signed", "not signed"])
@pytest.mark.parametrize("name", [*GARBAGE, *FORMS])
def test_what_cannot_be_read_is_refused_and_breaks_nothing(bot: Bot, name: str, signing: bool) -> None:
    kind, body = (JSON, GARBAGE[name]) if name in GARBAGE else (FORM, FORMS[name])
    for path in PATHS:
        response = sent(bot, path, body, signed(body) if signing else {}, kind)
        assert response.status_code < 500, (path, response.text)
        assert signing or response.status_code >= 400
    settled(bot)
    assert bot.kept.asked == ["anything else?"]


@pytest.mark.parametrize("name", [*STRANGE, *STRANGE_FORMS])
def test_what_slack_has_never_sent_breaks_nothing(bot: Bot, name: str) -> None:
    kind, body = (JSON, STRANGE[name]) if name in STRANGE else (FORM, STRANGE_FORMS[name])
    for path in PATHS:
        assert sent(bot, path, body, {}, kind).status_code in (400, 401)
        sent(bot, path, body, signed(body), kind)
    settled(bot)
    assert bot.kept.asked == ["anything else?"]


def test_a_body_over_the_limit_is_refused(bot: Bot) -> None:
    body = b'{"type": "' + b"x" * 2**20 + b'"}'
    assert sent(bot, "/slack/events", body, signed(body)).status_code == 413


def test_these_addresses_take_posts_alone(bot: Bot) -> None:
    with httpx.Client(trust_env=False, base_url=bot.sender.base_url) as client:
        assert [client.get(path).status_code for path in PATHS] == [405, 405, 405]


def every_kind(bot: Bot) -> dict[str, Delivery]:
    """One of each, delivered: their acknowledgements."""
    slack, events, sender = bot.slack, bot.events, bot.sender
    mention, message = events.mention(CHANNEL, USER, f"{MENTION} why?")
    told = {"mention": sender.event(mention), "message": sender.event(message)}
    told["direct"] = sender.event(events.message("D1", USER, "why?"))
    told["pane"] = sender.event(events.thread_started(USER))
    told["command"] = sender.command(events.command("/dossier", "why?", USER, CHANNEL))
    told["listen"] = sender.command(events.command("/dossier", "listen threads", USER, CHANNEL))
    told["shortcut"] = sender.interaction(events.shortcut("ask_about", CHANNEL, slack.say(CHANNEL, USER, "So."), USER))
    return told


def all_in_time(told: dict[str, Delivery]) -> None:
    assert {name: each.status for name, each in told.items()} == dict.fromkeys(told, 200)
    late = {name: each.seconds for name, each in told.items() if each.seconds > SECONDS}
    assert late == {}


def test_everything_is_acknowledged_while_answers_are_stuck(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    told = every_kind(bot)
    bot.kept.answerer.go.set()
    all_in_time(told)


SLOW = ("auth.test", "chat.postMessage", "chat.startStream", "assistant.threads.setStatus", "views.open", "response")


def test_everything_is_acknowledged_while_slack_is_slow(slack: Workspace) -> None:
    for method in SLOW:
        slack.fail(method, *[Slow(SECONDS + 2)] * 20)
    with running(slack) as bot:
        bot.kept.answerer.reply = answering
        told = every_kind(bot)
        for waiting in slack.faults.values():
            waiting.clear()
    all_in_time(told)


@contextmanager
def locked(store: Store) -> Iterator[Event]:
    """The store, as another process holds it until it is let go."""
    held, released = Event(), Event()

    def hold() -> None:
        with store.transaction():
            held.set()
            released.wait(30)

    holder = Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield released
    finally:
        released.set()
        holder.join()


def test_everything_is_acknowledged_while_another_process_holds_the_store_for_a_moment(bot: Bot) -> None:
    with locked(bot.kept.house.store) as released:
        letting = Timer(0.5, released.set)
        letting.start()
        begun = time.monotonic()
        ts = bot.mention("why?")
        told = time.monotonic() - begun
        letting.join()
    assert 0.25 < told < SECONDS
    assert quotes(bot.answer(thread=ts)) == [QUOTE]


@pytest.mark.parametrize(
    "fault",
    [ServerError(), ApiError("internal_error"), RateLimited(1), Dropped(), ApiError("service_unavailable")],
    ids=str,
)
def test_a_question_is_not_lost_where_slack_does_not_tell_at_once_who_the_bot_is(
    slack: Workspace, fault: Fault
) -> None:
    slack.fail("auth.test", fault)
    with running(slack) as bot:
        bot.kept.answerer.reply = answering
        mention, _ = bot.events.mention(CHANNEL, USER, f"{MENTION} why?")
        ts = mention["event"]["ts"]
        if bot.sender.event(mention).status != 200:
            assert bot.sender.event(mention, (1, "http_error")).status == 200
        assert quotes(bot.answer(thread=ts)) == [QUOTE]
    assert slack.violations == []
