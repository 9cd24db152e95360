"""The tokens of one answer."""

from __future__ import annotations

import pytest

from service.answer import Tokens
from service.metering import Meter

ONE = Tokens(input=10, output=2)


@pytest.mark.parametrize(
    ("calls", "total"),
    [
        ([], None),
        ([ONE], ONE),
        ([ONE, Tokens(input=5, output=0)], Tokens(input=15, output=2)),
        ([Tokens(input=0, output=0)], Tokens(input=0, output=0)),
        ([None], None),
        ([ONE, None, ONE], None),
    ],
)
def test_a_sum_is_of_all_calls_or_not_told(calls: list[Tokens | None], total: Tokens | None) -> None:
    meter = Meter()
    for call in calls:
        meter.add(call)
    assert meter.total == total
