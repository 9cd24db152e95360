"""Jobs over a real store and a real corpus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing

import pytest
from sqlalchemy import delete

from ingest.documents import Document, Failure
from ingest.engines import server_url
from ingest.errors import FolderBusy, StorageError
from ingest.hints import Hints
from ingest.pipeline import OnOutcome, OnProgress, Progress, Report
from ingest.records import Outcome
from service import parcels
from service.errors import TooManyJobs, UnknownJob
from service.jobs import ATTEMPTS, Ingest, Job, Jobs
from service.parcels import opened
from service.store.database import Store
from service.store.jobs import JobBook, Parcel
from service.store.tables import workers
from service.store.workers import Worker
from tests.rooms import Room, document, documents
from tests.servers import Postgres
from tests.service.http.doubles import nowhere


def book_of(store: Store) -> JobBook:
    """The jobs as a new worker sees them, who takes all who came before for dead."""
    with store.transaction() as connection:
        connection.execute(delete(workers))
    worker = Worker(store, lease=3600)
    worker.renew()
    return JobBook(store, worker)


def jobs_over(store: Store, ingest: Ingest, most: int = 20) -> Jobs:
    return Jobs(book_of(store), ingest, lambda parcel: opened(parcel, nowhere()), most)


def ended(jobs: Jobs, job: Job, owner: str = "me") -> Job:
    deadline = time.monotonic() + 20
    while not (found := jobs.job(job.record.id, owner)).ended:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


class Gate:
    """An ingest that stops before each document until it is let through."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.seen: list[str] = []

    def __call__(self, given: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        for each in given:
            self.seen.append(each.origin)
            assert self.go.acquire(timeout=10)
        return Report()


def packed(count: int) -> list[Parcel]:
    return [parcels.of_document(each) for each in documents(count)]


def test_what_was_sent_is_found(room: Room, store: Store) -> None:
    jobs = jobs_over(store, room.corpus.ingest)
    upload = parcels.of_upload(
        "notes/two.md", b"# Two\n\nThe harbour of Basra was closed by the flood in May.", Hints()
    )
    address = parcels.of_address("http://nowhere.example/a")
    broken = parcels.of_failure("http://a.example", "text: Field required")
    with jobs.working():
        done = ended(jobs, jobs.start("me", [*packed(1), upload, address, broken]))
    assert done.record.state == "done"
    assert [outcome.status for outcome in done.record.outcomes] == ["new", "new", "failed", "failed"]
    assert done.record.outcomes[1].origin.endswith("/two.md")
    assert "does not exist" in (done.record.outcomes[2].reason or "")
    by_text, by_vector = room.found("harbour of Basra")
    assert done.record.outcomes[1].article_id in by_text & by_vector


def test_a_job_is_its_owners_alone(store: Store) -> None:
    jobs = jobs_over(store, Gate())
    job = jobs.start("me", packed(1))
    assert jobs.job(job.record.id, "me").record.state == "queued"
    for owner, id in (("you", job.record.id), ("me", "nothing")):
        with pytest.raises(UnknownJob):
            jobs.job(id, owner)
        with pytest.raises(UnknownJob):
            jobs.cancel(id, owner)


def test_a_cancelled_job_stops_at_its_next_document(store: Store) -> None:
    gate = Gate()
    jobs = jobs_over(store, gate)
    with jobs.working():
        job = jobs.start("me", packed(3))
        while not gate.seen:
            time.sleep(0.01)
        jobs.cancel(job.record.id, "me")
        gate.go.release(3)
        assert ended(jobs, job).record.state == "cancelled"
    assert len(gate.seen) == 1


@pytest.mark.parametrize("at_work", [False, True])
def test_a_cancelled_job_stays_cancelled_whatever_happens_to_the_process(
    room: Room, store: Store, at_work: bool
) -> None:
    with ExitStack() as killed:
        gate = Gate()
        before = jobs_over(store, gate)
        job = before.start("me", packed(2))
        if at_work:
            killed.enter_context(before.working())
            while not gate.seen:
                time.sleep(0.01)
        before.cancel(job.record.id, "me")
        after = jobs_over(store, room.corpus.ingest)  # as if the first process had been killed
        with after.working():
            other = ended(after, after.start("me", packed(1)))
        assert other.record.state == "done"
        assert after.job(job.record.id, "me").record.state == "cancelled"
        assert room.corpus.count() == 1
        gate.go.release(2)


def test_a_job_that_cannot_be_written_down_says_so_and_is_done_the_next_time(room: Room, store: Store) -> None:
    class Stuck(JobBook):
        shared = False

        def contents(self, job_id: str) -> Iterator[Parcel]:
            raise FolderBusy("The journal is in use.", "Wait.")

        def close(self, *_: object, **__: object) -> None:
            raise FolderBusy("The journal is in use.", "Wait.")

    book = book_of(store)
    stuck = Jobs(Stuck(store, book._worker), room.corpus.ingest, lambda parcel: opened(parcel, nowhere()))
    with stuck.working():
        told = ended(stuck, stuck.start("me", packed(1))).record
    assert told.state == "failed"
    assert "in use" in (told.reason or "")
    after = jobs_over(store, room.corpus.ingest)
    with after.working():
        deadline = time.monotonic() + 20
        while not (found := after.job(told.id, "me")).ended:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert (found.record.state, found.record.documents) == ("done", 1)
    assert found.record.passages > 0


def test_the_last_jobs_of_an_owner(store: Store) -> None:
    jobs = jobs_over(store, Gate())
    first, second, _ = jobs.start("me", packed(1)), jobs.start("me", packed(1)), jobs.start("you", packed(1))
    assert [job.record.id for job in jobs.last("me", 9)] == [second.record.id, first.record.id]
    assert len(jobs.last("me", 1)) == 1


def test_a_stopped_process_leaves_the_job_to_the_next(room: Room, store: Store) -> None:
    gate = Gate()
    before = jobs_over(store, gate)
    with before.working():
        job = before.start("me", packed(3))
        while not gate.seen:
            time.sleep(0.01)
        threading.Timer(0.2, gate.go.release, (3,)).start()
    assert before.job(job.record.id, "me").record.state == "running"
    after = jobs_over(store, room.corpus.ingest)
    with after.working():
        found = ended(after, job)
    assert (found.record.state, len(found.record.outcomes)) == ("done", 3)
    assert book_of(store).take() is None
    assert list(book_of(store).contents(job.record.id)) == []


def test_a_job_that_fails_says_why_and_the_next_one_runs(store: Store) -> None:
    refused = StorageError("The disk is full.", "Free some space.")
    failing = [*[refused] * (ATTEMPTS if store.shared else 1), RuntimeError("secret")]

    def ingest(given: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        if failing:
            raise failing.pop(0)
        return Report()

    jobs = jobs_over(store, ingest)
    with jobs.working():
        told, untold, fine = [ended(jobs, jobs.start("me", packed(1))).record for _ in range(3)]
    assert (told.state, told.reason) == ("failed", "The disk is full. Free some space.")
    assert untold.state == "failed"
    assert "secret" not in (untold.reason or "")
    assert fine.state == "done"


def test_a_parcel_that_brings_up_a_fault_stops_no_other(room: Room, store: Store) -> None:
    def unpacked(parcel: Parcel) -> Iterator[Document | Failure]:
        if parcel.kind == "address":
            raise RuntimeError("secret")
        return opened(parcel, nowhere())

    jobs = Jobs(book_of(store), room.corpus.ingest, unpacked)
    with jobs.working():
        job = ended(jobs, jobs.start("me", [parcels.of_address("http://a.example"), *packed(1)]))
    assert [outcome.status for outcome in job.record.outcomes] == ["failed", "new"]
    assert "secret" not in str(job.record.outcomes)


def test_no_more_jobs_wait_than_are_taken(store: Store) -> None:
    jobs = jobs_over(store, Gate(), most=2)
    jobs.start("me", packed(1))
    jobs.start("me", packed(1))
    with pytest.raises(TooManyJobs) as caught:
        jobs.start("me", packed(1))
    assert caught.value.retryable


def test_a_document_comes_out_of_its_parcel_as_it_went_in() -> None:
    given = document("Text — ünïcode.", title="T", url="https://a.example", author="A")
    assert list(opened(parcels.of_document(given), nowhere())) == [given]


@pytest.fixture
def pair(postgres: Postgres) -> Iterator[tuple[JobBook, JobBook]]:
    """The jobs of one server as two workers see them, who are alive."""
    url = server_url(postgres.new_corpus())
    with closing(Store(url)) as here, closing(Store(url)) as there:
        workers = [Worker(store, lease=3600) for store in (here, there)]
        for worker in workers:
            worker.renew()
        yield JobBook(here, workers[0]), JobBook(there, workers[1])


def jobs_of(book: JobBook, ingest: Ingest) -> Jobs:
    return Jobs(book, ingest, lambda parcel: opened(parcel, nowhere()))


def test_two_workers_share_the_jobs_and_each_tells_of_the_others(
    pair: tuple[JobBook, JobBook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.jobs.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("service.jobs.TELL_SECONDS", 0.0)
    gate = Gate()

    def ingest(given: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        progress(Progress(1, 40, 10, reading=True))
        return gate(given, progress, outcome)

    idle, busy = jobs_of(pair[0], Gate()), jobs_of(pair[1], ingest)
    with busy.working():
        job = idle.start("me", packed(3))
        until(lambda: gate.seen)
        told = idle.job(job.record.id, "me")
        assert (told.record.state, told.progress) == ("running", Progress(1, 40, 10, reading=True))
        assert pair[0].take() is None
        gate.go.release(3)
        assert ended(idle, job).record.state == "done"


def test_a_job_is_cancelled_from_elsewhere(pair: tuple[JobBook, JobBook], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.TELL_SECONDS", 0.0)
    seen: list[str] = []
    told = threading.Event()

    def ingest(given: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        for each in given:
            seen.append(each.origin)
            assert told.wait(10)
            progress(Progress(len(seen), 0, 0, reading=True))
        return Report()

    here, there = jobs_of(pair[0], ingest), jobs_of(pair[1], Gate())
    with here.working():
        job = here.start("me", packed(3))
        until(lambda: seen)
        there.cancel(job.record.id, "me")
        told.set()
        assert ended(there, job).record.state == "cancelled"
    assert len(seen) == 1


def test_what_a_server_s_restart_broke_off_is_tried_again(
    pair: tuple[JobBook, JobBook], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in by then is told as what it was."""
    broken = [True]

    def ingest(given: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        for number, each in enumerate(given):
            if number == 1 and broken:
                broken.clear()
                raise StorageError("The database is away.")
            known = number == 0 and not broken
            outcome(Outcome(each.origin, "unchanged" if known else "new"))
        return Report()

    jobs = jobs_of(pair[0], ingest)
    with jobs.working():
        done = ended(jobs, jobs.start("me", packed(3))).record
    assert [outcome.status for outcome in done.outcomes] == ["new"] * 3


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
