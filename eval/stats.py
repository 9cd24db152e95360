"""How far a mean may be off: bootstrap intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

RESAMPLES = 2000
_SEED = 20130417


class Interval(NamedTuple):
    """Ends of a 95 % confidence interval."""

    low: float
    high: float


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return math.fsum(values) / len(values) if values else None


def interval(values: Sequence[float], clusters: Sequence[str]) -> Interval | None:
    """Of the mean of `values`, where values of one cluster are not independent of each other.

    Clusters are drawn with replacement (BCa; percentile where BCa is undefined). The same input gives the same
    interval. None when there are fewer than two clusters, or no spread to learn from.
    """
    sums, counts = _by_cluster(values, clusters)
    if len(sums) < 2 or np.ptp(sums / counts) == 0:
        return None
    return _bootstrap(sums, counts, "BCa") or _bootstrap(sums, counts, "percentile")


def _bootstrap(sums: Any, counts: Any, method: str) -> Interval | None:
    from scipy.stats import bootstrap

    with np.errstate(all="ignore"):
        found = bootstrap(
            (sums, counts), _ratio, paired=True, n_resamples=RESAMPLES, method=method, rng=np.random.default_rng(_SEED)
        ).confidence_interval
    low, high = float(found.low), float(found.high)
    return Interval(low, high) if math.isfinite(low) and math.isfinite(high) else None


def _ratio(sums: Any, counts: Any, axis: int = -1) -> Any:
    return np.sum(sums, axis=axis) / np.sum(counts, axis=axis)


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[Any, Any]:
    groups: dict[str, list[float]] = defaultdict(list)
    for value, cluster in zip(values, clusters, strict=True):
        groups[cluster].append(value)
    names = sorted(groups)
    return np.array([math.fsum(groups[name]) for name in names]), np.array([float(len(groups[name])) for name in names])
