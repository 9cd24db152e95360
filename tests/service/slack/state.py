"""A workspace of Slack as it stands: its conversations and all that the app did in it."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from tests.service.slack.faults import Fault
from tests.service.slack.records import (
    Call,
    Channel,
    Install,
    Json,
    Message,
    Prompts,
    Refusal,
    ResponseUrl,
    SharedFile,
    Status,
    Thread,
    Trigger,
    User,
    View,
)

TEAM = "T1"
BOT_USER = "UBOT"
BOT_ID = "BBOT"
APP = "A1"
BOT_TOKEN = "xoxb-of-tests"
APP_TOKEN = "xapp-of-tests"
SIGNING_SECRET = "the signing secret of tests"
CLIENT_ID = "1.1"
CLIENT_SECRET = "the client secret of tests"

T = TypeVar("T")


class State:
    """What is in the workspace. It begins with the channels C1 (public), C2 (public, without the bot), C3 (archived)
    and G1 (private), the people U1 and U2, and the direct messages D1 of U1."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.base_url = ""
        self.channels = {
            "C1": Channel("C1", name="general"),
            "C2": Channel("C2", name="elsewhere", member=False),
            "C3": Channel("C3", name="former", archived=True),
            "G1": Channel("G1", "private", name="closed"),
            "D1": Channel("D1", "im", user="U1"),
        }
        self.users = {"U1": User("U1", "ada"), "U2": User("U2", "grace")}
        self.messages: dict[tuple[str, str], Message] = {}
        self.statuses: dict[Thread, list[Status]] = {}
        self.titles: dict[Thread, str] = {}
        self.prompts: dict[Thread, Prompts] = {}
        self.views: list[View] = []
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, SharedFile] = {}
        self.downloads: list[tuple[str, str]] = []
        self.installs = {BOT_TOKEN: Install(BOT_TOKEN, TEAM, BOT_USER, BOT_ID)}
        self.revoked: set[str] = set()
        self.granted: set[str] = set()
        self.codes: dict[str, str] = {}
        self.tickets: set[str] = set()
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.used: dict[str, set[str]] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.limited: dict[tuple[str, str], float] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def next_ts(self) -> str:
        """A ts that no message has, later than all others."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """An identifier that nothing has."""
        return f"{prefix}{next(self._numbers):07d}"

    def channel(self, channel: Channel) -> Channel:
        """Puts a conversation into the workspace, or replaces it."""
        self.channels[channel.id] = channel
        return channel

    def user(self, user: User) -> User:
        """Puts a person into the workspace, or replaces them."""
        self.users[user.id] = user
        return user

    def direct(self, user: str) -> Channel:
        """The direct messages of a person, opened where they were not."""
        known = (one for one in self.channels.values() if one.kind == "im" and one.user == user)
        return next(known, None) or self.channel(Channel(self.next_id("D"), "im", user=user))

    def say(
        self, channel: str, user: str, text: str, thread_ts: str | None = None, files: list[Json] | None = None
    ) -> str:
        """The ts of a person's new message. The text is as Slack gives it: mentions as <@U1>; &, < and > escaped."""
        with self.lock:
            ts = self.next_ts()
            elements = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}]
            blocks = [{"type": "rich_text", "block_id": self.next_id("b"), "elements": elements}] if text else []
            message = Message(channel, ts, user, text, blocks, thread_ts=thread_ts, files=files or [])
            message.finished = message.created
            self.messages[channel, ts] = message
            return ts

    def share(self, name: str, content: bytes, mimetype: str) -> Json:
        """A new file as events show it; only the bot may download what url_private_download names."""
        file_id = self.next_id("F")
        kind = name.rpartition(".")[2]
        url = f"{self.base_url}/files/{TEAM}-{file_id}"
        body: Json = {
            "id": file_id,
            "created": int(time.time()),
            "name": name,
            "title": name,
            "mimetype": mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": "U1",
            "user_team": TEAM,
            "editable": False,
            "size": len(content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": True,
            "url_private": f"{url}/{name}",
            "url_private_download": f"{url}/download/{name}",
            "permalink": f"{self.base_url}/permalink/{file_id}",
            "file_access": "visible",
        }
        self.files[file_id] = SharedFile(body, content)
        return body

    def trigger(self, user: str) -> str:
        """A new trigger id: it opens one view within three seconds."""
        trigger = Trigger(f"{self.next_id('')}.{TEAM}.{uuid.uuid4().hex}", user, time.monotonic())
        self.triggers[trigger.id] = trigger
        return trigger.id

    def response_url(self, channel: str, user: str, source: tuple[str, str] | None = None) -> str:
        """A new address to respond to a person's action; `source` is the message that they acted on."""
        made = ResponseUrl(self.next_id("R"), channel, user, time.monotonic(), source)
        self.response_urls[made.id] = made
        return f"{self.base_url}/response/{made.id}"

    def authorize(self, team: str) -> str:
        """A code that installs the app into a workspace."""
        code = uuid.uuid4().hex
        self.codes[code] = team
        return code

    def fail(self, method: str, *faults: Fault) -> None:
        """Lets the next calls of a method fail, in this order; the method of downloads is `files`, that of response
        addresses is `response`."""
        self.faults.setdefault(method, deque()).extend(faults)

    def end_stream(self, channel: str, ts: str, error: str = "message_not_in_streaming_state") -> None:
        """Ends a stream as Slack does it after minutes, or a person (stopped_by_user)."""
        message = self.messages[channel, ts]
        message.streaming, message.ended_by = False, error

    def posted(self, channel: str | None = None, thread_ts: str | None = None) -> list[Message]:
        """The app's messages that are there, in order: of a conversation, or of a thread."""
        return [
            message
            for message in self.snapshot()
            if message.bot_id
            and not message.deleted
            and channel in (None, message.channel)
            and thread_ts in (None, message.thread_ts)
        ]

    def snapshot(self) -> list[Message]:
        """All messages, in order."""
        with self.lock:
            return sorted(self.messages.values(), key=lambda message: message.ts)

    def status(self, channel: str, thread_ts: str) -> str:
        """What the assistant is said to be doing in a thread, or nothing."""
        known = self.statuses.get((channel, thread_ts))
        return known[-1].text if known else ""

    def called(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in list(self.calls) if call.method == method]

    def methods_used(self) -> dict[str, set[str]]:
        """The methods that were called, with the scopes that their calls needed; none where none is needed."""
        with self.lock:
            return {method: set(scopes) for method, scopes in self.used.items()}

    def violate(self, what: str, sentence: str) -> None:
        """Notes a broken rule."""
        with self.lock:
            self.violations.append(f"{what}: {sentence}")

    def wait_for(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """What the predicate returns once it is true. Not for a thread whose loop runs the app: see `until`."""
        end = time.monotonic() + seconds
        while not (value := predicate()):
            if time.monotonic() > end:
                raise AssertionError(f"Not within {seconds} s.\n{self.picture()}")
            time.sleep(0.01)
        return value

    async def until(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """The same, while the loop runs on."""
        end = time.monotonic() + seconds
        while not (value := predicate()):
            if time.monotonic() > end:
                raise AssertionError(f"Not within {seconds} s.\n{self.picture()}")
            await asyncio.sleep(0.01)
        return value

    def picture(self) -> str:
        """The workspace as text: messages, what was said to be going on, the last calls, broken rules."""
        lines = ["Messages:", *(f"  {message.picture()}" for message in self.snapshot())]
        lines += ["Statuses:", *(f"  {thread}: {said[-1].text!r}" for thread, said in list(self.statuses.items()))]
        lines += ["Calls:", *(f"  {call.method} {dict(call.arguments)!r}"[:300] for call in list(self.calls)[-20:])]
        return "\n".join([*lines, "Violations:", *(f"  {sentence}" for sentence in list(self.violations))])


def required(arguments: Any, *names: str) -> None:
    """Raises: Refusal when an argument is missing."""
    missing = [name for name in names if arguments.get(name) in (None, "")]
    if missing:
        notes = [f"[ERROR] missing required field: {name}" for name in missing]
        broken = f"missing required arguments: {', '.join(missing)}"
        raise Refusal("invalid_arguments", broken, response_metadata={"messages": notes})
