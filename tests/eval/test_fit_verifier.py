"""The fitting recipe on small sets of its own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from eval.quotes import choose_quotes
from eval.training.verifier import auroc, balanced_accuracy, fit, main
from service.support import FEATURES, calibration


@pytest.fixture
def wice(tmp_path: Path) -> str:
    page = ["Harbour notes", "The ferry sailed to Osh.", "Bakers sold bread in Baku.", "Rain fell all day."]
    rows = []
    for number in range(20):
        right = number % 2 == 0
        claim = "The ferry sailed to Osh." if right else f"The harbour of Riga burned {number + 7} times."
        label = "supported" if right else "not_supported"
        rows.append({"claim": claim, "label": label, "evidence": page, "meta": {"claim_title": f"Page {number}"}})
    path = tmp_path / "small.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return f"wice:{path}"


def test_two_runs_print_the_same_figures(wice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([wice]) == 0
    first = capsys.readouterr().out
    assert main([wice]) == 0
    assert capsys.readouterr().out == first
    assert "AUROC=1.000" in first


@pytest.mark.parametrize("arguments", [[], ["qags:x"], ["wice"], ["other:x"]])
def test_wrong_arguments_print_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_a_fit_separates_what_can_be_separated() -> None:
    rows = np.linspace(0, 1, 40)[:, None]
    labels = rows[:, 0] > 0.5
    chances = fit(rows, labels).probabilities(rows)
    assert auroc(chances, labels) == 1.0
    assert balanced_accuracy(chances > 0.5, labels) > 0.95


def test_quotes_are_those_that_add_words() -> None:
    sentences = ["Rain fell.", "The ferry sailed.", "The ferry sailed to Osh with 40 goats.", "Goats graze."]
    assert choose_quotes("The ferry sailed to Osh with 40 goats.", sentences, 4) == [sentences[2]]


def test_the_stored_coefficients_reward_coverage_and_punish_what_is_missing() -> None:
    weights = dict(zip(FEATURES, calibration().weights, strict=True))
    assert weights["covered"] > 0 > weights["missing"]
    assert weights["particulars"] < 0
