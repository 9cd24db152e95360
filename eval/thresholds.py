"""The bounds a gate holds metrics to, as a small reviewed file says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.errors import RunError
from eval.metrics import BY_NAME, Metric

_ROUNDING = 1e-9


class Bound(BaseModel):
    """What one metric is held to.

    `floor` or `ceiling` is the least or the greatest value it may have. `delta` is how much it may lose against the
    baseline: the bad end of the paired 95 % interval of its change may not lie beyond it. `delta_elsewhere` takes its
    place where the embedder's numeric variant is not the baseline's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    floor: float | None = Field(default=None, ge=0, le=1)
    ceiling: float | None = Field(default=None, ge=0, le=1)
    delta: float | None = Field(default=None, ge=0, le=1)
    delta_elsewhere: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> Bound:
        if self.floor is not None and self.ceiling is not None:
            raise ValueError("give either a floor or a ceiling")
        if self.floor is None and self.ceiling is None and self.delta is None:
            raise ValueError("give a floor, a ceiling or a delta")
        if self.delta_elsewhere is not None and (self.delta is None or self.delta_elsewhere < self.delta):
            raise ValueError("delta_elsewhere is at least delta, and needs it")
        return self

    def kept(self, value: float) -> bool:
        """Whether the value is within floor and ceiling."""
        low = self.floor is None or value >= self.floor - _ROUNDING
        return low and (self.ceiling is None or value <= self.ceiling + _ROUNDING)

    def allowed(self, same_numerics: bool) -> float | None:
        """How much may be lost."""
        return self.delta if same_numerics or self.delta_elsewhere is None else self.delta_elsewhere

    def fits(self, metric: Metric) -> bool:
        """Whether floor or ceiling is on the side where the metric gets bad."""
        wrong = self.ceiling if metric.better == "higher" else self.floor
        return wrong is None

    def told(self, same_numerics: bool) -> str:
        """As a reader sees it."""
        allowed = self.allowed(same_numerics)
        parts = [
            f"≥ {self.floor:g}" if self.floor is not None else "",
            f"≤ {self.ceiling:g}" if self.ceiling is not None else "",
            f"loses ≤ {allowed:g}" if allowed is not None else "",
        ]
        return ", ".join(filter(None, parts))


class Thresholds(BaseModel):
    """`unscored` is the greatest share of failed cases."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    unscored: float = Field(default=0.0, ge=0, le=1)
    metrics: Mapping[str, Bound]


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds of a TOML file: `unscored`, and a table a metric.

    Raises: RunError for an unreadable file, an unknown metric, or a bound on its good side.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        head = {name: content.pop(name) for name in ("unscored",) if name in content}
        found = Thresholds.model_validate({**head, "metrics": content})
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}).", "Give a TOML file of bounds.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{path} is not TOML: {error}", "Mend the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])).removeprefix("metrics.")
        raise RunError(
            f"{path}: {where}: {first['msg']}", "See docs/evaluation.md for what may stand there."
        ) from error
    if not found.metrics:
        raise RunError(f"{path} bounds nothing.", "Give at least `exactness` a floor of 1.0.")
    for name, bound in found.metrics.items():
        if name not in BY_NAME:
            raise RunError(f"{path}: there is no metric {name!r}.", f"Metrics: {', '.join(BY_NAME)}.")
        if BY_NAME[name].family == "judge":
            raise RunError(f"{path}: {name} is a judge's opinion.", "It is never part of the gate: take it out.")
        if not bound.fits(BY_NAME[name]):
            raise RunError(f"{path}: {name} is better {BY_NAME[name].better}.", "Bound its other side.")
    return found
