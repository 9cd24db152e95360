import time
from collections import Counter
from math import inf

import pytest

from eval.bench.arrivals import Plan, Reply, Traffic, arrive
from tests.eval.bench.serving import treating


def test_the_tail_is_that_of_all_readers_a_refused_one_being_never_answered() -> None:
    answered = [Reply(0.01 * number, 200) for number in range(1, 97)]
    refused = [Reply(0.001, 503, retry_after=True)] * 4
    assert Traffic(1, [*answered, *refused]).p95 == pytest.approx(0.96)
    assert Traffic(1, [*answered, *refused, *refused]).p95 == inf
    assert Traffic(1, [*answered, *refused]).p95_answered == pytest.approx(0.9125)
    assert Traffic(1, refused).p95_answered is None


def test_only_an_answer_and_a_refusal_that_says_when_to_come_back_will_do() -> None:
    assert Reply(1, 200).polite
    assert Reply(1, 429, retry_after=True).polite
    assert Reply(1, 503, retry_after=True).polite
    assert not Reply(1, 503).polite
    assert not Reply(1, 500, retry_after=True).polite
    assert not Reply(60, 0).polite


def test_locust_sends_one_reader_a_question_and_tells_what_each_got() -> None:
    asked: list[str] = []

    def treat(question: str) -> tuple[int, dict[str, str]] | None:
        asked.append(question)
        match question.split()[0]:
            case "answered":
                return 200, {}
            case "refused":
                return 503, {"Retry-After": "2"}
            case "crashed":
                return 500, {}
            case "late":
                time.sleep(2)
                return 200, {}
        return None

    questions = [*(f"answered {number}" for number in range(20)), "refused", "crashed", "cut", "late"]
    with treating(treat) as address:
        traffic = arrive(Plan(address, rate=40, questions=questions, seed=1, patience=1))
    assert Counter(asked) == Counter(questions)
    assert traffic.statuses == {"none": 2, "200": 20, "500": 1, "503": 1}
    assert [reply.polite for reply in traffic.replies if reply.status != 200].count(True) == 1
    assert all(reply.seconds < 1 for reply in traffic.replies if reply.answered)


def test_readers_do_not_wait_for_each_other() -> None:
    def treat(_: str) -> tuple[int, dict[str, str]]:
        time.sleep(0.5)
        return 200, {}

    with treating(treat) as address:
        began = time.monotonic()
        traffic = arrive(Plan(address, rate=50, questions=[str(number) for number in range(50)], seed=1))
        assert time.monotonic() - began < 15
    assert traffic.statuses == {"200": 50}
    assert sum(reply.seconds for reply in traffic.replies) > 25
