from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import date

import pytest

from ingest.filters import Filters
from service.answer import Timings, Tokens
from service.answerer import DoneEvent
from service.caching import MAX_ANSWERS, CachingAnswerer
from service.question import Question, Turn
from tests.service.http.doubles import ScriptedAnswerer, answer_to

WHY = Question("Why?", Filters(sources=["Wire"]))


class Corpus:
    generation = "1"

    def now(self) -> str:
        return self.generation


@pytest.fixture
def inner() -> ScriptedAnswerer:
    def reply(question: Question):  # type: ignore[no-untyped-def]
        took = {"timings_ms": Timings(retrieve=3), "tokens": Tokens(input=9, output=2)}
        return answer_to(question).model_copy(update=took)

    return ScriptedAnswerer(reply)


def test_an_equal_question_is_answered_from_memory(inner: ScriptedAnswerer) -> None:
    cached = CachingAnswerer(inner, Corpus().now)
    first, second = (
        cached.answer(WHY),
        cached.answer(replace(WHY, conversation_id="c2", asker="another key", hurried=True)),
    )
    assert len(inner.asked) == 1
    own = {"id", "conversation_id", "timings_ms", "tokens"}
    assert first.model_dump(exclude=own) == second.model_dump(exclude=own)
    assert first.id != second.id
    assert (second.conversation_id, second.timings_ms, second.tokens) == ("c2", Timings(), None)


def test_the_stream_is_the_same(inner: ScriptedAnswerer) -> None:
    cached = CachingAnswerer(inner, Corpus().now)
    first, second = list(cached.stream(WHY)), list(cached.stream(WHY))
    assert first[:-1] == second[:-1]
    assert isinstance(second[-1], DoneEvent)
    assert len(inner.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(WHY, text="Why"),
        replace(WHY, filters=Filters(sources=["Wire", "Post"])),
        replace(WHY, filters=Filters(since=date(2012, 1, 1), sources=["Wire"])),
        replace(WHY, conversation=(Turn("Who?", "They."),)),
        replace(WHY, mode="quoted"),
        replace(WHY, asked_on=date(2012, 1, 1)),
    ],
)
def test_whatever_could_change_the_answer_is_asked_anew(inner: ScriptedAnswerer, other: Question) -> None:
    cached = CachingAnswerer(inner, Corpus().now)
    cached.answer(WHY)
    cached.answer(other)
    assert len(inner.asked) == 2


def test_changed_articles_are_asked_anew(inner: ScriptedAnswerer) -> None:
    corpus = Corpus()
    cached = CachingAnswerer(inner, corpus.now)
    cached.answer(WHY)
    corpus.generation = "2"
    cached.answer(WHY)
    assert len(inner.asked) == 2


def test_answers_over_articles_that_are_no_more_take_no_memory(inner: ScriptedAnswerer) -> None:
    corpus = Corpus()
    cached = CachingAnswerer(inner, corpus.now)
    given = weakref.ref(cached.answer(WHY))
    gc.collect()
    assert given() is not None
    corpus.generation = "2"
    cached.answer(replace(WHY, text="Who?"))
    gc.collect()
    assert given() is None


def test_articles_that_change_meanwhile_leave_no_old_answer(inner: ScriptedAnswerer) -> None:
    corpus = Corpus()
    cached = CachingAnswerer(inner, corpus.now)
    for number, _ in enumerate(cached.stream(WHY)):
        corpus.generation = "2" if number == 1 else corpus.generation
    cached.answer(WHY)
    assert len(inner.asked) == 2


def test_what_was_left_or_failed_or_degraded_is_not_kept(inner: ScriptedAnswerer) -> None:
    cached = CachingAnswerer(inner, Corpus().now)
    left = cached.stream(WHY)
    next(left)
    left.close()  # type: ignore[attr-defined]
    inner.error = RuntimeError("broken")
    with pytest.raises(RuntimeError):
        cached.answer(WHY)
    inner.error, inner.reply = None, lambda question: answer_to(question).model_copy(update={"degraded": True})
    cached.answer(WHY)
    cached.answer(WHY)
    assert len(inner.asked) == 4


def test_only_so_many_are_kept(inner: ScriptedAnswerer) -> None:
    cached = CachingAnswerer(inner, Corpus().now)
    for number in range(MAX_ANSWERS + 1):
        cached.answer(Question(f"Question {number}?"))
    cached.answer(Question(f"Question {MAX_ANSWERS}?"))
    assert len(inner.asked) == MAX_ANSWERS + 1
    cached.answer(Question("Question 0?"))
    assert len(inner.asked) == MAX_ANSWERS + 2
