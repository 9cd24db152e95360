"""An Answerer that has answered before: an equal question over unchanged articles is answered from memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import date
from threading import Lock

from cachetools import LRUCache

from service.answer import Answer, Timings
from service.answerer import Answerer, DoneEvent, Event, answer_of
from service.question import Question

MAX_ANSWERS = 512


class CachingAnswerer:
    """Keeps the last `MAX_ANSWERS` answers, in the memory of one process.

    An answer depends on the question with its turns, filters, mode and day, which is its key, on the generation of the
    articles and on today: the first question after a change of these lets go of all that is kept. Models, prompts and
    settings cannot change while the process lives. An answer from memory has an id of its own, took no time and no
    tokens. A stream that was left, or failed, and an answer that is less than it could
    be (`degraded`) are not kept.
    """

    def __init__(self, answerer: Answerer, generation: Callable[[], str]) -> None:
        """`generation` tells another value whenever the articles have changed."""
        self._answerer = answerer
        self._generation = generation
        self._kept: LRUCache[str, tuple[Event, ...]] = LRUCache(MAX_ANSWERS)
        self._state: Hashable = None
        self._lock = Lock()

    def answer(self, question: Question) -> Answer:
        """See `Answerer`."""
        return answer_of(self.stream(question))

    def stream(self, question: Question) -> Iterator[Event]:
        """See `Answerer`."""
        # Read first: an answer during which articles are added is one of before.
        state, key = (self._generation(), date.today()), _key(question)
        with self._lock:
            self._enter(state)
            kept = self._kept.get(key)
        if kept is not None:
            yield from (_given_again(event, question) for event in kept)
            return
        events: list[Event] = []
        for event in self._answerer.stream(question):
            events.append(event)
            if isinstance(event, DoneEvent) and not event.answer.degraded:
                with self._lock:
                    if state == self._state:
                        self._kept[key] = tuple(events)
            yield event

    def _enter(self, state: Hashable) -> None:
        """Lets go of the answers of before: nobody can ask for them any more, and there may be many. Whoever comes late
        with a state of before lets go of some too many."""
        if state != self._state:
            self._kept.clear()
            self._state = state


def _key(question: Question) -> str:
    """Haste changes an answer only where it degrades it, and that is not kept."""
    return replace(question, conversation_id=None, asker="", hurried=False).digest


def _given_again(event: Event, question: Question) -> Event:
    if not isinstance(event, DoneEvent):
        return event
    own = {"id": uuid.uuid4().hex, "conversation_id": question.conversation_id, "timings_ms": Timings(), "tokens": None}
    return DoneEvent(answer=event.answer.model_copy(update=own))
