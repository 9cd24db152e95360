"""Routes: ingest in the background."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from ingest.errors import DossierError
from service import parcels
from service.http.access import caller_of
from service.http.articles import MAX_PAGE
from service.http.handlers import ProblemError, misfit, problem_of, request_id_of
from service.http.openapi import files_or, job_events, problems
from service.http.problems import (
    BODY_TOO_LARGE,
    BODY_UNREADABLE,
    FOLDER_BUSY,
    JOB_NOT_FOUND,
    JOBS_WAITING,
    MEDIA_TYPE_UNSUPPORTED,
    REPEAT_REFUSED,
    REQUEST_INVALID,
    STORAGE_AWAY,
    STORAGE_FAILED,
    TOO_MANY_REQUESTS,
)
from service.http.repeats import repeatable
from service.http.schemas import MAX_ARTICLES, ArticleIn, DocumentIn, HintsIn, JobIn, JobOut, JobPage, Malformed
from service.jobs import Job, Jobs
from service.store.jobs import Parcel
from service.store.receipts import Receipts

LOOK_SECONDS = 0.2
QUIET_LOOKS = 50
MAX_WATCHED = 20
"""Event streams of jobs that one caller may have open: each of them looks into the book again and again."""
JOB = (REQUEST_INVALID, FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED)

JobId = Annotated[str, Path(max_length=100)]


def jobs_router(jobs: Jobs, receipts: Receipts) -> APIRouter:
    """Jobs belong to their caller alone."""
    router = APIRouter(prefix="/v1/jobs", tags=["articles"], route_class=repeatable(receipts))
    watching: Counter[str] = Counter()

    @router.post(
        "",
        status_code=202,
        openapi_extra=files_or(JobIn, HintsIn),
        responses=problems(BODY_UNREADABLE, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, REPEAT_REFUSED, JOBS_WAITING, *JOB),
    )
    async def start(request: Request, response: Response) -> JobOut:
        """Ingests in the background what is sent: files in a form, or articles and addresses as JSON. What is taken on
        is done, even across a restart."""
        jobs.require_room(caller_of(request.scope).id)
        pack = await _sent(request)
        job = await to_thread.run_sync(lambda: jobs.start(caller_of(request.scope).id, pack()))
        response.headers["Location"] = f"{router.prefix}/{job.record.id}"
        return job_out(job)

    @router.get("", responses=problems(*JOB))
    def last(request: Request, limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20) -> JobPage:
        """The caller's last jobs, the newest first."""
        return JobPage(jobs=[job_out(job) for job in jobs.last(caller_of(request.scope).id, limit)])

    @router.get("/{job_id}", responses=problems(JOB_NOT_FOUND, *JOB))
    def job(job_id: JobId, request: Request) -> JobOut:
        """How far it is; once it has ended, what became of each document."""
        return job_out(jobs.job(job_id, caller_of(request.scope).id))

    @router.get(
        "/{job_id}/events",
        response_description="`progress` whenever something has changed, `done` or `error` in the end.",
        responses={200: {"content": job_events()}, **problems(JOB_NOT_FOUND, *JOB)},
    )
    async def events(job_id: JobId, request: Request) -> Response:
        """The same as events, until it has ended."""
        owner = caller_of(request.scope).id
        await to_thread.run_sync(jobs.job, job_id, owner)
        if watching[owner] >= MAX_WATCHED:
            raise ProblemError(TOO_MANY_REQUESTS, f"{MAX_WATCHED} jobs are watched already.")
        told = _counted(_events(jobs, job_id, owner, request_id_of(request.scope)), watching, owner)
        return EventSourceResponse(told, headers={"X-Accel-Buffering": "no"})

    @router.delete("/{job_id}", status_code=204, responses=problems(JOB_NOT_FOUND, *JOB))
    def cancel(job_id: JobId, request: Request) -> None:
        """Stops it at its next document. What is in already stays."""
        jobs.cancel(job_id, caller_of(request.scope).id)

    return router


def job_out(job: Job) -> JobOut:
    """The job as the contract has it."""
    record, progress = job.record, job.progress
    return JobOut(
        id=record.id,
        state=record.state,
        created=record.created,
        finished=record.finished,
        documents=max(progress.documents, record.documents),
        passages=max(progress.passages, record.passages),
        embedded=max(progress.done, record.passages),
        reason=record.reason,
        outcomes=record.outcomes,
    )


async def _events(jobs: Jobs, job_id: str, owner: str, request_id: str | None) -> AsyncIterator[bytes]:
    """Looks every fifth of a second; something is sent every ten seconds, whatever happens."""
    told, quiet = "", 0
    while True:
        try:
            job = await to_thread.run_sync(jobs.job, job_id, owner)
        except DossierError as error:
            problem = problem_of(error, request_id)
            yield format_sse_event(event="error", data_str=problem.model_dump_json(exclude_defaults=True))
            return
        text = job_out(job).model_dump_json()
        if job.ended:
            yield format_sse_event(event="done", data_str=text)
            return
        if text != told or quiet >= QUIET_LOOKS:
            yield format_sse_event(event="progress", data_str=text)
            told, quiet = text, 0
        quiet += 1
        await anyio.sleep(LOOK_SECONDS)


async def _counted(events: AsyncIterator[bytes], watching: Counter[str], owner: str) -> AsyncIterator[bytes]:
    watching[owner] += 1
    try:
        async for event in events:
            yield event
    finally:
        watching[owner] -= 1
        if not watching[owner]:
            del watching[owner]


async def _sent(request: Request) -> Callable[[], list[Parcel]]:
    """Packs what was sent: not here, for a large body takes long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=MAX_ARTICLES, max_fields=20) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            facts = {name: value for name, value in form.items() if isinstance(value, str) and value}
            return partial(_of_files, [(file.filename or "", await file.read()) for file in files], facts)
    if kind == "application/json":
        return partial(_of_json, await request.body())
    raise ProblemError(MEDIA_TYPE_UNSUPPORTED, "The Content-Type is neither application/json nor a form of files.")


def _of_json(body: bytes) -> list[Parcel]:
    try:
        given = JobIn.model_validate_json(body)
    except ValidationError as error:
        raise misfit(error.errors()) from None
    return [*map(_parcel, given.articles), *map(parcels.of_address, given.urls)] or _nothing()


def _parcel(item: ArticleIn | DocumentIn | Malformed) -> Parcel:
    if isinstance(item, Malformed):
        return parcels.of_failure(item.origin, item.reason)
    return parcels.of_document(item.to_document())


def _of_files(files: Sequence[tuple[str, bytes]], facts: Mapping[str, str]) -> list[Parcel]:
    try:
        hints = HintsIn.model_validate(facts).to_hints()
    except ValidationError as error:
        raise misfit(error.errors()) from None
    return [parcels.of_upload(name, data, hints) for name, data in files] or _nothing()


def _nothing() -> list[Parcel]:
    raise ProblemError(REQUEST_INVALID, "There is nothing to ingest: send `files`, `articles` or `urls`.")
