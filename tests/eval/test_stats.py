import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from eval.stats import Floats, aurc, auroc, balanced_accuracy, difference, interval, mean, ratio

NAN = float("nan")


def column(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def test_the_mean_is_of_what_applies() -> None:
    assert mean("x").of({"x": column(0.0, 1.0, NAN)}) == 0.5
    assert mean("x").of({"x": column(NAN)}) is None
    assert mean("x").of({}) is None


def test_a_ratio_of_sums_is_no_mean_of_ratios() -> None:
    assert ratio("a", "b").of({"a": column(1, 1), "b": column(1, 3)}) == 0.5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.7]), st.booleans()), min_size=2, max_size=40))
def test_auroc_and_balanced_accuracy_are_scikit_learn_s(pairs: list[tuple[float, bool]]) -> None:
    scores, labels = column(*(score for score, _ in pairs)), column(*(float(label) for _, label in pairs))
    table = {"score": scores, "label": labels, "said": (scores > 0.25).astype(float)}
    if len(set(labels)) < 2:
        assert auroc("score", "label").of(table) is None
        assert balanced_accuracy("said", "label").of(table) is None
        return
    assert auroc("score", "label").of(table) == pytest.approx(roc_auc_score(labels, scores))
    assert balanced_accuracy("said", "label").of(table) == pytest.approx(balanced_accuracy_score(labels, scores > 0.25))


def test_the_risk_is_averaged_over_the_coverages() -> None:
    # The most confident is right, the second wrong, the third right: risks 0, 1/2, 1/3.
    table = {"sure": column(0.9, 0.5, 0.1), "right": column(1, 0, 1)}
    assert aurc("sure", "right").of(table) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 3)), min_size=1, max_size=12))
def test_a_row_of_weight_two_counts_as_two_rows(rows: list[tuple[float, bool, int]]) -> None:
    score, label = column(*(each[0] for each in rows)), column(*(float(each[1]) for each in rows))
    counts = np.array([each[2] for each in rows])
    repeated = {"score": np.repeat(score, counts), "label": np.repeat(label, counts)}
    for statistic in (
        mean("label"),
        auroc("score", "label"),
        balanced_accuracy("label", "label"),
        ratio("score", "label"),
    ):
        columns = [{"score": score, "label": label}[name] for name in statistic.columns]
        (weighted,) = statistic.over(*columns)(counts[None, :].astype(float))
        expected = statistic.of(repeated)
        assert np.isnan(weighted) if expected is None else weighted == pytest.approx(expected)


def test_the_interval_holds_the_mean_and_repeats_itself() -> None:
    table = {"x": column(*[1.0] * 80, *[0.0] * 20)}
    clusters = [str(number) for number in range(100)]
    found = interval(mean("x"), table, clusters)
    assert found is not None
    assert 0.70 < found[0] < 0.75  # the textbook's half width is 0.078
    assert 0.85 < found[1] < 0.90
    assert interval(mean("x"), table, clusters) == found
    assert interval(mean("x"), table, clusters, seed=1) != found


def test_cases_of_one_cluster_tell_less_than_as_many_of_their_own() -> None:
    table = {"x": column(*([1.0] * 10 + [0.0] * 10) * 5)}
    alone = interval(mean("x"), table, [str(number) for number in range(100)])
    together = interval(mean("x"), table, [str(number // 10) for number in range(100)])
    assert alone is not None
    assert together is not None
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_without_spread_or_clusters_there_is_no_interval() -> None:
    assert interval(mean("x"), {"x": column(1.0, 1.0, 1.0)}, ["a", "b", "c"]) is None
    assert interval(mean("x"), {"x": column(1.0, 0.0)}, ["a", "a"]) is None
    assert interval(mean("x"), {"x": column()}, []) is None
    assert interval(mean("y"), {"x": column(1.0, 0.0)}, ["a", "b"]) is None


def test_a_few_resamples_without_negatives_do_not_take_the_interval_away() -> None:
    labels = column(*[1.0] * 36, *[0.0] * 4)
    scores = np.linspace(1, 0, 40)
    scores[20] = 0.0
    found = interval(auroc("s", "l"), {"s": scores, "l": labels}, [str(number) for number in range(40)])
    assert found is not None
    assert 0 <= found[0] < found[1] <= 1


def test_a_difference_is_of_the_rows_that_both_have() -> None:
    table = {"before:x": column(1, 1, NAN, 0), "after:x": column(0, 1, 1, NAN)}
    assert difference(mean("x")).of(table) == -0.5


def test_the_interval_of_a_paired_difference_is_narrower_than_that_of_either() -> None:
    noise = np.random.default_rng(1).random(200)
    table = {"before:x": noise, "after:x": noise + 0.01 * (np.arange(200) % 2), "x": noise}
    clusters = [str(number) for number in range(200)]
    paired, single = interval(difference(mean("x")), table, clusters), interval(mean("x"), table, clusters)
    assert paired is not None
    assert single is not None
    assert paired[1] - paired[0] < 0.1 * (single[1] - single[0])


def test_of_many_intervals_about_95_in_100_hold_the_truth() -> None:
    random = np.random.default_rng(7)
    clusters = [str(number // 2) for number in range(120)]
    held = 0
    for _ in range(60):
        chances = np.repeat(random.beta(3, 2, 60), 2)  # two cases of an article are alike
        found = interval(mean("x"), {"x": (random.random(120) < chances).astype(float)}, clusters)
        held += found is not None and found[0] <= 0.6 <= found[1]
    assert held >= 52


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from("abcde")), max_size=40))
def test_an_interval_lies_within_the_values(pairs: list[tuple[float, str]]) -> None:
    found = interval(mean("x"), {"x": column(*(value for value, _ in pairs))}, [cluster for _, cluster in pairs])
    assert found is None or 0 <= found[0] <= found[1] <= 1
