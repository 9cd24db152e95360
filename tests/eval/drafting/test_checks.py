"""What keeps a question from being shown."""

from __future__ import annotations

import pytest

from eval.drafting.checks import fault, same_question

QUOTE = "The port of Marwa was sold to a Danish firm on 3 May 2011, the mayor said."


def test_a_good_question_has_no_fault() -> None:
    assert fault("When did the port of Marwa go to a Danish firm?", QUOTE, ["3 May 2011"]) is None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("The port of Marwa was sold to a Danish firm?", "question word"),
        ("When was the port of Marwa sold to a Danish firm", "question mark"),
        ("When was the port of Marwa sold? Who sold the port?", "question mark"),
        ("When?", "short"),
        ("On 3 May 2011 was the port of Marwa sold?", "question word"),
        ("Who bought the port of Marwa on 3 May 2011?", "answer"),
        ("When was the hotel in Marwa painted?", "too few words"),
        ("When was the port of Marwa sold to Chile?", "Chile"),
        ("When was the port of Marwa sold for 77 pounds?", "77"),
        ("When was it sold to a firm by the mayor of the port?", "pronoun"),
        ("When was the port sold to this Danish firm?", "outside itself"),
        ("When was the port sold?", "names nothing"),
        ("When was the port of Marwa sold to a Danish firm, <b>mayor</b>?", "marks"),
        ("When did the mayor of Marwa say that the port of a?", "breaks off"),
    ],
)
def test_faults(question: str, reason: str) -> None:
    assert reason in (fault(question, QUOTE, ["3 May 2011"]) or "")


def test_the_context_may_lend_a_name() -> None:
    question = "When was the port of Marwa in Chile sold to a firm?"
    assert fault(question, QUOTE, ["3 May 2011"], "Chile loses a port") is None


def test_the_quote_as_a_question_is_a_copy() -> None:
    quote = "Who sold the port of Marwa to a Danish firm is not known."
    assert "repeats" in (fault("Who sold the port of Marwa to a Danish firm?", quote, []) or "")


def test_duplicates_are_the_same_words_whatever_their_form() -> None:
    one = "When was the port of Marwa sold?"
    assert same_question(one, "When were the ports of Marwa sold?")
    assert not same_question(one, "Why was the port of Marwa sold?")
    assert not same_question(f"{one[:-1]} in 2011?", f"{one[:-1]} in 2012?")
