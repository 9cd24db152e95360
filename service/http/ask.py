"""Routes: ask a question, read a conversation."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request, Response

from service.answer import Answer
from service.http.guards import JsonRoute, Slots
from service.http.handlers import request_id_of
from service.http.openapi import event_stream, problems
from service.http.problems import (
    BODY_TOO_LARGE,
    BODY_UNREADABLE,
    BUSY,
    CONVERSATION_NOT_FOUND,
    EMBEDDER_UNAVAILABLE,
    FILTER_INVALID,
    FOLDER_BUSY,
    MEDIA_TYPE_UNSUPPORTED,
    QUESTION_INVALID,
    REQUEST_INVALID,
    STORAGE_FAILED,
)
from service.http.schemas import AskIn, ConversationOut
from service.http.services import Journal, Services
from service.http.stream import EventStream

ASK_PROBLEMS = problems(
    BODY_UNREADABLE,
    BODY_TOO_LARGE,
    MEDIA_TYPE_UNSUPPORTED,
    REQUEST_INVALID,
    QUESTION_INVALID,
    CONVERSATION_NOT_FOUND,
    FILTER_INVALID,
    BUSY,
    FOLDER_BUSY,
    EMBEDDER_UNAVAILABLE,
    STORAGE_FAILED,
)


def ask_router(services: Services, *, concurrency: int, keep_alive: float) -> APIRouter:
    """At most `concurrency` questions are answered at once, each in a thread of its own."""
    router = APIRouter(prefix="/v1", tags=["answers"], route_class=JsonRoute)
    limiter = anyio.CapacityLimiter(concurrency)

    @router.post(
        "/ask",
        dependencies=[Depends(Slots(concurrency).hold)],
        response_model=Answer,
        response_description="The answer, or its events when `stream` or the Accept header asks for them.",
        responses={200: {"content": event_stream()}, **ASK_PROBLEMS},
    )
    async def ask(body: AskIn, request: Request) -> Answer | Response:
        """Answers a question from the articles, every statement with the exact characters that support it."""
        question = body.to_question()
        if (body.stream is None and not _wants_events(request)) or body.stream is False:
            return await to_thread.run_sync(services.answerer.answer, question, limiter=limiter)
        return EventStream(
            partial(services.answerer.stream, question),
            limiter=limiter,
            keep_alive=keep_alive,
            request_id=request_id_of(request.scope),
        )

    return router


def conversation_router(journal: Journal) -> APIRouter:
    """Reads the journal."""
    router = APIRouter(prefix="/v1", tags=["answers"])

    @router.get(
        "/conversations/{conversation_id}",
        responses=problems(CONVERSATION_NOT_FOUND, REQUEST_INVALID, FOLDER_BUSY, STORAGE_FAILED),
    )
    def conversation(conversation_id: Annotated[str, Path(max_length=100)]) -> ConversationOut:
        """The answers of a conversation, oldest first."""
        return ConversationOut(id=conversation_id, answers=journal.conversation(conversation_id))

    return router


def _wants_events(request: Request) -> bool:
    """A client that takes both gets JSON."""
    accepted = {item.partition(";")[0].strip().lower() for item in request.headers.get("accept", "").split(",")}
    return "text/event-stream" in accepted and "application/json" not in accepted
