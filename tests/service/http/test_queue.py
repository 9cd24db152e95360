"""The queue before the desk, over a real socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from service.http.app import create_app
from service.http.policy import Policy
from service.http.queue import Bounds
from tests.service.http.doubles import House
from tests.service.http.live import Attended, posting, served
from tests.service.http.scrapes import Values, values


def body(number: int) -> dict[str, object]:
    return {"question": f"Question {number}?", "stream": False}


def known(client: httpx.Client) -> list[Values]:
    """The questions that are worked on, those that wait, and those that were refused."""
    return [values(client, f"dossier_questions_{kind}") for kind in ("in_flight", "waiting", "refused_total")]


@contextmanager
def door(house: House, bounds: Bounds) -> Iterator[Callable[[int], Future[httpx.Response]]]:
    """Asks numbered questions, each in a thread of its own."""
    with (
        served(create_app(house.services, Policy(bounds=bounds))) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
        ThreadPoolExecutor(20) as pool,
    ):

        def asked(number: int) -> Future[httpx.Response]:
            before = known(client)
            sent = pool.submit(client.post, "/v1/ask", json=body(number))
            while known(client) == before and not sent.done():  # so that they come in this order
                time.sleep(0.01)
            return sent

        yield asked


def wait_for_the_queue(client: httpx.Client) -> None:
    """Until a question waits in it."""
    while values(client, "dossier_questions_waiting") != {"": 1}:
        time.sleep(0.01)


def test_so_many_wait_and_the_rest_is_refused_at_once(house: House) -> None:
    house.answerer.go.clear()
    with door(house, Bounds(at_once=2, waiting=3)) as asked:
        taken = [asked(number) for number in range(5)]
        refused = [asked(number).result(timeout=2) for number in range(5, 8)]
        assert {(each.status_code, each.json()["type"]) for each in refused} == {(503, "/problems/busy")}
        assert all(int(each.headers["retry-after"]) > 0 for each in refused)
        assert len(house.answerer.asked) == 2
        house.answerer.go.set()
        assert [each.result().status_code for each in taken] == [200] * 5
        assert asked(9).result().status_code == 200
    answered = [f"Question {number}?" for number in (0, 1, 2, 3, 4, 9)]
    assert sorted(question.text for question in house.answerer.asked) == answered


def test_a_turn_that_does_not_come_is_given_up(house: House) -> None:
    house.answerer.go.clear()
    with door(house, Bounds(at_once=1, waiting=1, patience=0.2)) as asked:
        first = asked(0)
        late = asked(1).result(timeout=5)
        assert (late.status_code, late.json()["type"]) == (503, "/problems/busy")
        house.answerer.go.set()
        assert first.result().status_code == 200


def test_one_caller_has_its_share(house: House) -> None:
    house.answerer.go.clear()
    with door(house, Bounds(at_once=1, waiting=8, each=2)) as asked:
        taken = [asked(0), asked(1)]
        refused = asked(2).result(timeout=2)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
        assert int(refused.headers["retry-after"]) > 0
        house.answerer.go.set()
        assert [each.result().status_code for each in taken] == [200, 200]


def test_the_llm_is_the_first_to_be_left_out(house: House) -> None:
    house.answerer.go.clear()
    with door(house, Bounds(at_once=1, waiting=8)) as asked:
        taken = [asked(number) for number in range(6)]
        house.answerer.go.set()
        assert [each.result().status_code for each in taken] == [200] * 6
    assert [question.hurried for question in house.answerer.asked] == [False, True, True, False, False, False]


def test_a_client_that_leaves_gives_its_place_in_the_queue_back(house: House) -> None:
    house.answerer.go.clear()
    app = Attended(create_app(house.services, Policy(bounds=Bounds(at_once=1, waiting=1))))
    with (
        served(app) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        first = pool.submit(client.post, "/v1/ask", json=body(0))
        assert house.answerer.waiting.wait(5)
        with posting(address, "/v1/ask", body(1)):
            wait_for_the_queue(client)
        app.wait(busy=1)
        second = pool.submit(client.post, "/v1/ask", json=body(2))
        wait_for_the_queue(client)
        house.answerer.go.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]
    assert [question.text for question in house.answerer.asked] == ["Question 0?", "Question 2?"]


def test_a_stream_that_was_left_in_the_queue_is_never_begun(house: House) -> None:
    house.answerer.go.clear()
    app = Attended(create_app(house.services, Policy(bounds=Bounds(at_once=1, waiting=1), grace=10)))
    with (
        served(app) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(client.post, "/v1/ask", json=body(0))
        assert house.answerer.waiting.wait(5)
        with posting(address, "/v1/ask", body(1) | {"stream": True}):
            wait_for_the_queue(client)
        app.wait(busy=1)
        house.answerer.go.set()
        assert first.result().status_code == 200
        assert client.post("/v1/ask", json=body(2)).status_code == 200
    assert [question.text for question in house.answerer.asked] == ["Question 0?", "Question 2?"]


def test_a_client_that_leaves_without_a_stream_cancels_the_work(house: House) -> None:
    house.answerer.go.clear()
    app = Attended(create_app(house.services, Policy(bounds=Bounds(at_once=1, waiting=0))))
    with served(app) as address:
        with posting(address, "/v1/ask", body(0)):
            assert house.answerer.waiting.wait(5)
        app.wait()
        house.answerer.go.set()
        assert house.answerer.closed.wait(5)
    assert house.answerer.finished == []
