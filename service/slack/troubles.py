"""What Slack refuses: said in the log, and told to the one who asked where that is possible."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

log = structlog.get_logger(__name__)

REINSTALL = "Install the app again with the manifest that `dossier slack manifest` prints."
INVITE = "I cannot write there: invite me to the channel with `/invite`, then ask again."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an administrator reads in the log, and what the person who asked is told; None where no message would
    reach them."""

    help: str
    told: str | None = None


_TROUBLES = {
    "missing_scope": Trouble(REINSTALL, "This workspace has not given me the rights that this needs. Tell its admins."),
    "not_in_channel": Trouble("The bot is not in the channel.", INVITE),
    "channel_not_found": Trouble("The bot does not see the channel.", INVITE),
    "is_archived": Trouble("The channel is archived.", "The channel is archived: nobody can write there any more."),
    "restricted_action": Trouble(
        "The channel's posting rules keep the bot out.", "This channel lets only some people write."
    ),
    "user_not_found": Trouble("The user is unknown.", None),
    "user_not_visible": Trouble("The bot may not see the user.", None),
    "token_revoked": Trouble(f"The token was revoked. {REINSTALL}"),
    "token_expired": Trouble(f"The token has expired. {REINSTALL}"),
    "account_inactive": Trouble(f"The app was removed from the workspace. {REINSTALL}"),
    "invalid_auth": Trouble("The token is not valid. Set DOSSIER_SLACK_BOT_TOKEN to the app's bot token."),
    "not_authed": Trouble("There is no token. Set DOSSIER_SLACK_BOT_TOKEN to the app's bot token."),
    "ratelimited": Trouble(
        "Slack limits the bot's messages; it has waited as often as it does.",
        "Slack holds my messages back just now. Please ask again in a few minutes.",
    ),
    "thread_not_found": Trouble("The message that asked is gone."),
    "message_not_found": Trouble("The message is gone."),
}
_POSTING = dict.fromkeys(
    (
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
        "posting_to_general_channel_denied",
        "ekm_access_denied",
    ),
    _TROUBLES["restricted_action"],
)
UNKNOWN = Trouble("See Slack's documentation for this error.", "Slack did not take my answer. Please ask again.")


FAILED = (SlackApiError, ClientError, TimeoutError)
"""What comes of a call that Slack refused, or that broke off."""


def code_of(error: Exception) -> str:
    """What Slack calls the error, such as `is_archived`."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    told = error.response.get("error") if hasattr(error.response, "get") else None
    return str(told) if told else "unknown"


def trouble_of(error: Exception) -> Trouble:
    """What to say of it."""
    code = code_of(error)
    return _TROUBLES.get(code) or _POSTING.get(code) or UNKNOWN


def report(error: Exception, doing: str, **context: str | None) -> Trouble:
    """Logs the error, without a word of any message; gives what can be told to the one who asked."""
    trouble = trouble_of(error)
    response = getattr(error, "response", None)
    needed = response.get("needed") if response is not None and hasattr(response, "get") else None
    log.warning("slack refused", doing=doing, error=code_of(error), needed=needed, help=trouble.help, **context)
    return trouble
