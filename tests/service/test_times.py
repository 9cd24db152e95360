"""The times that questions name, and what they do to filters."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.filters import Filters
from service.times import Period, period

ASKED_ON = date(2022, 7, 8)


@pytest.mark.parametrize(
    ("question", "phrase", "since", "until"),
    [
        ("Who won the vote today?", "today", date(2022, 7, 7), ASKED_ON),
        ("What did the mayor say yesterday?", "yesterday", date(2022, 7, 6), ASKED_ON),
        ("Which talks were held this week?", "this week", date(2022, 7, 1), ASKED_ON),
        ("Which talks were held last week?", "last week", date(2022, 6, 24), ASKED_ON),
        ("What closed this month?", "this month", date(2022, 7, 1), ASKED_ON),
        ("What closed last month?", "last month", date(2022, 6, 1), date(2022, 7, 7)),
        ("What closed this year?", "this year", date(2022, 1, 1), ASKED_ON),
        ("What closed last year?", "last year", date(2021, 1, 1), date(2021, 12, 31)),
        ("What changed in the past three months?", "in the past three months", date(2022, 4, 9), ASKED_ON),
        ("What changed over the last 10 days?", "over the last 10 days", date(2022, 6, 28), ASKED_ON),
        ("What was signed last April?", "last April", date(2022, 4, 1), date(2022, 5, 7)),
        ("What was signed last July?", "last July", date(2021, 7, 1), date(2021, 8, 7)),
        ("What was written before 2012?", "before 2012", None, date(2011, 12, 31)),
        ("What was written before March 2012?", "before March 2012", None, date(2012, 2, 29)),
        ("What was written after June 1999?", "after June 1999", date(1999, 7, 1), None),
        ("What was written since 2010?", "since 2010", date(2010, 1, 1), None),
        ("What was written between 2012 and 2010?", "between 2012 and 2010", date(2010, 1, 1), date(2012, 12, 31)),
    ],
)
def test_a_time_becomes_days_of_publication(question: str, phrase: str, since: date | None, until: date | None) -> None:
    assert period(question, ASKED_ON) == Period(phrase, since, until)


@pytest.mark.parametrize("question", ["What happened in 2012?", "Who leads the CSTO?", "What was signed in April?", ""])
def test_when_something_happened_is_no_day_of_publication(question: str) -> None:
    assert period(question, ASKED_ON) is None


def test_the_first_time_named_counts() -> None:
    found = period("What was said last week of the talks before 2012?", ASKED_ON)
    assert found is not None
    assert found.phrase == "last week"


def test_a_period_narrows_filters_and_never_widens_them() -> None:
    found = Period("last year", date(2021, 1, 1), date(2021, 12, 31))
    narrowed = found.narrowed(Filters(since=date(2021, 6, 1), until=date(2023, 1, 1), sources=("Wire",)))
    assert narrowed == Filters(since=date(2021, 6, 1), until=date(2021, 12, 31), sources=("Wire",))


def test_a_period_outside_of_the_filters_leaves_nothing() -> None:
    assert Period("last year", date(2021, 1, 1), date(2021, 12, 31)).narrowed(Filters(since=date(2022, 1, 1))) is None


@given(st.text(max_size=200), st.dates())
def test_no_question_on_any_day_breaks_it(question: str, asked_on: date) -> None:
    found = period(question, asked_on)
    assert found is None or found.since is None or found.until is None or found.since <= found.until


@given(st.sampled_from(["this week", "last year", "in the last 999 years", "yesterday", "last may"]), st.dates())
def test_the_first_days_of_all_break_it_neither(phrase: str, asked_on: date) -> None:
    found = period(phrase, asked_on)
    assert found is not None
