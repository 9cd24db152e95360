"""Linear models fitted by L-BFGS: which of a group's rows is right, and whether a row is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Linear:
    """`rows @ weights + bias`, on features as they come (the scaling is folded in)."""

    weights: Floats
    bias: float = 0.0

    def __call__(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float64)


def fit_choice(groups: Sequence[tuple[Floats, Bools]], scale: Floats, ridge: float, prior: Floats) -> Linear:
    """Maximises the softmax share of each group's right rows. Every group must have a right row.

    `ridge` penalises the square of each weight's distance from its `prior`, times its `scale`: a large scale keeps a
    weight near its prior.
    """
    rows = np.vstack([each for each, _ in groups]) / scale
    right = np.concatenate([each for _, each in groups]).astype(np.float64)
    sizes = np.array([len(each) for each, _ in groups])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    centre = prior * scale
    owner = np.repeat(np.arange(len(groups)), sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(powers, starts)
        total_right = np.add.reduceat(powers * right, starts)
        pull = powers / total[owner] - powers * right / total_right[owner]
        apart = weights - centre
        value = -np.log(total_right / total).sum() + ridge * apart @ apart
        return float(value), np.asarray(rows.T @ pull + 2 * ridge * apart)

    return Linear(_minimise(loss, rows.shape[1]) / scale)


def fit_odds(rows: Floats, right: Bools, importance: Floats, scale: Floats, ridge: float) -> Linear:
    """Logistic regression, each row counted `importance` times; `scale` and `ridge` as in `fit_choice`."""
    mean = rows.mean(axis=0)
    inputs = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])
    signs = np.where(right, 1.0, -1.0)
    penalty = np.full(inputs.shape[1], ridge)
    penalty[-1] = 0.0

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = signs * (inputs @ weights)
        wrong = importance / (1 + np.exp(np.clip(margin, -500, 500)))
        value = (importance * np.logaddexp(0, -margin)).sum() + (penalty * weights**2).sum()
        return float(value), np.asarray(-(inputs.T @ (signs * wrong)) + 2 * penalty * weights)

    found = _minimise(loss, inputs.shape[1])
    weights = found[:-1] / scale
    return Linear(weights, float(found[-1] - weights @ mean))


def auroc(chances: Floats, right: Bools) -> float:
    """The probability that a right one ranks above one that is not; ties count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, chances))


def _minimise(loss: object, size: int) -> Floats:
    from scipy.optimize import minimize

    result = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(result.x, dtype=np.float64)
