"""Slack's side of HTTP: what it delivers is signed, sent and answered."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from tests.service.slack.records import Json
from tests.service.slack.state import SIGNING_SECRET


def signed(body: bytes | str, secret: str = SIGNING_SECRET, timestamp: int | None = None) -> dict[str, str]:
    """The headers that prove a body to be Slack's, at a time, now if none is given."""
    at = str(int(time.time()) if timestamp is None else timestamp)
    raw = body if isinstance(body, bytes) else body.encode()
    digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the app answered, and how many seconds it took."""

    status: int
    body: str
    headers: dict[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Sender:
    """Delivers to an app by its base address. `retry` is the number and the reason of a repetition."""

    base_url: str
    secret: str = SIGNING_SECRET
    events: str = "/slack/events"
    commands: str = "/slack/commands"
    interactive: str = "/slack/interactive"

    def event(self, payload: Json, retry: tuple[int, str] | None = None, timestamp: int | None = None) -> Delivery:
        """Delivers an event."""
        return self.post(self.events, json.dumps(payload), "application/json", retry, timestamp)

    def command(self, form: dict[str, str], timestamp: int | None = None) -> Delivery:
        """Delivers a slash command."""
        return self.post(self.commands, urlencode(form), "application/x-www-form-urlencoded", None, timestamp)

    def interaction(self, payload: Json, timestamp: int | None = None) -> Delivery:
        """Delivers an interaction: an action, a submission or a shortcut."""
        body = urlencode({"payload": json.dumps(payload)})
        return self.post(self.interactive, body, "application/x-www-form-urlencoded", None, timestamp)

    def post(
        self, path: str, body: str, kind: str, retry: tuple[int, str] | None = None, timestamp: int | None = None
    ) -> Delivery:
        """Sends a body with its signature."""
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0", **signed(body, self.secret, timestamp)}
        if retry:
            headers.update({"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]})
        begun = time.monotonic()
        with httpx.Client(trust_env=False, timeout=30) as client:
            response = client.post(self.base_url + path, content=body.encode(), headers=headers)
        return Delivery(response.status_code, response.text, dict(response.headers), time.monotonic() - begun)
