"""Streams that break off and go on, over a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from service.http.app import create_app
from service.http.policy import Policy
from tests.service.http.doubles import House
from tests.service.http.live import Attended, served

BODY = {"question": "Why?", "stream": True}
GRACE = 0.2


@contextmanager
def serving(house: House, grace: float) -> Iterator[tuple[httpx.Client, Attended]]:
    """A client of an app to which one may come back for so many seconds."""
    app = Attended(create_app(house.services, Policy(keep_alive=0.1, grace=grace)))
    with served(app) as address, httpx.Client(base_url=address, trust_env=False, timeout=5) as client:
        yield client, app


@pytest.fixture
def browser(house: House) -> Iterator[httpx.Client]:
    with serving(house, grace=60) as (client, _):
        yield client


def read(browser: httpx.Client, count: int, last: str = "", body: Any = BODY) -> list[ServerSentEvent]:
    """So many events, then the line is cut."""
    headers = {"Last-Event-ID": last} if last else {}
    with connect_sse(browser, "POST", "/v1/ask", json=body, headers=headers) as source:
        events = filter(lambda event: event.data, source.iter_sse())
        return [event for event, _ in zip(events, range(count), strict=False)]


def names(events: list[ServerSentEvent]) -> list[str]:
    return [event.event for event in events]


def test_a_stream_goes_on_where_it_broke_off(house: House) -> None:
    house.answerer.go.clear()
    with serving(house, grace=60) as (browser, app):
        before = read(browser, 2)
        app.wait()
        house.answerer.go.set()
        after = read(browser, 9, before[-1].id)
    assert names(before + after) == ["status", "evidence", "statement", "status", "done"]
    assert len({event.id for event in before + after}) == 5
    assert len(house.answerer.asked) == 1
    assert house.answerer.finished == ["Why?"]


def test_what_has_ended_can_be_read_once_more(browser: httpx.Client, house: House) -> None:
    whole = read(browser, 9)
    again = read(browser, 9, whole[0].id)
    assert [(event.id, event.data) for event in again] == [(event.id, event.data) for event in whole[1:]]
    assert read(browser, 9, whole[-1].id) == []
    assert len(house.answerer.asked) == 1


def run_out(browser: httpx.Client, app: Attended) -> None:
    """Waits until the time of `GRACE` in which one may come back has run out; the app's loop has seen that when it
    answers once more."""
    app.wait()
    time.sleep(GRACE)
    assert browser.get("/healthz").status_code == 200


def test_nobody_who_comes_back_in_time_cancels_the_work(house: House) -> None:
    house.answerer.go.clear()
    with serving(house, GRACE) as (browser, app):
        before = read(browser, 2)
        run_out(browser, app)
        house.answerer.go.set()
        assert house.answerer.closed.wait(5)
        assert house.answerer.finished == []
        assert names(read(browser, 9, before[-1].id))[-1:] == ["done"]
    assert len(house.answerer.asked) == 2


def test_an_answer_that_was_made_meanwhile_is_not_made_again(house: House) -> None:
    """The time in which one may come back ends after the answer did."""
    house.answerer.go.clear()
    with serving(house, GRACE) as (browser, app):
        before = read(browser, 2)
        app.wait()
        house.answerer.go.set()
        assert house.answerer.closed.wait(5)
        run_out(browser, app)
        after = read(browser, 9, before[-1].id)
    assert names(after) == ["statement", "status", "done"]
    assert house.answerer.finished == ["Why?"]


def test_who_leaves_again_has_the_whole_time_again(house: House) -> None:
    house.answerer.go.clear()
    with serving(house, grace=2) as (browser, _):
        first = read(browser, 1)
        time.sleep(1.2)
        second = read(browser, 1, first[-1].id)
        time.sleep(1.2)
        house.answerer.go.set()
        assert names(read(browser, 9, second[-1].id))[-1] == "done"
    assert house.answerer.finished == ["Why?"]


@pytest.mark.parametrize("last", ["nothing", "nothing:3", ":", "::", "0:99999999999999999999"])
def test_an_id_that_is_not_known_begins_anew(browser: httpx.Client, house: House, last: str) -> None:
    events = read(browser, 9, last)
    assert names(events) == ["status", "evidence", "statement", "status", "done"]


def test_another_question_does_not_get_these_events(browser: httpx.Client, house: House) -> None:
    first = read(browser, 9)
    other = read(browser, 9, first[0].id, BODY | {"question": "How?"})
    assert json.loads(other[-1].data)["answer"]["question"] == "How?"
    assert names(other) == ["status", "evidence", "statement", "status", "done"]


def test_a_failure_is_told_again(browser: httpx.Client, house: House) -> None:
    house.answerer.error, house.answerer.fail_late = RuntimeError("secret"), True
    first = read(browser, 9)
    assert names(first)[-1] == "error"
    again = read(browser, 9, first[0].id)
    assert names(again) == ["evidence", "statement", "error"]
    assert "secret" not in str(again)
