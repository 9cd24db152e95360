import pytest

from eval.bench.arrivals import Reply
from eval.bench.built import Built
from eval.bench.commands.shared import SAMPLE
from eval.bench.soak import Seen, Soak, measure_soak
from eval.bench.trend import Trend
from eval.errors import RunError
from eval.shelf import read_shelf
from tests.rooms import documents

FLAT, RISING = Trend(0.0, -0.01, 0.01), Trend(0.2, 0.1, 0.3)
REFUSED = Reply(0.1, 503, retry_after=True)
ANSWER = Reply(1.0, 200)


def soak(asked: Reply = ANSWER, written: Reply = ANSWER, memory: Trend = FLAT, handles: Trend = FLAT) -> Soak:
    seen = Seen(asked=[ANSWER, REFUSED, asked], written={"added": [written]}, memory=[100, 110], handles=[9, 8])
    return Soak(Built(1, 2, ("Who?",)), 60, seen, memory, handles)


def test_a_service_that_answers_and_refuses_politely_and_stays_flat_keeps_its_promises() -> None:
    assert soak().kept
    found = soak(written=REFUSED).summary()
    assert found["kept"]
    assert found["questions"] == {"200": 2, "503": 1}
    assert found["writes"] == {"added": {"503": 1}}
    assert (found["memory"]["first"], found["memory"]["last"], found["handles"]["most"]) == (100, 110, 9)


@pytest.mark.parametrize(
    "broken",
    [
        soak(asked=Reply(1.0, 500)),
        soak(asked=Reply(60.0, 0)),
        soak(asked=Reply(1.0, 503)),
        soak(written=Reply(1.0, 422)),
        soak(memory=RISING),
        soak(handles=RISING),
    ],
)
def test_each_promise_can_be_broken_by_itself(broken: Soak) -> None:
    assert not broken.kept
    assert [promise.held for promise in broken.promises].count(False) == 1


@pytest.mark.slow
def test_a_real_service_is_asked_and_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is flat is not to be told in so short a time."""
    monkeypatch.setattr("eval.bench.soak.LEAST_SAMPLES", 5)
    monkeypatch.setattr("eval.bench.soak.KEPT", 1)
    monkeypatch.setattr("eval.bench.soak.PAUSE_SECONDS", 0.1)
    measured = measure_soak(documents(20, sentences=2), read_shelf(SAMPLE), 12, lambda *_: None, askers=1)
    seen = measured.seen
    assert seen.asked
    assert all(reply.polite for reply in seen.asked)
    assert seen.written["added"]
    assert seen.written["changed"]
    assert all(reply.polite for replies in seen.written.values() for reply in replies)
    assert min(seen.memory) > 50 * 2**20
    assert min(seen.handles) > 3


@pytest.mark.slow
def test_a_time_too_short_to_tell_is_said() -> None:
    with pytest.raises(RunError, match="too short"):
        measure_soak(documents(8), read_shelf(SAMPLE), 0.6, lambda *_: None, askers=1)


def test_nothing_to_ask_is_said() -> None:
    with pytest.raises(RunError, match="nothing to ask"):
        measure_soak([], read_shelf(SAMPLE), 1, lambda *_: None)
