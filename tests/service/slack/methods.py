"""The methods of the double of Slack by their names, with the scopes that they need."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tests.service.slack import assistant, chat, conversations, streams
from tests.service.slack.chat import Arguments
from tests.service.slack.records import Install, Json, Refusal
from tests.service.slack.state import APP, APP_TOKEN, CLIENT_ID, CLIENT_SECRET, State, required

Handler = Callable[[State, Install, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the bot. Any of `scopes` will do, the first is the one that is documented; `of_channel` is an action
    whose scope depends on the kind of the conversation."""

    handle: Handler
    scopes: tuple[str, ...] = ()
    of_channel: str = ""

    def needs(self, state: State, arguments: Arguments) -> tuple[str, ...]:
        """The scopes of which a call needs one; none when it needs none."""
        if not self.of_channel:
            return self.scopes
        channel = state.channels.get(str(arguments.get("channel")))
        return (channel.scope(self.of_channel),) if channel else ()


def auth_test(state: State, install: Install, arguments: Arguments) -> Json:
    """auth.test"""
    return {
        "url": "https://tests.slack.com/",
        "team": "Tests",
        "user": "dossier",
        "team_id": install.team,
        "user_id": install.bot_user,
        "bot_id": install.bot_id,
        "is_enterprise_install": False,
    }


WRITE = ("chat:write",)
ASSISTANT = ("assistant:write",)
METHODS = {
    "auth.test": Method(auth_test),
    "chat.postMessage": Method(chat.post, WRITE),
    "chat.postEphemeral": Method(chat.post_ephemeral, WRITE),
    "chat.update": Method(chat.update, WRITE),
    "chat.delete": Method(chat.delete, WRITE),
    "chat.startStream": Method(streams.start_stream, WRITE),
    "chat.appendStream": Method(streams.append_stream, WRITE),
    "chat.stopStream": Method(streams.stop_stream, WRITE),
    "chat.getPermalink": Method(chat.permalink),
    "assistant.threads.setStatus": Method(assistant.set_status, WRITE + ASSISTANT),
    "assistant.threads.setTitle": Method(assistant.set_title, ASSISTANT),
    "assistant.threads.setSuggestedPrompts": Method(assistant.set_prompts, ASSISTANT),
    "views.open": Method(assistant.open_view),
    "views.update": Method(assistant.update_view),
    "conversations.open": Method(conversations.open_direct, ("im:write",)),
    "conversations.info": Method(conversations.info, of_channel="read"),
    "conversations.replies": Method(conversations.replies, of_channel="history"),
    "users.info": Method(conversations.user_info, ("users:read",)),
    "files.info": Method(conversations.file_info, ("files:read",)),
    "reactions.add": Method(conversations.react, ("reactions:write",)),
}
OF_CHANNELS = {f"{kind}:{action}" for kind in ("channels", "groups", "im") for action in ("read", "history")}
SCOPES = {scope for method in METHODS.values() for scope in method.scopes} | OF_CHANNELS
"""All scopes that the methods may need."""


def call(state: State, name: str, token: str, arguments: Arguments) -> Json:
    """The answer to a call of a bot's method. Raises: Refusal."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", "the double knows no such method")
    install = installed(state, token)
    needed = method.needs(state, arguments)
    state.used.setdefault(name, set()).update(needed[:1])
    if needed and not state.granted & set(needed):
        raise Refusal("missing_scope", needed=needed[0], provided=",".join(sorted(state.granted)))
    return method.handle(state, install, arguments)


def installed(state: State, token: str) -> Install:
    """What a bot token stands for. Raises: Refusal when it stands for nothing."""
    if not token:
        raise Refusal("not_authed", "there is no token in the Authorization header")
    if token in state.revoked:
        raise Refusal("token_revoked")
    install = state.installs.get(token)
    if install is None:
        raise Refusal("not_allowed_token_type" if token == APP_TOKEN else "invalid_auth")
    return install


def open_connection(state: State, token: str) -> Json:
    """The answer to apps.connections.open. Raises: Refusal."""
    state.used.setdefault("apps.connections.open", set())
    if token in state.revoked:
        raise Refusal("token_revoked")
    if token in state.installs:
        raise Refusal("not_allowed_token_type", "apps.connections.open needs the token of the app, not of a bot")
    if token != APP_TOKEN:
        raise Refusal("invalid_auth")
    ticket = uuid.uuid4().hex
    state.tickets.add(ticket)
    return {"url": f"{state.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"}


def oauth(state: State, client: tuple[str, str], arguments: Arguments) -> Json:
    """The answer to oauth.v2.access: a token for the workspace that the code is for. Raises: Refusal."""
    state.used.setdefault("oauth.v2.access", set())
    required(arguments, "code")
    if client[0] != CLIENT_ID:
        raise Refusal("invalid_client_id", "client_id is not the app's")
    if client[1] != CLIENT_SECRET:
        raise Refusal("bad_client_secret", "client_secret is not the app's")
    team = state.codes.pop(arguments["code"], None)
    if team is None:
        raise Refusal("invalid_code")
    mark = hashlib.sha256(team.encode()).hexdigest()[:6].upper()
    install = Install(f"xoxb-{uuid.uuid4().hex}", team, f"UBOT{mark}", f"BBOT{mark}")
    state.installs[install.token] = install
    return {
        "access_token": install.token,
        "token_type": "bot",
        "scope": ",".join(sorted(state.granted)),
        "bot_user_id": install.bot_user,
        "app_id": APP,
        "team": {"id": team, "name": f"Team {team}"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U1"},
    }
