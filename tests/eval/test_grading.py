"""A judge's grades beside the scores, from the command's options to the records."""

from __future__ import annotations

import pytest

from eval.errors import RunError
from eval.evaluation import Evaluation
from eval.grading import Grading, grading
from eval.judge import Judge
from eval.results import Result
from service.errors import ModelError
from service.verify import RuleVerifier
from tests.eval.doubles import LEAVING, NOTE, WrittenSystem, abstained, answered, case, dataset, unanswerable
from tests.service.scripted import scripted


def graded(*replies: str) -> Result:
    cases = dataset(case("when"), unanswerable("cup"))
    system = WrittenSystem({"when?": answered((LEAVING, NOTE)), "cup?": abstained()})
    return Evaluation(cases, system, RuleVerifier(), grader=Grading(Judge(scripted(replies)[0]), None)).result()


def test_grades_stand_beside_the_scores_with_their_reasons() -> None:
    result = graded("It names the day.\nGrade: full")
    metric = result.metric("judge_answer")
    assert metric is not None
    assert (metric.value, metric.n) == (1.0, 1)
    first, refused = result.records
    assert "It names the day." in first.scores["judge_answer"].why
    assert refused.scores["judge_answer"].value is None
    assert any("no part of the gate" in note for note in result.notes)


def test_a_reply_without_a_grade_is_unscored() -> None:
    metric = graded("I would rather not say.").metric("judge_answer")
    assert metric is not None
    assert metric.value is None


def test_without_a_judge_there_are_no_grades() -> None:
    result = Evaluation(dataset(), WrittenSystem(), RuleVerifier()).result()
    assert result.metric("judge_answer") is None


def test_no_model_is_no_judge() -> None:
    with pytest.raises(ModelError, match="A judge is a language model"):
        grading("none", None)


def test_a_judge_is_not_calibrated_on_a_set_without_labels() -> None:
    from eval.cli import CASES

    with pytest.raises(RunError, match="holds no claims"):
        grading("embedded", str(CASES))
