from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eval.drafting.judged import Judged, judged
from service.answer import Answer, Citation, Clarification, Models, Short, Time
from service.store.journal import Feedback, Opinion

MODELS = Models(embedder="e", reader="r", verifier="v", prompts="p")
QUOTE = "The port of Marwa was sold to a Danish firm on 3 May 2011."
CITED = Citation(
    number=1,
    article_id="a1",
    title="A new owner for Marwa",
    start=8,
    end=8 + len(QUOTE),
    quote=QUOTE,
    short=Short(start=55, end=65, text="3 May 2011"),
)


def answer(id: str = "0123456789abcdef", **changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "id": id,
        "question": "And when was it sold?",
        "standalone_question": "When was the port of Marwa sold?",
        "status": "answered",
        "mode": "quoted",
        "text": f"{QUOTE} [1]",
        "citations": (CITED,),
        "confidence": 0.9,
        "models": MODELS,
    }
    return Answer(**(fields | changes))


def refusal(**changes: Any) -> Answer:
    return answer(status="abstained", text="", citations=(), reason="The articles do not say.", **changes)


def opinion(verdict: Opinion, comment: str | None = None) -> Feedback:
    return Feedback("0123456789abcdef", verdict, comment, "2026-11-24T10:00:00+00:00")


def test_an_answer_that_helped_is_expected_with_its_quotes() -> None:
    case = Judged(answer(), (opinion("helpful"),)).case({"a1": "port.md"})
    assert (case.expected, case.question) == ("answered", "When was the port of Marwa sold?")
    assert [(gold.article, gold.quote) for gold in case.gold] == [("port.md", QUOTE)]
    assert case.answers == ("3 May 2011",)
    assert case.tags == ("draft", "journal", "helpful")
    assert case.id == "journal-0123456789ab"
    assert case.note is None


def test_a_time_is_seen_from_the_day_it_was_asked() -> None:
    time = Time(phrase="last May", asked_on=date(2011, 9, 1), kept=True)
    assert Judged(answer(time=time), (opinion("helpful"),)).case({"a1": "port.md"}).asked_on == date(2011, 9, 1)


def test_a_refusal_that_helped_is_expected_and_so_is_a_question_back() -> None:
    refused = Judged(refusal(), (opinion("helpful"),)).case({})
    assert (refused.expected, refused.asks_back, refused.gold) == ("abstained", None, ())
    asked = Judged(refusal(clarification=Clarification(question="Which port?")), (opinion("helpful"),)).case({})
    assert asked.asks_back is True


@pytest.mark.parametrize("verdict", ["wrong", "wrong_source", "missing"])
def test_a_fault_leaves_to_a_person_what_is_expected_and_says_what_was_answered(verdict: Opinion) -> None:
    case = Judged(answer(), (opinion(verdict, "It was in June."),)).case({"a1": "port.md"})
    assert (case.expected, case.gold, case.answers) == (None, (), ())
    assert case.tags == ("draft", "journal", verdict)
    assert case.note
    assert case.note.splitlines() == [
        f"A reader: {verdict}. It was in June.",
        f"It was answered with: {QUOTE} (A new owner for Marwa)",
    ]


def test_a_refusal_that_did_not_help_says_why_it_was_one() -> None:
    case = Judged(refusal(), (opinion("missing"),)).case({})
    assert case.expected is None
    assert case.note == "A reader: missing.\nIt was not answered: The articles do not say."


def test_a_quote_of_an_article_that_is_gone_is_for_a_person_to_replace() -> None:
    case = Judged(answer(), (opinion("helpful"),)).case({})
    assert (case.expected, case.gold) == (None, ())
    assert QUOTE in (case.note or "")


def test_readers_of_one_answer_are_heard_together_and_one_who_finds_fault_is_enough() -> None:
    first, second = answer(), answer("fedcba9876543210")
    found = list(
        judged([(first, opinion("helpful", "Thanks.")), (first, opinion("wrong")), (second, opinion("helpful"))])
    )
    assert [each.answer.id for each in found] == [first.id, second.id]
    case = found[0].case({"a1": "port.md"})
    assert (case.expected, case.tags) == (None, ("draft", "journal", "helpful", "wrong"))
    assert (case.note or "").startswith("A reader: helpful. Thanks.\nA reader: wrong.\n")
