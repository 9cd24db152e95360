"""What records come to: metrics with intervals, by tag, and the threshold that the risks imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from eval.dataset import Measure
from eval.metrics import METRICS, Metric
from eval.records import Record
from eval.results import DECIMALS, MetricResult, Threshold
from eval.stats import Floats, interval
from eval.systems import Ability

NEEDED_BY_KIND: Mapping[str, Ability] = {"case": "answer", "claim": "judge"}


def columns(records: Sequence[Record]) -> dict[str, Floats]:
    """Scores and signals by name, one row a record; NaN where one does not apply."""
    return table([values(record) for record in records])


def values(record: Record) -> dict[str, float]:
    """The scores and signals that a record has."""
    scores = {name: score.value for name, score in record.scores.items() if score.value is not None}
    return dict(sorted((scores | dict(record.signals)).items()))


def table(rows: Sequence[Mapping[str, float]]) -> dict[str, Floats]:
    """Columns by name; NaN where a row has no such value.

    `hit` is left out where a refused question does not tell what would have been said: those would be missing from the
    risks.
    """
    found: dict[str, Floats] = {}
    for place, row in enumerate(rows):
        for name, value in row.items():
            if name not in found:
                found[name] = np.full(len(rows), np.nan)
            found[name][place] = value
    if "untold" in found:
        found.pop("hit", None)
    return found


def measured(
    records: Sequence[Record], measures: frozenset[Measure], abilities: frozenset[Ability], judge: bool = False
) -> list[MetricResult]:
    """Every metric, unscored with the reason where the set or the system does not support it.

    The judge's metrics are there only when there was a `judge`.
    """
    by_kind = {kind: [record for record in records if record.kind == kind] for kind in ("case", "claim")}
    tables = {kind: columns(chosen) for kind, chosen in by_kind.items()}
    results = []
    for metric in METRICS:
        if metric.family == "judge" and not judge:
            continue
        why = _unsupported(metric, measures, abilities, bool(by_kind[metric.kind]))
        results.append(_unscored(metric, why) if why else _result(metric, by_kind[metric.kind], tables[metric.kind]))
    return results


def by_tag(records: Sequence[Record]) -> dict[str, dict[str, tuple[float, int]]]:
    """For each tag, the mean of every score and how many records it is the mean of."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        for tag in record.tags:
            for name, score in record.scores.items():
                if score.value is not None:
                    values[tag][name].append(score.value)
    return {
        tag: {name: (round(float(np.mean(each)), DECIMALS), len(each)) for name, each in sorted(scores.items())}
        for tag, scores in sorted(values.items())
    }


def threshold(records: Sequence[Record], used: float | None) -> Threshold | None:
    """The confidence from which answering gets most questions of these right, and the one in use.

    A question counts as right when it is answered and the answer holds, or refused and there is none. None where that
    is not known.
    """
    table = columns([record for record in records if record.kind == "case"])
    if not {"confidence", "answerable", "hit"} <= table.keys():
        return None
    known = np.all(np.isfinite([table["confidence"], table["answerable"], table["hit"]]), axis=0)
    confidence, answerable, hit = (table[name][known] for name in ("confidence", "answerable", "hit"))
    if not len(confidence):
        return None

    def right(at: float) -> float:
        return round(float(np.mean(np.where(confidence >= at, hit, 1 - answerable))), DECIMALS)

    candidates = [*np.unique(confidence).tolist(), float(np.nextafter(confidence.max(), np.inf))]
    best = max(candidates, key=lambda at: (right(at), -at))
    return Threshold(
        used=None if used is None else round(used, DECIMALS),
        used_right=None if used is None else right(used),
        best=round(best, DECIMALS),
        best_right=right(best),
    )


def _result(metric: Metric, records: Sequence[Record], table: Mapping[str, Floats]) -> MetricResult:
    value = metric.statistic.of(table)
    failed = sum(record.error is not None for record in records)
    if value is None:
        return _unscored(metric, "no case could be scored", failed)
    ends = interval(metric.statistic, table, [record.cluster for record in records])
    applies = np.all(np.isfinite([table[name] for name in metric.statistic.columns]), axis=0)
    return _unscored(metric, "", failed).model_copy(
        update={
            "value": round(value, DECIMALS),
            "interval": None if ends is None else (round(ends[0], DECIMALS), round(ends[1], DECIMALS)),
            "n": int(applies.sum()),
        }
    )


def _unscored(metric: Metric, why: str, failed: int = 0) -> MetricResult:
    return MetricResult(
        name=metric.name,
        family=metric.family,
        better=metric.better,
        meaning=metric.meaning,
        value=None,
        unscored=failed,
        why=why,
    )


def _unsupported(metric: Metric, measures: frozenset[Measure], abilities: frozenset[Ability], records: bool) -> str:
    if metric.measures and not metric.measures & measures:
        return "the set does not tell"
    if not records:
        return f"the set has no {metric.kind}s" if metric.family != "retrieval" else "nothing was asked"
    needed: Ability = "rank" if metric.family == "retrieval" else NEEDED_BY_KIND[metric.kind]
    if needed not in abilities:
        return "what was measured cannot do it"
    return ""
