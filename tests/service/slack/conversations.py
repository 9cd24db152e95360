"""The methods of the double of Slack that read a workspace: conversations, people, files; and reactions."""

from __future__ import annotations

import re
from typing import Any

from tests.service.slack.chat import Arguments, channel_of, open_channel
from tests.service.slack.records import Channel, Install, Json, Refusal
from tests.service.slack.state import State, required


def as_json(channel: Channel) -> Json:
    """A conversation as Slack shows it."""
    body: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_member": channel.member,
        "is_ext_shared": channel.shared,
        "context_team_id": channel.team,
    }
    return body | ({"user": channel.user} if channel.kind == "im" else {})


def info(state: State, install: Install, arguments: Arguments) -> Json:
    """conversations.info"""
    required(arguments, "channel")
    return {"channel": as_json(channel_of(state, install, arguments["channel"]))}


def open_direct(state: State, install: Install, arguments: Arguments) -> Json:
    """conversations.open, of one person's direct messages"""
    if arguments.get("channel"):
        channel = channel_of(state, install, arguments["channel"])
    else:
        required(arguments, "users")
        if arguments["users"] not in state.users:
            raise Refusal("user_not_found", f"there is no user {arguments['users']!r}")
        channel = state.direct(arguments["users"])
    return {"channel": as_json(channel) if arguments.get("return_im") else {"id": channel.id}}


def replies(state: State, install: Install, arguments: Arguments) -> Json:
    """conversations.replies"""
    required(arguments, "channel", "ts")
    channel = channel_of(state, install, arguments["channel"])
    if not channel.member:
        raise Refusal("not_in_channel")
    root = state.messages.get((channel.id, str(arguments["ts"])))
    if root is None:
        raise Refusal("thread_not_found", f"{arguments['ts']!r} is no message of {channel.id}")
    thread = [
        message.as_json()
        for message in state.snapshot()
        if message.thread == root.thread and not message.deleted and not message.ephemeral_to
        if within(message.ts, arguments)
    ]
    first, limit = number(arguments, "cursor", 0), number(arguments, "limit", 1000)
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit", f"limit must be 1 to 1000, not {limit}")
    more = len(thread) > first + limit
    metadata = {"response_metadata": {"next_cursor": str(first + limit)}} if more else {}
    return {"messages": thread[first : first + limit], "has_more": more, **metadata}


def within(ts: str, arguments: Arguments) -> bool:
    """Whether a ts is between oldest and latest."""
    oldest, latest = arguments.get("oldest"), arguments.get("latest")
    if truth(arguments.get("inclusive")) and ts in (oldest, latest):
        return True
    return (not oldest or ts > str(oldest)) and (not latest or ts < str(latest))


def number(arguments: Arguments, name: str, default: int) -> int:
    """A number among the arguments, which may be text."""
    try:
        return int(arguments.get(name) or default)
    except ValueError:
        raise Refusal(f"invalid_{name}", f"{name} must be a number") from None


def user_info(state: State, install: Install, arguments: Arguments) -> Json:
    """users.info"""
    required(arguments, "user")
    if arguments["user"] == install.bot_user:
        return {"user": {"id": install.bot_user, "team_id": install.team, "name": "dossier", "is_bot": True}}
    user = state.users.get(arguments["user"])
    if user is None:
        raise Refusal("user_not_found", f"there is no user {arguments['user']!r}")
    body: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.name.title(),
        "tz": user.tz,
        "tz_offset": user.tz_offset,
        "is_bot": False,
        "deleted": False,
        "profile": {"display_name": user.name, "real_name": user.name.title()},
    }
    return {"user": body | ({"locale": user.locale} if truth(arguments.get("include_locale")) else {})}


def truth(value: Any) -> bool:
    """A flag, however it was sent."""
    return value in (True, "true", "1", 1)


def file_info(state: State, install: Install, arguments: Arguments) -> Json:
    """files.info"""
    required(arguments, "file")
    file = state.files.get(arguments["file"])
    if file is None:
        raise Refusal("file_not_found", f"there is no file {arguments['file']!r}")
    return {"file": file.body}


def react(state: State, install: Install, arguments: Arguments) -> Json:
    """reactions.add"""
    required(arguments, "channel", "name", "timestamp")
    channel = open_channel(state, install, arguments["channel"])
    message = state.messages.get((channel.id, str(arguments["timestamp"])))
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", arguments["name"]):
        raise Refusal("invalid_name", f"{arguments['name']!r} is no name of an emoji")
    if arguments["name"] in message.reactions:
        raise Refusal("already_reacted")
    message.reactions.append(arguments["name"])
    return {}
