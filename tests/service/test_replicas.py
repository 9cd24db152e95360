"""Which place a call goes to, by what became of the calls before."""

from __future__ import annotations

from time import monotonic

import pytest

from service.replicas import LONGEST_REST_SECONDS, REST_SECONDS, Replicas


@pytest.fixture
def three() -> Replicas[str]:
    return Replicas([lambda: "a", lambda: "b", lambda: "c"])


def taken(replicas: Replicas[str]) -> str:
    return replicas.take(()).chat


def test_the_one_with_the_fewest_calls_under_way_is_next(three: Replicas[str]) -> None:
    first = three.take(())
    assert [taken(three), taken(three)] == ["b", "c"]
    three.give_back(first, monotonic(), failed=False)
    assert taken(three) == "a"


def test_what_was_tried_is_not_tried_again_while_there_is_another(three: Replicas[str]) -> None:
    tried = [three.take(())]
    tried.append(three.take(tried))
    tried.append(three.take(tried))
    assert sorted(each.chat for each in tried) == ["a", "b", "c"]
    assert three.take(tried) in tried


def test_one_that_failed_rests_and_the_longer_the_oftener(three: Replicas[str]) -> None:
    for failures in range(1, 9):
        replica = three.first
        replica.under_way += 1
        three.give_back(replica, monotonic(), failed=True)
        rest = replica.rests_until - replica.failed_at
        assert rest == pytest.approx(min(REST_SECONDS * 2 ** (failures - 1), LONGEST_REST_SECONDS))
        assert three.others_awake(()) == 2
    assert "a" not in [taken(three) for _ in range(4)]
    three.give_back(three.first, monotonic(), failed=False)
    assert three.others_awake(()) == 3


def test_calls_that_were_under_way_together_fail_as_one(three: Replicas[str]) -> None:
    began = monotonic()
    for _ in range(8):
        three.first.under_way += 1
        three.give_back(three.first, began, failed=True)
    assert three.first.failures == 1


def test_one_that_has_rested_is_tried_by_one_call_alone(three: Replicas[str]) -> None:
    three.first.failures = 1
    three.first.calls = -1
    assert [taken(three) for _ in range(5)].count("a") == 1


def test_when_all_rest_the_one_that_rests_the_shortest_is_tried(three: Replicas[str]) -> None:
    for replica in [three.take(()) for _ in range(3)]:
        three.give_back(replica, monotonic(), failed=True)
    assert taken(three) == "a"
