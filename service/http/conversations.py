"""Routes: the conversations of a caller, and what they think of their answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from service.http.access import caller_of
from service.http.articles import MAX_OFFSET, MAX_PAGE
from service.http.openapi import problems
from service.http.problems import (
    ANSWER_NOT_FOUND,
    BODY_TOO_LARGE,
    BODY_UNREADABLE,
    CONVERSATION_NOT_FOUND,
    FOLDER_BUSY,
    MEDIA_TYPE_UNSUPPORTED,
    REPEAT_REFUSED,
    REQUEST_INVALID,
    STORAGE_AWAY,
    STORAGE_FAILED,
)
from service.http.repeats import repeatable
from service.http.schemas import ConversationOut, ConversationPage, FeedbackIn, FeedbackOut, TalkOut
from service.store.journal import Journal
from service.store.receipts import Receipts

JOURNAL = (REQUEST_INVALID, FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED)

ConversationId = Annotated[str, Path(max_length=100)]


def conversations_router(journal: Journal, receipts: Receipts) -> APIRouter:
    """The routes are plain functions: FastAPI runs them in worker threads."""
    router = APIRouter(prefix="/v1", tags=["conversations"], route_class=repeatable(receipts))

    @router.get("/conversations", responses=problems(*JOURNAL))
    def conversations(
        request: Request,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> ConversationPage:
        """The caller's conversations, the one that went on last first."""
        found = journal.conversations(offset, limit + 1, caller_of(request.scope).id)
        return ConversationPage(
            conversations=[TalkOut.model_validate(talk) for talk in found[:limit]],
            next_offset=offset + limit if len(found) > limit else None,
        )

    @router.get("/conversations/{conversation_id}", responses=problems(CONVERSATION_NOT_FOUND, *JOURNAL))
    def conversation(conversation_id: ConversationId, request: Request) -> ConversationOut:
        """The answers of a conversation, oldest first."""
        answers = journal.conversation(conversation_id, caller_of(request.scope).id)
        return ConversationOut(id=conversation_id, answers=answers)

    @router.delete(
        "/conversations/{conversation_id}", status_code=204, responses=problems(CONVERSATION_NOT_FOUND, *JOURNAL)
    )
    def forget(conversation_id: ConversationId, request: Request) -> None:
        """Deletes a conversation with its answers."""
        journal.forget(conversation_id, caller_of(request.scope).id)

    @router.post(
        "/feedback",
        status_code=201,
        responses=problems(
            ANSWER_NOT_FOUND, BODY_UNREADABLE, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, REPEAT_REFUSED, *JOURNAL
        ),
    )
    def rate(body: FeedbackIn, request: Request) -> FeedbackOut:
        """Keeps what the caller thinks of an answer, in place of what they thought of it before."""
        given = journal.rate(body.answer_id, body.verdict, body.comment, caller_of(request.scope).id)
        return FeedbackOut(id=given)

    return router
