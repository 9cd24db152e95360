"""Slack's requests, whatever server they came by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from service.slack.crew import Crew

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


@dataclass(frozen=True, slots=True)
class Response:
    """What Slack, or the browser of whoever installs the app, is answered; headers with every value that they have."""

    status: int
    body: str
    headers: Sequence[tuple[str, str]]


class Door:
    """Where Slack's requests come in."""

    def __init__(self, app: AsyncApp, crew: Crew) -> None:
        self.app = app
        self._crew = crew

    @property
    def installs(self) -> bool:
        """Whether workspaces can install the app by themselves."""
        return self.app.oauth_flow is not None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Works while the context lasts; what is not done then is left to the next one."""
        self._crew.start()
        try:
            yield
        finally:
            await self._crew.close()

    async def receive(self, body: str, headers: Mapping[str, str]) -> Response:
        """Answers an event, a command or an interaction; refuses what Slack did not sign, or long ago."""
        if not _could_be_signed(headers):
            return Response(401, "", ())
        try:
            request = AsyncBoltRequest(body=body, headers=dict(headers))
        except (ValueError, TypeError, AttributeError, RecursionError):
            # Bolt reads the body before it checks the signature, and takes it for JSON of the right shape.
            return Response(400, "", ())
        return _response(await self.app.async_dispatch(request))

    async def install(self, path: str, query: str, headers: Mapping[str, str]) -> Response:
        """Answers the browser of whoever installs the app."""
        flow = self.app.oauth_flow
        assert flow is not None
        request = AsyncBoltRequest(body="", query=query, headers=dict(headers))
        answered = flow.handle_installation if path == INSTALL_PATH else flow.handle_callback
        return _response(await answered(request))


def _could_be_signed(headers: Mapping[str, str]) -> bool:
    """Bolt's check of the signature fails where these are no number and no ASCII."""
    timestamp = headers.get("x-slack-request-timestamp", "0")
    return timestamp.isascii() and timestamp.isdecimal() and headers.get("x-slack-signature", "").isascii()


def _response(answered: BoltResponse) -> Response:
    headers = [(name, value) for name, values in answered.headers.items() for value in values]
    return Response(answered.status, answered.body, headers)
