"""The one seam behind every door: HTTP, Slack, command line and evaluation all drive an Answerer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from service.answer import Answer, Citation, Closest, Statement
from service.question import Question


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)


class StatusEvent(_Event):
    """A stage begins."""

    type: Literal["status"] = "status"
    stage: Literal["retrieve", "read", "compose", "verify"]


class EvidenceEvent(_Event):
    """The passages that were read, best first."""

    type: Literal["evidence"] = "evidence"
    passages: tuple[Closest, ...]


class StatementEvent(_Event):
    """A verified statement with the citations it names; numbers stay the same in the final answer."""

    type: Literal["statement"] = "statement"
    statement: Statement
    citations: tuple[Citation, ...]


class DoneEvent(_Event):
    """The whole answer. Always the last event of a stream that did not fail."""

    type: Literal["done"] = "done"
    answer: Answer


Event = StatusEvent | EvidenceEvent | StatementEvent | DoneEvent


def answer_of(events: Iterable[Event]) -> Answer:
    """The answer that a stream of events ends with."""
    *_, last = events
    assert isinstance(last, DoneEvent)
    return last.answer


class Answerer(Protocol):
    """Answers questions over a corpus."""

    def answer(self, question: Question) -> Answer:
        """The whole answer.

        Raises: DossierError for a question or a data folder that cannot be used.
        """

    def stream(self, question: Question) -> Iterator[Event]:
        """The same answer in events; closing the iterator cancels the work."""
