"""From a question to the passages that may answer it, read: in the time that it names, or else in any."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

from ingest.filters import Filters
from service.addressed import without_orders
from service.answer import Time
from service.answerer import StatusEvent
from service.question import Question
from service.reading import Reader, Reading
from service.retrieve import HybridRetriever
from service.times import period

Timed = Callable[[str], AbstractContextManager[None]]
"""Runs a step within it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and the time that it was kept to; `time` is None where the question names none."""

    reading: Reading
    time: Time | None
    filters: Filters


class Search:
    """Retrieves and reads. Safe to use from several threads."""

    def __init__(self, retriever: HybridRetriever, reader: Reader) -> None:
        self._retriever = retriever
        self._reader = reader

    def find(self, question: Question, asked: str, timed: Timed) -> Generator[StatusEvent, None, Found]:
        """Yields each step as it begins. `asked` is the question in words that stand alone. A time it names narrows
        what is read; where that does not answer, the time is let go."""
        today = question.asked_on or date.today()
        known = published_by(question.asked_on, question.filters)
        named = period(asked, today)
        if named is None:
            return Found((yield from self._read(asked, known, today, timed)), None, known)
        narrowed = named.narrowed(known)
        time = Time(phrase=named.phrase, since=named.since, until=named.until, asked_on=today, kept=True)
        if narrowed:
            reading = yield from self._read(asked, narrowed, today, timed)
            if reading.answerable >= self._reader.threshold:
                return Found(reading, time, narrowed)
        reading = yield from self._read(asked, known, today, timed)
        return Found(reading, time.model_copy(update={"kept": False}), known)

    def articles(self, question: Question, asked: str) -> list[str]:
        """Ids of the articles found, each once: those that were read in the order that the reader gave them, then the
        rest as retrieved."""
        found = _outcome(self.find(question, asked, lambda _: nullcontext()))
        rest, _ = self._retriever.ranked(asked, found.filters, question.asked_on)
        read = [each.article.id for each in found.reading.evidence]
        return list(dict.fromkeys([*read, *(each.article.id for each in rest)]))

    def _read(self, asked: str, filters: Filters, today: date, timed: Timed) -> Generator[StatusEvent, None, Reading]:
        yield StatusEvent(stage="retrieve")
        with timed("retrieve"):
            evidence = without_orders(self._retriever.retrieve(asked, filters, today))
        yield StatusEvent(stage="read")
        with timed("read"):
            return self._reader.read(asked, evidence)


def _outcome(steps: Generator[StatusEvent, None, Found]) -> Found:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            outcome: Found = done.value
            return outcome


def published_by(asked_on: date | None, filters: Filters) -> Filters:
    """What came after the day of the question answers nothing, nor, once a day is given, what has no date."""
    if asked_on is None or (filters.until and filters.until <= asked_on):
        return filters
    return replace(filters, until=asked_on)
