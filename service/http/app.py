"""Builds the HTTP door."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware

from service.answer import VERSION
from service.http import handlers
from service.http.articles import articles_router
from service.http.ask import ask_router, conversation_router
from service.http.completions import completions_router
from service.http.desk import Desk
from service.http.guards import BodyLimit, HostGuard, SafeHeaders, allowed_names
from service.http.health import health_router
from service.http.openapi import Document
from service.http.requestlog import RequestLog
from service.http.services import Services

DESCRIPTION = "Answers questions over articles, every statement proven by the exact characters that support it."


def create_app(
    services: Services,
    *,
    bound_to: str = "127.0.0.1",
    allowed_hosts: Iterable[str] = (),
    ask_concurrency: int = 4,
    max_body_bytes: int = 32 * 2**20,
    keep_alive_seconds: float = 15.0,
) -> FastAPI:
    """The app over `services`.

    `bound_to` is the address it will listen on: on loopback, only loopback names and `allowed_hosts` are answered.
    Questions over `ask_concurrency` at once are refused. Event streams send a comment after `keep_alive_seconds`
    of silence.
    """
    app = FastAPIOffline(
        title="Dossier",
        version=str(VERSION),
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(RequestLog),
            Middleware(SafeHeaders),
            Middleware(HostGuard, names=allowed_names(bound_to, allowed_hosts)),
            Middleware(BodyLimit, max_bytes=max_body_bytes),
        ],
    )
    handlers.install(app)
    desk = Desk(services.answerer, concurrency=ask_concurrency, keep_alive=keep_alive_seconds)
    app.include_router(ask_router(desk))
    app.include_router(completions_router(desk))
    app.include_router(conversation_router(services.journal))
    app.include_router(articles_router(services.library))
    app.include_router(health_router(services.ready))
    app.openapi = Document(app)  # type: ignore[method-assign]
    return app
