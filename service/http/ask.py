"""Routes: ask a question, read a conversation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from service.answer import Answer
from service.http.desk import ASKING, Desk
from service.http.guards import JsonRoute
from service.http.openapi import named_events, problems
from service.http.problems import CONVERSATION_NOT_FOUND, FOLDER_BUSY, REQUEST_INVALID, STORAGE_FAILED
from service.http.schemas import AskIn, ConversationOut
from service.http.services import Journal
from service.http.stream import NamedEvents


def ask_router(desk: Desk) -> APIRouter:
    """Asks at the desk."""
    router = APIRouter(prefix="/v1", tags=["answers"], route_class=JsonRoute)

    @router.post(
        "/ask",
        dependencies=[Depends(desk.hold)],
        response_model=Answer,
        response_description="The answer, or its events when `stream` or the Accept header asks for them.",
        responses={200: {"content": named_events()}, **problems(*ASKING)},
    )
    async def ask(body: AskIn, request: Request) -> Answer | Response:
        """Answers a question from the articles, every statement with the exact characters that support it."""
        question = body.to_question()
        if (body.stream is None and not _wants_events(request)) or body.stream is False:
            return await desk.answer(question)
        return desk.stream(question, NamedEvents(), request)

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
