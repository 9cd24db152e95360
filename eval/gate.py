"""The gate: a scorecard against the bounds it must keep."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from eval.errors import RunError
from eval.scorecard import Metric, Scorecard
from eval.scorers import SCORERS, Scorer

_ROUNDING = 1e-9


class Exit(IntEnum):
    """What the process tells its caller."""

    PASS = 0
    WORSE = 1
    BROKEN = 2
    COULD_NOT_RUN = 3


class Bound(BaseModel):
    """The least or the greatest value a metric may have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor: float | None = Field(default=None, ge=0, le=1)
    ceiling: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> Bound:
        if (self.floor is None) == (self.ceiling is None):
            raise ValueError("give either a floor or a ceiling")
        return self

    def kept(self, value: float) -> bool:
        """Whether the value is within the bound."""
        if self.floor is not None:
            return value >= self.floor - _ROUNDING
        return self.ceiling is not None and value <= self.ceiling + _ROUNDING

    def fits(self, scorer: Scorer) -> bool:
        """Whether the bound is on the side where the measure gets bad."""
        return (self.floor is not None) == (scorer.better == "higher")

    def __str__(self) -> str:
        return f"≥ {self.floor:.3f}" if self.floor is not None else f"≤ {self.ceiling:.3f}"


Bounds = Mapping[str, Bound]
Verdict = Literal["pass", "worse", "broken"]


@dataclass(frozen=True, slots=True)
class Row:
    """One metric's verdict; None where it has no bound."""

    metric: Metric
    bound: Bound | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict on a scorecard. `faults` say what kept it from being scored as it should."""

    rows: Sequence[Row]
    faults: Sequence[str]

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        if self.faults:
            return "broken"
        return "worse" if any(row.verdict == "worse" for row in self.rows) else "pass"

    @property
    def exit(self) -> Exit:
        """0 for pass, 1 for worse, 2 for broken."""
        return Exit[self.verdict.upper()]

    def summary(self) -> dict[str, Any]:
        """What a machine reads."""
        return {
            "verdict": self.verdict,
            "faults": list(self.faults),
            "bounds": {
                row.metric.scorer.name: {**row.bound.model_dump(exclude_none=True), "verdict": row.verdict}
                for row in self.rows
                if row.bound
            },
        }


def judge(card: Scorecard, bounds: Bounds) -> Gate:
    """Broken when a case failed, a quote is inexact or a bounded metric is unscored; worse when a bound is not kept."""
    rows = tuple(_row(metric, bounds.get(metric.scorer.name)) for metric in card.metrics)
    return Gate(rows, (*_failed(card), *_inexact(card), *_unscored(rows)))


def read_bounds(path: Path) -> Bounds:
    """The bounds of a TOML file: a table a metric, with `floor` or `ceiling`.

    Raises: RunError for an unreadable file, an unknown metric, or a bound on its good side.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        bounds = TypeAdapter(dict[str, Bound]).validate_python(content)
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}).", "Give a TOML file of bounds.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{path} is not TOML: {error}", "Mend the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RunError(f"{path}: {where}: {first['msg']}", "Each metric has one floor or one ceiling.") from error
    scorers = {scorer.name: scorer for scorer in SCORERS}
    for name, bound in bounds.items():
        if name not in scorers:
            raise RunError(f"{path}: there is no metric {name!r}.", f"Metrics: {', '.join(scorers)}.")
        if not bound.fits(scorers[name]):
            raise RunError(f"{path}: {name} is better {scorers[name].better}.", "Bound its other side.")
    return bounds


def _row(metric: Metric, bound: Bound | None) -> Row:
    if bound is None:
        return Row(metric, None, None)
    if metric.value is None:
        return Row(metric, bound, "broken")
    return Row(metric, bound, "pass" if bound.kept(metric.value) else "worse")


def _failed(card: Scorecard) -> list[str]:
    return [f"{outcome.case.id}: {outcome.error}" for outcome in card.errors]


def _inexact(card: Scorecard) -> list[str]:
    exactness = [(each.outcome.case.id, each.scores["exactness"]) for each in card.scored]
    return [f"{name}: {score.why}" for name, score in exactness if score.value is not None and score.value < 1]


def _unscored(rows: Sequence[Row]) -> list[str]:
    return [f"{row.metric.scorer.name}: no case could be scored" for row in rows if row.verdict == "broken"]
