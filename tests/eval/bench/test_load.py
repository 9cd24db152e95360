import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.bench.arrivals import Reply, Traffic
from eval.bench.built import Built
from eval.bench.cli import app
from eval.bench.load import Load, highest, measure_load
from eval.bench.watch import Watch
from eval.errors import RunError
from tests.rooms import documents, telling

BUILT = Built(1, 2, ("Who?",))
CALM = Watch(health=[0.001, 0.049], idle=[0.001, 0.002], memory=[100, 104])
REFUSED = Reply(0.01, 503, retry_after=True)


class Bearing:
    """Answers in time up to a rate."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.given: list[Traffic] = []

    def send(self, rate: float) -> Traffic:
        self.given.append(Traffic(rate, [Reply(1.0 if rate <= self.rate else 3.0, 200)]))
        return self.given[-1]


@pytest.mark.parametrize("first", [0.5, 2.0, 50.0])
def test_the_highest_rate_is_found_from_below_and_from_above(first: float) -> None:
    service = Bearing(7.3)
    found = highest(service.send, first)
    assert 7.3 / 1.1 <= found.rate <= 7.3
    assert found in service.given
    assert len(service.given) <= 10


def test_a_service_that_bears_nothing_is_told() -> None:
    with pytest.raises(RunError, match="Not even"):
        highest(Bearing(0.0).send, 2.0)


def load(replies: Sequence[Reply] = (Reply(1, 200), REFUSED), watch: Watch = CALM) -> Load:
    return Load(BUILT, 60, Traffic(5, (Reply(1, 200),)), Traffic(15, replies), watch)


def test_a_service_that_refuses_and_stays_itself_keeps_its_promises() -> None:
    found = load().summary()
    assert load().kept
    assert found["kept"]
    assert found["statuses"] == {"200": 1, "503": 1}
    assert (found["idle_p99"], found["idle_max"]) == (0.002, 0.002)
    assert (found["rate"], found["overload_rate"]) == (5, 15)


@pytest.mark.parametrize(
    "broken",
    [
        load(replies=[Reply(1, 200), Reply(1, 500)]),
        load(replies=[Reply(1, 200), Reply(60, 0)]),
        load(replies=[Reply(1, 503)]),
        load(watch=Watch(health=[0.001, 0.051], memory=[100, 100])),
        load(watch=Watch(health=[0.001], memory=[100, 106])),
    ],
)
def test_each_promise_can_be_broken_by_itself(broken: Load) -> None:
    assert not broken.kept
    assert [promise.held for promise in broken.promises].count(False) == 1


@pytest.mark.slow
def test_a_real_service_is_pressed_until_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of articles that are read in no time, with a target that a busy machine reaches too, and no more exact than two
    or three rates tell."""
    monkeypatch.setattr("eval.bench.load.P95_TARGET", 8.0)
    monkeypatch.setattr("eval.bench.load.PRECISION", 1.5)
    for seed in range(300):
        (tmp_path / f"{seed}.txt").write_text(telling(seed, 1))
    options = ["--articles", str(tmp_path), "--seconds", "1", "--rate", "16", "--json"]
    done = CliRunner().invoke(app, ["load", *options])
    found = json.loads(done.stdout)
    assert found["p95"] < found["p95_target"]
    assert found["overload_rate"] == pytest.approx(3 * found["rate"])
    assert found["statuses"].keys() <= {"200", "429", "503"}
    assert found["memory_before"] > 50 * 2**20
    assert done.exit_code == (0 if found["kept"] else 1)


def test_too_few_questions_are_told() -> None:
    with pytest.raises(RunError, match="too few different questions"):
        measure_load(documents(2), 30, lambda _: None)
