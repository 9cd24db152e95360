"""The chat methods of the double of Slack for messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.service.slack.limits import UPDATED_CHARACTERS, message_problems
from tests.service.slack.records import Channel, Install, Json, Message, Refusal, Status
from tests.service.slack.state import State, required
from tests.service.slack.texts import Problem

Arguments = Mapping[str, Any]


def checked(state: State, method: str, problems: list[Problem]) -> None:
    """Notes what Slack takes and frowns at. Raises: Refusal for what it does not take."""
    for problem in problems:
        if not problem.error:
            state.violate(method, problem.sentence)
    errors = [problem for problem in problems if problem.error]
    if errors:
        notes = [f"[ERROR] {problem.sentence}" for problem in errors]
        broken = "; ".join(problem.sentence for problem in errors)
        raise Refusal(errors[0].error, broken, errors=notes, response_metadata={"messages": notes})


def channel_of(state: State, install: Install, channel_id: Any) -> Channel:
    """The conversation. Raises: Refusal when the bot cannot see it."""
    channel = state.channels.get(str(channel_id))
    if channel is None or channel.team != install.team:
        raise Refusal("channel_not_found", f"there is no conversation {channel_id!r}")
    if channel.kind == "private" and not channel.member:
        raise Refusal("channel_not_found")
    return channel


def open_channel(state: State, install: Install, channel_id: Any, archived: str = "is_archived") -> Channel:
    """The conversation, which the bot may write into. Raises: Refusal when it may not."""
    channel = channel_of(state, install, channel_id)
    if channel.archived:
        raise Refusal(archived)
    if not channel.member:
        raise Refusal("not_in_channel")
    return channel


def thread_of(state: State, channel: str, thread_ts: Any, error: str = "thread_not_found") -> str | None:
    """The thread. Raises: Refusal when its first message is unknown, or is a reply."""
    if thread_ts is None:
        return None
    root = state.messages.get((channel, str(thread_ts)))
    if root is None:
        raise Refusal(error, f"thread_ts {thread_ts!r} is no message of {channel}")
    if root.thread_ts not in (None, root.ts):
        state.violate("thread_ts", f"{thread_ts} is a reply: its parent's ts must be used")
    return str(thread_ts)


def put(state: State, install: Install, channel: str, body: Arguments, thread_ts: str | None) -> Message:
    """A new message of the app; it takes the status of its thread away."""
    message = Message(
        channel,
        state.next_ts(),
        install.bot_user,
        text=body.get("text") or "",
        blocks=with_ids(state, body.get("blocks") or []),
        markdown=body.get("markdown_text") or "",
        thread_ts=thread_ts,
        bot_id=install.bot_id,
        metadata=body.get("metadata"),
    )
    message.finished = message.created
    state.messages[channel, message.ts] = message
    if thread_ts and state.status(channel, thread_ts):
        state.statuses[channel, thread_ts].append(Status("", (), message.created))
    return message


def with_ids(state: State, blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: each with an id."""
    return [{"block_id": state.next_id("b"), **block} for block in blocks]


def post(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.postMessage"""
    required(arguments, "channel")
    channel = open_channel(state, install, arguments["channel"])
    checked(state, "chat.postMessage", message_problems(arguments))
    thread_ts = thread_of(state, channel.id, arguments.get("thread_ts"))
    message = put(state, install, channel.id, arguments, thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def post_ephemeral(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.postEphemeral"""
    required(arguments, "channel", "user")
    channel = open_channel(state, install, arguments["channel"])
    if arguments["user"] not in state.users:
        raise Refusal("user_not_in_channel", f"there is no user {arguments['user']!r}")
    checked(state, "chat.postEphemeral", message_problems(arguments))
    message = put(state, install, channel.id, arguments, thread_of(state, channel.id, arguments.get("thread_ts")))
    message.ephemeral_to = arguments["user"]
    return {"message_ts": message.ts}


def own_message(state: State, install: Install, arguments: Arguments, error: str) -> Message:
    """The app's message that a call names. Raises: Refusal, with the error when it is not the app's."""
    required(arguments, "channel", "ts")
    channel = channel_of(state, install, arguments["channel"])
    message = state.messages.get((channel.id, str(arguments["ts"])))
    if message is None or message.ephemeral_to:
        raise Refusal("message_not_found", f"there is no message {arguments['ts']!r} in {channel.id}")
    if message.bot_id != install.bot_id:
        raise Refusal(error, "the message is not the app's")
    if message.deleted:
        raise Refusal("message_not_found")
    return message


def update(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.update"""
    message = own_message(state, install, arguments, "cant_update_message")
    open_channel(state, install, message.channel, archived="is_inactive")
    if message.streaming:
        raise Refusal("streaming_state_conflict", "a message cannot be updated while it is streaming")
    checked(state, "chat.update", message_problems(arguments, UPDATED_CHARACTERS))
    message.markdown = arguments.get("markdown_text") or ""
    text = arguments.get("text") or message.markdown
    message.edit(text, updated_blocks(state, message, arguments))
    if arguments.get("metadata") is not None:
        message.metadata = arguments["metadata"] or None
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": message.as_json()}


def updated_blocks(state: State, message: Message, arguments: Arguments) -> list[Json]:
    """The blocks of an updated message: those of a call without blocks were once documented to stay, and are not any
    more, so the app must say which it means."""
    if arguments.get("blocks") is None and message.blocks:
        state.violate("chat.update", "the message has blocks: give blocks, an empty array to remove them")
        return message.blocks
    return with_ids(state, arguments.get("blocks") or [])


def delete(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.delete"""
    message = own_message(state, install, arguments, "cant_delete_message")
    if message.streaming:
        raise Refusal("cant_delete_message", "a message cannot be deleted while it is streaming")
    message.deleted = True
    return {"channel": message.channel, "ts": message.ts}


def permalink(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.getPermalink"""
    required(arguments, "channel", "message_ts")
    channel = channel_of(state, install, arguments["channel"])
    message = state.messages.get((channel.id, str(arguments["message_ts"])))
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    link = f"https://tests.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
