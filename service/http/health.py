"""Routes: alive and ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter

from service.http.handlers import RETRY_AFTER_SECONDS, ProblemError
from service.http.openapi import problems
from service.http.problems import NOT_READY
from service.http.schemas import StateOut


def health_router(ready: Callable[[], Sequence[str]]) -> APIRouter:
    """`ready` lists what keeps the service from answering."""
    router = APIRouter(tags=["service"])

    @router.get("/healthz", responses=problems())
    async def alive() -> StateOut:
        """The process answers."""
        return StateOut(status="alive")

    @router.get("/readyz", responses=problems(NOT_READY))
    def readiness() -> StateOut:
        """Questions can be answered; the problem lists what is missing when they cannot."""
        missing = ready()
        if missing:
            raise ProblemError(NOT_READY, " ".join(missing), headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        return StateOut(status="ready")

    return router
