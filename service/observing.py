"""An Answerer that is observed: each answer is told once, whatever door asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from service.answer import Answer
from service.answerer import Answerer, DoneEvent, Event
from service.question import Question

LEFT = "left"


class Observer(Protocol):
    """Learns what became of each question, in the thread that answered it. Called from several threads."""

    def answered(self, question: Question, answer: Answer) -> None:
        """The question got this answer."""

    def unanswered(self, question: Question, why: str) -> None:
        """It got none: `why` is the name of an error's class, or `left` where nobody waited for it any more."""


class ObservedAnswerer:
    """Tells observers of what another Answerer does."""

    def __init__(self, answerer: Answerer, observers: Sequence[Observer]) -> None:
        self._answerer = answerer
        self._observers = observers

    def answer(self, question: Question) -> Answer:
        """See `Answerer`."""
        try:
            answer = self._answerer.answer(question)
        except Exception as error:
            self._tell_why(question, error)
            raise
        self._tell(question, answer)
        return answer

    def stream(self, question: Question) -> Iterator[Event]:
        """See `Answerer`. The answer is told before its event leaves."""
        answered = False
        try:
            for event in self._answerer.stream(question):
                if isinstance(event, DoneEvent):
                    answered = True
                    self._tell(question, event.answer)
                yield event
        except BaseException as error:
            if not answered:
                self._tell_why(question, error)
            raise

    def _tell(self, question: Question, answer: Answer) -> None:
        for observer in self._observers:
            observer.answered(question, answer)

    def _tell_why(self, question: Question, error: BaseException) -> None:
        why = LEFT if isinstance(error, GeneratorExit) else type(error).__name__
        for observer in self._observers:
            observer.unanswered(question, why)
