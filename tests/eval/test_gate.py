from pathlib import Path

import pytest

from eval.cli import THRESHOLDS
from eval.errors import RunError
from eval.gate import Bound, Exit, judge, read_bounds
from eval.scorers import SCORERS
from tests.eval.doubles import ARMY, BASES, COST, LEAVING, NOTE, abstained, answered, card, case, outcome, unanswerable

GOOD = outcome(case("good"), answered((LEAVING, NOTE)))
BAD = outcome(case("bad"), answered((ARMY, COST)))
REFUSED = outcome(unanswerable("cup"), abstained())
HALF = {"gold_hit": Bound(floor=0.5)}


def test_bounds_that_are_kept_pass_to_the_last_digit() -> None:
    gate = judge(card(GOOD, BAD, REFUSED), HALF)
    assert (gate.verdict, gate.exit) == ("pass", 0)


def test_a_floor_not_reached_is_worse() -> None:
    gate = judge(card(GOOD, BAD, BAD), HALF)
    assert (gate.verdict, gate.exit) == ("worse", 1)
    assert {row.metric.scorer.name: row.verdict for row in gate.rows}["gold_hit"] == "worse"


def test_a_ceiling_exceeded_is_worse() -> None:
    refused = outcome(case("no"), abstained())
    gate = judge(card(GOOD, refused), {"wrong_refusal": Bound(ceiling=0.4)})
    assert gate.exit == Exit.WORSE


def test_one_inexact_quote_breaks_the_gate_whatever_the_bounds() -> None:
    answer = answered((LEAVING, BASES))
    wrong = answer.model_copy(update={"citations": (answer.citations[0].model_copy(update={"quote": NOTE}),)})
    gate = judge(card(GOOD, outcome(case("off"), wrong)), {})
    assert (gate.verdict, gate.exit) == ("broken", 2)
    assert gate.faults[0].startswith("off: ")


def test_a_failed_case_breaks_the_gate_even_when_it_is_also_worse() -> None:
    gate = judge(card(BAD, outcome(case("failed"), None, "The disk is full.")), HALF)
    assert gate.exit == Exit.BROKEN
    assert gate.faults == ("failed: The disk is full.",)


def test_a_bounded_metric_that_could_not_be_scored_breaks_the_gate() -> None:
    gate = judge(card(REFUSED), HALF)
    assert gate.exit == Exit.BROKEN
    assert gate.faults == ("gold_hit: no case could be scored",)


def test_the_project_s_own_bounds_cover_the_promises() -> None:
    bounds = read_bounds(THRESHOLDS)
    assert bounds["exactness"].floor == 1.0
    assert set(bounds) == {scorer.name for scorer in SCORERS}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[gold_hit", "TOML"),
        ("[colour]\nfloor = 0.5", "'colour'"),
        ("[gold_hit]\nceiling = 0.5", "better higher"),
        ("[wrong_refusal]\nfloor = 0.5", "better lower"),
        ("[gold_hit]\nfloor = 1.5", "gold_hit"),
        ("[gold_hit]", "either a floor or a ceiling"),
        ("[gold_hit]\nfloor = 0.5\nceiling = 0.6", "either a floor or a ceiling"),
        ("gold_hit = 0.5", "gold_hit"),
    ],
)
def test_bounds_that_cannot_be_meant_are_refused(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError) as caught:
        read_bounds(path)
    assert what in caught.value.message


def test_bounds_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"gone\.toml"):
        read_bounds(tmp_path / "gone.toml")
