"""Traces: what a question took, as spans of OpenTelemetry.

A span tells the stage, the model and the outcome, never what was asked, read or said. Of an error it tells the class:
the message may quote a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.trace import NoOpTracer, Span, Status, StatusCode, get_current_span
from opentelemetry.trace import Tracer as Tracer
from opentelemetry.trace import TracerProvider as TracerProvider

from service.answer import Answer
from service.question import Question

NAME = "dossier"
UNTRACED: Tracer = NoOpTracer()

Attributes = Mapping[str, str | int]


def tracer_of(provider: TracerProvider | None) -> Tracer:
    """Where the project's own spans go."""
    return provider.get_tracer(NAME) if provider else UNTRACED


@contextmanager
def traced(tracer: Tracer, name: str) -> Iterator[None]:
    """A span around a step: what it does itself becomes a child. Nothing may be yielded to a caller meanwhile."""
    with (
        tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span,
        _faults_told(span),
    ):
        yield


@contextmanager
def detached(tracer: Tracer, name: str, attributes: Attributes) -> Iterator[Span]:
    """A span around work that goes on while its caller does something else, such as a generator."""
    span = tracer.start_span(name, attributes=attributes)
    try:
        with _faults_told(span):
            yield span
    finally:
        span.end()


class AnswerSpan:
    """Tells on the span of the request which answer came of it."""

    def answered(self, question: Question, answer: Answer) -> None:
        """See `service.observing.Observer`."""
        told: dict[str, str | int | bool] = {
            "dossier.answer.id": answer.id,
            "dossier.answer.status": answer.status,
            "dossier.answer.mode": answer.mode,
            "dossier.answer.statements": len(answer.statements),
            "dossier.answer.refused": answer.refused,
            "dossier.answer.degraded": answer.degraded,
        }
        get_current_span().set_attributes(told)

    def unanswered(self, question: Question, why: str) -> None:
        """See `service.observing.Observer`."""
        get_current_span().set_attribute("dossier.unanswered", why)


def trace_ids() -> Mapping[str, str]:
    """The ids of the current trace and span as logs write them; empty where nothing is traced."""
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": format(context.trace_id, "032x"), "span_id": format(context.span_id, "016x")}


@contextmanager
def exporting(wanted: bool) -> Iterator[TracerProvider | None]:
    """A provider whose spans go to the collector that the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT` and its
    neighbours) name, until the context ends; None where it is not wanted."""
    if not wanted:
        yield None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    ours = Resource.create({"service.name": NAME, "service.version": version(NAME)})
    provider = SdkTracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider
    finally:
        provider.shutdown()


@contextmanager
def _faults_told(span: Span) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        span.set_status(Status(StatusCode.ERROR, type(error).__qualname__))
        raise
