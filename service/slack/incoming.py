"""What Slack tells of a message, as the bot reads it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.request.internals import extract_enterprise_id, extract_team_id

from service.store.slack_threads import Thread

_SIGN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_BARE = re.compile(r"https?://\S+")
_SPACES = re.compile(r"[^\S\n]+")
SILENT = frozenset({"thread_broadcast", "file_share"})
"""The subtypes of messages that a person writes, as far as the bot is concerned."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a person. `text` is as Slack sends it; `team` is the workspace that the bot is told in, and a
    `stranger` is of another one, in a channel that both share."""

    team: str
    stranger: bool
    channel: str
    kind: str
    user: str
    text: str
    ts: str
    thread_ts: str | None = None
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def thread(self) -> Thread:
        """The thread that it belongs to, or begins."""
        return Thread(self.team, self.channel, self.thread_ts or self.ts)

    @property
    def direct(self) -> bool:
        """Whether it is to the bot alone."""
        return self.kind == "im"

    @property
    def mentioned(self) -> tuple[str, ...]:
        """The ids of the users that it mentions."""
        return tuple(name for sign, name, _ in _SIGN.findall(self.text) if sign == "@")

    def question(self, bot: str) -> str:
        """Its text without the mention of the bot, as a person reads it."""
        return plain(self.text, without=bot)


def plain(text: str, without: str = "") -> str:
    """Slack's text as a person reads it: links by their labels, entities as characters; mentions of `without` are left
    out."""

    def read(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign == "@" and target == without:
            return " "
        return f"{sign.replace('!', '@')}{label or target}" if sign else label or target.removeprefix("mailto:")

    return _SPACES.sub(" ", html.unescape(_SIGN.sub(read, text))).strip()


def links(text: str) -> tuple[str, ...]:
    """The addresses of web pages that Slack's text holds, each once."""
    wrapped = (target for sign, target, _ in _SIGN.findall(text) if not sign)
    found = map(html.unescape, (*wrapped, *_BARE.findall(_SIGN.sub(" ", text))))
    return tuple(dict.fromkeys(target for target in found if target.startswith(("https://", "http://"))))


def message_of(body: Mapping[str, Any]) -> Message | None:
    """The message that an event tells of, an edited one as it is now; None where no person wrote it."""
    event = body["event"]
    told = event.get("message") if event.get("subtype") == "message_changed" else event
    if not isinstance(told, Mapping) or not _by_person(told) or "channel" not in event:
        return None
    team = team_of(body)
    shared = body.get("is_ext_shared_channel", False)
    return Message(
        team=team,
        stranger=shared and (told.get("user_team") or told.get("team") or team) != team,
        channel=event["channel"],
        kind=event.get("channel_type") or ("im" if event["channel"].startswith("D") else "channel"),
        user=told["user"],
        text=told.get("text") or "",
        ts=told["ts"],
        thread_ts=told.get("thread_ts"),
        files=tuple(told.get("files") or ()),
    )


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace that something is told in: in a channel shared by several, the one that installed the app."""
    return extract_team_id(dict(body)) or ""


def enterprise_of(body: Mapping[str, Any]) -> str | None:
    """The organisation that it is told in, as the installation of the app is looked up."""
    return extract_enterprise_id(dict(body))


def bot_of(body: Mapping[str, Any]) -> str | None:
    """The bot's user id where the event is told; None where Slack does not say."""
    for each in body.get("authorizations") or ():
        if each.get("is_bot"):
            return str(each["user_id"])
    return None


def _by_person(told: Mapping[str, Any]) -> bool:
    subtype = told.get("subtype")
    return "user" in told and "ts" in told and "bot_id" not in told and (subtype is None or subtype in SILENT)
