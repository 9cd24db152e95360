from __future__ import annotations

from calendar import month_name
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import date_in_address, find_date, parse_date

DAY = date(2013, 4, 17)


@pytest.mark.parametrize(
    "value",
    [
        "2013-04-17",
        "2013-04-17T23:30:00-05:00",
        "20130417",
        20130417,
        "April 17, 2013",
        "Apr. 17 2013",
        "17 April 2013",
        "17th of April 2013",
        "Wed, 17 Apr 2013 10:00:00 GMT",
        "Published 17 April 2013 at 10:00",
        "17.04.2013",
        "17/04/2013",
        "04/17/2013",
        "2013/04/17",
        "17 апреля 2013",
        "17 avril 2013",
        1366156800,
        1366156800000,
        DAY,
        datetime(2013, 4, 17, 23, 59, tzinfo=UTC),
    ],
)
def test_complete_dates(value: object) -> None:
    assert parse_date(value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        *("", "April 2013", "17 April", "2013", "yesterday", "3 days ago", "today", "Tuesday", "12:30", "now"),
        *("04/05/2013", "2013-02-30", "31.02.2013", "17 April 2013 - 19 April 2013", "x" * 500, True, None, [], 1e40),
    ],
)
def test_what_is_incomplete_relative_ambiguous_or_wrong_stays_unknown(value: object) -> None:
    assert parse_date(value) is None


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_written_dates_are_read_back(day: date) -> None:
    month = month_name[day.month]
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.day} {month} {day.year}") == day
    assert find_date(f"Published on {month[:3]} {day.day}, {day.year}.") == day


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_unknown(text: str) -> None:
    found = find_date(text)
    assert found is None or str(found.year) in text


def test_the_date_in_an_address() -> None:
    assert date_in_address("https://news.example/2013/04/17/deal.html") == DAY
    assert date_in_address("https://news.example/world-2013-04-17") is None
    assert date_in_address("https://news.example/2013/04/deal") is None
    assert date_in_address("https://news.example/2013/13/45/deal") is None
