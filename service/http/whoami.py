"""Routes: who the caller is, and what there is to ask about."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request

from ingest.records import Outline
from service.http.access import caller_of
from service.http.openapi import problems
from service.http.problems import FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED
from service.http.schemas import CallerOut, OutlineOut, SourceOut


def whoami_router(outline: Callable[[], Outline]) -> APIRouter:
    """`outline` tells of what sources and what time the articles are."""
    router = APIRouter(prefix="/v1", tags=["service"])

    @router.get("/me", responses=problems())
    async def me(request: Request) -> CallerOut:
        """The name of the caller's key and what it is good for; `local` where no key is asked for."""
        caller = caller_of(request.scope)
        return CallerOut(name=caller.name, scopes=caller.scopes)

    @router.get("/sources", responses=problems(FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED), tags=["articles"])
    def sources() -> OutlineOut:
        """The sources of the articles, the largest first, and the days of the first and the last publication."""
        told = outline()
        named = [SourceOut(name=name, articles=number) for name, number in told.sources]
        return OutlineOut(sources=named, since=told.since, until=told.until)

    return router
