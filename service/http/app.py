"""Builds the HTTP door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from service.answer import VERSION
from service.answerlog import AnswerLog
from service.http import handlers
from service.http.access import WRITTEN, Access
from service.http.articles import articles_router
from service.http.ask import ask_router
from service.http.completions import completions_router
from service.http.conversations import conversations_router
from service.http.desk import Desk
from service.http.guards import BodyLimit, HostGuard, OriginGuard, SafeHeaders, allowed_names
from service.http.health import health_router
from service.http.intake import EACH as INTAKE_EACH
from service.http.intake import Intake
from service.http.jobs import jobs_router
from service.http.mcp.route import mcp_router
from service.http.mcp.tools import Tools
from service.http.metrics import Metrics, metrics_router
from service.http.openapi import Document
from service.http.pace import BodyPace
from service.http.page import page_router
from service.http.policy import USUAL, Policy
from service.http.requestlog import RequestLog
from service.http.search import search_router
from service.http.services import Services
from service.http.tracing import trace_requests
from service.http.watching import watch
from service.http.whoami import whoami_router
from service.observing import ObservedAnswerer
from service.tracing import AnswerSpan, TracerProvider

DESCRIPTION = "Answers questions over articles, every statement proven by the exact characters that support it."
CORS_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Request-ID")


def create_app(services: Services, policy: Policy = USUAL, traces: TracerProvider | None = None) -> FastAPI:
    """The app over `services`, kept as `policy` says. With `traces`, each request has a span."""
    metrics = Metrics()
    observed = ObservedAnswerer(services.answerer, [metrics, AnswerLog(policy.log_questions), AnswerSpan()])
    desk = Desk(observed, policy.bounds, keep_alive=policy.keep_alive, grace=policy.grace)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await desk.close()

    app = FastAPIOffline(
        title="Dossier",
        version=str(VERSION),
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=_guards(policy),
    )
    handlers.install(app)
    app.include_router(ask_router(desk))
    app.include_router(completions_router(desk))
    app.include_router(conversations_router(services.journal, services.receipts))
    app.include_router(articles_router(services.library, services.receipts))
    app.include_router(jobs_router(services.jobs, services.receipts))
    app.include_router(search_router(services.passages))
    app.include_router(mcp_router(Tools(desk, services.library, services.passages)))
    app.include_router(whoami_router(services.outline))
    app.include_router(health_router(services.ready))
    app.include_router(metrics_router(metrics))
    watch(metrics, services, desk.queue)
    metrics.count_requests(app)
    if traces:
        trace_requests(app, traces)
    app.include_router(page_router())
    if services.slack:
        # Slack's libraries are loaded where there is a Slack.
        from service.http.slack import slack_router

        app.include_router(slack_router(services.slack(desk)))
    app.openapi = Document(app)  # type: ignore[method-assign]
    return app


def _guards(policy: Policy) -> list[Middleware]:
    """The outermost first."""
    origins = frozenset(policy.allowed_origins)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=CORS_HEADERS,
        expose_headers=["Location", "Retry-After", "X-Request-ID"],
    )
    return [
        Middleware(RequestLog),
        Middleware(SafeHeaders),
        *([cors] if origins else []),
        Middleware(HostGuard, names=allowed_names(policy.bound_to, policy.allowed_hosts)),
        Middleware(OriginGuard, origins=origins),
        Middleware(Access, locks=policy.locks),
        Middleware(Intake, each=INTAKE_EACH if policy.locks else None),
        Middleware(BodyPace, seconds=policy.body_seconds),
        Middleware(BodyLimit, max_bytes=policy.max_body_bytes, large=WRITTEN),
    ]
