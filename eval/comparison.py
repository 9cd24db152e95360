"""A run against a baseline, record by record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from eval.baseline import Baseline, Point
from eval.metrics import METRICS, Metric
from eval.records import Record
from eval.results import DECIMALS, Result
from eval.stats import SEED, Floats, difference, interval
from eval.verdicts import Change, MetricChange

_SAME = 1e-9


def metric_changes(before: Mapping[str, Point], after: Mapping[str, Point], seed: int = SEED) -> list[MetricChange]:
    """Every metric that either has, over the records that both have."""
    found = []
    for metric in METRICS:
        shared = [name for name in before if name in after and before[name].kind == metric.kind]
        table = _columns(metric, [before[name] for name in shared], [after[name] for name in shared])
        whole = [_alone(metric, points) for points in (before, after)]
        if whole != [None, None]:
            found.append(_change(metric, table, [before[name].cluster for name in shared], whole, seed))
    return found


def record_changes(before: Mapping[str, Point], records: Sequence[Record]) -> list[Change]:
    """Each score that is another than before, the worse first."""
    changes = [change for record in records if record.id in before for change in _changes(before[record.id], record)]
    return sorted(changes, key=lambda change: (not change.worse, change.id, change.metric))


def of_the_same(baseline: Baseline, result: Result) -> bool:
    """Whether both are of one system asked in one mode: the cases may have become more."""
    stamp = result.stamp
    return (baseline.dataset_name, baseline.mode) == (stamp.dataset_name, stamp.mode)


def _change(
    metric: Metric, table: Mapping[str, Floats], clusters: Sequence[str], whole: Sequence[float | None], seed: int
) -> MetricChange:
    statistic = difference(metric.statistic)
    grown = statistic.of(table)
    ends = None if grown is None else interval(statistic, table, clusters, seed)
    columns = [table[name] for name in statistic.columns]
    paired = int(np.all(np.isfinite(np.stack(columns)), axis=0).sum()) if clusters else 0
    return MetricChange(
        name=metric.name,
        before=_rounded(whole[0]),
        after=_rounded(whole[1]),
        difference=_rounded(grown),
        interval=None if ends is None else (round(ends[0], DECIMALS), round(ends[1], DECIMALS)),
        n=paired,
    )


def _alone(metric: Metric, points: Mapping[str, Point]) -> float | None:
    own = [point for point in points.values() if point.kind == metric.kind]
    return metric.statistic.of({name: _column(own, name) for name in metric.statistic.columns}) if own else None


def _columns(metric: Metric, before: Sequence[Point], after: Sequence[Point]) -> dict[str, Floats]:
    named = {"before": before, "after": after}
    return {
        f"{when}:{name}": _column(points, name) for when, points in named.items() for name in metric.statistic.columns
    }


def _column(points: Sequence[Point], name: str) -> Floats:
    return np.array([point.values.get(name, np.nan) for point in points], dtype=np.float64)


def _changes(before: Point, record: Record) -> Iterator[Change]:
    for metric in METRICS:
        score = record.scores.get(metric.score or "")
        old, new = before.values.get(metric.name), score.value if score else None
        if score is None or old is None or (new is not None and abs(new - old) < _SAME):
            continue
        if new is None:
            continue
        worse = (new < old) == (metric.better == "higher")
        yield Change(id=record.id, metric=metric.name, before=old, after=new, worse=worse, why=score.why)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
