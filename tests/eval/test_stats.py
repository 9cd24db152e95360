from hypothesis import given, settings
from hypothesis import strategies as st

from eval.stats import interval, mean


def test_the_mean_of_nothing_is_unknown() -> None:
    assert mean([]) is None
    assert mean([0.0, 1.0]) == 0.5


def test_the_interval_holds_the_mean_and_repeats_itself() -> None:
    values = [1.0] * 80 + [0.0] * 20
    clusters = [str(number) for number in range(100)]
    found = interval(values, clusters)
    assert found is not None
    assert 0.70 < found.low < 0.75  # the textbook's half width is 0.078
    assert 0.85 < found.high < 0.90
    assert interval(values, clusters) == found


def test_cases_of_one_cluster_tell_less_than_as_many_of_their_own() -> None:
    values = ([1.0] * 10 + [0.0] * 10) * 5
    alone = interval(values, [str(number) for number in range(100)])
    together = interval(values, [str(number // 10) for number in range(100)])
    assert alone is not None
    assert together is not None
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_without_spread_or_clusters_there_is_no_interval() -> None:
    assert interval([1.0, 1.0, 1.0], ["a", "b", "c"]) is None
    assert interval([1.0, 0.0], ["a", "a"]) is None
    assert interval([], []) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from("abcde")), max_size=40))
def test_an_interval_lies_within_the_values(pairs: list[tuple[float, str]]) -> None:
    found = interval([value for value, _ in pairs], [cluster for _, cluster in pairs])
    assert found is None or 0 <= found.low <= found.high <= 1
