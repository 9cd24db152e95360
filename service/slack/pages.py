"""The pages on which an installation ends, in a browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

import structlog
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.response import BoltResponse
from slack_sdk.oauth import OAuthStateUtils

from service.telemetry import described

log = structlog.get_logger(__name__)

UNAVAILABLE = "unavailable"
"""A reason of our own, beside Bolt's: Slack or the store does not answer now."""
REASONS = {
    "access_denied": "It was cancelled in Slack.",
    "invalid_browser": "It was not begun in this browser, or this page was loaded again.",
    "invalid_state": "It took longer than ten minutes, or had ended already.",
    "missing_code": "Slack sent no code to complete it with.",
    "invalid_code": "Slack did not accept the code to complete it with.",
    "storage_error": "What Slack gave could not be kept. Tell whoever runs this service.",
    UNAVAILABLE: "Slack, or this service's store, does not answer. Try again in a moment.",
}
_STYLE = (
    ":root{color-scheme:light dark}body{max-width:34rem;margin:15vh auto;padding:0 1rem;"
    'font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}'
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    # The page's address holds the code.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


async def succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    """The page after a workspace was added."""
    given = args.installation
    log.info("slack installed", team=given.team_id, enterprise=given.enterprise_id)
    where = given.enterprise_name if given.is_enterprise_install else given.team_name
    words = f"<p>Dossier is in {escape(where or 'your workspace')}. Invite it to a channel, then mention it to ask.</p>"
    if given.team_id and given.app_id:
        address = f"slack://app?team={given.team_id}&id={given.app_id}"
        words += f'<p><a href="{escape(address)}">Open it in Slack</a></p>'
    return _page(200, "Dossier is installed", words, args.settings.state_utils)


async def failed(args: AsyncFailureArgs) -> BoltResponse:
    """The page after one was not. The reason may be anyone's words, from the address: only those known are shown."""
    known = args.reason in REASONS
    log.warning(
        "slack not installed", why=args.reason if known else "other", **(described(args.error) if args.error else {})
    )
    why = REASONS[args.reason] if known else "Slack refused it."
    # Relative: behind a proxy both paths may be below another one.
    begin = args.settings.install_path.rpartition("/")[2]
    words = f'<p>{escape(why)}</p><p><a href="{escape(begin)}">Begin again</a></p>'
    return _page(args.suggested_status_code, "Dossier was not installed", words, args.settings.state_utils)


PAGES = AsyncCallbackOptions(success=succeeded, failure=failed)


def _page(status: int, title: str, words: str, state: OAuthStateUtils) -> BoltResponse:
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{words}</body></html>"
    )
    headers: dict[str, str | Sequence[str]] = {**_HEADERS, "Set-Cookie": state.build_set_cookie_for_deletion()}
    return BoltResponse(status=status, body=body, headers=headers)
