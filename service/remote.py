"""The answerer of the service that owns the data folder, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
from httpx_sse import EventSource, ServerSentEvent, SSEError
from pydantic import Field, SecretStr

from ingest.errors import DossierError, ServiceError
from ingest.filters import Filters
from ingest.remote import json_object, open_client, parsed, reaching
from service.answer import Answer
from service.answerer import DoneEvent, Event, answer_of
from service.http.problems import Problem, error_of
from service.question import Question

# The service sends a comment every 15 seconds of silence: this much silence means that it is gone.
SILENCE_SECONDS = 60.0

Tagged = Annotated[Event, Field(discriminator="type")]


class RemoteAnswerer:
    """An Answerer behind `base_url`. Errors of the service come back as the DossierError they were, or as
    ServiceError when only a service can have them."""

    def __init__(self, base_url: str, client: httpx.Client | None = None, key: SecretStr | None = None) -> None:
        """`key` is for a service that asks for one."""
        self._base_url = base_url
        self._client = client or open_client(base_url, SILENCE_SECONDS, key)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def answer(self, question: Question) -> Answer:
        """As `Answerer.answer`; read from the events, whose keep-alives tell a slow service from a dead one."""
        return answer_of(self.stream(question))

    def stream(self, question: Question) -> Iterator[Event]:
        """As `Answerer.stream`; closing the iterator hangs up, which cancels the work in the service."""
        with reaching(self._base_url), self._asked(question) as response:
            if not response.is_success:
                response.read()
                raise _error(json_object(response))
            yield from self._events(response)

    @contextmanager
    def _asked(self, question: Question) -> Iterator[httpx.Response]:
        headers = {"Accept": "text/event-stream"}
        with self._client.stream("POST", "/v1/ask", json=_body(question), headers=headers) as response:
            yield response

    def _events(self, response: httpx.Response) -> Iterator[Event]:
        done = False
        try:
            # The reader takes a keep-alive comment behind an event with an id for an event without data.
            for sent in filter(lambda sent: sent.data, EventSource(response).iter_sse()):
                event = _event(sent)
                done = isinstance(event, DoneEvent)
                yield event
        except SSEError as error:
            raise ServiceError(
                f"{self._base_url} answered with something else than events.",
                "Check that the address is a Dossier service.",
            ) from error
        if not done:
            raise ServiceError(f"The service at {self._base_url} stopped before the answer was whole.", "Try again.")


def filters_json(filters: Filters) -> dict[str, Any]:
    """The filters as the service takes them."""
    return {
        "since": filters.since and filters.since.isoformat(),
        "until": filters.until and filters.until.isoformat(),
        "sources": list(filters.sources),
        "authors": list(filters.authors),
        "articles": list(filters.articles),
    }


def _body(question: Question) -> dict[str, Any]:
    return {
        "question": question.text,
        "conversation_id": question.conversation_id,
        "conversation": [{"question": turn.question, "answer": turn.answer} for turn in question.conversation],
        "filters": filters_json(question.filters),
        "mode": question.mode,
        "asked_on": question.asked_on and question.asked_on.isoformat(),
        "stream": True,
    }


def _event(sent: ServerSentEvent) -> Event:
    try:
        content = sent.json()
    except ValueError:
        content = None
    if sent.event == "error":
        raise _error(content)
    return parsed(Tagged, content)  # type: ignore[arg-type]


def _error(content: Any) -> DossierError:
    return error_of(parsed(Problem, content))
