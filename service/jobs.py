"""Jobs: ingests what was sent, in the background, one job at a time, to its end even across restarts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import stamina
import structlog

from ingest.documents import Document, Failure
from ingest.errors import DossierError, SourceError, StorageError
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
ATTEMPTS = 3
LOOK_SECONDS = 2.0
TELL_SECONDS = 1.0
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
class _AtWork:
    job_id: str
    progress: Progress = NOTHING
    outcomes: list[Outcome] = field(default_factory=list)
    cancelled: bool = False
    told: float = 0.0
    heard: int = 0

    def begin(self) -> None:
        """From now on the documents come from the first one on, for the first time or again."""
        self.heard = 0

    def note(self, outcome: Outcome) -> None:
        """What became of the next document; that it is unchanged tells nothing where it came before."""
        if self.heard == len(self.outcomes):
            self.outcomes.append(outcome)
        elif outcome.status != "unchanged":
            self.outcomes[self.heard] = outcome
        self.heard += 1


class _Stopped(Exception):
    """The process ends: what is admitted already is embedded by the next one."""


class Jobs:
    """Works on the jobs of a book while `working` lasts, beside other workers where the book is shared. Safe to use
    from several threads."""

    def __init__(
        self, book: JobBook, ingest: Ingest, opened: Open, most: int = MAX_WAITING, each: int = MAX_EACH
    ) -> None:
        """`opened` gives the documents of a parcel, see `service.parcels`; `most` jobs may wait, `each` of one key."""
        self._book = book
        self._ingest = ingest
        self._opened = opened
        self._most = most
        self._each = each
        self._woken = threading.Event()
        self._at_work: _AtWork | None = None
        self._broken: dict[str, str] = {}
        self._left: list[str] = []
        self._stopping = threading.Event()

    def start(self, owner: str, contents: Sequence[Parcel]) -> Job:
        """Takes a job on: from here it will be done, unless it is cancelled.

        Raises: TooManyJobs.
        """
        self.require_room(owner)
        record = self._book.open(owner, contents)
        self._woken.set()
        return Job(record)

    def require_room(self, owner: str) -> None:
        """`owner` is the id of a key, or empty where none is asked for and nobody has a share.

        Raises: TooManyJobs.
        """
        if owner and self._book.open_of(owner) >= self._each:
            raise TooManyJobs(f"{self._each} of your jobs wait already.", "Wait until some are done.")
        if sum(self.under_way().values()) >= self._most:
            raise TooManyJobs(f"{self._most} jobs wait already.", "Wait until some are done.")

    def job(self, job_id: str, owner: str) -> Job:
        """Raises: UnknownJob."""
        # What is at work is looked at first: a job that ends in between is then read as ended.
        at_work = self._at_work
        return self._told(self._book.record(job_id, owner), at_work)

    def last(self, owner: str, limit: int) -> list[Job]:
        """The owner's last jobs, the newest first."""
        at_work = self._at_work
        return [self._told(record, at_work) for record in self._book.records(owner, limit)]

    def under_way(self) -> dict[str, int]:
        """How many wait and are worked on, by state."""
        return self._book.under_way()

    def cancel(self, job_id: str, owner: str) -> None:
        """Stops a job at its next document; what is in already stays. One that has ended is left as it is.

        Raises: UnknownJob.
        """
        self._book.record(job_id, owner)
        at_work = self._at_work
        if at_work and at_work.job_id == job_id:
            at_work.cancelled = True
        # Written down: it may be another process's, and this one may not live until the job's next document.
        self._book.cancel(job_id)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Works in a thread of its own, first on what an earlier process left. In the end the job at hand stops at its
        next document, to be gone on with next time."""
        worker = threading.Thread(target=self._work, name="dossier-jobs", daemon=True)
        worker.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._woken.set()
            worker.join()

    def _told(self, record: JobRecord, at_work: _AtWork | None) -> Job:
        if record.id in self._broken and record.state in OPEN:
            record = replace(record, state="failed", reason=self._broken[record.id])
        if at_work and at_work.job_id == record.id:
            return Job(record, at_work.progress)
        return Job(record, record.progress or NOTHING)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            job_id = self._next()
            if job_id is not None:
                self._surely_do(job_id)
            elif not self._stopping.is_set():
                # Other workers open jobs without waking this one, and leave theirs when they die.
                self._woken.wait(LOOK_SECONDS if self._book.shared else None)

    def _next(self) -> str | None:
        try:
            self._leave_broken()
            return self._book.take()
        except DossierError as error:  # such as a server that is restarted
            log.error("no job could be taken", **described(error))
            self._woken.wait(LOOK_SECONDS)
            return None

    def _leave_broken(self) -> None:
        """Where all is on servers that are back by now, what could not be written down is tried again at once."""
        while self._book.shared and self._left:
            self._book.leave(self._left[-1])
            self._broken.pop(self._left.pop(), None)

    def _surely_do(self, job_id: str) -> None:
        at_work = _AtWork(job_id)
        self._at_work = at_work
        try:
            self._do(at_work)
        except Exception as error:  # noqa: BLE001  such as a full disk; the next job must not suffer from it
            log.error("job not written down", job=job_id, **described(error))
            self._broken[job_id] = f"{error if isinstance(error, DossierError) else UNEXPECTED} {NEXT_TIME}"
            self._left.append(job_id)
        finally:
            self._at_work = None

    def _do(self, at_work: _AtWork) -> None:
        job_id = at_work.job_id

        def advanced(progress: Progress) -> None:
            at_work.progress = progress
            if self._stopping.is_set():
                raise _Stopped
            self._write_down(at_work)

        try:
            self._patiently(lambda: self._ingest(self._documents(at_work), advanced, at_work.note))
        except _Stopped:
            return
        except DossierError as error:
            self._book.close(job_id, "failed", at_work.outcomes, at_work.progress.done, str(error))
        except Exception as error:  # noqa: BLE001  the next job must not suffer from a fault met in this one
            log.error("job failed", job=job_id, **described(error))
            self._book.close(job_id, "failed", at_work.outcomes, at_work.progress.done, UNEXPECTED)
        else:
            if not self._stopping.is_set():
                state: State = "cancelled" if at_work.cancelled else "done"
                self._book.close(job_id, state, at_work.outcomes, at_work.progress.done)

    def _write_down(self, at_work: _AtWork) -> None:
        """Tells the other workers how far this is, and hears from them whether it was cancelled."""
        now = time.monotonic()
        if self._book.shared and now - at_work.told >= TELL_SECONDS:
            at_work.told = now
            if not self._book.advance(at_work.job_id, at_work.progress):
                at_work.cancelled = True

    def _patiently(self, ingest: Callable[[], Report]) -> None:
        """Servers may be restarted: what is in already is in, and the rest is tried again."""
        attempts = ATTEMPTS if self._book.shared else 1
        for attempt in stamina.retry_context(on=StorageError, attempts=attempts, wait_initial=1.0, wait_max=10.0):
            with attempt:
                ingest()

    def _documents(self, at_work: _AtWork) -> Iterator[Document | Failure]:
        at_work.begin()
        found = (document for parcel in self._book.contents(at_work.job_id) for document in self._surely(parcel))
        for document in capped(found, MAX_DOCUMENTS):
            if at_work.cancelled or self._stopping.is_set():
                return
            yield document

    def _surely(self, parcel: Parcel) -> Iterator[Document | Failure]:
        """A parcel that brings up a fault of ours must not stop the others."""
        try:
            yield from self._opened(parcel)
        except Exception as error:  # noqa: BLE001
            log.error("parcel failed", **described(error))
            yield Failure(parcel.kind, SourceError("It could not be read: a fault of the service's.", "See its log."))
