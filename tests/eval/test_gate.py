from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from eval.baseline import Baseline, accepted, read_baseline, write_baseline
from eval.cases import Case
from eval.cli import BASELINE, THRESHOLDS
from eval.comparison import metric_changes
from eval.errors import RunError
from eval.gate import judge
from eval.metrics import BY_NAME
from eval.results import Result
from eval.thresholds import Bound, Thresholds, read_thresholds
from eval.verdicts import Exit
from service.answer import Answer
from tests.eval.doubles import ARMY, BASES, COST, LEAVING, NOTE, abstained, answered, case, evaluated, unanswerable

GOOD = answered((LEAVING, NOTE))
WRONG = answered((ARMY, COST))
HALF = Thresholds(metrics={"gold_hit": Bound(floor=0.5)})
TODAY = date(2026, 1, 2)


def evaluations(right: int, wrong: int, **more: Answer) -> Result:
    """So many right and wrong answers to cases that are the same each time, each of a group of its own."""
    cases: dict[Case, Answer | Exception] = {
        case(f"case{number}", group=f"group{number}"): GOOD if number < right else WRONG
        for number in range(right + wrong)
    }
    return evaluated(cases | {case(name): answer for name, answer in more.items()})


def baseline_of(result: Result) -> Baseline:
    return accepted(result, "Anna", "first figures", TODAY)


def verdicts(result: Result, thresholds: Thresholds, baseline: Baseline | None = None) -> Mapping[str, str]:
    return {verdict.name: verdict.verdict for verdict in judge(result, thresholds, baseline).metrics}


# Floors


def test_bounds_that_are_kept_pass_to_the_last_digit() -> None:
    gate = judge(evaluated({case("a"): GOOD, case("b"): WRONG, unanswerable("cup"): abstained()}), HALF, None)
    assert (gate.verdict, gate.exit) == ("pass", 0)


def test_a_floor_not_reached_is_worse() -> None:
    gate = judge(evaluations(1, 2), HALF, None)
    assert (gate.verdict, gate.exit) == ("worse", 1)
    assert gate.metrics[0].reasons == ("0.333 is not ≥ 0.5",)


def test_a_ceiling_exceeded_is_worse() -> None:
    result = evaluated({case("a"): GOOD, case("b"): abstained()})
    gate = judge(result, Thresholds(metrics={"wrong_refusal": Bound(ceiling=0.4)}), None)
    assert gate.exit == Exit.WORSE


# Broken


def test_one_inexact_quote_breaks_the_gate_whatever_the_bounds() -> None:
    answer = answered((LEAVING, BASES))
    wrong = answer.model_copy(update={"citations": (answer.citations[0].model_copy(update={"quote": NOTE}),)})
    gate = judge(evaluated({case("a"): GOOD, case("off"): wrong}), Thresholds(metrics={}), None)
    assert (gate.verdict, gate.exit) == ("broken", 2)
    assert gate.faults[0].startswith("off: ")


def test_a_failed_case_breaks_the_gate_even_when_it_is_also_worse() -> None:
    gate = judge(evaluated({case("bad"): WRONG, case("failed"): RuntimeError("a bug")}), HALF, None)
    assert gate.exit == Exit.BROKEN
    assert gate.faults == ("failed: RuntimeError: a bug",)


def test_a_few_cases_may_fail_where_the_thresholds_say_so() -> None:
    result = evaluated({case("a"): GOOD, case("failed"): RuntimeError("a bug")})
    assert judge(result, HALF.model_copy(update={"unscored": 0.5}), None).verdict == "pass"
    assert judge(result, HALF.model_copy(update={"unscored": 0.4}), None).verdict == "broken"


def test_a_bounded_metric_that_could_not_be_scored_breaks_the_gate() -> None:
    gate = judge(evaluated({unanswerable(): abstained()}), HALF, None)
    assert gate.exit == Exit.BROKEN
    assert gate.faults == ("gold_hit is unscored: no case could be scored",)


# Against the baseline

LOSES = Thresholds(metrics={"right": Bound(delta=0.05, delta_elsewhere=0.5)})


def test_identical_input_passes_whatever_the_seed() -> None:
    before, again = baseline_of(evaluations(30, 10)), evaluations(30, 10)
    gates = [judge(again, LOSES, before, seed) for seed in range(100)]
    assert {gate.verdict for gate in gates} == {"pass"}
    assert not any(gate.changes for gate in gates)


def test_a_loss_that_may_be_larger_than_allowed_is_worse_and_names_the_cases() -> None:
    gate = judge(evaluations(24, 16), LOSES, baseline_of(evaluations(30, 10)))
    assert gate.exit == Exit.WORSE
    assert "may have lost" in gate.metrics[0].reasons[0]
    lost = {change.id for change in gate.changes if change.metric == "right"}
    assert lost == {f"case{number}" for number in range(24, 30)}
    assert all(change.worse for change in gate.changes)


def test_a_loss_within_chance_passes() -> None:
    # One case of 120 lost: the interval ends at about -0.03.
    gate = judge(evaluations(89, 31), LOSES, baseline_of(evaluations(90, 30)))
    (change,) = (each for each in gate.against if each.name == "right")
    assert gate.verdict == "pass"
    assert change.difference == pytest.approx(-1 / 120, abs=1e-6)
    assert change.interval is not None
    assert -0.05 < change.interval[0] < 0


def test_a_gain_passes_and_is_told() -> None:
    gate = judge(evaluations(36, 4), LOSES, baseline_of(evaluations(30, 10)))
    assert gate.verdict == "pass"
    assert {change.worse for change in gate.changes} == {False}


def test_a_metric_that_is_better_lower_loses_by_growing() -> None:
    thresholds = Thresholds(metrics={"wrong_refusal": Bound(delta=0.05)})
    before = baseline_of(evaluations(20, 0))
    refusing = evaluated({case(f"case{number}", group=f"group{number}"): abstained() for number in range(20)})
    assert verdicts(refusing, thresholds, before) == {"wrong_refusal": "worse"}
    assert verdicts(evaluations(20, 0), thresholds, baseline_of(refusing)) == {"wrong_refusal": "pass"}


def test_a_loss_without_spread_counts_as_it_is() -> None:
    # Every case lost: there is nothing to draw an interval from.
    gate = judge(evaluations(0, 8), LOSES, baseline_of(evaluations(8, 0)))
    assert gate.verdict == "worse"


def test_another_kind_of_processor_may_differ_more() -> None:
    before = baseline_of(evaluations(30, 10))
    elsewhere = before.model_copy(update={"models": {**before.models, "numerics": "int8 elsewhere"}})
    assert judge(evaluations(24, 16), LOSES, before).verdict == "worse"
    assert judge(evaluations(24, 16), LOSES, elsewhere).verdict == "pass"


def test_without_a_pair_there_is_no_verdict() -> None:
    before = baseline_of(evaluated({case("another"): GOOD}))
    gate = judge(evaluations(10, 0), LOSES, before)
    assert gate.verdict == "broken"
    assert "right is unscored: the baseline has nothing to pair" in gate.faults


def test_a_case_that_was_taken_out_or_changed_under_its_id_asks_for_a_new_baseline() -> None:
    before = baseline_of(evaluations(9, 1))
    gone = judge(evaluations(9, 0), LOSES, before)
    assert gone.verdict == "broken"
    assert gone.faults == ("1 of the baseline are gone, such as case9: accept a baseline",)
    points = dict(before.points) | {"case3": before.points["case3"].model_copy(update={"asked": "other"})}
    altered = judge(evaluations(9, 1), LOSES, before.model_copy(update={"points": points}))
    assert altered.faults == ("1 are not what the baseline knows under their ids, such as case3: accept a baseline",)


def test_a_run_of_a_few_may_leave_cases_out() -> None:
    few = evaluations(5, 0)
    limited = few.model_copy(update={"stamp": few.stamp.model_copy(update={"limit": 5})})
    assert judge(limited, LOSES, baseline_of(evaluations(9, 1))).verdict == "pass"


def test_another_system_is_not_the_same() -> None:
    before = baseline_of(evaluations(10, 0)).model_copy(update={"system": "cosine"})
    with pytest.raises(RunError, match="of cosine on written"):
        judge(evaluations(10, 0), LOSES, before)


def test_new_cases_are_not_compared() -> None:
    before = baseline_of(evaluations(10, 0))
    gate = judge(evaluations(10, 0, extra=WRONG), LOSES, before)
    (change,) = (each for each in gate.against if each.name == "right")
    assert (gate.verdict, change.difference, change.n) == ("pass", 0.0, 10)


def test_a_baseline_of_another_mode_cannot_be_compared_with() -> None:
    before = baseline_of(evaluations(10, 0)).model_copy(update={"mode": "auto"})
    with pytest.raises(RunError, match="in mode auto"):
        judge(evaluations(10, 0), LOSES, before)


def test_set_level_metrics_are_compared_too() -> None:
    sure = {case("a"): answered((LEAVING, NOTE), confidence=0.9), unanswerable("b"): abstained(confidence=0.1)}
    lost = {case("a"): answered((LEAVING, NOTE), confidence=0.6), unanswerable("b"): abstained(confidence=0.7)}
    before, after = baseline_of(evaluated({**sure})), baseline_of(evaluated({**lost}))
    changes = {change.name: change for change in metric_changes(before.points, after.points)}
    assert (changes["answerable_auroc"].before, changes["answerable_auroc"].after) == (1.0, 0.0)
    assert changes["answerable_auroc"].difference == -1.0


# Baselines


def test_a_baseline_survives_its_file(tmp_path: Path) -> None:
    before = baseline_of(evaluations(3, 2))
    write_baseline(before, tmp_path / "deep" / "baseline.json")
    assert read_baseline(tmp_path / "deep" / "baseline.json") == before
    lines = (tmp_path / "deep" / "baseline.json").read_text(encoding="utf-8").splitlines()
    assert sum('"case3"' in line for line in lines) == 1  # one line a case


@pytest.mark.parametrize(("who", "why"), [("", "better"), ("Anna", "  ")])
def test_a_baseline_needs_a_name_and_a_reason(who: str, why: str) -> None:
    with pytest.raises(RunError, match="who accepts it and why"):
        accepted(evaluations(1, 1), who, why, TODAY)


def test_a_run_with_failed_cases_is_no_baseline() -> None:
    with pytest.raises(RunError, match="such as bad"):
        accepted(evaluated({case("bad"): RuntimeError("a bug")}), "Anna", "better", TODAY)


def test_a_baseline_is_written_whole_and_over_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(baseline_of(evaluations(3, 2)), path)
    odd = accepted(evaluations(2, 3), "Anna", "bad \udcff byte", TODAY)
    write_baseline(odd, path)
    assert read_baseline(path).points == odd.points
    path.write_text("my notes", encoding="utf-8")
    with pytest.raises(RunError, match="is no baseline"):
        write_baseline(odd, path)
    assert path.read_text(encoding="utf-8") == "my notes"


def test_a_baseline_of_figures_that_are_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(baseline_of(evaluations(3, 2)), path)
    path.write_text(path.read_text(encoding="utf-8").replace('"right": 1.0', '"right": NaN', 1), encoding="utf-8")
    with pytest.raises(RunError, match="is no baseline"):
        read_baseline(path)


def test_a_run_over_drafts_is_no_baseline() -> None:
    with pytest.raises(RunError, match="drafts"):
        accepted(evaluated({case("a", tags=["draft"]): GOOD}), "Anna", "better", TODAY)


@pytest.mark.parametrize("content", ["{", "[]", '{"who": "Anna"}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match="is no baseline"):
        read_baseline(path)
    with pytest.raises(RunError, match="cannot be read"):
        read_baseline(tmp_path / "gone.json")


# Thresholds


def test_the_project_s_own_thresholds_cover_the_promises() -> None:
    found = read_thresholds(THRESHOLDS)
    assert found.metrics["exactness"].floor == 1.0
    assert found.unscored == 0.0
    before = read_baseline(BASELINE)
    assert before.dataset_name == "own"
    own = {metric.name for metric in BY_NAME.values() if metric.kind == "case" and metric.family != "judge"}
    assert set(found.metrics) <= own
    assert {"right", "status", "gold_hit", "top1", "ndcg@10", "read_mrr", "refusal_recall"} <= set(found.metrics)
    assert all(bound.delta is not None for name, bound in found.metrics.items() if name != "exactness")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[gold_hit", "TOML"),
        ("[colour]\nfloor = 0.5", "'colour'"),
        ("[gold_hit]\nceiling = 0.5", "better higher"),
        ("[wrong_refusal]\nfloor = 0.5", "better lower"),
        ("[gold_hit]\nfloor = 1.5", "gold_hit"),
        ("[gold_hit]", "a floor, a ceiling or a delta"),
        ("[gold_hit]\nfloor = 0.5\nceiling = 0.6", "either a floor or a ceiling"),
        ("[gold_hit]\ndelta = 0.5\ndelta_elsewhere = 0.1", "at least delta"),
        ("[judge_answer]\nfloor = 0.5", "a judge's opinion"),
        ("unscored = 2\n[gold_hit]\nfloor = 0.5", "unscored"),
        ("gold_hit = 0.5", "gold_hit"),
        ("unscored = true\n[gold_hit]\nfloor = 0.5", "unscored"),
        ('[gold_hit]\nfloor = "0.5"', "gold_hit"),
        ("unscored = 0.1", "bounds nothing"),
    ],
)
def test_bounds_that_cannot_be_meant_are_refused(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError) as caught:
        read_thresholds(path)
    assert what in caught.value.message


def test_bounds_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"gone\.toml"):
        read_thresholds(tmp_path / "gone.toml")
