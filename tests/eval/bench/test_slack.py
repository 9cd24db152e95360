"""The measurement of the bot: through a running service, from a signed request to the last call."""

from __future__ import annotations

import pytest

from eval.bench.slack import Heard, SlackSpeed, measure_slack
from eval.errors import RunError
from tests.rooms import documents


def test_each_figure_stands_beside_its_target() -> None:
    found = SlackSpeed(2, 9, [Heard(0.01, 0.1, 1.0), Heard(0.03, 0.3, 2.0)]).summary()
    assert found["sign"]["p50"] == pytest.approx(0.2)
    assert found["answer"]["slowest"] == 2.0
    assert {name: found[name]["target"] for name in ("acknowledged", "sign", "answer")} == {
        "acknowledged": 3.0,
        "sign": 1.0,
        "answer": 3.0,
    }


def test_a_mention_is_measured_to_its_whole_answer() -> None:
    measured = measure_slack(documents(8, sentences=8), 2)
    assert len(measured.heard) == 2
    assert all(0 < each.sign < each.answer and each.acknowledged > 0 for each in measured.heard)


def test_nothing_to_ask_is_said() -> None:
    with pytest.raises(RunError, match="nothing to ask"):
        measure_slack([], 1)
