"""The gate: a result against its thresholds and its baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.baseline import Baseline, points
from eval.comparison import metric_changes, not_the_same, of_the_same, record_changes
from eval.errors import RunError
from eval.metrics import BY_NAME
from eval.results import MetricResult, Result
from eval.stats import SEED
from eval.thresholds import Bound, Thresholds
from eval.verdicts import GateResult, MetricChange, MetricVerdict, Verdict

_ROUNDING = 1e-9


def judge(result: Result, thresholds: Thresholds, baseline: Baseline | None, seed: int = SEED) -> GateResult:
    """Broken when a quote is inexact, more cases failed than may, or a bounded metric is unscored; worse when a bound
    is not kept or more is lost than may be.

    Raises: RunError when the baseline is of another set or mode.
    """
    if baseline and not of_the_same(baseline, result):
        raise RunError(
            f"The baseline is of {baseline.system} on {baseline.dataset_name} in mode {baseline.mode}, "
            f"the run of {result.stamp.system} on {result.stamp.dataset_name} in mode {result.stamp.mode}.",
            "Give the baseline of the same set, mode and system, or accept one.",
        )
    before, after = baseline.points if baseline else {}, points(result.records)
    changed = metric_changes(before, after, seed) if baseline else []
    by_name = {change.name: change for change in changed} if baseline else None
    same = baseline is None or _numerics(baseline.models) == _numerics(result.stamp.models)
    verdicts = [_verdict(name, bound, result.metric(name), by_name, same) for name, bound in thresholds.metrics.items()]
    faults = [*_failed(result, thresholds.unscored), *_inexact(result), *_unscored(verdicts)]
    faults += [f"{what}: accept a baseline" for what in not_the_same(before, after, result.stamp.limit is not None)]
    worse = any(verdict.verdict == "worse" for verdict in verdicts)
    return GateResult(
        verdict="broken" if faults else "worse" if worse else "pass",
        metrics=tuple(verdicts),
        against=tuple(changed),
        changes=tuple(record_changes(before, result.records)),
        faults=tuple(faults),
        baseline=baseline.name if baseline else None,
    )


def _numerics(models: Mapping[str, str]) -> tuple[str | None, str | None]:
    return models.get("embedder"), models.get("numerics")


def _verdict(
    name: str,
    bound: Bound,
    metric: MetricResult | None,
    changes: Mapping[str, MetricChange] | None,
    same_numerics: bool,
) -> MetricVerdict:
    told = bound.told(same_numerics)
    if metric is None or metric.value is None:
        why = metric.why if metric else "it was not measured"
        return MetricVerdict(name=name, bounds=told, verdict="broken", reasons=(why,))
    change = changes.get(name) if changes is not None else None
    if changes is not None and bound.delta is not None and (change is None or change.difference is None):
        return MetricVerdict(name=name, bounds=told, verdict="broken", reasons=("the baseline has nothing to pair",))
    reasons = [] if bound.kept(metric.value) else [f"{metric.value:.3f} is not {told.split(',')[0]}"]
    reasons += _lost(name, bound.allowed(same_numerics), change)
    verdict: Verdict = "worse" if reasons else "pass"
    return MetricVerdict(name=name, bounds=told, verdict=verdict, reasons=tuple(reasons))


def _lost(name: str, allowed: float | None, change: MetricChange | None) -> Iterator[str]:
    """Where no interval can be had, the loss itself counts."""
    if allowed is None or change is None or change.difference is None:
        return
    low, high = change.interval or (change.difference, change.difference)
    lost = -low if BY_NAME[name].better == "higher" else high
    if lost > allowed + _ROUNDING:
        yield f"it may have lost {lost:.3f} against the baseline ({change.difference:+.3f}), more than {allowed:g}"


def _failed(result: Result, most: float) -> list[str]:
    failed = [f"{record.id}: {record.error}" for record in result.records if record.error is not None]
    return failed if len(failed) > most * len(result.records) else []


def _inexact(result: Result) -> list[str]:
    scored = [(record.id, record.scores.get("exactness")) for record in result.records]
    return [f"{name}: {score.why}" for name, score in scored if score and score.value is not None and score.value < 1]


def _unscored(verdicts: list[MetricVerdict]) -> list[str]:
    return [
        f"{verdict.name} is unscored: {', '.join(verdict.reasons)}"
        for verdict in verdicts
        if verdict.verdict == "broken"
    ]
