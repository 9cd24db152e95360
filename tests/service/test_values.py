"""The values that sentences give, and whether two can both be true."""

from __future__ import annotations

import pytest

from service.values import values


def told(question: str, sentence: str) -> str:
    found = values(question, sentence)
    return found.shown if found else ""


@pytest.mark.parametrize(
    ("question", "sentence", "shown"),
    [
        ("How many soldiers left?", "On Monday 1,250 soldiers left the base.", "1,250"),
        ("When was the port closed?", "The port was closed on 3 May 2012 after a storm.", "3 May 2012"),
        ("Who bought WhatsApp?", "WhatsApp was bought by Facebook in 2014.", "Facebook"),
        ("Where did Karimov meet Putin?", "Karimov met Putin in Moscow.", "Moscow"),
        ("Why did Tashkent leave?", "Tashkent left in 2012.", ""),
        ("When did it close in 2012?", "It closed in 2012.", ""),
    ],
)
def test_what_the_question_holds_is_no_answer(question: str, sentence: str, shown: str) -> None:
    assert told(question, sentence) == shown


@pytest.mark.parametrize(
    ("question", "one", "other", "agree"),
    [
        ("How many soldiers left?", "Some 1,250 soldiers left.", "About 1,300 soldiers left.", True),
        ("How many soldiers left?", "Exactly 1,250 soldiers left.", "Only 900 soldiers left.", False),
        ("How many soldiers left?", "More than 1,000 soldiers left.", "1,250 soldiers left.", True),
        ("When did it close?", "It closed on 3 May 2012.", "It closed in May 2012.", True),
        ("When did it close?", "It closed on 3 May 2012.", "It closed on 4 May 2012.", False),
        ("Who won the final?", "Simona Halep won the final.", "Halep defeated Williams in the final.", True),
        ("Who won the final?", "Simona Halep won the final.", "Serena Williams won the final.", False),
    ],
)
def test_values_that_can_both_be_true_agree(question: str, one: str, other: str, agree: bool) -> None:
    first, second = values(question, one), values(question, other)
    assert first
    assert second
    assert first.compatible(second) is second.compatible(first) is agree
