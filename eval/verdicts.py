"""What a gate says: of a metric, of a case that changed, and of the whole."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["pass", "worse", "broken"]


class Exit(IntEnum):
    """What the process tells its caller."""

    PASS = 0
    WORSE = 1
    BROKEN = 2
    COULD_NOT_RUN = 3


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Change(_Told):
    """A record whose value of one metric is another than the baseline's. `worse` minds which way is good."""

    id: str
    metric: str
    before: float | None
    after: float | None
    worse: bool
    why: str = ""


class MetricChange(_Told):
    """A metric against the baseline, over the records that both have.

    `difference` is after minus before; `interval` is its 95 % interval, paired by record. None where there is nothing
    to pair.
    """

    name: str
    before: float | None
    after: float | None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    n: int = 0


class MetricVerdict(_Told):
    """A metric's verdict, with the bounds it was held to (`≥ 0.55`, `loses < 0.03`) and what it failed, if anything."""

    name: str
    bounds: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()


class GateResult(_Told):
    """The verdict. `faults` say what broke it; `changes` are the records that changed, the worse first.

    `baseline` names what was compared with, None where there was no baseline.
    """

    verdict: Verdict
    metrics: tuple[MetricVerdict, ...]
    against: tuple[MetricChange, ...] = ()
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()
    baseline: str | None = None

    @property
    def exit(self) -> Exit:
        """0 for pass, 1 for worse, 2 for broken."""
        return Exit[self.verdict.upper()]
