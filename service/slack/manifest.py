"""The app's manifest: what Slack is to know of it, made from the code that uses it."""

from __future__ import annotations

from typing import Any

import yaml

from service.slack.commands import COMMAND, SHORTCUT
from service.slack.door import REDIRECT_PATH

BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
)
BOT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
DESCRIPTION = "Answers questions from your articles, every sentence with the exact words that prove it."


def manifest(url: str | None) -> str:
    """The manifest as YAML: for Slack's requests to the service at `url`, or without one for Socket Mode."""
    base = url.rstrip("/") if url else None
    return yaml.safe_dump(_manifest(base), sort_keys=False, allow_unicode=True, width=120)


def _manifest(base: str | None) -> dict[str, Any]:
    return {
        "display_information": {
            "name": "Dossier",
            "description": DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Dossier", "always_online": True},
            # Not `assistant_view`, which Slack takes of older apps only.
            "agent_view": {"agent_description": DESCRIPTION},
            "shortcuts": [
                {
                    "name": "Ask Dossier about this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Asks the articles about what somebody wrote",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": f"{base}/slack/commands"} if base else {}),
                    "description": "Ask the articles; only you see the answer until you share it",
                    "usage_hint": "Why did Tashkent leave the CSTO?",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [f"{base}{REDIRECT_PATH}"]} if base else {}),
            "scopes": {"bot": list(BOT_SCOPES)},
        },
        "settings": {
            "event_subscriptions": {
                **({"request_url": f"{base}/slack/events"} if base else {}),
                "bot_events": list(BOT_EVENTS),
            },
            "interactivity": {
                "is_enabled": True,
                **({"request_url": f"{base}/slack/interactive"} if base else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": False,
        },
    }
