import numpy as np
import pytest

from eval.bench.trend import trend


def wavering(level: float, added: float, samples: int = 300, noise: float = 0.01) -> list[float]:
    chance = np.random.default_rng(1)
    return list(level + added * np.linspace(0, 1, samples) + chance.normal(0, noise * level, samples))


def test_what_only_wavers_is_flat() -> None:
    found = trend(wavering(100, 0))
    assert found.flat
    assert found.low < 0 < found.high


def test_a_leak_is_seen_through_the_noise_and_told_as_a_share() -> None:
    found = trend(wavering(100, 15))
    assert not found.flat
    assert 0.07 < found.low < found.growth < found.high < 0.11


def test_growth_that_ends_with_the_first_third_is_no_leak() -> None:
    assert trend([*range(100), *wavering(100, 0, 200)]).flat


def test_growth_too_small_to_matter_is_flat_however_sure_it_is() -> None:
    found = trend(wavering(1000, 5, noise=0.0001))
    assert found.low > 0
    assert found.flat


def test_noise_that_could_hide_a_leak_is_not_flat() -> None:
    found = trend(wavering(100, 0, samples=30, noise=0.3))
    assert found.high > 0.05
    assert not found.flat


def test_nothing_is_told_of_too_few_samples() -> None:
    with pytest.raises(ValueError, match="too few"):
        trend([1.0, 2.0, 3.0])
