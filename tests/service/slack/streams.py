"""The chat methods of the double of Slack for streams."""

from __future__ import annotations

import time

from tests.service.slack.chat import Arguments, checked, open_channel, own_message, put, thread_of, with_ids
from tests.service.slack.limits import MARKDOWN_CHARACTERS, chunk_problems, long, message_problems
from tests.service.slack.records import Append, Install, Json, Message, Refusal
from tests.service.slack.state import State, required
from tests.service.slack.texts import Problem

STREAM_SECONDS = 300
"""How long a stream stays open at most; measured by others, in no documentation."""


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
