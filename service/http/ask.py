"""Route: ask a question."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.answer import Answer
from service.http.desk import ASKING, Desk
from service.http.guards import JsonRoute
from service.http.openapi import named_events, problems
from service.http.schemas import AskIn
from service.http.stream import NamedEvents


def ask_router(desk: Desk) -> APIRouter:
    """Asks at the desk."""
    router = APIRouter(prefix="/v1", tags=["answers"], route_class=JsonRoute)

    @router.post(
        "/ask",
        response_model=Answer,
        response_description="The answer, or its events when `stream` or the Accept header asks for them.",
        responses={200: {"content": named_events()}, **problems(*ASKING)},
    )
    async def ask(body: AskIn, request: Request) -> Answer | Response:
        """Answers a question from the articles, every statement with the exact characters that support it.

        A stream that broke off goes on where it was: send the same body within seconds, with the id of the last event
        as `Last-Event-ID`.
        """
        question = body.to_question()
        if (body.stream is None and not _wants_events(request)) or body.stream is False:
            return await desk.answer(question, request)
        return await desk.stream(question, NamedEvents(), request, resumable=True)

    return router


def _wants_events(request: Request) -> bool:
    """A client that takes both gets JSON."""
    accepted = {item.partition(";")[0].strip().lower() for item in request.headers.get("accept", "").split(",")}
    return "text/event-stream" in accepted and "application/json" not in accepted
