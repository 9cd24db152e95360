"""A run against a baseline, record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.baseline import Baseline, Point
from eval.metrics import METRICS, Metric
from eval.records import Record
from eval.results import DECIMALS, Result
from eval.stats import SEED, Columns, Floats, difference, interval
from eval.summary import table
from eval.verdicts import Change, MetricChange

_SAME = 1e-9


def metric_changes(before: Mapping[str, Point], after: Mapping[str, Point], seed: int = SEED) -> list[MetricChange]:
    """Every metric that either has, over the records that both have."""
    sides = {kind: _sides(kind, before, after) for kind in sorted({metric.kind for metric in METRICS})}
    found = []
    for metric in METRICS:
        own = sides[metric.kind]
        whole = [metric.statistic.of(columns) for columns in (own.before, own.after)]
        if whole != [None, None]:
            found.append(_change(metric, own, whole, seed))
    return found


def record_changes(before: Mapping[str, Point], records: Sequence[Record]) -> list[Change]:
    """Each score that is another than before, the worse first."""
    changes = [change for record in records if record.id in before for change in _changes(before[record.id], record)]
    return sorted(changes, key=lambda change: (not change.worse, change.id, change.metric))


def of_the_same(baseline: Baseline, result: Result) -> bool:
    """Whether both are of one set and one mode, and of one system, whichever door it was asked through."""
    stamp = result.stamp
    plain = {"cosine", "bm25"}
    same_system = baseline.system == stamp.system or not plain & {baseline.system, stamp.system}
    return (baseline.dataset_name, baseline.mode) == (stamp.dataset_name, stamp.mode) and same_system


def not_the_same(before: Mapping[str, Point], after: Mapping[str, Point], limited: bool) -> list[str]:
    """Records that cannot be compared: asked otherwise under the same id, or gone (which a limited run may have)."""
    altered = [name for name, point in before.items() if name in after and after[name].asked != point.asked]
    gone = [] if limited else [name for name in before if name not in after]
    told = []
    if altered:
        told.append(f"{len(altered)} are not what the baseline knows under their ids, such as {altered[0]}")
    if gone:
        told.append(f"{len(gone)} of the baseline are gone, such as {gone[0]}")
    return told


@dataclass(frozen=True, slots=True)
class _Sides:
    """The columns of the records of one kind: those of each run, and of the records of both as `difference` names them,
    with what clusters these are of."""

    before: Columns
    after: Columns
    both: Columns
    clusters: Sequence[str]


def _sides(kind: str, before: Mapping[str, Point], after: Mapping[str, Point]) -> _Sides:
    first, second = ({name: point for name, point in run.items() if point.kind == kind} for run in (before, after))
    shared = [name for name in first if name in after]
    return _Sides(
        before=_columns(first.values()),
        after=_columns(second.values()),
        both=_paired([before[name] for name in shared], [after[name] for name in shared]),
        clusters=[before[name].cluster for name in shared],
    )


def _change(metric: Metric, sides: _Sides, whole: Sequence[float | None], seed: int) -> MetricChange:
    statistic = difference(metric.statistic)
    grown = statistic.of(sides.both)
    ends = None if grown is None else interval(statistic, sides.both, sides.clusters, seed)
    paired = 0
    if all(name in sides.both for name in statistic.columns):
        paired = int(np.all(np.isfinite(np.stack([sides.both[name] for name in statistic.columns])), axis=0).sum())
    return MetricChange(
        name=metric.name,
        before=_rounded(whole[0]),
        after=_rounded(whole[1]),
        difference=_rounded(grown),
        interval=None if ends is None else (round(ends[0], DECIMALS), round(ends[1], DECIMALS)),
        n=paired,
    )


def _columns(points: Iterable[Point]) -> dict[str, Floats]:
    return table([point.values for point in points])


def _paired(before: Sequence[Point], after: Sequence[Point]) -> dict[str, Floats]:
    """The columns of both, as `difference` names them."""
    first, second = _columns(before), _columns(after)
    return {f"before:{name}": column for name, column in first.items()} | {
        f"after:{name}": column for name, column in second.items()
    }


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
