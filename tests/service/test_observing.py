from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ingest.errors import StorageError
from service.answer import Answer
from service.answerer import DoneEvent, StatusEvent
from service.observing import ObservedAnswerer
from service.question import Question
from tests.service.http.doubles import ScriptedAnswerer, answer_to

QUESTION = Question("Why?")


@dataclass
class Noted:
    """An observer that keeps what it is told."""

    told: list[Answer | str] = field(default_factory=list)

    def answered(self, question: Question, answer: Answer) -> None:
        assert question == QUESTION
        self.told.append(answer)

    def unanswered(self, question: Question, why: str) -> None:
        assert question == QUESTION
        self.told.append(why)


def test_each_answer_is_told_once_to_all() -> None:
    one, other = Noted(), Noted()
    observed = ObservedAnswerer(ScriptedAnswerer(), [one, other])
    assert observed.answer(QUESTION) == answer_to(QUESTION)
    *_, last = observed.stream(QUESTION)
    assert last == DoneEvent(answer=answer_to(QUESTION))
    assert one.told == other.told == [answer_to(QUESTION)] * 2


def test_it_is_told_before_its_event_leaves_and_stays_told_when_nobody_takes_more() -> None:
    noted = Noted()
    events = iter(ObservedAnswerer(ScriptedAnswerer(), [noted]).stream(QUESTION))
    assert any(isinstance(event, DoneEvent) for event in events)
    del events
    assert noted.told == [answer_to(QUESTION)]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("error", [StorageError("Full."), RuntimeError("secret")])
def test_an_error_is_told_by_its_class_and_goes_on(error: Exception, late: bool) -> None:
    noted = Noted()
    observed = ObservedAnswerer(ScriptedAnswerer(error=error, fail_late=late), [noted])
    with pytest.raises(type(error)):
        observed.answer(QUESTION)
    with pytest.raises(type(error)):
        list(observed.stream(QUESTION))
    assert noted.told == [type(error).__name__] * 2


def test_a_stream_that_is_closed_was_left_and_closes_what_is_behind_it() -> None:
    noted, behind = Noted(), ScriptedAnswerer()
    events = ObservedAnswerer(behind, [noted]).stream(QUESTION)
    assert next(iter(events)) == StatusEvent(stage="retrieve")
    events.close()  # type: ignore[attr-defined]
    assert noted.told == ["left"]
    assert behind.closed.is_set()
