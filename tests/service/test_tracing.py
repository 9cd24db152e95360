from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from service.errors import ModelError
from service.prompting import Message
from service.tracing import UNTRACED, detached, exporting, trace_ids, traced, tracer_of
from tests.service.collecting import collector, spans_of
from tests.service.scripted import Step, Used, scripted

ASKED = [Message("user", "What is secret?")]


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(spans: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return provider


def test_an_error_is_told_by_its_class_alone(provider: TracerProvider, spans: InMemorySpanExporter) -> None:
    def fail() -> None:
        raise ValueError("secret")

    with pytest.raises(ValueError, match="secret"), traced(tracer_of(provider), "read"):
        fail()
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert "secret" not in span.to_json()


def test_a_detached_span_is_no_parent_of_what_its_caller_does(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    tracer = tracer_of(provider)
    with detached(tracer, "llm", {}), traced(tracer, "verify"):
        pass
    verify, llm = spans.get_finished_spans()
    assert (verify.name, verify.parent, llm.parent) == ("verify", None, None)


def test_a_log_line_names_the_span_that_it_was_written_in(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    assert trace_ids() == {}
    with traced(UNTRACED, "read"):
        assert trace_ids() == {}
    with traced(tracer_of(provider), "read"):
        ids = trace_ids()
    (span,) = spans.get_finished_spans()
    assert span.context
    assert ids == {"trace_id": f"{span.context.trace_id:032x}", "span_id": f"{span.context.span_id:016x}"}


@pytest.mark.parametrize(
    ("script", "tokens"), [(["Yes", ".", Used(10, 2)], {"input": 10, "output": 2}), (["Yes."], {})]
)
def test_a_call_to_the_llm_is_a_span_with_its_tokens(
    provider: TracerProvider, spans: InMemorySpanExporter, script: list[Step], tokens: dict[str, int]
) -> None:
    model, _ = scripted(script, tracer=tracer_of(provider))
    assert model.generate(ASKED) == "Yes."
    (span,) = spans.get_finished_spans()
    usage = {f"gen_ai.usage.{direction}_tokens": number for direction, number in tokens.items()}
    assert (span.name, span.attributes) == ("llm", {"gen_ai.request.model": "scripted", **usage})
    assert "secret" not in span.to_json()


def test_a_call_that_fails_and_one_that_is_left_end_their_spans(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    failing, _ = scripted([RuntimeError("secret")], tracer=tracer_of(provider))
    with pytest.raises(ModelError):
        failing.generate(ASKED)
    left, _ = scripted(["One", "two"], tracer=tracer_of(provider))
    pieces = left.stream(ASKED)
    assert next(iter(pieces)) == "One"
    pieces.close()  # type: ignore[attr-defined]
    failed, abandoned = spans.get_finished_spans()
    assert (failed.status.description, abandoned.status.status_code) == ("ModelError", StatusCode.UNSET)
    assert "secret" not in failed.to_json()


@pytest.mark.parametrize("named", [None, "desk"])
def test_spans_arrive_at_the_collector_that_the_standard_variables_name(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    with collector() as (address, taken):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        if named:
            monkeypatch.setenv("OTEL_SERVICE_NAME", named)
        with exporting(wanted=True) as provider, traced(tracer_of(provider), "retrieve"):
            pass
    ((path, request),) = taken
    (sent,) = request.resource_spans
    told = {attribute.key: attribute.value.string_value for attribute in sent.resource.attributes}
    assert (path, told["service.name"]) == ("/v1/traces", named or "dossier")
    assert [span.name for span in spans_of(taken)] == ["retrieve"]


def test_without_a_collector_nothing_is_traced() -> None:
    with exporting(wanted=False) as provider:
        assert provider is None
        assert tracer_of(provider) is UNTRACED
