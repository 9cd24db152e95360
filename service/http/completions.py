"""Routes: OpenAI's chat completions and models, for clients that speak nothing else."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import format_sse_event
from pydantic_core import to_json

from service.answer import Answer
from service.answerer import DoneEvent, Event, StatementEvent
from service.http.completion_question import mode_of, question_of
from service.http.completion_schemas import (
    MODELS,
    Chunk,
    ChunkChoice,
    Completion,
    CompletionIn,
    Delta,
    Message,
    ModelList,
    ModelOut,
    Usage,
)
from service.http.completion_text import annotations_of, content_of
from service.http.desk import ASKING, Desk
from service.http.guards import JsonRoute
from service.http.openai_errors import error_out
from service.http.openapi import chunks, openai_errors
from service.http.problems import MODEL_NOT_FOUND, REQUEST_INVALID, UNSUPPORTED_PARAMETER, Problem

DONE = format_sse_event(data_str="[DONE]")


def completions_router(desk: Desk) -> APIRouter:
    """Asks at the desk, in OpenAI's words."""
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=JsonRoute)
    began = int(time.time())

    @router.post(
        "/chat/completions",
        response_model=Completion,
        response_description="The reply, or its chunks when `stream` asks for them.",
        responses={
            200: {"content": chunks()},
            **openai_errors(*ASKING, UNSUPPORTED_PARAMETER, MODEL_NOT_FOUND),
        },
    )
    async def complete(body: CompletionIn, request: Request) -> Completion | Response:
        """Answers the last user message from the articles, as `/v1/ask` does, for clients that speak OpenAI's API."""
        question = question_of(body)
        base_url = str(request.base_url)
        if body.stream:
            include_usage = bool(body.stream_options and body.stream_options.include_usage)
            return await desk.stream(question, Chunks(body.model, base_url, include_usage), request)
        return completion(await desk.answer(question, request), body.model, base_url)

    @router.get("/models", responses=openai_errors())
    async def models() -> ModelList:
        """The models there are: `dossier`, and `dossier-quoted`, which answers in the articles' own words."""
        return ModelList(object="list", data=[_model(name, began) for name in MODELS])

    @router.get("/models/{model}", responses=openai_errors(MODEL_NOT_FOUND, REQUEST_INVALID))
    async def model(model: Annotated[str, Path(max_length=100)]) -> ModelOut:
        """One of them."""
        mode_of(model)
        return _model(model, began)

    return router


def completion(answer: Answer, model: str, base_url: str) -> Completion:
    """The answer as a whole reply of `model`."""
    message = Message(
        role="assistant",
        content=content_of(answer),
        refusal=None,
        annotations=annotations_of(answer, base_url),
    )
    return Completion(
        id=_new_id(),
        object="chat.completion",
        created=int(time.time()),
        model=model,
        choices=[{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        usage=usage_of(answer),
        dossier=answer,
    )


def usage_of(answer: Answer) -> Usage | None:
    """The answer's tokens; zeros where no LLM ran, None where one ran and does not tell."""
    if answer.tokens is None:
        silent = answer.timings_ms.compose > 0
        return None if silent else Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)
    read, written = answer.tokens.input, answer.tokens.output
    return Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)


class Chunks:
    """Writes the events of one answer as OpenAI's chunks (see `service.http.stream.Wire`): each statement when it is
    verified, then the footnotes, then the annotations with the whole answer."""

    def __init__(self, model: str, base_url: str, include_usage: bool) -> None:
        self._model = model
        self._base_url = base_url
        self._include_usage = include_usage
        self._id = _new_id()
        self._created = int(time.time())
        self._begun = False
        self._said = ""

    def written(self, event: Event, event_id: str) -> Iterator[bytes]:
        """See `Wire`."""
        if not self._begun:
            self._begun = True
            yield self._delta({"role": "assistant", "content": ""})
        if isinstance(event, StatementEvent):
            yield self._say(f" {event.statement.marked}" if self._said else event.statement.marked)
        elif isinstance(event, DoneEvent):
            yield from self._ended(event.answer)

    def failed(self, problem: Problem) -> bytes:
        """See `Wire`."""
        return format_sse_event(data_str=error_out(problem).model_dump_json())

    def _ended(self, answer: Answer) -> Iterator[bytes]:
        if rest := content_of(answer).removeprefix(self._said):
            yield self._say(rest)
        last: Delta = {"annotations": annotations_of(answer, self._base_url)}
        yield self._chunk([_choice(last, ended=True)], answer=answer)
        if self._include_usage:
            yield self._chunk([], usage=usage_of(answer))
        yield DONE

    def _say(self, text: str) -> bytes:
        self._said += text
        return self._delta({"content": text})

    def _delta(self, delta: Delta) -> bytes:
        return self._chunk([_choice(delta)])

    def _chunk(self, choices: Sequence[ChunkChoice], usage: Usage | None = None, answer: Answer | None = None) -> bytes:
        chunk = Chunk(
            id=self._id, object="chat.completion.chunk", created=self._created, model=self._model, choices=choices
        )
        if self._include_usage:
            chunk["usage"] = usage
        if answer:
            chunk["dossier"] = answer
        return format_sse_event(data_str=to_json(chunk).decode())


def _choice(delta: Delta, ended: bool = False) -> ChunkChoice:
    return ChunkChoice(index=0, delta=delta, logprobs=None, finish_reason="stop" if ended else None)


def _model(name: str, began: int) -> ModelOut:
    return ModelOut(id=name, object="model", created=began, owned_by="dossier")


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
