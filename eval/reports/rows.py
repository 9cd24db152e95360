"""A metric with all that is known of it: its value, its verdict, its difference from the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.reports import wording
from eval.results import MetricResult, Result
from eval.verdicts import GateResult, MetricChange, MetricVerdict

LEAST, MAIN = 3, 6
"""Metrics that a headline holds: at least, where so many are scored, and at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric. `metric` is None where only the gate knows of it; `verdict` where it has no bounds."""

    name: str
    metric: MetricResult | None
    verdict: MetricVerdict | None
    against: MetricChange | None

    @property
    def value(self) -> str:
        """The value, or that it is unscored."""
        return "unscored" if self.metric is None or self.metric.value is None else wording.number(self.metric.value)

    @property
    def why(self) -> str:
        """Why it is unscored, empty where it is not."""
        if self.metric is None:
            return "it was not measured"
        return "" if self.metric.value is not None else self.metric.why or "no record could be scored"

    @property
    def interval(self) -> str:
        """The interval of the value."""
        return wording.interval(self.metric.interval if self.metric else None)

    @property
    def n(self) -> str:
        """Records it is computed from, with those that it applies to but that failed."""
        if self.metric is None:
            return "0"
        return f"{self.metric.n:,}" + (f" ({self.metric.unscored:,} unscored)" if self.metric.unscored else "")

    @property
    def difference(self) -> str:
        """The difference from the baseline and its interval."""
        if self.against is None or self.against.difference is None:
            return wording.NONE
        ends = f" ({wording.signed_interval(self.against.interval)})" if self.against.interval else ""
        return wording.signed(self.against.difference) + ends

    @property
    def before(self) -> float | None:
        """The baseline's value."""
        return self.against.before if self.against else None

    @property
    def bounds(self) -> str:
        """The bounds, empty where there are none."""
        return self.verdict.bounds if self.verdict else ""

    @property
    def judged(self) -> str:
        """pass, worse or broken; empty where there are no bounds."""
        return self.verdict.verdict if self.verdict and self.verdict.bounds else ""


def rows(result: Result, gate: GateResult | None) -> list[Row]:
    """A row a metric, in the order of the result; what only the gate knows of comes last."""
    verdicts = {verdict.name: verdict for verdict in gate.metrics} if gate else {}
    against = {change.name: change for change in gate.against} if gate else {}
    metrics = {metric.name: metric for metric in result.metrics}
    names = dict.fromkeys((*metrics, *verdicts))
    return [Row(name, metrics.get(name), verdicts.get(name), against.get(name)) for name in names]


def shown(every: Sequence[Row]) -> list[Row]:
    """The rows that a table holds: those with a value or a verdict. The others are only told with their reason."""
    return [row for row in every if not row.why or row.judged]


def main(every: Sequence[Row]) -> list[Row]:
    """The first scored metric of each family; the next ones too where there are few families."""
    scored = [row for row in every if row.metric and row.metric.value is not None]
    first: dict[str, Row] = {}
    for row in scored:
        first.setdefault(row.metric.family if row.metric else "", row)
    others = [row for row in scored if row not in first.values()]
    return [*first.values(), *others[: max(0, LEAST - len(first))]][:MAIN]


def by_family(every: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    """The rows shown by family, both in order."""
    families: dict[str, list[Row]] = {}
    for row in shown(every):
        families.setdefault(row.metric.family if row.metric else "not measured", []).append(row)
    return families


def unscored(every: Sequence[Row]) -> Mapping[str, Sequence[str]]:
    """The names of the unscored metrics by why they are so."""
    reasons: dict[str, list[str]] = {}
    for row in every:
        if row.why:
            reasons.setdefault(row.why, []).append(row.name)
    return reasons
