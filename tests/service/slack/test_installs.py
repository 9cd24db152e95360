"""Workspaces that install the app by the service's own door, and are answered each with its own token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.slack.sealing import new_key
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import MENTION, Bot, answering, quotes, running
from tests.service.slack.events import Events
from tests.service.slack.records import Channel, Install, Message, User
from tests.service.slack.state import CLIENT_ID, CLIENT_SECRET
from tests.service.slack.workspace import Workspace

# Slack's library uses what aiohttp deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
OF_MANY: dict[str, Any] = {"bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Bot]:
    with running(slack, **OF_MANY, token_key=new_key()) as started:
        started.kept.answerer.reply = answering
        yield started
    assert slack.violations == []


def install(bot: Bot, team: str) -> Install:
    """A browser installs the app into a workspace, which has a channel and a person of its own."""
    slack = bot.slack
    slack.channel(Channel(f"C{team}", name="general", team=team))
    slack.user(User(f"U{team}", "hedy", team=team))
    with httpx.Client(base_url=bot.sender.base_url, trust_env=False) as browser:
        begun = browser.get("/slack/install")
        assert begun.status_code == 302
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        # The cookie is for HTTPS alone, which a proxy before the service does.
        cookie = begun.headers["set-cookie"].partition(";")[0]
        query = {"code": slack.authorize(team), "state": state}
        ended = browser.get("/slack/oauth_redirect", params=query, headers={"Cookie": cookie})
        assert ended.status_code == 200, ended.text
        assert "Dossier is installed" in ended.text
    (made,) = [each for each in slack.installs.values() if each.team == team]
    return made


def mentioned(bot: Bot, made: Install, text: str = "why?") -> str:
    channel, user = f"C{made.team}", f"U{made.team}"
    told, message = Events(bot.slack, made.team, made.bot_user).mention(channel, user, f"{called(made)} {text}")
    assert bot.sender.event(told).status == bot.sender.event(message).status == 200
    return str(message["event"]["ts"])


def called(made: Install) -> str:
    return f"<@{made.bot_user}>"


def answer(bot: Bot, made: Install, ts: str) -> Message:
    def whole() -> list[Message]:
        return [each for each in bot.slack.posted(f"C{made.team}", ts) if "confidence" in each.shown]

    (found,) = bot.slack.wait_for(whole)
    return found


def test_two_workspaces_are_answered_each_with_its_own_token(bot: Bot) -> None:
    first, second = install(bot, "T8"), install(bot, "T9")
    for made in (first, second):
        ts = mentioned(bot, made)
        found = answer(bot, made, ts)
        assert quotes(found) == [QUOTE]
        assert found.bot_id == made.bot_id
        tokens = {call.token for call in bot.slack.calls if call.arguments.get("thread_ts") == ts}
        assert tokens == {made.token}
    assert first.token != second.token


@pytest.mark.parametrize("event", ["app_uninstalled", "tokens_revoked"])
def test_a_workspace_that_leaves_is_forgotten_and_the_other_is_answered(bot: Bot, event: str) -> None:
    leaving, staying = install(bot, "T8"), install(bot, "T9")
    answer(bot, leaving, mentioned(bot, leaving))
    assert bot.sender.event(getattr(Events(bot.slack, "T8", leaving.bot_user), event)()).status == 200
    calls = len([call for call in bot.slack.calls if call.token == leaving.token])
    mentioned(bot, leaving, "and when?")
    assert quotes(answer(bot, staying, mentioned(bot, staying))) == [QUOTE]
    assert len([call for call in bot.slack.calls if call.token == leaving.token]) == calls
    assert "and when?" not in bot.kept.asked
    again = install_again(bot, "T8")
    assert quotes(answer(bot, again, mentioned(bot, again))) == [QUOTE]


def install_again(bot: Bot, team: str) -> Install:
    for token, made in list(bot.slack.installs.items()):
        if made.team == team:
            del bot.slack.installs[token]
    return install(bot, team)


def test_a_workspace_that_has_not_installed_the_app_gets_no_answer_and_disturbs_nobody(bot: Bot) -> None:
    made = install(bot, "T8")
    stranger = Events(bot.slack).mention("C1", "U1", f"{MENTION} why?")[0]
    assert bot.sender.event(stranger).status == 200
    assert quotes(answer(bot, made, mentioned(bot, made, "when?"))) == [QUOTE]
    assert bot.kept.asked == ["when?"]
