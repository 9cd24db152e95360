from datetime import date
from functools import partial

import pytest

from eval.bench.http import CALL, JSON, HttpSpeed, asked, measure_http
from eval.errors import RunError
from tests.rooms import documents


def test_what_http_adds_is_the_median_over_the_questions() -> None:
    speed = HttpSpeed(2, 9, {CALL: (0.100, 0.200, 0.300), JSON: (0.104, 0.203, 0.302)})
    found = speed.summary()
    assert found["adds"] == pytest.approx(0.003)
    assert found["ways"][JSON]["medians_differ"] == pytest.approx(0.003)
    assert found["ways"][CALL]["adds"] == 0
    assert found["questions"] == 3


def test_the_interval_is_wide_where_the_differences_are() -> None:
    steady = HttpSpeed(2, 9, {CALL: [0.1] * 100, JSON: [0.1 + 0.0001 * number for number in range(100)]})
    low, high = steady.summary()["ways"][JSON]["adds_interval"]
    assert 0.0035 < low < 0.0045 < 0.0055 < high < 0.0065
    few = HttpSpeed(2, 9, {CALL: [0.1] * 3, JSON: [0.1, 0.2, 0.4]})
    assert few.summary()["ways"][JSON]["adds_interval"] == pytest.approx((0.0, 0.3))


def test_each_way_gets_every_question_goes_first_in_turn_and_never_asks_the_same_of_what_keeps_answers() -> None:
    heard: list[tuple[str, str, date]] = []

    def hear(way: str, question: str, until: date) -> None:
        heard.append((way, question, until))

    seconds = asked({way: partial(hear, way) for way in ("one", "two")}, ["Who?", "When?"])
    assert [(way, question) for way, question, _ in heard] == [
        ("one", "Who?"),
        ("two", "Who?"),
        ("two", "When?"),
        ("one", "When?"),
    ]
    assert len({until for *_, until in heard}) == 4
    assert {way: len(taken) for way, taken in seconds.items()} == {"one": 2, "two": 2}


def test_every_way_is_measured_through_a_running_service() -> None:
    found = measure_http(documents(8, sentences=8), 3).summary()
    assert list(found["ways"]) == [
        CALL,
        JSON,
        "/v1/ask, streamed",
        "/v1/chat/completions",
        "/v1/chat/completions, streamed",
    ]
    assert all(0 < way["p50"] <= way["p95"] for way in found["ways"].values())
    assert (found["articles"], found["questions"]) == (8, 3)


def test_nothing_to_ask_is_said() -> None:
    with pytest.raises(RunError, match="nothing to ask"):
        measure_http([], 1)
