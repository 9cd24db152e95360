"""What a stop or a kill leaves of a real service."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from service.store.database import store_in
from service.store.journal import Journal
from tests.commands import Service
from tests.rooms import telling

pytestmark = pytest.mark.slow


@contextmanager
def serving(data: Path) -> Iterator[tuple[Service, httpx.Client]]:
    with Service(data) as service, httpx.Client(base_url=service.address, timeout=120) as client:
        yield service, client


def articles(count: int) -> dict[str, object]:
    return {"articles": [{"text": telling(seed, 12), "title": f"Report number {seed}"} for seed in range(count)]}


def test_every_answer_that_was_given_before_a_stop_is_in_the_journal(data: Path) -> None:
    given: list[str] = []

    def ask(number: int) -> None:
        try:
            response = client.post("/v1/ask", json={"question": f"Who closed the harbour after {number} days?"})
        except httpx.TransportError:
            return
        if response.is_success:
            given.append(response.json()["id"])

    with serving(data) as (service, client):
        assert client.post("/v1/articles", json=articles(10)).is_success
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, number) for number in range(40)]
            while len(given) < 6 and not all(each.done() for each in asked):
                time.sleep(0.01)
            assert service.stop(seconds=60).code == 0
            for each in asked:
                each.result(timeout=120)
    assert 6 <= len(given) < 40
    with closing(store_in(data)) as store:
        journal = Journal(store)
        kept = {answer.id for talk in journal.conversations(0, 100) for answer in journal.conversation(talk.id)}
    assert set(given) <= kept


def test_a_job_that_was_taken_on_is_done_whatever_happens_to_the_process(data: Path) -> None:
    with serving(data) as (service, client):
        job = client.post("/v1/jobs", json=articles(60)).headers["location"]
        deadline = time.monotonic() + 60
        while not client.get(job).json()["embedded"] > 0:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        service.stop(signal.SIGKILL)
    with serving(data) as (_, client):
        deadline = time.monotonic() + 120
        while (found := client.get(job).json())["state"] in ("queued", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert found["state"] == "done"
        assert len(found["outcomes"]) == 60
        assert {outcome["status"] for outcome in found["outcomes"]} <= {"new", "unchanged"}
        assert client.get("/v1/articles").json()["total"] == 60
