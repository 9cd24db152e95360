"""Routes: what Slack sends, and the installation of the app by a browser. Both carry proofs of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response

from service.slack.door import INSTALL_PATH, REDIRECT_PATH, Door
from service.slack.door import Response as Answered

RECEIVING = ("/slack/events", "/slack/interactive", "/slack/commands")


def slack_router(door: Door) -> APIRouter:
    """Slack signs what it sends; Bolt checks the signature and its age. The rest of the work is done in the background,
    while the app lives."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with door.open():
            yield

    router = APIRouter(include_in_schema=False, lifespan=lifespan)

    async def receive(request: Request) -> Response:
        body = (await request.body()).decode("utf-8", "replace")
        return _sent(await door.receive(body, request.headers))

    async def install(request: Request) -> Response:
        return _sent(await door.install(request.url.path, request.url.query, request.headers))

    for path in RECEIVING:
        router.add_api_route(path, receive, methods=["POST"])
    for path in (INSTALL_PATH, REDIRECT_PATH) if door.installs else ():
        router.add_api_route(path, install, methods=["GET"])
    return router


def _sent(answered: Answered) -> Response:
    response = Response(answered.body, answered.status)
    for name, value in answered.headers:
        if name == "set-cookie":
            response.headers.append(name, value)
        else:
            response.headers[name] = value
    return response
