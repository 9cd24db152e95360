"""Streaming over a real socket: what a test client in process cannot show."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from service.http.app import create_app
from service.http.policy import Policy
from tests.service.http.doubles import ONE, House
from tests.service.http.live import Attended, served

BODY = {"question": "Why?", "stream": True}


@pytest.fixture
def app(house: House) -> Attended:
    return Attended(create_app(house.services, Policy(bounds=ONE, keep_alive=0.1, grace=0)))


@pytest.fixture
def address(app: Attended) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        yield client


def test_events_arrive_before_the_answer_is_whole(browser: httpx.Client, house: House) -> None:
    house.answerer.go.clear()
    with browser.stream("POST", "/v1/ask", json=BODY) as response:
        lines = response.iter_lines()
        seen = [next(line for line in lines if line.startswith("event:")) for _ in range(3)]
        assert seen == ["event: status", "event: evidence", "event: statement"]
        assert house.answerer.finished == []
        house.answerer.go.set()
        assert "event: done" in list(lines)
    assert house.answerer.finished == ["Why?"]


def test_silence_is_filled_with_comments(browser: httpx.Client, house: House) -> None:
    house.answerer.go.clear()
    with browser.stream("POST", "/v1/ask", json=BODY) as response:
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ": ping"
        assert next(line for line in lines if line.startswith(":")) == ": ping"
        house.answerer.go.set()
        assert "event: done" in list(lines)


def test_a_client_that_leaves_closes_the_iterator_in_its_own_thread(
    browser: httpx.Client, house: House, app: Attended
) -> None:
    house.answerer.go.clear()
    with browser.stream("POST", "/v1/ask", json=BODY) as response:
        lines = response.iter_lines()
        next(line for line in lines if line == "event: statement")
        assert house.answerer.waiting.wait(5)
    app.wait()
    assert browser.post("/v1/ask", json=BODY).status_code == 503
    house.answerer.go.set()
    assert house.answerer.closed.wait(5)
    assert house.answerer.finished == []
    began, ended = house.answerer.threads
    assert began is ended


def answered_within(seconds: float, browser: httpx.Client) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if browser.post("/v1/ask", json=BODY | {"stream": False}).status_code == 200:
            return True
        time.sleep(0.01)
    return False


def test_the_slot_is_free_again_after_a_client_left(browser: httpx.Client, house: House) -> None:
    for _ in range(3):
        house.answerer.go.clear()
        house.answerer.closed.clear()
        with browser.stream("POST", "/v1/ask", json=BODY) as response:
            assert response.status_code == 200
            next(response.iter_lines())
        house.answerer.go.set()
        assert house.answerer.closed.wait(5)
        assert answered_within(5, browser)


def test_a_body_over_the_limit_is_refused_over_a_socket(house: House) -> None:
    with (
        served(create_app(house.services, Policy(max_body_bytes=100_000))) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        headers = {"Content-Type": "application/json"}
        announced = client.post("/v1/articles", content=b" " * 2_000_000, headers=headers)
        chunked = client.post("/v1/articles", content=iter([b" " * 10_000] * 200), headers=headers)
        assert (announced.status_code, chunked.status_code) == (413, 413)
        assert client.get("/healthz").status_code == 200
