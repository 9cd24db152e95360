"""What Slack delivers to an app: events, commands and interactions, as it words them."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.service.slack.records import Channel, Json, Message, View
from tests.service.slack.state import APP, BOT_ID, BOT_USER, TEAM, State

VERIFICATION = "the deprecated verification token"


class Events:
    """Builders of what a workspace delivers. Those that are about something new put it into the workspace first."""

    def __init__(self, state: State, team: str = TEAM, bot_user: str = BOT_USER) -> None:
        self._state = state
        self._team = team
        self._bot_user = bot_user

    def envelope(self, event: Json, shared: bool = False) -> Json:
        """An event in the envelope that all of them have."""
        installed = {"user_id": self._bot_user, "is_bot": True, "is_enterprise_install": False}
        return {
            "token": VERIFICATION,
            "team_id": self._team,
            "context_team_id": self._team,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self._state.next_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": self._team, **installed}],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{uuid.uuid4().hex}",
        }

    def message(
        self, channel: str, user: str, text: str, thread_ts: str | None = None, files: list[Json] | None = None
    ) -> Json:
        """The event of a person's new message, in a conversation of any kind."""
        return self.message_of(channel, self._state.say(channel, user, text, thread_ts, files))

    def message_of(self, channel: str, ts: str) -> Json:
        """The event of a message that is in the workspace, a person's or the app's own."""
        message = self._state.messages[channel, ts]
        event = {**self._body(message), "event_ts": ts, "channel_type": self._channel(channel).event_type}
        if message.files:
            event.update({"subtype": "file_share", "upload": False, "display_as_bot": False})
        if message.bot_id:
            event.update({"bot_profile": {"id": BOT_ID, "app_id": APP, "name": "dossier", "team_id": self._team}})
        return self.envelope(event, self._channel(channel).shared)

    def mention(
        self, channel: str, user: str, text: str, thread_ts: str | None = None, files: list[Json] | None = None
    ) -> tuple[Json, Json]:
        """The two events of a message that mentions the app: of the mention, and of the message."""
        message = self.message(channel, user, text, thread_ts, files)
        left_out = {"channel_type", "subtype", "parent_user_id"}
        event = {key: value for key, value in message["event"].items() if key not in left_out}
        return self.envelope({**event, "type": "app_mention"}, message["is_ext_shared_channel"]), message

    def changed(self, channel: str, ts: str, text: str) -> Json:
        """The event of a message that its author edits now."""
        message = self._state.messages[channel, ts]
        before = self._body(message)
        message.edit(text, [])
        after = {**self._body(message), "edited": {"user": message.user, "ts": self._state.next_ts()}}
        return self._hidden("message_changed", channel, {"message": after, "previous_message": before})

    def deleted(self, channel: str, ts: str) -> Json:
        """The event of a message that is deleted now."""
        message = self._state.messages[channel, ts]
        message.deleted = True
        return self._hidden("message_deleted", channel, {"previous_message": self._body(message), "deleted_ts": ts})

    def thread_started(self, user: str, context: str | None = None) -> Json:
        """The event of an assistant thread that a person begins, with the conversation that they look at."""
        channel = self._state.direct(user)
        root = Message(channel.id, self._state.next_ts(), self._bot_user, "New Assistant Thread", bot_id=BOT_ID)
        root.thread_ts, root.finished = root.ts, root.created
        self._state.messages[channel.id, root.ts] = root
        return self._assistant("assistant_thread_started", user, channel.id, root.ts, context)

    def thread_context_changed(self, user: str, thread_ts: str, context: str) -> Json:
        """The event of a person who looks at another conversation while an assistant thread is open."""
        channel = self._state.direct(user).id
        return self._assistant("assistant_thread_context_changed", user, channel, thread_ts, context)

    def home_opened(self, user: str, tab: str = "messages") -> Json:
        """The event of a person who opens a tab of the app's home."""
        where = {"user": user, "channel": self._state.direct(user).id, "tab": tab}
        return self.envelope({"type": "app_home_opened", **where, "event_ts": self._state.next_ts()})

    def app_uninstalled(self) -> Json:
        """The event of the app's removal."""
        return self.envelope({"type": "app_uninstalled", "event_ts": self._state.next_ts()})

    def tokens_revoked(self, *bots: str) -> Json:
        """The event of revoked tokens, by the bot users whose tokens they were."""
        tokens = {"oauth": [], "bot": list(bots or [self._bot_user])}
        return self.envelope({"type": "tokens_revoked", "tokens": tokens, "event_ts": self._state.next_ts()})

    def joined(self, channel: str, user: str | None = None, inviter: str = "U1") -> Json:
        """The event of a member who joins a conversation now; the app, if nobody is named."""
        joining = user or self._bot_user
        if joining == self._bot_user:
            self._channel(channel).member = True
        letter = {"public": "C", "private": "G", "im": "D"}[self._channel(channel).kind]
        event = {"type": "member_joined_channel", "user": joining, "channel": channel, "channel_type": letter}
        return self.envelope({**event, "team": self._team, "inviter": inviter, "event_ts": self._state.next_ts()})

    def url_verification(self) -> Json:
        """The question whether the address is the app's."""
        return {"token": VERIFICATION, "challenge": uuid.uuid4().hex, "type": "url_verification"}

    def command(self, command: str, text: str, user: str, channel: str) -> dict[str, str]:
        """The form of a slash command."""
        here = self._channel(channel)
        return {
            "token": VERIFICATION,
            "team_id": self._team,
            "team_domain": "tests",
            "channel_id": channel,
            "channel_name": "directmessage" if here.kind == "im" else here.name,
            "user_id": user,
            "user_name": self._state.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._state.response_url(channel, user),
            "trigger_id": self._state.trigger(user),
        }

    def click(self, channel: str, ts: str, action_id: str, user: str) -> Json:
        """The block_actions of a person who uses a control of a message, found there by its action_id."""
        message = self._state.messages[channel, ts]
        block, control = found(message.blocks, action_id)
        ephemeral = message.ephemeral_to is not None
        container: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        }
        body: Json = {
            "type": "block_actions",
            **self._person(user),
            "container": container,
            "channel": self._named(channel),
            "response_url": self._state.response_url(channel, user, (channel, ts)),
            "state": {"values": {}},
            "actions": [{"block_id": block["block_id"], **used(control), "action_ts": self._state.next_ts()}],
        }
        return body if ephemeral else {**body, "message": self._body(message)}

    def submission(self, view: View, values: Json, user: str | None = None) -> Json:
        """The view_submission of a modal with what was entered, as state.values has it: by block_id and action_id."""
        own = {"id": view.id, "team_id": self._team, "app_id": APP, "bot_id": BOT_ID, "hash": view.hash}
        defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "root_view_id": view.id}
        shown = {**defaults, **view.view, **own, "state": {"values": values}, "previous_view_id": None}
        return {"type": "view_submission", **self._person(user or view.user), "view": shown, "response_urls": []}

    def shortcut(self, callback_id: str, channel: str, ts: str, user: str) -> Json:
        """The message_action of a person who uses a shortcut on a message."""
        return {
            "type": "message_action",
            **self._person(user),
            "callback_id": callback_id,
            "action_ts": self._state.next_ts(),
            "channel": self._named(channel),
            "message_ts": ts,
            "message": self._body(self._state.messages[channel, ts]),
            "response_url": self._state.response_url(channel, user, (channel, ts)),
        }

    def _channel(self, channel: str) -> Channel:
        return self._state.channels[channel]

    def _named(self, channel: str) -> Json:
        here = self._channel(channel)
        return {"id": channel, "name": {"im": "directmessage", "private": "privategroup"}.get(here.kind, here.name)}

    def _body(self, message: Message) -> Json:
        body = {**message.as_json(), "channel": message.channel, "team": self._team}
        if not message.bot_id:
            body["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, message.ts))
        root = self._state.messages.get(message.thread)
        if root and root is not message:
            body["parent_user_id"] = root.user
        return body

    def _person(self, user: str) -> Json:
        name = self._state.users[user].name
        return {
            "team": {"id": self._team, "domain": "tests"},
            "user": {"id": user, "username": name, "name": name, "team_id": self._team},
            "api_app_id": APP,
            "token": VERIFICATION,
            "trigger_id": self._state.trigger(user),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _hidden(self, subtype: str, channel: str, more: Json) -> Json:
        ts = self._state.next_ts()
        here = self._channel(channel)
        event = {"type": "message", "subtype": subtype, "channel": channel, "hidden": True, "ts": ts, "event_ts": ts}
        return self.envelope({**event, "channel_type": here.event_type, **more}, here.shared)

    def _assistant(self, kind: str, user: str, channel: str, thread_ts: str, context: str | None) -> Json:
        seen = {"channel_id": context, "team_id": self._team, "enterprise_id": None} if context else {}
        thread = {"user_id": user, "context": seen, "channel_id": channel, "thread_ts": thread_ts}
        return self.envelope({"type": kind, "assistant_thread": thread, "event_ts": self._state.next_ts()})


def found(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    """The control with an action_id, and the block that it is in."""
    for block in blocks:
        controls = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for control in controls:
            if isinstance(control, dict) and control.get("action_id") == action_id:
                return block, control
    raise AssertionError(f"There is no control {action_id!r} in {blocks!r}.")


def used(control: Json) -> Json:
    """What the action of a control says of it: for feedback, as if its positive button were used."""
    if control["type"] == "feedback_buttons":
        chosen: Any = control["positive_button"]
        return {"type": "feedback_buttons", "action_id": control["action_id"], **chosen}
    kept = {"type", "action_id", "text", "value", "url", "style"}
    return {key: value for key, value in control.items() if key in kept}
