from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.records import Record
from eval.reports.curve import Point, curve
from tests.eval.reports.doubles import case


def told(**signals: float) -> Record:
    return case(signals=signals)


def answered(confidence: float, hit: float = 1.0, answerable: float = 1.0) -> Record:
    return told(confidence=confidence, hit=hit, answerable=answerable)


def test_risk_is_the_share_wrong_of_the_answered() -> None:
    found = curve([answered(0.2, answerable=0.0), answered(0.9), answered(0.6, hit=0.0), answered(0.4)])
    assert found is not None
    assert found.points == [
        Point(0.9, 0.25, 0.0),
        Point(0.6, 0.5, 0.5),
        Point(0.4, 0.75, 1 / 3),
        Point(0.2, 1.0, 0.5),
    ]


def test_equal_confidences_are_answered_together() -> None:
    found = curve([answered(0.5), answered(0.5, hit=0.0)])
    assert found is not None
    assert found.points == [Point(0.5, 1.0, 0.5)]


def test_a_threshold_answers_what_is_at_least_as_confident() -> None:
    found = curve([answered(0.9), answered(0.6)])
    assert found is not None
    assert found.at(0.6) == Point(0.6, 1.0, 0.0)
    assert found.at(0.61) == Point(0.9, 0.5, 0.0)
    assert found.at(0.95) is None


def test_an_answer_to_an_unanswerable_question_is_wrong_whatever_it_hits() -> None:
    found = curve([told(confidence=0.5, answerable=0.0)])
    assert found is not None
    assert found.points == [Point(0.5, 1.0, 1.0)]


@pytest.mark.parametrize("signals", [{}, {"support": 0.4, "supported": 1.0}, {"confidence": 0.3, "answerable": 1.0}])
def test_there_is_no_curve_of_what_tells_no_confidence_or_hit(signals: dict[str, float]) -> None:
    assert curve([told(**signals)]) is None


SIGNALS = st.fixed_dictionaries(
    {
        "confidence": st.floats(0, 1),
        "answerable": st.sampled_from([0.0, 1.0]),
        "hit": st.sampled_from([0.0, 1.0]),
    }
)


@given(st.lists(SIGNALS, min_size=1, max_size=20))
def test_the_whole_set_is_answered_at_the_end(signals: list[dict[str, Any]]) -> None:
    found = curve([told(**each) for each in signals])
    assert found is not None
    wrong = sum(1 - each["answerable"] * each["hit"] for each in signals)
    assert found.points[-1].coverage == 1.0
    assert found.points[-1].risk == pytest.approx(wrong / len(signals))
    assert [point.confidence for point in found.points] == sorted(
        {each["confidence"] for each in signals}, reverse=True
    )
