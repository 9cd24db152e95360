"""What the double of Slack remembers: conversations, messages, calls, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "im"]
Thread = tuple[str, str]
"""A thread by its channel and the ts of its first message."""


@dataclass(slots=True)
class Channel:
    """A conversation. `member` says whether the bot is in it; `user` is whose direct messages it holds."""

    id: str
    kind: Kind = "public"
    name: str = ""
    archived: bool = False
    member: bool = True
    user: str = ""
    team: str = "T1"
    shared: bool = False

    @property
    def event_type(self) -> str:
        """The kind as message events name it."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]

    def scope(self, action: str) -> str:
        """The scope that an action (read, history, write) needs in a conversation of this kind."""
        return {"public": "channels", "private": "groups", "im": "im"}[self.kind] + ":" + action


@dataclass(slots=True)
class User:
    """A person."""

    id: str
    name: str
    team: str = "T1"
    tz: str = "Europe/London"
    tz_offset: int = 0
    locale: str = "en-GB"


@dataclass(frozen=True, slots=True)
class Edit:
    """A version of a message after its first, and when it was written."""

    text: str
    blocks: list[Json]
    at: float


@dataclass(frozen=True, slots=True)
class Append:
    """What one call added to a stream, and when."""

    markdown: str
    chunks: list[Json]
    at: float


@dataclass(slots=True)
class Message:
    """A message as it stands; `created` and `finished` are monotonic, and a stream is finished when it is stopped."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    markdown: str = ""
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    streaming: bool = False
    bot_id: str | None = None
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    reactions: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    appends: list[Append] = field(default_factory=list)
    recipient: str | None = None
    stream_mode: str | None = None
    ended_by: str | None = None
    created: float = field(default_factory=time.monotonic)
    finished: float | None = None

    @property
    def thread(self) -> Thread:
        """The thread that the message is in, or would begin."""
        return self.channel, self.thread_ts or self.ts

    @property
    def shown(self) -> str:
        """Every word a reader sees: what was streamed and what the blocks hold, else the text."""
        parts = [self.markdown, *words(self.blocks)]
        return "\n".join(part for part in parts if part) or self.text

    def edit(self, text: str, blocks: list[Json]) -> None:
        """Replaces what the message says and keeps the version."""
        self.text, self.blocks = text, blocks
        self.edits.append(Edit(text, blocks, time.monotonic()))

    def picture(self) -> str:
        """The message in a line."""
        notes = [
            f"in {self.thread_ts}" if self.thread_ts else "",
            f"only for {self.ephemeral_to}" if self.ephemeral_to else "",
            "deleted" if self.deleted else "",
            "streaming" if self.streaming else "",
            f"{len(self.edits)} edits" if self.edits else "",
        ]
        return f"{self.channel} {self.ts} {self.user} [{', '.join(filter(None, notes))}] {self.shown!r}"

    def as_json(self) -> Json:
        """The message as events and API answers show it."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": "T1"}
        optional = {
            "thread_ts": self.thread_ts,
            "blocks": self.blocks,
            "files": self.files,
            "metadata": self.metadata,
        }
        body.update({key: value for key, value in optional.items() if value})
        if self.bot_id:
            body.update({"bot_id": self.bot_id, "app_id": "A1"})
        if self.edits:
            body["edited"] = {"user": self.user, "ts": self.ts}
        return body


def words(node: Any) -> list[str]:
    """The texts in blocks, in reading order."""
    if isinstance(node, list):
        return [text for child in node for text in words(child)]
    if not isinstance(node, dict):
        return []
    if node.get("type") in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
        return ["".join(inline(child) for child in node.get("elements", []))]
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [text for value in node.values() if isinstance(value, dict | list) for text in words(value)]


def inline(node: Json) -> str:
    """What one element of a line of rich text shows."""
    named = {
        "user": f"@{node.get('user_id')}",
        "channel": f"#{node.get('channel_id')}",
        "emoji": f":{node.get('name')}:",
    }
    return str(node.get("text") or node.get("url") or named.get(str(node.get("type")), ""))


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an API method: its arguments as they were meant, however they were sent."""

    method: str
    arguments: Mapping[str, Any]
    token: str
    at: float


@dataclass(frozen=True, slots=True)
class Install:
    """The app in a workspace: what a bot token stands for."""

    token: str
    team: str
    bot_user: str
    bot_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the assistant was said to be doing, and when; empty once it was taken away."""

    text: str
    loading: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Prompts:
    """Suggested prompts: (title, message) pairs under a title."""

    title: str
    prompts: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Trigger:
    """What lets an app open a view once, soon after a person did something."""

    id: str
    user: str
    at: float
    used: bool = False


@dataclass(slots=True)
class View:
    """A modal, the trigger that opened it, and what it held over time."""

    id: str
    trigger_id: str
    user: str
    view: Json
    hash: str
    versions: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class ResponseUrl:
    """An address that a person's action gave to the app, and what was posted there."""

    id: str
    channel: str
    user: str
    at: float
    source: tuple[str, str] | None = None
    posts: list[Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file in the workspace."""

    body: Json
    content: bytes


class Refusal(Exception):
    """An answer with ok false. `broken` is the rule that the call broke, or empty when the app did nothing wrong."""

    def __init__(self, error: str, broken: str = "", **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.broken = broken
        self.more = more
