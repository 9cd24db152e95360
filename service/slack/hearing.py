"""Which of Slack's events are something to do, and what Slack calls it, so that it is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from service.errors import UnknownConversation
from service.question import Turn
from service.slack.attention import addressed, asks, between_people, follows_up
from service.slack.incoming import Message, message_of, team_of
from service.slack.parts import Parts
from service.store.slack_threads import Thread

Kind = Literal["asked", "edited", "deleted", "opened", "command", "about", "share", "add"]
Attention = Literal["none", "quiet", "full"]
DELETION = "~deleted"
"""The end of a deletion's key, which is greater than any edit's."""
DELETED = "tombstone"
"""What becomes of a message that is deleted when it has replies."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something to do, told in several events perhaps, all of the same `key`. `about` is the message that it is about,
    where there is one: its thread and its timestamp. Nobody addressed the bot where it is `quiet`: unless the articles
    answer, it says nothing."""

    kind: Kind
    key: str
    about: tuple[Thread, str] | None = None
    quiet: bool = False


class Hearing:
    """Listens to events as each channel wants it. Reads the store: to be called from worker threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def of(self, body: Mapping[str, Any], bot: str) -> Heard | None:
        """What an event asks for of the bot with that user id; None where it is nothing to the bot."""
        event = body["event"]
        if event["type"] == "app_home_opened":
            talk = event.get("tab") == "messages"
            return Heard("opened", _key(team_of(body), event["channel"], event["event_ts"], "opened")) if talk else None
        if event["type"] == "assistant_thread_started":
            thread = event["assistant_thread"]
            return Heard("opened", _key(team_of(body), thread["channel_id"], thread["thread_ts"], "opened"))
        if event.get("subtype") == "message_deleted":
            return self._deleted(body, event["deleted_ts"])
        if event.get("subtype") == "message_changed":
            return self._changed(body, bot)
        message = message_of(body)
        attention = self._attention(message, bot) if message else "none"
        return _asked(message, attention == "quiet") if message and attention != "none" else None

    def _deleted(self, body: Mapping[str, Any], ts: str) -> Heard | None:
        team, channel = team_of(body), body["event"]["channel"]
        known = self._parts.threads.reply(team, channel, ts)
        if known is None:
            return None
        return Heard("deleted", _key(team, channel, ts, DELETION), (Thread(team, channel, known.thread), ts))

    def _changed(self, body: Mapping[str, Any], bot: str) -> Heard | None:
        """Slack tells of a change, too, when it has only looked up a link."""
        event = body["event"]
        told, before = event.get("message") or {}, event.get("previous_message") or {}
        if told.get("subtype") == DELETED:
            return self._deleted(body, told["ts"])
        message = message_of(body)
        if message is None or told.get("text") == before.get("text") or "edited" not in told:
            return None
        if self._parts.threads.reply(message.team, message.channel, message.ts):
            key = _key(message.team, message.channel, message.ts, told["edited"]["ts"], _digest(message.text))
            return Heard("edited", key, (message.thread, message.ts))
        newly = bot in message.mentioned and f"<@{bot}" not in (before.get("text") or "")
        return _asked(message) if newly else None

    def _attention(self, message: Message, bot: str) -> Attention:
        if message.user == bot:
            return "none"
        if message.direct or bot in message.mentioned:
            return "full"
        listening = self._parts.threads.listening(message.team, message.channel) or self._parts.listening
        if listening == "mentions" or message.mentioned:
            return "none"
        in_thread = message.thread_ts is not None
        if not (self._parts.threads.joined(message.thread) if in_thread else listening == "all"):
            return "none"
        text = message.question(bot)
        if addressed(text) or (in_thread and follows_up(text, self._turns(message))):
            return "full"
        return "quiet" if asks(text) and not between_people(text) else "none"

    def _turns(self, message: Message) -> list[Turn]:
        conversation = self._parts.threads.conversation(message.thread)
        if conversation is None:
            return []
        try:
            return self._parts.journal.turns(conversation, self._parts.owner(message.team))
        except UnknownConversation:
            return []


def key_of(message: Message) -> str:
    """What Slack calls a message, whichever event tells of it."""
    return _key(message.team, message.channel, message.ts)


def _asked(message: Message, quiet: bool = False) -> Heard:
    return Heard("asked", key_of(message), (message.thread, message.ts), quiet)


def _digest(text: str) -> str:
    """Two edits of a second are told apart by what they say."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _key(*parts: str) -> str:
    return ":".join(parts)
