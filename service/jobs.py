"""Jobs: ingests what was sent, in the background, one job at a time, to its end even across restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

import structlog

from ingest.documents import Document, Failure
from ingest.errors import DossierError, SourceError
from ingest.pipeline import OnOutcome, OnProgress, Progress, Report
from ingest.records import Outcome
from service.errors import TooManyJobs
from service.parcels import MAX_DOCUMENTS, capped
from service.store.jobs import OPEN, JobBook, JobRecord, Parcel, State
from service.telemetry import described

MAX_WAITING = 20
MAX_EACH = 10
UNEXPECTED = "An unexpected error came up; see the service's log."
NEXT_TIME = "It is tried again when the service starts anew."
NOTHING = Progress(0, 0, 0, reading=True)
log = structlog.get_logger(__name__)

Ingest = Callable[[Iterable[Document | Failure], OnProgress, OnOutcome], Report]
"""Ingests documents; see `Corpus.ingest`."""

Open = Callable[[Parcel], Iterable[Document | Failure]]


@dataclass(frozen=True, slots=True)
class Job:
    """A job and how far it is."""

    record: JobRecord
    progress: Progress = NOTHING

    @property
    def ended(self) -> bool:
        """Whether nothing of it will change any more."""
        return self.record.state not in OPEN


@dataclass(slots=True)
class _Running:
    progress: Progress = NOTHING
    outcomes: list[Outcome] = field(default_factory=list)
    cancelled: bool = False
    broken: str = ""


class _Stopped(Exception):
    """The process ends: what is admitted already is embedded by the next one."""


class Jobs:
    """Works on the jobs of a book while `working` lasts. Safe to use from several threads."""

    def __init__(
        self, book: JobBook, ingest: Ingest, opened: Open, most: int = MAX_WAITING, each: int = MAX_EACH
    ) -> None:
        """`opened` gives the documents of a parcel, see `service.parcels`; `most` jobs may wait, `each` of one key."""
        self._book = book
        self._ingest = ingest
        self._opened = opened
        self._most = most
        self._each = each
        self._owners: dict[str, str] = {}
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._running: dict[str, _Running] = {}
        self._stopping = threading.Event()

    def start(self, owner: str, contents: Sequence[Parcel]) -> Job:
        """Takes a job on: from here it will be done, unless it is cancelled.

        Raises: TooManyJobs.
        """
        self.require_room(owner)
        record = self._book.open(owner, contents)
        self._owners[record.id] = owner
        self._take(record.id)
        return Job(record)

    def require_room(self, owner: str) -> None:
        """`owner` is the id of a key, or empty where none is asked for and nobody has a share.

        Raises: TooManyJobs.
        """
        if owner and list(self._owners.values()).count(owner) >= self._each:
            raise TooManyJobs(f"{self._each} of your jobs wait already.", "Wait until some are done.")
        if len(self._running) >= self._most:
            raise TooManyJobs(f"{self._most} jobs wait already.", "Wait until some are done.")

    def job(self, job_id: str, owner: str) -> Job:
        """Raises: UnknownJob."""
        # What runs is looked up first: a job that ends in between is then read as ended.
        running = self._running.get(job_id)
        record = self._book.record(job_id, owner)
        if running and running.broken:
            record = replace(record, state="failed", reason=running.broken)
        return Job(record, running.progress if running else NOTHING)

    def last(self, owner: str, limit: int) -> list[Job]:
        """The owner's last jobs, the newest first."""
        running = dict(self._running)
        return [
            Job(record, running[record.id].progress if record.id in running else NOTHING)
            for record in self._book.records(owner, limit)
        ]

    def under_way(self) -> dict[str, int]:
        """How many wait and are worked on, by state."""
        return self._book.under_way()

    def cancel(self, job_id: str, owner: str) -> None:
        """Stops a job at its next document; what is in already stays. One that has ended is left as it is.

        Raises: UnknownJob.
        """
        state = self._book.record(job_id, owner).state
        if running := self._running.get(job_id):
            running.cancelled = True
        if state == "queued":
            self._book.close(job_id, "cancelled", ())
        elif state == "running":
            # Written down, for the process may not live until the job's next document.
            self._book.cancel(job_id)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Works in a thread of its own, first on what an earlier process left. In the end the job at hand stops at its
        next document, to be gone on with next time."""
        for job_id in self._book.unfinished():
            if job_id not in self._running:
                self._take(job_id)
        worker = threading.Thread(target=self._work, name="dossier-jobs", daemon=True)
        worker.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._waiting.put(None)
            worker.join()

    def _take(self, job_id: str) -> None:
        self._running[job_id] = _Running()
        self._waiting.put(job_id)

    def _work(self) -> None:
        while (job_id := self._waiting.get()) is not None and not self._stopping.is_set():
            running = self._running[job_id]
            try:
                self._do(job_id, running)
            except Exception as error:  # noqa: BLE001  such as a full disk; the next job must not suffer from it
                log.error("job not written down", job=job_id, **described(error))
                running.broken = f"{error if isinstance(error, DossierError) else UNEXPECTED} {NEXT_TIME}"
            else:
                del self._running[job_id]
                self._owners.pop(job_id, None)

    def _do(self, job_id: str, running: _Running) -> None:
        def advanced(progress: Progress) -> None:
            running.progress = progress
            if self._stopping.is_set():
                raise _Stopped

        if running.cancelled:
            return
        self._book.begin(job_id)
        try:
            self._ingest(self._documents(job_id, running), advanced, running.outcomes.append)
        except _Stopped:
            return
        except DossierError as error:
            self._book.close(job_id, "failed", running.outcomes, running.progress.done, str(error))
        except Exception as error:  # noqa: BLE001  the next job must not suffer from a fault met in this one
            log.error("job failed", job=job_id, **described(error))
            self._book.close(job_id, "failed", running.outcomes, running.progress.done, UNEXPECTED)
        else:
            if not self._stopping.is_set():
                state: State = "cancelled" if running.cancelled else "done"
                self._book.close(job_id, state, running.outcomes, running.progress.done)

    def _documents(self, job_id: str, running: _Running) -> Iterator[Document | Failure]:
        found = (document for parcel in self._book.contents(job_id) for document in self._surely(parcel))
        for document in capped(found, MAX_DOCUMENTS):
            if running.cancelled or self._stopping.is_set():
                return
            yield document

    def _surely(self, parcel: Parcel) -> Iterator[Document | Failure]:
        """A parcel that brings up a fault of ours must not stop the others."""
        try:
            yield from self._opened(parcel)
        except Exception as error:  # noqa: BLE001
            log.error("parcel failed", **described(error))
            yield Failure(parcel.kind, SourceError("It could not be read: a fault of the service's.", "See its log."))
