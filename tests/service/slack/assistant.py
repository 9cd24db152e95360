"""The methods of the double of Slack for assistant threads and for views."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.service.slack.chat import Arguments, channel_of, checked, open_channel
from tests.service.slack.limits import view_problems
from tests.service.slack.records import Install, Json, Prompts, Refusal, Status, Thread, Trigger, View
from tests.service.slack.state import APP, State, required

TRIGGER_SECONDS = 3.0
MOST_PROMPTS = 4
MOST_LOADING = 10


def thread(state: State, install: Install, arguments: Arguments) -> Thread:
    """The thread that a call names. Raises: Refusal when it is unknown."""
    channel = open_channel(state, install, arguments["channel_id"])
    if (channel.id, arguments["thread_ts"]) not in state.messages:
        raise Refusal("invalid_thread_ts", f"thread_ts {arguments['thread_ts']!r} is no message of {channel.id}")
    return channel.id, arguments["thread_ts"]


def assistant_thread(state: State, install: Install, arguments: Arguments) -> Thread:
    """The same, in direct messages. Raises: Refusal elsewhere: there are no assistant threads in channels."""
    if channel_of(state, install, arguments["channel_id"]).kind != "im":
        raise Refusal("channel_not_found", "assistant threads are in direct messages only")
    return thread(state, install, arguments)


def set_status(state: State, install: Install, arguments: Arguments) -> Json:
    """assistant.threads.setStatus; an empty status takes it away"""
    required(arguments, "channel_id", "thread_ts")
    if not isinstance(arguments.get("status"), str):
        raise Refusal("invalid_arguments", "missing required arguments: status")
    loading = arguments.get("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > MOST_LOADING or not all(isinstance(one, str) for one in loading):
        raise Refusal("invalid_arguments", f"loading_messages must be at most {MOST_LOADING} strings")
    said = Status(arguments["status"], tuple(loading), time.monotonic())
    state.statuses.setdefault(thread(state, install, arguments), []).append(said)
    return {}


def set_title(state: State, install: Install, arguments: Arguments) -> Json:
    """assistant.threads.setTitle"""
    required(arguments, "channel_id", "thread_ts", "title")
    state.titles[assistant_thread(state, install, arguments)] = arguments["title"]
    return {}


def set_prompts(state: State, install: Install, arguments: Arguments) -> Json:
    """assistant.threads.setSuggestedPrompts; kept under an empty thread_ts when there is none"""
    required(arguments, "channel_id", "prompts")
    prompts = arguments["prompts"]
    if not isinstance(prompts, list) or len(prompts) > MOST_PROMPTS:
        raise Refusal("invalid_arguments", f"prompts must be at most {MOST_PROMPTS}")
    if not all(isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts):
        raise Refusal("invalid_arguments", "a prompt must have a title and a message")
    pairs = tuple((one["title"], one["message"]) for one in prompts)
    if arguments.get("thread_ts") is None:
        where = channel_of(state, install, arguments["channel_id"]).id, ""
    else:
        where = assistant_thread(state, install, arguments)
    state.prompts[where] = Prompts(arguments.get("title") or "", pairs)
    return {}


def exchanged(state: State, trigger_id: Any) -> Trigger:
    """The trigger, used from now on. Raises: Refusal when it is unknown, was used or is late."""
    trigger = state.triggers.get(str(trigger_id))
    if trigger is None:
        raise Refusal("invalid_trigger_id", f"there is no trigger {trigger_id!r}")
    if trigger.used:
        raise Refusal("exchanged_trigger_id", "a trigger_id may be used only once")
    if time.monotonic() - trigger.at > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id", f"a trigger_id must be used within {TRIGGER_SECONDS:g} s")
    trigger.used = True
    return trigger


def open_view(state: State, install: Install, arguments: Arguments) -> Json:
    """views.open"""
    required(arguments, "view", "trigger_id")
    trigger = exchanged(state, arguments["trigger_id"])
    checked(state, "views.open", view_problems(arguments["view"]))
    view = View(state.next_id("V"), trigger.id, trigger.user, arguments["view"], uuid.uuid4().hex)
    view.versions.append(view.view)
    state.views.append(view)
    return {"view": shown(install, view)}


def update_view(state: State, install: Install, arguments: Arguments) -> Json:
    """views.update"""
    required(arguments, "view")
    view = next((one for one in state.views if known_as(one, arguments)), None)
    if view is None:
        raise Refusal("not_found", "there is no such view")
    if arguments.get("hash") and arguments["hash"] != view.hash:
        raise Refusal("hash_conflict")
    checked(state, "views.update", view_problems(arguments["view"]))
    view.view, view.hash = arguments["view"], uuid.uuid4().hex
    view.versions.append(view.view)
    return {"view": shown(install, view)}


def known_as(view: View, arguments: Arguments) -> bool:
    """Whether a call names the view."""
    external = view.view.get("external_id")
    return view.id == arguments.get("view_id") or bool(external and external == arguments.get("external_id"))


def shown(install: Install, view: View) -> Json:
    """A view as Slack shows it."""
    defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
    flags = {"clear_on_close": False, "notify_on_close": False}
    own: Json = {
        "id": view.id,
        "team_id": install.team,
        "state": {"values": {}},
        "hash": view.hash,
        "root_view_id": view.id,
        "previous_view_id": None,
        "app_id": APP,
        "bot_id": install.bot_id,
    }
    return {**defaults, **flags, **view.view, **own}
