"""What may be posted to the address that a person's action gave to the app."""

from __future__ import annotations

import json
import time

from tests.service.slack.chat import put
from tests.service.slack.limits import message_problems
from tests.service.slack.records import Json, Message, ResponseUrl
from tests.service.slack.state import BOT_TOKEN, State

USES = 5
SECONDS = 1800.0
KEYS = {
    "text",
    "blocks",
    "attachments",
    "thread_ts",
    "response_type",
    "replace_original",
    "delete_original",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
    "metadata",
}


def respond(state: State, name: str, content_type: str, body: str) -> tuple[int, str]:
    """The status and the text of the answer to a post."""
    address = state.response_urls.get(name)
    if address is None:
        state.violate("response_url", f"there is no address {name!r}")
        return 404, "no_service"
    if time.monotonic() - address.at > SECONDS:
        state.violate("response_url", "used after 30 minutes")
        return 404, "expired_url"
    if len(address.posts) >= USES:
        state.violate("response_url", f"used more than {USES} times")
        return 404, "used_url"
    posted = posted_json(content_type, body)
    if posted is None:
        state.violate("response_url", "the body is not JSON")
        return 400, "invalid_payload"
    error = wrong(state, posted)
    if error:
        return 400, error
    address.posts.append(posted)
    carry_out(state, address, posted)
    return 200, "ok"


def posted_json(content_type: str, body: str) -> Json | None:
    """The object that was posted, if it is one."""
    try:
        posted = json.loads(body)
    except ValueError:
        return None
    return posted if isinstance(posted, dict) and content_type == "application/json" else None


def wrong(state: State, posted: Json) -> str:
    """The error of a body that breaks a rule; each rule that it breaks is noted."""
    error = ""
    for key in sorted(set(posted) - KEYS):
        state.violate("response_url", f"unknown field {key!r}")
    if posted.get("response_type") not in (None, "ephemeral", "in_channel"):
        state.violate("response_url", "response_type must be ephemeral or in_channel")
    for key in ("replace_original", "delete_original"):
        if posted.get(key) not in (None, True, False):
            state.violate("response_url", f"{key} must be a boolean")
    if posted.get("delete_original"):
        return ""
    for problem in message_problems(posted):
        state.violate("response_url", problem.sentence)
        error = error or problem.error
    return error


def carry_out(state: State, address: ResponseUrl, posted: Json) -> None:
    """Deletes or replaces the message that the person acted on, or posts a new one."""
    source = state.messages.get(address.source) if address.source else None
    if posted.get("delete_original") or posted.get("replace_original"):
        replace(state, source, posted)
        return
    channel = state.channels[address.channel]
    install = next((one for one in state.installs.values() if one.team == channel.team), state.installs[BOT_TOKEN])
    message = put(state, install, address.channel, posted, posted.get("thread_ts"))
    message.ephemeral_to = None if posted.get("response_type") == "in_channel" else address.user


def replace(state: State, source: Message | None, posted: Json) -> None:
    """Changes the message that the person acted on."""
    if source is None:
        state.violate("response_url", "there is no original message to replace or delete")
    elif posted.get("delete_original"):
        source.deleted = True
    else:
        source.edit(posted.get("text") or "", posted.get("blocks") or [])
