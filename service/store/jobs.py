"""Jobs on paper: what was sent to be ingested, kept until it is done, whatever happens to the process."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import delete, func, insert, select, update

from ingest.records import Outcome
from service.errors import UnknownJob
from service.store.database import Store, now
from service.store.tables import jobs, parcels

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
    """A job; `outcomes`, `finished`, and how many documents and passages there were, are there once it has ended,
    `reason` when it failed. Times are UTC instants in ISO 8601."""

    id: str
    state: State
    created: str
    finished: str | None = None
    reason: str | None = None
    documents: int = 0
    passages: int = 0
    outcomes: tuple[Outcome, ...] = ()


class JobBook:
    """The jobs of a store. They belong to an owner, the id of a key, or empty. Every method raises what
    `Store.transaction` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, owner: str, contents: Sequence[Parcel]) -> JobRecord:
        """Keeps what is to be ingested as a job that waits."""
        record = JobRecord(uuid.uuid4().hex, "queued", now())
        row = {**asdict(record), "owner": owner, "outcomes": "[]"}
        rows = [{"job_id": record.id, "number": number, **asdict(each)} for number, each in enumerate(contents)]
        with self._store.transaction() as connection:
            connection.execute(insert(jobs).values(row))
            connection.execute(insert(parcels), rows)
        return record

    def record(self, job_id: str, owner: str) -> JobRecord:
        """Raises: UnknownJob."""
        with self._store.transaction() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id, jobs.c.owner == owner)).first()
        if row is None:
            raise UnknownJob("There is no job with this id.", "Use the id that POST /v1/jobs gave.")
        return _record(row)

    def records(self, owner: str, limit: int) -> list[JobRecord]:
        """The owner's last jobs, the newest first."""
        query = select(jobs).where(jobs.c.owner == owner).order_by(jobs.c.sequence.desc()).limit(limit)
        with self._store.transaction() as connection:
            return [_record(row) for row in connection.execute(query)]

    def unfinished(self) -> list[str]:
        """The jobs that wait or were cut off, oldest first; one that was being cancelled then is so from now on."""
        query = select(jobs.c.id).where(jobs.c.state.in_(OPEN)).order_by(jobs.c.sequence)
        cut_off = update(jobs).where(jobs.c.state == CANCELLING).values(state="cancelled", finished=now())
        with self._store.transaction() as connection:
            connection.execute(cut_off)
            return list(connection.scalars(query))

    def under_way(self) -> dict[str, int]:
        """How many are in each of the open states."""
        query = select(jobs.c.state, func.count().label("number")).where(jobs.c.state.in_(OPEN)).group_by(jobs.c.state)
        with self._store.transaction() as connection:
            counted = {row.state: row.number for row in connection.execute(query)}
        return {state: counted.get(state, 0) for state in OPEN}

    def contents(self, job_id: str) -> Iterator[Parcel]:
        """What is to be ingested, one at a time."""
        number = 0
        while (parcel := self._parcel(job_id, number)) is not None:
            yield parcel
            number += 1

    def begin(self, job_id: str) -> None:
        """Says that the job is worked on."""
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(state="running"))

    def cancel(self, job_id: str) -> None:
        """Says that a job at work is to stop, whatever happens to the process."""
        at_work = jobs.c.id == job_id, jobs.c.state == "running"
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(*at_work).values(state=CANCELLING))

    def close(
        self,
        job_id: str,
        state: State,
        outcomes: Sequence[Outcome],
        passages: int = 0,
        reason: str | None = None,
    ) -> None:
        """Says how the job ended; what was sent is forgotten."""
        values = {
            "state": state,
            "finished": now(),
            "reason": reason,
            "documents": len(outcomes),
            "passages": passages,
            "outcomes": json.dumps([asdict(outcome) for outcome in outcomes]),
        }
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))
            connection.execute(delete(parcels).where(parcels.c.job_id == job_id))

    def _parcel(self, job_id: str, number: int) -> Parcel | None:
        query = select(parcels.c.kind, parcels.c.body).where(parcels.c.job_id == job_id, parcels.c.number == number)
        with self._store.transaction() as connection:
            row = connection.execute(query).first()
        return Parcel(*row) if row else None


def _record(row: Any) -> JobRecord:
    state: State = "running" if row.state == CANCELLING else row.state
    outcomes = tuple(Outcome(**outcome) for outcome in json.loads(row.outcomes))
    return JobRecord(row.id, state, row.created, row.finished, row.reason, row.documents, row.passages, outcomes)
