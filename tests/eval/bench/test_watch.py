import os
import time

from eval.bench.watch import GIVE_UP_SECONDS, Watch, watching
from tests.eval.bench.serving import treating


def test_growth_is_from_the_first_tenth_to_the_last() -> None:
    watch = Watch(health=[0.001, 0.002, 0.030], memory=[100, *[130] * 18, 110])
    assert (watch.memory_before, watch.memory_after) == (115, 120)
    watch = Watch(memory=[100, 100, *[300] * 16, 110, 110])
    assert round(watch.growth, 6) == 0.1
    assert Watch(memory=[100]).growth == 0


def test_a_service_is_asked_again_and_again_and_its_memory_measured() -> None:
    slow = iter([0.0, 0.3])

    def treat(path: str) -> tuple[int, dict[str, str]]:
        assert path == "/healthz"
        time.sleep(next(slow, 0.0))
        return 200, {}

    with treating(treat) as address, watching(address, os.getpid()) as watch:
        time.sleep(1)
    assert len(watch.health) >= 3
    assert 0.3 <= watch.health_max < 1
    assert 0 < watch.idle_max < watch.health_max
    assert len(watch.idle) == len(watch.health)
    assert watch.memory_before > 2**20


def test_a_service_that_does_not_say_that_it_lives_is_no_quick_one() -> None:
    with treating(lambda _: (503, {})) as address, watching(address, os.getpid()) as watch:
        pass
    assert watch.health_max == GIVE_UP_SECONDS
