"""A/A: how often the gate would change its mind about identical input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from eval.baseline import accepted
from eval.gate import judge
from eval.results import Result
from eval.stats import SEED
from eval.thresholds import Thresholds
from eval.verdicts import Change, Verdict

MOST_FLIPS = 0.01


@dataclass(frozen=True, slots=True)
class Constancy:
    """The verdicts of asking again and again, each with another bootstrap seed, and the records that changed."""

    reference: Verdict
    verdicts: Sequence[Verdict]
    changes: Sequence[Change]
    deterministic: bool
    """Whether every metric came out the same each time."""

    @property
    def flips(self) -> int:
        """How many verdicts were others than the reference."""
        return sum(verdict != self.reference for verdict in self.verdicts)

    @property
    def rate(self) -> float:
        """Share of flips."""
        return self.flips / len(self.verdicts)

    @property
    def at_most(self) -> float:
        """Upper end of the one-sided 95 % interval of the rate (Clopper and Pearson)."""
        from scipy.stats import binomtest

        found = binomtest(self.flips, len(self.verdicts), alternative="less")
        return float(found.proportion_ci(0.95, method="exact").high)


def constancy(
    ask: Callable[[], Result], thresholds: Thresholds, times: int, progress: Callable[[int], None] | None = None
) -> Constancy:
    """Asks once for the reference, then `times` times more; every run is judged against the first.

    Raises: RunError when the first run failed.
    """
    first = ask()
    baseline = accepted(first, "A/A", "identical input", date.min)
    reference = judge(first, thresholds, baseline).verdict
    verdicts: list[Verdict] = []
    changes: list[Change] = []
    same = True
    for turn in range(times):
        again = ask()
        gate = judge(again, thresholds, baseline, seed=SEED + 1 + turn)
        verdicts.append(gate.verdict)
        changes += gate.changes
        same &= again.metrics == first.metrics
        if progress:
            progress(1)
    return Constancy(reference, verdicts, changes, same)
