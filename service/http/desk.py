"""Where questions are answered, whatever door they came through."""

from __future__ import annotations

from functools import partial

import anyio
from anyio import to_thread
from fastapi import Request

from service.answer import Answer
from service.answerer import Answerer
from service.http.guards import Slots
from service.http.handlers import request_id_of
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
from service.http.stream import EventStream, Wire
from service.question import Question

ASKING = (
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
"""The problems that a question can meet at any door."""


class Desk:
    """Answers at most `concurrency` questions at once, whatever door they came through, each in a thread of its own.

    A route that answers depends on `hold`, which refuses those on top; see `Slots.hold`. Event streams send a comment
    after `keep_alive` seconds of silence.
    """

    def __init__(self, answerer: Answerer, *, concurrency: int, keep_alive: float) -> None:
        self.hold = Slots(concurrency).hold
        self._answerer = answerer
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._keep_alive = keep_alive

    async def answer(self, question: Question) -> Answer:
        """The whole answer."""
        return await to_thread.run_sync(self._answerer.answer, question, limiter=self._limiter)

    def stream(self, question: Question, wire: Wire, request: Request) -> EventStream:
        """Its events, as `wire` writes them."""
        return EventStream(
            partial(self._answerer.stream, question),
            wire,
            limiter=self._limiter,
            keep_alive=self._keep_alive,
            request_id=request_id_of(request.scope),
        )
