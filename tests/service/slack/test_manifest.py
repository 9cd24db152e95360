"""The manifest: what is kept of it, Slack's rules for it, and that it asks for all the bot needs and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.http.slack import RECEIVING
from service.slack.app import EVENTS, UNUSED
from service.slack.door import REDIRECT_PATH
from service.slack.incoming import plain
from service.slack.manifest import BOT_EVENTS, BOT_SCOPES, manifest
from tests.commands import ROOT
from tests.service.slack.methods import METHODS

HOST = "https://dossier.example.org"
KEPT = {"slack-manifest.yaml": HOST, "slack-manifest-socket.yaml": None}
LONGEST = {
    "display_information.name": 35,
    "display_information.description": 140,
    "features.bot_user.display_name": 80,
    "features.agent_view.agent_description": 300,
    "features.shortcuts.name": 24,
    "features.shortcuts.callback_id": 255,
    "features.shortcuts.description": 150,
    "features.slash_commands.command": 32,
    "features.slash_commands.description": 2000,
    "features.slash_commands.usage_hint": 1000,
    "features.slash_commands.url": 3000,
    "oauth_config.redirect_urls": 2500,
    "oauth_config.scopes.bot": 50,
    "settings.event_subscriptions.bot_events": 50,
    "settings.event_subscriptions.request_url": 3500,
    "settings.interactivity.request_url": 3500,
}
"""Characters of the texts, as Slack's schema of manifests has them (slackapi/manifest-schema)."""
SWITCHES = {
    "features.app_home.home_tab_enabled",
    "features.app_home.messages_tab_enabled",
    "features.app_home.messages_tab_read_only_enabled",
    "features.bot_user.always_online",
    "features.slash_commands.should_escape",
    "settings.interactivity.is_enabled",
    "settings.org_deploy_enabled",
    "settings.socket_mode_enabled",
    "settings.token_rotation_enabled",
}
CHOICES = {"features.shortcuts.type": {"global", "message"}}
SCOPE_OF = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "tokens_revoked": None,
}
"""The scope that each event needs, as its page in Slack's documentation says."""


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with the names that lead to it."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, f"{path}.{name}".lstrip("."))
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, path)
    else:
        yield path, node


def methods_called() -> set[str]:
    """The methods of the Web API that the bot's code names."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "service/slack").glob("*.py"))
    called = {name.replace("_", ".") for name in re.findall(r"client\.((?:[a-z]+_)+[a-zA-Z]+)\(", code)}
    assert "chat.stream" in called, "the SDK's helper for streams has another name"
    return called - {"chat.stream"} | {"chat.startStream", "chat.appendStream", "chat.stopStream"}


@pytest.mark.parametrize(("name", "url"), KEPT.items())
def test_the_kept_manifests_are_what_the_command_prints(name: str, url: str | None) -> None:
    option = f" --url {url}" if url else ""
    advice = f"Run: dossier slack manifest{option} > docs/deploy/{name}"
    assert (ROOT / "docs/deploy" / name).read_text(encoding="utf-8") == manifest(url), advice


@pytest.mark.parametrize("url", KEPT.values())
def test_slack_takes_every_part_of_it(url: str | None) -> None:
    made = yaml.safe_load(manifest(url))
    assert made["display_information"]["name"]
    for path, value in leaves(made):
        if path == "display_information.background_color":
            assert re.fullmatch("#[0-9a-fA-F]{6}", value)
        elif path in CHOICES:
            assert value in CHOICES[path]
        elif path in SWITCHES:
            assert isinstance(value, bool)
        else:
            assert 0 < len(value) <= LONGEST[path], path


def test_over_http_every_address_is_one_that_the_service_takes() -> None:
    made = yaml.safe_load(manifest(f"{HOST}/"))
    found = {value for _, value in leaves(made) if isinstance(value, str) and value.startswith("http")}
    assert found == {f"{HOST}{path}" for path in (*RECEIVING, REDIRECT_PATH)}
    assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_there_is_no_address() -> None:
    made = yaml.safe_load(manifest(None))
    assert "https" not in manifest(None)
    assert made["settings"]["socket_mode_enabled"] is True


def test_the_bot_listens_to_every_event_that_it_asks_for() -> None:
    assert {event.partition(".")[0] for event in BOT_EVENTS} <= {*EVENTS, *UNUSED}
    assert set(BOT_EVENTS) == set(SCOPE_OF)


def test_each_event_and_each_method_has_its_scope_and_no_scope_is_for_nothing() -> None:
    needed = {scope for scope in SCOPE_OF.values() if scope}
    for name in methods_called():
        method = METHODS[name]
        needed |= set(method.scopes[:1])
        if method.of_channel:
            needed |= {f"{kind}:{method.of_channel}" for kind in ("channels", "groups", "im", "mpim")}
    assert set(BOT_SCOPES) == {*needed, "commands"}
    assert sorted(BOT_SCOPES) == list(BOT_SCOPES)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Who is <@U1|ada> in <#C1|desk>?", "Who is @ada in #desk?"),
        ("What does <https://example.org/a?b=1&amp;c=2> say?", "What does https://example.org/a?b=1&c=2 say?"),
        ("Who is @ada in #desk?", "Who is @ada in #desk?"),
        ("Is 3 &lt; 4 &amp; 5 &gt; 4?", "Is 3 < 4 & 5 > 4?"),
    ],
)
def test_a_command_is_read_as_a_person_wrote_it_escaped_or_not(given: str, read: str) -> None:
    """With should_escape Slack sends people, channels and links as in messages, without it as they were typed."""
    assert plain(given) == read
