"""The chat methods of the double of Slack: messages and streams."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tests.service.slack.limits import (
    MARKDOWN_CHARACTERS,
    UPDATED_CHARACTERS,
    chunk_problems,
    long,
    message_problems,
)
from tests.service.slack.records import Append, Channel, Install, Json, Message, Refusal, Status
from tests.service.slack.state import State, required
from tests.service.slack.texts import Problem

Arguments = Mapping[str, Any]
STREAM_SECONDS = 300
"""How long a stream stays open at most; measured by others, in no documentation."""


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


def start_stream(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.startStream"""
    required(arguments, "channel", "thread_ts")
    channel = open_channel(state, install, arguments["channel"])
    thread_ts = thread_of(state, channel.id, arguments["thread_ts"], "invalid_thread_ts")
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not arguments.get(name):
                raise Refusal(f"missing_{name}", f"{name} is required outside of direct messages")
        if arguments["recipient_user_id"] not in state.users:
            raise Refusal("user_not_found", f"there is no user {arguments['recipient_user_id']!r}")
    if arguments.get("task_display_mode") not in (None, "timeline", "plan"):
        raise Refusal("invalid_arguments", "task_display_mode must be timeline or plan")
    check_content(state, "chat.startStream", arguments)
    message = put(state, install, channel.id, {}, thread_ts)
    message.streaming, message.finished = True, None
    message.recipient = arguments.get("recipient_user_id")
    append(message, arguments)
    return {"channel": channel.id, "ts": message.ts}


def append_stream(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.appendStream"""
    message = streaming(state, install, arguments)
    if not arguments.get("markdown_text") and not arguments.get("chunks"):
        raise Refusal("no_text", "there is neither markdown_text nor chunks")
    check_content(state, "chat.appendStream", arguments)
    append(message, arguments)
    return {"channel": message.channel, "ts": message.ts}


def stop_stream(state: State, install: Install, arguments: Arguments) -> Json:
    """chat.stopStream"""
    message = streaming(state, install, arguments)
    check_content(state, "chat.stopStream", arguments)
    blocks = arguments.get("blocks") or []
    checked(state, "chat.stopStream", blocks_problems(blocks))
    append(message, arguments)
    message.blocks = with_ids(state, blocks)
    message.text = message.markdown
    message.metadata = arguments.get("metadata") or message.metadata
    message.streaming, message.finished = False, time.monotonic()
    return {"channel": message.channel, "ts": message.ts, "message": message.as_json()}


def blocks_problems(blocks: list[Json]) -> list[Problem]:
    """What is wrong with blocks that have their text elsewhere."""
    return [] if not blocks else message_problems({"text": "streamed", "blocks": blocks})


def streaming(state: State, install: Install, arguments: Arguments) -> Message:
    """The stream that a call names. Raises: Refusal when it is none, or none any more."""
    message = own_message(state, install, arguments, "message_not_owned_by_app")
    if message.streaming and time.monotonic() - message.created > STREAM_SECONDS:
        state.end_stream(message.channel, message.ts)
    if message.ended_by:
        raise Refusal(message.ended_by)
    if not message.streaming:
        raise Refusal("message_not_in_streaming_state", f"the message {message.ts} is not streaming")
    mode = mode_of(arguments)
    if mode and message.stream_mode and mode != message.stream_mode:
        raise Refusal("streaming_mode_mismatch", f"the stream began with {message.stream_mode}, not with {mode}")
    if len(message.markdown) + len(markdown_of(arguments)) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long", f"a streamed message must have at most {MARKDOWN_CHARACTERS} characters in all")
    return message


def check_content(state: State, method: str, arguments: Arguments) -> None:
    """Checks what a call brings to a stream."""
    if arguments.get("markdown_text") and arguments.get("chunks"):
        raise Refusal("invalid_arguments", "markdown_text excludes chunks")
    problems = long("markdown_text", arguments.get("markdown_text"), MARKDOWN_CHARACTERS)
    checked(state, method, problems + chunk_problems(arguments.get("chunks")))


def mode_of(arguments: Arguments) -> str:
    """How a call brings its content, if it brings any."""
    return next((name for name in ("markdown_text", "chunks") if arguments.get(name)), "")


def markdown_of(arguments: Arguments) -> str:
    """The Markdown that a call brings."""
    chunks = arguments.get("chunks") or []
    return (arguments.get("markdown_text") or "") + "".join(
        chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text"
    )


def append(message: Message, arguments: Arguments) -> None:
    """Adds what a call brings to its stream."""
    chunks = arguments.get("chunks") or []
    markdown = markdown_of(arguments)
    message.stream_mode = message.stream_mode or mode_of(arguments) or None
    if markdown or chunks:
        message.markdown += markdown
        message.appends.append(Append(markdown, chunks, time.monotonic()))
