"""Jobs on paper: what was sent to be ingested, kept until it is done, whatever happens to the process."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import and_, delete, func, insert, or_, select, update

from ingest.pipeline import Progress
from ingest.records import Outcome
from service.errors import UnknownJob
from service.store.database import Store, now
from service.store.tables import jobs, parcels
from service.store.workers import Worker, alive

State = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("queued", "running")
CANCELLING = "cancelling"
"""What a job at work is in the book from when it was cancelled until its last document is done."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to ingest; `body` is JSON. See `service.parcels`."""

    kind: Literal["document", "upload", "address", "failure"]
    body: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job; `progress` is there while it is worked on; `outcomes`, `finished`, and how many documents and passages
    there were, once it has ended, `reason` when it failed. Times are UTC instants in ISO 8601."""

    id: str
    state: State
    created: str
    finished: str | None = None
    reason: str | None = None
    documents: int = 0
    passages: int = 0
    outcomes: tuple[Outcome, ...] = ()
    progress: Progress | None = None


class JobBook:
    """The jobs of a store, as one worker sees them. They belong to an owner, the id of a key, or empty. Every method
    raises what `Store.transaction` raises."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker

    @property
    def shared(self) -> bool:
        """Whether other workers open jobs too."""
        return self._store.shared

    def open(self, owner: str, contents: Sequence[Parcel]) -> JobRecord:
        """Keeps what is to be ingested as a job that waits."""
        record = JobRecord(uuid.uuid4().hex, "queued", now())
        row = {**asdict(record), "owner": owner, "outcomes": "[]", "progress": None}
        rows = [{"job_id": record.id, "number": number, **asdict(each)} for number, each in enumerate(contents)]
        with self._store.transaction() as connection:
            connection.execute(insert(jobs).values(row))
            connection.execute(insert(parcels), rows)
        return record

    def record(self, job_id: str, owner: str) -> JobRecord:
        """Raises: UnknownJob."""
        with self._store.reading() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id, jobs.c.owner == owner)).first()
        if row is None:
            raise UnknownJob("There is no job with this id.", "Use the id that POST /v1/jobs gave.")
        return _record(row)

    def records(self, owner: str, limit: int) -> list[JobRecord]:
        """The owner's last jobs, the newest first."""
        query = select(jobs).where(jobs.c.owner == owner).order_by(jobs.c.sequence.desc()).limit(limit)
        with self._store.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def take(self) -> str | None:
        """The oldest job that waits, or that a worker who died was at; from now on it is this worker's. None where
        there is none. One that was being cancelled when its worker died is so from now on."""
        orphaned = or_(jobs.c.worker.is_(None), jobs.c.worker.not_in(alive(self._worker.id)))
        cut_off = jobs.c.state == CANCELLING, orphaned
        free = or_(jobs.c.state == "queued", and_(jobs.c.state == "running", orphaned))
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(*cut_off).values(state="cancelled", finished=now()))
            query = select(jobs.c.id).where(free).order_by(jobs.c.sequence).limit(1)
            job_id = connection.scalar(query.with_for_update(skip_locked=True))
            if job_id is not None:
                mine = {"state": "running", "worker": self._worker.id}
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(mine))
        return job_id

    def under_way(self) -> dict[str, int]:
        """How many are in each of the open states."""
        query = select(jobs.c.state, func.count().label("number")).where(jobs.c.state.in_(OPEN)).group_by(jobs.c.state)
        with self._store.reading() as connection:
            counted = {row.state: row.number for row in connection.execute(query)}
        return {state: counted.get(state, 0) for state in OPEN}

    def open_of(self, owner: str) -> int:
        """How many of the owner's have not ended."""
        query = select(func.count()).where(jobs.c.owner == owner, jobs.c.state.in_((*OPEN, CANCELLING)))
        with self._store.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def contents(self, job_id: str) -> Iterator[Parcel]:
        """What is to be ingested, one at a time."""
        number = 0
        while (parcel := self._parcel(job_id, number)) is not None:
            yield parcel
            number += 1

    def advance(self, job_id: str, progress: Progress) -> bool:
        """Says how far this worker is with the job; whether it is to go on."""
        mine = jobs.c.id == job_id, jobs.c.worker == self._worker.id, jobs.c.state == "running"
        with self._store.transaction() as connection:
            going_on = update(jobs).where(*mine).values(progress=json.dumps(asdict(progress)))
            return bool(connection.execute(going_on).rowcount)

    def cancel(self, job_id: str) -> None:
        """Cancels a job that waits; one at work is to stop, whatever happens to its worker."""
        waits = jobs.c.id == job_id, jobs.c.state == "queued"
        at_work = jobs.c.id == job_id, jobs.c.state == "running"
        with self._store.transaction() as connection:
            cancelled = connection.execute(update(jobs).where(*waits).values(state="cancelled", finished=now()))
            if cancelled.rowcount:
                connection.execute(delete(parcels).where(parcels.c.job_id == job_id))
            connection.execute(update(jobs).where(*at_work).values(state=CANCELLING))

    def leave(self, job_id: str) -> None:
        """Leaves a job to whoever takes it next."""
        mine = jobs.c.id == job_id, jobs.c.worker == self._worker.id
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(*mine).values(worker=None))

    def close(
        self,
        job_id: str,
        state: State,
        outcomes: Sequence[Outcome],
        passages: int = 0,
        reason: str | None = None,
    ) -> None:
        """Says how the job that this worker is at ended; what was sent is forgotten."""
        values = {
            "state": state,
            "finished": now(),
            "reason": reason,
            "documents": len(outcomes),
            "passages": passages,
            "outcomes": json.dumps([asdict(outcome) for outcome in outcomes]),
        }
        mine = jobs.c.id == job_id, jobs.c.worker == self._worker.id, jobs.c.state.in_(("running", CANCELLING))
        with self._store.transaction() as connection:
            # One who was taken for dead finds that another worker is at it: it is that one's to end.
            if connection.execute(update(jobs).where(*mine).values(values)).rowcount:
                connection.execute(delete(parcels).where(parcels.c.job_id == job_id))

    def _parcel(self, job_id: str, number: int) -> Parcel | None:
        query = select(parcels.c.kind, parcels.c.body).where(parcels.c.job_id == job_id, parcels.c.number == number)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Parcel(*row) if row else None


def _record(row: Any) -> JobRecord:
    state: State = "running" if row.state == CANCELLING else row.state
    outcomes = tuple(Outcome(**outcome) for outcome in json.loads(row.outcomes))
    progress = Progress(**json.loads(row.progress)) if row.progress and state in OPEN else None
    return JobRecord(
        row.id, state, row.created, row.finished, row.reason, row.documents, row.passages, outcomes, progress
    )
