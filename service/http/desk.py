"""Where questions are answered, whatever door they came through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import anyio
from starlette.requests import Request

from service.answer import Answer
from service.answerer import Answerer, DoneEvent, Event
from service.errors import TooBusy
from service.http.access import caller_of
from service.http.handlers import ProblemError, request_id_of
from service.http.problems import (
    BODY_TOO_LARGE,
    BODY_UNREADABLE,
    BUSY,
    CLIENT_LEFT,
    CONVERSATION_NOT_FOUND,
    EMBEDDER_UNAVAILABLE,
    FILTER_INVALID,
    FOLDER_BUSY,
    MEDIA_TYPE_UNSUPPORTED,
    QUESTION_INVALID,
    REQUEST_INVALID,
    STORAGE_AWAY,
    STORAGE_FAILED,
    TOO_MANY_REQUESTS,
)
from service.http.queue import Bounds, Queue
from service.http.stream import EventStream, Wire
from service.http.work import Work
from service.question import Question

ASKING = (
    BODY_UNREADABLE,
    BODY_TOO_LARGE,
    MEDIA_TYPE_UNSUPPORTED,
    REQUEST_INVALID,
    QUESTION_INVALID,
    CONVERSATION_NOT_FOUND,
    FILTER_INVALID,
    TOO_MANY_REQUESTS,
    BUSY,
    FOLDER_BUSY,
    EMBEDDER_UNAVAILABLE,
    STORAGE_AWAY,
    STORAGE_FAILED,
)
"""The problems that a question can meet at any door."""

CLOSE_SECONDS = 5.0
REMEMBERED_SECONDS = 60.0
LAST_EVENT_ID = "Last-Event-ID"

T = TypeVar("T")


class Desk:
    """Answers questions in worker threads, as many at once as the queue admits.

    A client that leaves cancels the work; one that leaves a resumable stream has `grace` seconds to come back, with the
    id of the last event that it saw, and for a minute after the end it finds the events still there. Event streams
    send a comment after `keep_alive` seconds of silence.
    """

    def __init__(self, answerer: Answerer, bounds: Bounds, *, keep_alive: float, grace: float) -> None:
        self.queue = Queue(bounds)
        self._answerer = answerer
        self._limiter = anyio.CapacityLimiter(bounds.at_once)
        self._keep_alive = keep_alive
        self._grace = grace
        self._tasks: dict[asyncio.Task[None], Work] = {}
        self._resumable: dict[str, tuple[str, Work]] = {}

    async def answer(self, question: Question, request: Request) -> Answer:
        """The whole answer.

        Raises: what `Answerer.answer` and `Queue.place` raise; ProblemError when the client has left.
        """
        return await _unless_left(request, self.answer_for(caller_of(request.scope).id, question))

    async def answer_for(self, asker: str, question: Question) -> Answer:
        """The same for one whose key has that id; whoever waits cancels the work by cancelling this."""
        work = await self._begin(replace(question, asker=asker))
        with work.listening():
            return await _whole(work)

    async def events(self, asker: str, question: Question) -> AsyncGenerator[Event, None]:
        """Its events one by one; whoever leaves off cancels the work.

        Raises: what `Answerer.stream` raises; TooBusy where `Queue.place` refuses it.
        """
        try:
            work = await self._begin(replace(question, asker=asker))
        except ProblemError as error:
            raise TooBusy(str(error.detail), "Ask again in a moment.") from error
        with work.listening():
            async for event in work.events():
                yield event

    async def stream(self, question: Question, wire: Wire, request: Request, *, resumable: bool = False) -> EventStream:
        """Its events, as `wire` writes them.

        Raises: what `Queue.place` raises; ProblemError when the client has left.
        """
        asked = replace(question, asker=caller_of(request.scope).id)
        given, _, number = request.headers.get(LAST_EVENT_ID, "").partition(":") if resumable else ("", "", "")
        known, work = self._resumable.get(given, (None, None))
        first = int(number) + 1 if number.isdecimal() and len(number) < 10 else 0
        if work is None or work.cancelled or known != asked.digest:
            work, first = await _unless_left(request, self._begin(asked, resumable)), 0
        return EventStream(work, first, wire, keep_alive=self._keep_alive, request_id=request_id_of(request.scope))

    async def close(self) -> None:
        """Cancels what is under way and waits for its end, but not for an LLM that keeps silent."""
        for work in self._tasks.values():
            work.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)

    async def _begin(self, question: Question, resumable: bool = False) -> Work:
        stack = AsyncExitStack()
        await stack.enter_async_context(self.queue.place(question.asker))
        work = Work(self._grace if resumable else 0)
        if resumable:
            self._resumable[work.id] = question.digest, work
        question = replace(question, hurried=self.queue.crowded)
        task = asyncio.create_task(self._do(work, question, stack))
        self._tasks[task] = work
        task.add_done_callback(self._tasks.pop)
        return work

    async def _do(self, work: Work, question: Question, place: AsyncExitStack) -> None:
        async with place:
            await work.run(partial(self._answerer.stream, question), self._limiter)
        if work.id in self._resumable:
            asyncio.get_running_loop().call_later(REMEMBERED_SECONDS, self._resumable.pop, work.id)


async def _whole(work: Work) -> Answer:
    *_, last = [event async for event in work.events()]
    assert isinstance(last, DoneEvent)
    return last.answer


async def _unless_left(request: Request, awaited: Coroutine[Any, Any, T]) -> T:
    """What is awaited; it is cancelled when the client leaves.

    Raises: ProblemError when it has.
    """
    awaiting, left = asyncio.ensure_future(awaited), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((awaiting, left), return_when=asyncio.FIRST_COMPLETED)
        if awaiting.done():
            return awaiting.result()
    finally:
        awaiting.cancel()
        left.cancel()
    raise ProblemError(CLIENT_LEFT, "The client has left.")


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
