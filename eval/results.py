"""What a run came to: metrics with intervals, the records behind them, and what produced them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from eval.records import Record

Better = Literal["higher", "lower"]
DECIMALS = 6


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MetricResult(_Kept):
    """One metric over the `n` records it applies to.

    `value` is None (unscored) where the set, or what was measured, does not support it; `why` says which. `interval` is
    a 95 % interval. `unscored` counts records that it applies to but that failed.
    """

    name: str
    family: str
    better: Better
    meaning: str
    value: float | None
    interval: tuple[float, float] | None = None
    n: int = 0
    unscored: int = 0
    why: str = ""


class Speed(_Kept):
    """Milliseconds (`p50`, `p95`) by stage, tokens, and the highest resident memory in MB; None where unknown.

    Never part of `metrics.json`, which equal answers make equal to the byte.
    """

    stages: Mapping[str, Mapping[str, float]] = {}
    items_per_second: float | None = None
    tokens: Mapping[str, int] | None = None
    peak_memory_mb: float | None = None


class Threshold(_Kept):
    """What the risk-coverage curve implies: the threshold in use, where it is known, and the one that gets the most
    questions right on this very set."""

    used: float | None
    used_right: float | None
    best: float
    best_right: float


class Stamp(_Kept):
    """What produced a run. `key` is a hash over all that decides the answers: runs of one key can be resumed."""

    key: str
    dataset: str
    dataset_name: str
    dataset_note: str
    cases: int
    claims: int
    limit: int | None
    system: str
    mode: str
    code: str
    revision: str | None
    dirty: bool | None
    packages: Mapping[str, str]
    models: Mapping[str, str]
    settings: Mapping[str, Any]
    python: str
    processor: str


class Result(_Kept):
    """A whole run. `notes` are what a reader of its figures must know, such as who judged the support."""

    stamp: Stamp
    metrics: tuple[MetricResult, ...]
    records: tuple[Record, ...]
    speed: Speed = Speed()
    threshold: Threshold | None = None
    by_tag: Mapping[str, Mapping[str, tuple[float, int]]] = {}
    """For each tag and mean metric, its value and how many records it is the mean of."""
    notes: tuple[str, ...] = ()

    def metric(self, name: str) -> MetricResult | None:
        """The metric of that name."""
        return next((metric for metric in self.metrics if metric.name == name), None)
