"""Route: the passages nearest to a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from ingest.filters import Filters
from service.http.openapi import problems
from service.http.problems import FILTER_INVALID, FOLDER_BUSY, REQUEST_INVALID, STORAGE_AWAY, STORAGE_FAILED
from service.http.schemas import Day
from service.passages import MAX_PASSAGES, FoundPassage, Passages
from service.question import MAX_CHARACTERS


class FoundOut(BaseModel):
    """Passages near the query, nearest first. They are no answers: nobody has judged what they say."""

    passages: Sequence[FoundPassage]


def search_router(passages: Passages) -> APIRouter:
    """The route is a plain function: FastAPI runs it in worker threads."""
    router = APIRouter(prefix="/v1", tags=["answers"])

    @router.get(
        "/search", responses=problems(REQUEST_INVALID, FILTER_INVALID, FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED)
    )
    def search(
        q: Annotated[str, Query(min_length=1, max_length=MAX_CHARACTERS, pattern=r"\S")],
        limit: Annotated[int, Query(ge=1, le=MAX_PASSAGES)] = 10,
        since: Day | None = None,
        until: Day | None = None,
        source: Annotated[tuple[str, ...], Query(max_length=100)] = (),
        author: Annotated[tuple[str, ...], Query(max_length=100)] = (),
    ) -> FoundOut:
        """The passages nearest to a query, of articles published from `since` to `until` (both included), of any of
        the sources and authors named. Passages, no answer: ask /v1/ask for one."""
        return FoundOut(passages=passages.search(q, Filters(since, until, source, author), limit))

    return router
