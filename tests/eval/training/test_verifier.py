"""The fit of the verifier's score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.errors import CaseError
from eval.training.verifier import balanced_accuracy, fit_verifier
from service.support import FEATURES, calibration


def test_two_fits_are_the_same_and_separate_what_can_be_separated(sets: Path) -> None:
    told: list[str] = []
    first, second = (fit_verifier(sets, told.append) for _ in range(2))
    assert first == second
    assert told[: len(told) // 2] == told[len(told) // 2 :]
    assert told[0].startswith("wice, five folds by page: n=30")
    assert "AUROC 1.000" in told[0]


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="squad2"):
        fit_verifier(tmp_path, print)


def test_both_classes_weigh_the_same() -> None:
    right = np.array([True, False, False, False])
    assert balanced_accuracy(np.array([True, True, True, True]), right) == 0.5
    assert balanced_accuracy(right, right) == 1.0


def test_the_stored_coefficients_reward_coverage_and_punish_what_is_missing() -> None:
    weights = dict(zip(FEATURES, calibration().weights, strict=True))
    assert weights["covered"] > 0 > weights["missing"]
    assert weights["particulars"] < 0
