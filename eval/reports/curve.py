"""The risk-coverage curve: what is wrong among the answered, by how many are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eval.records import Record


class Point(NamedTuple):
    """Where only records of at least this `confidence` are answered: the share answered, the share of those wrong."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Points by falling confidence, one a confidence that occurs; over `n` records."""

    points: Sequence[Point]
    n: int

    def at(self, threshold: float) -> Point | None:
        """Where the threshold puts the system; None where it answers nothing."""
        answered = [point for point in self.points if point.confidence >= threshold]
        return answered[-1] if answered else None


def curve(records: Sequence[Record]) -> Curve | None:
    """The curve of the records that tell their confidence and whether the answer was right; None where none does.

    Source: El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, 2010.
    """
    told = [
        (record.signals["confidence"], right) for record in records if (right := _right(record.signals)) is not None
    ]
    if not told:
        return None
    told.sort(key=lambda each: -each[0])
    points: list[Point] = []
    wrong = 0.0
    for answered, (confidence, right) in enumerate(told, start=1):
        wrong += 1.0 - right
        if answered == len(told) or told[answered][0] != confidence:
            points.append(Point(confidence, answered / len(told), wrong / answered))
    return Curve(points, len(told))


def _right(signals: Mapping[str, float]) -> float | None:
    """Answering was right where the articles answer and the answer hits."""
    if "confidence" not in signals or "answerable" not in signals:
        return None
    if signals["answerable"] == 0:
        return 0.0
    return signals["answerable"] * signals["hit"] if "hit" in signals else None
