"""What records lost, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eval.records import Record
from eval.results import Better, Result

EXACTNESS = "exactness"
OVERLAPS = frozenset(["squad_em", "squad_f1", "rouge_l"])
"""Overlaps in words: a whole sentence loses on them in nearly every case, which says nothing of one."""


class Reason(NamedTuple):
    """Why these metrics lost."""

    why: str
    metrics: Sequence[str]


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that failed or lost something. `losses` are in (0, 1] by metric, in the order of the metrics."""

    record: Record
    losses: Mapping[str, float]

    @property
    def weight(self) -> tuple[bool, bool, float]:
        """How bad it is: errors before inexact quotes before the rest, then by the sum of the losses."""
        return self.record.error is not None, self.inexact, sum(self.losses.values())

    @property
    def inexact(self) -> bool:
        """Whether a quote is not its article's characters."""
        return EXACTNESS in self.losses

    @property
    def reasons(self) -> Sequence[Reason]:
        """Each reason once, with the metrics it explains; an error first."""
        grouped: dict[str, list[str]] = {}
        for name in self.losses:
            grouped.setdefault(self.record.scores[name].why, []).append(name)
        failed = [Reason(self.record.error, ("failed",))] if self.record.error is not None else []
        return [*failed, *(Reason(why, names) for why, names in grouped.items())]


def worst(result: Result) -> list[Lost]:
    """Every record that failed or lost something, the worst first; those that are equally bad keep their order."""
    ways = {metric.name: metric.better for metric in result.metrics}
    found = [Lost(record, _losses(record, ways)) for record in result.records]
    return sorted((lost for lost in found if any(lost.weight)), key=lambda lost: lost.weight, reverse=True)


def loss(value: float, better: Better) -> float:
    """How far a score in [0, 1] is from the best one."""
    return min(1.0, max(0.0, 1.0 - value if better == "higher" else value))


def _losses(record: Record, ways: Mapping[str, Better]) -> dict[str, float]:
    values = ((name, record.scores[name].value) for name in ways if name in record.scores and name not in OVERLAPS)
    losses = {name: loss(value, ways[name]) for name, value in values if value is not None}
    return {name: lost for name, lost in losses.items() if lost}
