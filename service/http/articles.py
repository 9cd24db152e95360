"""Routes: list, show, add and remove articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query

from ingest.library import Library
from ingest.records import ArticleRecord, Outcome
from service.http.handlers import ProblemError
from service.http.openapi import problems
from service.http.problems import (
    ARTICLE_NOT_FOUND,
    BODY_TOO_LARGE,
    BODY_UNREADABLE,
    EMBEDDER_UNAVAILABLE,
    FOLDER_BUSY,
    MEDIA_TYPE_UNSUPPORTED,
    REPEAT_REFUSED,
    REQUEST_INVALID,
    STORAGE_AWAY,
    STORAGE_FAILED,
)
from service.http.repeats import repeatable
from service.http.schemas import (
    ArticleFull,
    ArticleIn,
    ArticleOut,
    ArticlePage,
    ArticlesIn,
    DocumentIn,
    Malformed,
    OutcomeOut,
    OutcomesOut,
)
from service.store.receipts import Receipts

MAX_PAGE = 200
MAX_OFFSET = 10**9

ArticleId = Annotated[str, Path(max_length=100)]
FOLDER = (FOLDER_BUSY, STORAGE_AWAY, STORAGE_FAILED)


def articles_router(library: Library, receipts: Receipts) -> APIRouter:
    """The routes are plain functions: FastAPI runs them in worker threads."""
    router = APIRouter(prefix="/v1/articles", tags=["articles"], route_class=repeatable(receipts))

    @router.get("", responses=problems(REQUEST_INVALID, *FOLDER))
    def articles(
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        query: Annotated[str | None, Query(max_length=500)] = None,
    ) -> ArticlePage:
        """A page of the articles; `query` narrows by title, source or address."""
        found = library.articles(offset, limit + 1, query)
        return ArticlePage(
            articles=_listed(found[:limit]),
            total=library.count(),
            next_offset=offset + limit if len(found) > limit else None,
        )

    @router.post(
        "",
        responses=problems(
            BODY_UNREADABLE,
            BODY_TOO_LARGE,
            MEDIA_TYPE_UNSUPPORTED,
            REPEAT_REFUSED,
            REQUEST_INVALID,
            EMBEDDER_UNAVAILABLE,
            *FOLDER,
        ),
    )
    def add(body: ArticlesIn) -> OutcomesOut:
        """Adds articles. Each has an outcome of its own, in the order sent; one that fails never stops the rest."""
        added = iter(library.add([item.to_document() for item in body.articles if not isinstance(item, Malformed)]))
        outcomes = [_outcome(item, added) for item in body.articles]
        return OutcomesOut(outcomes=[OutcomeOut.model_validate(outcome) for outcome in outcomes])

    @router.get("/{article_id}", responses=problems(ARTICLE_NOT_FOUND, REQUEST_INVALID, *FOLDER))
    def article(article_id: ArticleId) -> ArticleFull:
        """Any kept version of an article, with the text that citations point into."""
        record = library.article(article_id)
        if record is None:
            raise _no_article()
        versions = _listed(library.versions(article_id))
        return ArticleFull(**dict(ArticleOut.model_validate(record)), text=record.text or "", versions=versions)

    @router.delete("/{article_id}", status_code=204, responses=problems(ARTICLE_NOT_FOUND, REQUEST_INVALID, *FOLDER))
    def remove(article_id: ArticleId) -> None:
        """Removes every version of an article."""
        if not library.remove(article_id):
            raise _no_article()

    return router


def _outcome(item: ArticleIn | DocumentIn | Malformed, added: Iterator[Outcome]) -> Outcome:
    if isinstance(item, Malformed):
        return Outcome(origin=item.origin, status="failed", reason=item.reason)
    return next(added)


def _listed(records: Sequence[ArticleRecord]) -> list[ArticleOut]:
    return [ArticleOut.model_validate(record) for record in records]


def _no_article() -> ProblemError:
    return ProblemError(ARTICLE_NOT_FOUND, "No article has this id.")
