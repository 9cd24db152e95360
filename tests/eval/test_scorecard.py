import pytest

from eval.scorecard import scorecard
from tests.eval.doubles import (
    ARMY,
    BASES,
    BY_ID,
    COST,
    LEAVING,
    NOTE,
    SHELF,
    WrittenAnswerer,
    abstained,
    answered,
    card,
    case,
    outcome,
    unanswerable,
)

COST_CASE = case("cost", gold=[{"article": "army.md", "quote": COST}], answers=["1,200 million"])
ANSWERS = {"when?": answered((LEAVING, NOTE)), "cost?": answered((LEAVING, BASES)), "cup?": abstained()}


def test_metrics_are_means_over_the_cases_they_apply_to() -> None:
    cases = [case("when"), COST_CASE, unanswerable("cup")]
    found = scorecard(cases, SHELF, WrittenAnswerer(ANSWERS), BY_ID.get)
    metrics = {metric.scorer.name: metric for metric in found.metrics}
    assert (metrics["gold_hit"].value, metrics["gold_hit"].n, metrics["gold_hit"].unscored) == (0.5, 2, 1)
    assert (metrics["refusal_recall"].value, metrics["refusal_recall"].n) == (1.0, 1)
    assert metrics["right"].value == pytest.approx(2 / 3)
    assert metrics["exactness"].value == 1.0


def test_a_metric_that_applies_to_no_case_is_unscored() -> None:
    (metric,) = (each for each in card(outcome(unanswerable(), abstained())).metrics if each.scorer.name == "gold_hit")
    assert (metric.value, metric.n, metric.unscored, metric.interval) == (None, 0, 1, None)


def test_cases_about_one_article_form_a_cluster() -> None:
    scored = card(
        outcome(case("a"), ANSWERS["when?"]),
        outcome(case("b"), ANSWERS["when?"]),
        outcome(COST_CASE, answered((ARMY, COST))),
        outcome(unanswerable("c"), abstained()),
        outcome(unanswerable("d"), abstained()),
    ).scored
    assert [each.cluster for each in scored] == ["leaving.md", "leaving.md", "army.md", "case:c", "case:d"]


def test_the_dataset_s_name_moves_with_cases_and_articles() -> None:
    one = card(outcome(case("a"), ANSWERS["when?"]))
    assert one.dataset == card(outcome(case("a"), abstained())).dataset
    assert one.dataset != card(outcome(case("b"), ANSWERS["when?"])).dataset
