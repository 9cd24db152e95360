"""Set-level statistics of records, and how far off each may be: clustered bootstrap intervals.

A statistic is computed under weights, one a row, so that a resample is a row of weights and thousands of them are one
matrix product. Rows where a column is NaN do not apply and count for nothing.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]
Weighted = Callable[[Floats], Floats]
"""From weights of shape (resamples, rows) to one value a resample."""

RESAMPLES = 2000
DEFINED = 0.9
"""Share of the resamples in which a statistic must be defined: with few negatives, some draw none."""
SEED = 20130417
_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number about the columns it names. `over` prepares it for their values."""

    columns: tuple[str, ...]
    over: Callable[..., Weighted]

    def of(self, columns: Columns) -> float | None:
        """Its value with each row counted once; None where it is undefined."""
        if any(name not in columns for name in self.columns):
            return None
        values = [columns[name] for name in self.columns]
        found = float(self.over(*values)(np.ones((1, len(values[0]))))[0])
        return found if math.isfinite(found) else None


def mean(name: str) -> Statistic:
    """The mean of a column."""

    def over(values: Floats) -> Weighted:
        return _ratio(values, np.ones_like(values))

    return Statistic((name,), over)


def ratio(numerator: str, denominator: str) -> Statistic:
    """The sum of one column by the sum of another, such as precision, recall and F1."""
    return Statistic((numerator, denominator), _ratio)


def balanced_accuracy(predicted: str, label: str) -> Statistic:
    """The mean of the share of positives found and of negatives found; both columns hold 0 and 1."""

    def over(predictions: Floats, labels: Floats) -> Weighted:
        found = _ratio(predictions * labels, labels)
        spared = _ratio((1 - predictions) * (1 - labels), 1 - labels)
        return lambda weights: (found(weights) + spared(weights)) / 2

    return Statistic((predicted, label), over)


def auroc(score: str, label: str) -> Statistic:
    """The chance that a positive scores above a negative, ties counting half (Mann and Whitney's U, normalised)."""

    def over(scores: Floats, labels: Floats) -> Weighted:
        order, positive, negative = _sorted(scores, labels)
        ties = np.unique(scores[order], return_index=True)[1] if len(order) else np.zeros(0, dtype=int)

        def weighted(weights: Floats) -> Floats:
            if not len(order):
                return np.full(len(weights), np.nan)
            ranked = weights[:, order]
            ups = np.add.reduceat(ranked * positive, ties, axis=1)
            downs = np.add.reduceat(ranked * negative, ties, axis=1)
            below = np.cumsum(downs, axis=1) - downs
            won = np.sum(ups * (below + downs / 2), axis=1)
            return _divided(won, np.sum(ups, axis=1) * np.sum(downs, axis=1))

        return weighted

    return Statistic((score, label), over)


def aurc(confidence: str, right: str) -> Statistic:
    """Area under the risk-coverage curve (Geifman and El-Yaniv, 2017): the mean, over all coverages, of the share wrong
    among the most confident. 0 is best; ties in confidence are taken in the order of the rows."""

    def over(confidences: Floats, rights: Floats) -> Weighted:
        order, positive, negative = _sorted(-confidences, rights)

        def weighted(weights: Floats) -> Floats:
            ranked = weights[:, order]
            wrong = np.cumsum(ranked * negative, axis=1)
            answered = np.cumsum(ranked * (positive + negative), axis=1)
            risks = np.divide(wrong, answered, out=np.zeros_like(wrong), where=answered > 0)
            return _divided(np.sum(ranked * risks, axis=1), np.sum(ranked, axis=1))

        return weighted

    return Statistic((confidence, right), over)


def difference(statistic: Statistic) -> Statistic:
    """How much the statistic grew from the columns `before:NAME` to the columns `after:NAME`, over the rows of both."""
    before = tuple(f"before:{name}" for name in statistic.columns)
    after = tuple(f"after:{name}" for name in statistic.columns)

    def over(*values: Floats) -> Weighted:
        shared = np.all(np.isfinite(np.stack(values)), axis=0)
        kept = [np.where(shared, column, np.nan) for column in values]
        first = statistic.over(*kept[: len(before)])
        second = statistic.over(*kept[len(before) :])
        return lambda weights: second(weights) - first(weights)

    return Statistic(before + after, over)


def interval(
    statistic: Statistic, columns: Columns, clusters: Sequence[str], seed: int = SEED
) -> tuple[float, float] | None:
    """Ends of a 95 % interval where rows of one cluster are not independent: clusters are drawn with replacement (BCa;
    percentile of the defined resamples where that is undefined). The same input and seed give the same ends.

    None when there are fewer than two clusters, or no spread to learn from.
    """
    if any(name not in columns for name in statistic.columns):
        return None
    values = [columns[name] for name in statistic.columns]
    applies = np.all(np.isfinite(np.stack(values)), axis=0)
    names, numbers = np.unique(np.asarray(clusters, dtype=object)[applies].astype(str), return_inverse=True)
    if len(names) < 2:
        return None
    return _Resampled(statistic.over(*(column[applies] for column in values)), numbers, len(names)).interval(seed)


@dataclass(frozen=True, slots=True)
class _Resampled:
    weighted: Weighted
    clusters: NDArray[np.int_]
    count: int

    def interval(self, seed: int) -> tuple[float, float] | None:
        found = self._bootstrap("BCa", seed)
        distribution = np.asarray(found.bootstrap_distribution)
        known = distribution[np.isfinite(distribution)]
        if len(known) < DEFINED * len(distribution) or np.ptp(known) == 0:
            return None
        low, high = float(found.confidence_interval.low), float(found.confidence_interval.high)
        if not (math.isfinite(low) and math.isfinite(high)):
            low, high = (float(end) for end in np.percentile(known, [2.5, 97.5]))
        return low, high

    def _bootstrap(self, method: str, seed: int) -> Any:
        from scipy.stats import bootstrap

        batch = max(1, _CELLS // max(self.count, len(self.clusters)))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a degenerate sample comes back as no interval
            return bootstrap(
                (np.arange(self.count),),
                self._statistic,
                vectorized=True,
                n_resamples=RESAMPLES,
                batch=batch,
                method=method,
                rng=np.random.default_rng(seed),
            )

    def _statistic(self, drawn: Any, axis: int = -1) -> Any:
        lines = np.atleast_2d(np.moveaxis(np.asarray(drawn), axis, -1))
        cells = lines + self.count * np.arange(len(lines))[:, None]
        counts = np.bincount(cells.ravel(), minlength=len(lines) * self.count).reshape(len(lines), self.count)
        found = self.weighted(counts[:, self.clusters].astype(np.float64))
        return found if np.ndim(drawn) > 1 else found[0]


def _ratio(numerator: Floats, denominator: Floats) -> Weighted:
    applies = np.isfinite(numerator) & np.isfinite(denominator)
    above, below = np.where(applies, numerator, 0.0), np.where(applies, denominator, 0.0)
    return lambda weights: _divided(weights @ above, weights @ below)


def _divided(above: Floats, below: Floats) -> Floats:
    quotient: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below != 0)
    return quotient


def _sorted(scores: Floats, labels: Floats) -> tuple[NDArray[np.int_], Floats, Floats]:
    """The applicable rows by score, least first, and which of them are positive and negative."""
    applies = np.flatnonzero(np.isfinite(scores) & np.isfinite(labels))
    order = applies[np.argsort(scores[applies], kind="stable")]
    return order, labels[order], 1 - labels[order]
