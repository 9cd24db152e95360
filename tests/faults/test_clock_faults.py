"""The clock is put forward or back by a day in the middle of things: nothing is lost or doubled, nobody locked out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from limits import parse

from ingest import rows
from ingest.documents import Document
from service.http.access import Locks
from service.http.app import create_app
from service.http.policy import Policy
from service.http.rates import LocalRates
from service.jobs import Jobs
from service.parcels import of_document, opened
from service.question import Question
from service.store import database
from service.store.database import store_in
from service.store.jobs import JobBook
from service.store.journal import Journal
from service.store.workers import Worker
from tests.faults.clocks import DAY, WallClock
from tests.rooms import Room, document, documents, telling
from tests.service.http.doubles import House, MemoryLibrary, answer_to, nowhere
from tests.service.scripted import scripted
from tests.service.test_models import HELLO

pytestmark = pytest.mark.slow

JUMPS = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch, rows, database)


@pytest.fixture
def house() -> House:
    return House()


@JUMPS
def test_ingest(room: Room, clock: WallClock, jump: float) -> None:
    def jumping() -> Iterator[Document]:
        for number, each in enumerate(documents(30)):
            clock.ahead = jump * (number // 10)
            yield each

    report = room.corpus.ingest(jumping())
    assert report.counts == {"new": 30}
    assert room.corpus.count() == 30
    assert room.check().problems == []
    assert room.statuses(*documents(30)) == ["unchanged"] * 30


@JUMPS
def test_the_newest_version_is_the_one_that_came_last(room: Room, clock: WallClock, jump: float) -> None:
    versions = [document(telling(seed), f"/{seed}", url="https://news.example/a") for seed in range(3)]
    for version in versions:
        room.add(version)
        clock.ahead += jump
    (record,) = room.corpus.articles(0, 5)
    assert (record.version, record.state) == (3, "live")
    article = room.corpus.text_of(record.id)
    assert article is not None
    assert article.text == telling(2)
    assert room.check().problems == []


@JUMPS
def test_jobs(room: Room, data: Path, clock: WallClock, jump: float) -> None:
    with closing(store_in(data)) as store:
        worker = Worker(store)
        worker.renew()
        jobs = Jobs(JobBook(store, worker), room.corpus.ingest, lambda parcel: opened(parcel, nowhere()))
        taken = []
        for number in range(3):
            taken.append(jobs.start("me", [of_document(each) for each in documents(4, first=4 * number)]).record.id)
            clock.ahead += jump
        with jobs.working():
            deadline = time.monotonic() + 30
            while not all(jobs.job(id, "me").ended for id in taken):
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert [job.record.id for job in jobs.last("me", 10)] == taken[::-1]
        assert {job.record.state for job in jobs.last("me", 10)} == {"done"}
    assert room.corpus.count() == 12


@JUMPS
def test_the_turns_of_a_conversation_keep_their_order(house: House, clock: WallClock, jump: float) -> None:
    journal = Journal(house.store)
    questions = [Question(f"Why number {number}?", conversation_id="talk") for number in range(4)]
    asked = [
        answer_to(question).model_copy(update={"id": f"answer {number}"}) for number, question in enumerate(questions)
    ]
    for each in asked:
        journal.record(each, "")
        clock.ahead += jump
    assert [each.id for each in journal.conversation("talk", "")] == [each.id for each in asked]


@JUMPS
def test_a_rate_locks_nobody_out(house: House, clock: WallClock, jump: float) -> None:
    policy = Policy(locks=Locks(house.keyring.holder, LocalRates(parse("3/minute"))))
    bearer = {"Authorization": f"Bearer {house.keyring.create('x', ['ask'])[1]}"}
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as client:
        assert [client.get("/v1/me", headers=bearer).status_code for _ in range(4)] == [200, 200, 200, 429]
        clock.ahead = jump
        assert [client.get("/v1/me", headers=bearer).status_code for _ in range(4)] == [200, 200, 200, 429]


@JUMPS
def test_a_request_under_way_is_not_carried_out_twice(house: House, clock: WallClock, jump: float) -> None:
    begun, go = threading.Event(), threading.Event()

    class Slow(MemoryLibrary):
        def _add(self, given: Document) -> object:  # type: ignore[override]
            begun.set()
            assert go.wait(10)
            return super()._add(given)

    house.library.__class__ = Slow
    body, key = {"articles": [{"text": "The harbour was closed."}]}, {"Idempotency-Key": "k"}
    app = create_app(house.services, Policy())
    with TestClient(app, base_url="http://localhost") as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/v1/articles", json=body, headers=key)
        assert begun.wait(5)
        clock.ahead = jump
        second = client.post("/v1/articles", json=body, headers=key)
        go.set()
        assert (second.status_code, second.json()["type"]) == (409, "/problems/repeat-refused")
        assert first.result().status_code == 200
        third = client.post("/v1/articles", json=body, headers=key)
        assert (third.json(), third.headers["idempotency-replayed"]) == (first.result().json(), "true")
    assert house.library.calls == [1]


@JUMPS
def test_a_model_has_all_of_its_time(clock: WallClock, jump: float) -> None:
    def turn() -> None:
        clock.ahead += jump

    model, _ = scripted(["Good", turn, " day."], seconds=10)
    assert model.generate(HELLO) == "Good day."
