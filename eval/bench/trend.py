"""Whether something grows: samples taken at even times, and how sure one may be of their slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WARM_UP = 1 / 3
"""Share of the samples, the first, that are left out: what is loaded at first use and fills its caches grows."""
BLOCKS = 20
MOST = 0.05
NOTHING = 0.01


@dataclass(frozen=True, slots=True)
class Trend:
    """What was added over the samples' last two thirds, as a share of what there was, with its 95 % interval."""

    growth: float
    low: float
    high: float

    @property
    def flat(self) -> bool:
        """Whether its interval ends below `MOST`, and either holds 0 or ends below `NOTHING` even so."""
        return self.high <= MOST and (self.low <= 0 or self.high <= NOTHING)

    def __str__(self) -> str:
        return f"{self.growth:+.1%} ({self.low:+.1%} to {self.high:+.1%})"


def trend(samples: Sequence[float]) -> Trend:
    """By least squares over the means of `BLOCKS` stretches, whose neighbours are less alike than those of samples.

    Raises: ValueError for fewer than 3 samples after the first third.
    """
    from scipy.stats import linregress, t

    kept = np.asarray(samples[int(len(samples) * WARM_UP) :], dtype=float)
    if len(kept) < 3:
        raise ValueError("too few samples")
    means = np.array([block.mean() for block in np.array_split(kept, min(BLOCKS, len(kept)))])
    at = np.linspace(0, 1, len(means))
    line = linregress(at, means)
    margin = float(t.ppf(0.975, len(means) - 2)) * float(line.stderr)
    level = float(means.mean()) or 1.0
    slope = float(line.slope)
    return Trend(slope / level, (slope - margin) / level, (slope + margin) / level)
