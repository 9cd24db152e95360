"""The figures of several runs beside each other, a line a metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.metrics import METRICS
from eval.results import MetricResult, Result


def told(runs: Sequence[Result]) -> Iterator[tuple[str, list[MetricResult | None]]]:
    """Each metric that any of the runs tells, as a table calls it, with what each run has of it."""
    for metric in METRICS:
        found = [run.metric(metric.name) for run in runs]
        if any(each and each.value is not None for each in found):
            arrow = "" if metric.better == "higher" else " (lower is better)"
            yield f"`{metric.name}`{arrow}", found


def cell(metric: MetricResult | None) -> str:
    """A value with its interval."""
    if metric is None or metric.value is None:
        return "–"
    ends = f" ({metric.interval[0]:.3f}–{metric.interval[1]:.3f})" if metric.interval else ""
    return f"{metric.value:.3f}{ends}"
