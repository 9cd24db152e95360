from eval.constancy import MOST_FLIPS, constancy
from eval.results import Result
from eval.thresholds import Bound, Thresholds
from tests.eval.doubles import ARMY, COST, LEAVING, NOTE, answered, case, evaluated

BOUNDS = Thresholds(metrics={"right": Bound(delta=0.02)})
GOOD, WRONG = answered((LEAVING, NOTE)), answered((ARMY, COST))


def result(*right: bool) -> Result:
    return evaluated(
        {case(f"case{number}", group=str(number)): GOOD if ok else WRONG for number, ok in enumerate(right)}
    )


def test_a_gate_that_never_changes_its_mind() -> None:
    steps: list[int] = []
    found = constancy(lambda: result(True, False, True), BOUNDS, 20, steps.append)
    assert (found.flips, found.deterministic, found.reference) == (0, True, "pass")
    assert len(steps) == 20
    assert 0.13 < found.at_most < 0.15  # 1 - 0.05 ** (1 / 20)


def test_answers_that_change_flip_it_and_are_named() -> None:
    runs = iter([result(True, True, True), result(True, True, True), result(False, True, True)])
    found = constancy(lambda: next(runs), BOUNDS, 2)
    assert (found.flips, found.deterministic) == (1, False)
    assert found.rate > MOST_FLIPS
    assert {change.id for change in found.changes} == {"case0"}
