"""Socket Mode: what Slack sends by the connection that the bot opened."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest

from service.http.desk import Desk
from service.http.queue import Bounds
from service.parcels import opened
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings, SlackSettings
from service.slack.socket import connected
from service.slack.wiring import Seams, build_door
from tests.commands import Done, Service, finished, start
from tests.service.http.doubles import QUOTE, nowhere
from tests.service.slack.bots import CHANNEL, MENTION, PAGE, USER, Kept, answering, owner_of, quotes
from tests.service.slack.events import Events
from tests.service.slack.records import Json, Message
from tests.service.slack.state import APP_TOKEN, BOT_TOKEN
from tests.service.slack.workspace import Workspace

SECONDS = 10.0


@contextmanager
def connection(slack: Workspace, kept: Kept) -> Iterator[None]:
    """A bot that is connected, in a thread of its own."""
    house = kept.house
    settings = SlackSettings(bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=slack.api_url)
    seams = Seams(house.library, house.journal, house.store, partial(opened, fetcher=nowhere()), owner_of)
    ready, stopped = threading.Event(), threading.Event()

    async def connect() -> None:
        desk = Desk(RecordingAnswerer(house.answerer, house.journal), Bounds(), keep_alive=0, grace=0)
        door = build_door(settings, ServiceSettings(public_url=PAGE), seams, desk)
        async with door.open(), connected(door, settings):
            ready.set()
            await anyio.to_thread.run_sync(stopped.wait)
        await desk.close()

    thread = threading.Thread(target=lambda: anyio.run(connect))
    thread.start()
    try:
        assert ready.wait(10)
        slack.wait_for_socket()
        yield
    finally:
        stopped.set()
        thread.join(15)
    assert not thread.is_alive()


@pytest.fixture
def kept(slack: Workspace) -> Iterator[Kept]:
    kept = Kept()
    kept.answerer.reply = answering
    with connection(slack, kept):
        yield kept
    assert slack.violations == []


def mention(slack: Workspace, text: str = "why?") -> tuple[str, Json, Json]:
    told, message = Events(slack).mention(CHANNEL, USER, f"{MENTION} {text}")
    return message["event"]["ts"], told, message


def answer(slack: Workspace, ts: str, seconds: float = 20) -> Message:
    """The one message of the bot in the thread, with the whole answer."""
    (found,) = slack.wait_for(
        lambda: [each for each in slack.posted(CHANNEL, ts) if "confidence" in each.shown], seconds
    )
    assert slack.posted(CHANNEL, ts) == [found]
    return found


def acknowledged(slack: Workspace, *envelopes: str) -> None:
    slack.wait_for(lambda: all(each in slack.socket_acks for each in envelopes), SECONDS)


def test_the_complaint_of_one_transport_alone_socket_mode_answers_as_http_does(slack: Workspace, kept: Kept) -> None:
    kept.answerer.go.clear()
    ts, told, message = mention(slack)
    acknowledged(slack, slack.socket_send(told), slack.socket_send(message))
    kept.answerer.go.set()
    assert quotes(answer(slack, ts)) == [QUOTE]
    assert kept.asked == ["why?"]


def test_a_command_is_answered_for_one_and_shared_by_a_button(slack: Workspace, kept: Kept) -> None:
    events = Events(slack)
    sent = slack.socket_send(events.command("/dossier", "why?", USER, CHANNEL), "slash_commands")
    acknowledged(slack, sent)
    payload = slack.socket_acks[sent].payload
    assert payload is not None
    assert "Reading the articles" in payload["text"]
    (private,) = slack.wait_for(lambda: [each for each in slack.posted(CHANNEL) if each.ephemeral_to])
    assert quotes(private) == [QUOTE]
    acknowledged(slack, slack.socket_send(events.click(CHANNEL, private.ts, "share", USER), "interactive"))
    (shared,) = slack.wait_for(lambda: [each for each in slack.posted(CHANNEL) if not each.ephemeral_to])
    assert quotes(shared)[-1] == QUOTE


def test_a_question_by_a_messages_menu_is_asked_in_a_window(slack: Workspace, kept: Kept) -> None:
    ts = slack.say(CHANNEL, USER, "Tashkent left.")
    events = Events(slack)
    acknowledged(slack, slack.socket_send(events.shortcut("ask_about", CHANNEL, ts, USER), "interactive"))
    (view,) = slack.wait_for(lambda: slack.views)
    values = {
        "question": {"written": {"type": "plain_text_input", "value": "why?"}},
        "where": {"chosen": {"type": "radio_buttons", "selected_option": {"value": "thread"}}},
    }
    acknowledged(slack, slack.socket_send(events.submission(view, values), "interactive"))
    found = slack.wait_for(lambda: [each for each in slack.posted(CHANNEL, ts) if "confidence" in each.shown])
    assert quotes(found[0])[-1] == QUOTE


def test_what_slack_repeats_is_answered_once(slack: Workspace, kept: Kept) -> None:
    ts, told, _ = mention(slack)
    acknowledged(slack, *(slack.socket_send(told, retry=(number, "timeout")) for number in range(4)))
    answer(slack, ts)
    assert kept.asked == ["why?"]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "too_many_websockets"])
def test_a_connection_that_slack_ends_is_made_anew_and_nothing_is_lost(
    slack: Workspace, kept: Kept, reason: str
) -> None:
    kept.answerer.go.clear()
    first, told, _ = mention(slack)
    acknowledged(slack, slack.socket_send(told))
    slack.socket_disconnect(reason)
    slack.wait_for_socket()
    second, told, _ = mention(slack, "and when?")
    acknowledged(slack, slack.socket_send(told))
    kept.answerer.go.set()
    assert quotes(answer(slack, first)) == quotes(answer(slack, second)) == [QUOTE]
    assert slack.sockets.connections >= 2


ARTICLE = "The harbour of Aberfal was closed on 3 May 2019 by Captain Rowe."
QUESTION = "Who closed the harbour of Aberfal?"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    article = tmp_path / "harbour.txt"
    article.write_text(f"Harbour\n\n{ARTICLE}\n", encoding="utf-8")
    done = finished(start("ingest", article, "--data", tmp_path / "data"))
    assert done.code == 0, done.err
    return tmp_path / "data"


def environment(slack: Workspace, **more: str) -> Mapping[str, str]:
    given = {"BOT_TOKEN": BOT_TOKEN, "APP_TOKEN": APP_TOKEN, "API_URL": slack.api_url, **more}
    return {f"DOSSIER_SLACK_{name}": value for name, value in given.items()}


@contextmanager
def commanded(slack: Workspace, data: Path) -> Iterator[subprocess.Popen[str]]:
    """`dossier slack`, connected."""
    process = start("slack", "--data", data, "--llm", "none", environment=environment(slack))
    try:
        slack.wait_for_socket(60)
        yield process
    finally:
        process.kill()
        finished(process)


@pytest.mark.slow
def test_the_command_answers_until_it_is_told_to_stop(slack: Workspace, data: Path) -> None:
    with commanded(slack, data) as process:
        ts, told, message = mention(slack, QUESTION)
        acknowledged(slack, slack.socket_send(told), slack.socket_send(message))
        assert any("Captain Rowe" in quote for quote in quotes(answer(slack, ts, 60)))
        process.send_signal(signal.SIGTERM)
        done = finished(process, 20)
        assert done.code == 0
        assert "Traceback" not in done.err
    assert slack.violations == []


def ended(data: Path, environment: Mapping[str, str]) -> Done:
    """What `dossier slack` did that ends by itself."""
    process = start("slack", "--data", data, "--llm", "none", environment=environment)
    try:
        return finished(process, 90)
    finally:
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("token", ["xapp-of-somebody-else", BOT_TOKEN])
def test_a_token_that_slack_refuses_ends_the_command_with_a_reason(slack: Workspace, data: Path, token: str) -> None:
    done = ended(data, environment(slack, APP_TOKEN=token))
    assert done.code == 1
    assert "Slack refuses the connection." in done.err
    assert "DOSSIER_SLACK_APP_TOKEN" in done.err
    assert "Traceback" not in done.err
    assert token not in done.err


@pytest.mark.slow
def test_a_slack_that_is_not_reached_ends_the_command_with_a_reason(slack: Workspace, data: Path) -> None:
    """Whoever runs it starts it anew: nothing waits for ever, deaf to signals."""
    away = environment(slack, API_URL="http://127.0.0.1:9/api/")
    done = ended(data, away)
    assert done.code == 1
    assert "Slack cannot be reached." in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_the_command_asks_the_service_that_runs_over_the_folder(slack: Workspace, data: Path) -> None:
    with Service(data) as service:
        assert service.address
        with commanded(slack, data):
            ts, told, _ = mention(slack, QUESTION)
            acknowledged(slack, slack.socket_send(told))
            assert any("Captain Rowe" in quote for quote in quotes(answer(slack, ts, 60)))
        done = service.stop()
        assert done.code == 0
        assert '"answer"' in done.err
    assert slack.violations == []
