"""A span around each request, for those of the stages within it."""

from __future__ import annotations

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span, TracerProvider
from starlette.types import Scope

UNTRACED_PATHS = "/healthz$,/readyz$,/metrics$"
WORDED = ("http.url", "http.target", "url.full", "url.path", "url.query")
"""Attributes that repeat the address as it was asked, under the older and the newer conventions."""


def trace_requests(app: FastAPI, provider: TracerProvider) -> None:
    """Gives each request a span of `provider`; it goes on the trace that a `traceparent` header names."""
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=UNTRACED_PATHS,
        exclude_spans=["receive", "send"],
        server_request_hook=_without_words,
    )


def _without_words(span: Span, scope: Scope) -> None:
    """What somebody searches for stands in the address; `http.route` tells enough of it."""
    known = getattr(span, "attributes", None) or {}
    span.set_attributes({name: "" for name in WORDED if name in known})
