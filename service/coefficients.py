"""The reader's fitted coefficients, as `dossier eval train reader` writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.article import digest
from service.features import JUDGED, LEXICAL, QUESTION, SENTENCE, Matrix

PACKAGED = Path(__file__).with_name("reader.json")


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Linear models over named features, and the limits chosen with them.

    `first` ranks sentences by words alone, and the best `keep` of them are read on. `sentence` ranks those by features,
    and `question` with `bias` gives the log-odds by features that the best of them answers. `share` of the features'
    ranking and `cross` of the cross-encoder's log-odds rank them together; `judge` with `judge_bias` gives the log-odds
    by both that something answers. Sentences of at least `mark` times the
    best one's probability are marked. `common` are the weights in [0, 1] of frequent stems.
    """

    fitted_on: str
    first: Matrix
    sentence: Matrix
    question: Matrix
    bias: float
    share: float
    cross: float
    judge: Matrix
    judge_bias: float
    keep: int
    mark: float
    threshold: float
    common: Mapping[str, float]
    fingerprint: str


def load_coefficients(path: Path = PACKAGED) -> Coefficients:
    """Reads a file of coefficients. Raises ValueError if its features are not those of this version."""
    text = path.read_text(encoding="utf-8")
    stored = json.loads(text)
    return Coefficients(
        fitted_on=str(stored["fitted_on"]),
        first=_ordered(stored["first"], LEXICAL),
        sentence=_ordered(stored["sentence"], SENTENCE),
        question=_ordered(stored["question"], QUESTION),
        bias=float(stored["bias"]),
        share=float(stored["share"]),
        cross=float(stored["cross"]),
        judge=_ordered(stored["judge"], JUDGED),
        judge_bias=float(stored["judge_bias"]),
        keep=int(stored["keep"]),
        mark=float(stored["mark"]),
        threshold=float(stored["threshold"]),
        common={str(stem): float(weight) for stem, weight in stored["common"].items()},
        fingerprint=digest(text)[:12],
    )


def _ordered(weights: Mapping[str, Any], names: Sequence[str]) -> Matrix:
    """A feature that the fit left out weighs nothing; one that is unknown here is an error."""
    unknown = sorted(set(weights) - set(names))
    if unknown:
        raise ValueError(f"Unknown features {unknown}: fit the reader again with `dossier eval train reader`.")
    return np.array([float(weights.get(name, 0.0)) for name in names])
