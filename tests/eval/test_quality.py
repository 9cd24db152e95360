from pathlib import Path

import pytest

from eval.errors import RunError
from eval.quality import PLAN, Planned, document, run_plan, verifier_accuracy
from eval.results import MetricResult
from tests.commands import ROOT
from tests.eval.doubles import LEAVING, NOTE, abstained, answered, case, evaluated, unanswerable

RESULT = evaluated({case("when"): answered((LEAVING, NOTE)), unanswerable("cup"): abstained()})


def test_every_set_and_system_gets_its_figures() -> None:
    told = document([(Planned("own", None), RESULT), (Planned("own", None, "cosine"), RESULT)])
    assert "| `right` | 1.000 | 1.000 | 2 |" in told
    assert "`support_ba`" not in told  # the set does not tell
    assert "Threshold in use 0.500" in told
    assert told == document([(Planned("own", None), RESULT), (Planned("own", None, "cosine"), RESULT)])


def test_what_the_verifier_reached_is_kept_but_not_on_what_it_was_fitted_on() -> None:
    metric = MetricResult(name="support_ba", family="support", better="higher", meaning="", value=0.7)
    stamp = RESULT.stamp.model_copy(update={"models": {"verifier": "rules-1"}})
    result = RESULT.model_copy(update={"metrics": (metric,), "stamp": stamp})
    found = verifier_accuracy([(Planned("qags", "qags"), result), (Planned("wice", "wice"), result)])
    assert found == {"rules-1": {"qags": 0.7}}


def test_a_folder_without_any_set_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="None of the sets"):
        run_plan(tmp_path, tmp_path / "own", tmp_path / "out", 1)


def test_the_written_figures_are_of_every_set_of_the_plan() -> None:
    told = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    assert [line[3:] for line in told.splitlines() if line.startswith("## ")] == list(
        dict.fromkeys(planned.name for planned in PLAN)
    )
