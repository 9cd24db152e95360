"""Spans of a real service: those of the stages belong to the request, whatever thread they were in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from ingest.settings import IngestSettings
from ingest.sources import read
from service.chain import Chain
from service.compose import Composer
from service.http.app import create_app
from service.http.services import Services
from service.settings import ServiceSettings
from service.tracing import tracer_of
from service.wiring import House, open_house
from tests.service.http.chats import call, chat
from tests.service.http.doubles import House as Doubles
from tests.service.scripted import Used, scripted

ARTICLES = sorted((Path(__file__).parents[3] / "eval" / "data" / "articles").glob("2012-*.md"))
QUESTION = "Why did Uzbekistan suspend its membership of the CSTO?"
PARENT = "0af7651916cd43dd8448eb211c80319c"


@dataclass
class Traced:
    """A client of an app whose spans are kept."""

    client: TestClient
    kept: InMemorySpanExporter

    def spans(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.kept.get_finished_spans() if span.name == name]

    def told(self) -> str:
        return "".join(span.to_json() for span in self.kept.get_finished_spans())


def traced(services: Services, kept: InMemorySpanExporter, provider: TracerProvider) -> Iterator[Traced]:
    app = create_app(services, traces=provider)
    try:
        with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
            yield Traced(client, kept)
    finally:
        FastAPIInstrumentor.uninstrument_app(app)


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(kept: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return provider


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = IngestSettings(data=tmp_path_factory.mktemp("traced"))
    with open_house(settings, ServiceSettings(llm="none"), "tests") as house:
        assert not house.corpus.ingest(read([str(path) for path in ARTICLES])).failures
        yield house


@pytest.fixture
def real(house: House, kept: InMemorySpanExporter, provider: TracerProvider) -> Iterator[Traced]:
    """Over a chain with the real parts, and an LLM that says nothing of use."""
    tracer = tracer_of(provider)
    model, _ = scripted(["It rained [S1]\n", Used(100, 5)], tracer=tracer)
    chain = Chain(house.retriever, house.reader, house.verifier, Composer(model), tracer)
    yield from traced(replace(Doubles().services, answerer=chain), kept, provider)


@pytest.fixture
def doubled(kept: InMemorySpanExporter, provider: TracerProvider) -> Iterator[tuple[Traced, Doubles]]:
    doubles = Doubles()
    for traced_ in traced(doubles.services, kept, provider):
        yield traced_, doubles


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION}),
        ("/v1/ask", {"question": QUESTION, "stream": True}),
        ("/v1/chat/completions", chat(QUESTION)),
        ("/v1/chat/completions", chat(QUESTION, stream=True)),
        ("/mcp", call("ask", question=QUESTION)),
    ],
)
def test_the_stages_are_children_of_the_request_and_the_llm_of_composing(
    real: Traced, path: str, body: dict[str, Any]
) -> None:
    headers = {"traceparent": f"00-{PARENT}-b7ad6b7169203331-01", "Accept": "application/json, text/event-stream"}
    assert real.client.post(path, json=body, headers=headers).status_code == 200
    (request,) = real.spans(f"POST {path}")
    assert request.context
    for stage in ("retrieve", "read", "compose", "verify"):
        assert real.spans(stage)
        for span in real.spans(stage):
            assert span.parent
            assert span.parent.span_id == request.context.span_id
    (llm,) = real.spans("llm")
    assert llm.parent
    assert llm.parent.span_id in {span.context.span_id for span in real.spans("compose") if span.context}
    assert {f"{span.context.trace_id:032x}" for span in real.kept.get_finished_spans() if span.context} == {PARENT}


def test_the_request_tells_which_answer_came_of_it_and_no_span_says_what(real: Traced) -> None:
    answer = real.client.post("/v1/ask", json={"question": QUESTION}).json()
    (request,) = real.spans("POST /v1/ask")
    assert request.attributes
    for name in ("id", "status", "mode", "refused", "degraded"):
        assert request.attributes[f"dossier.answer.{name}"] == answer[name]
    assert answer["refused"] == 1
    for word in ("Uzbekistan", "CSTO", "rained", "Tashkent"):
        assert word not in real.told()


def test_no_address_as_it_was_asked(doubled: tuple[Traced, Doubles]) -> None:
    service, _ = doubled
    service.client.get("/v1/articles", params={"query": "secret"})
    service.client.get("/v1/articles/secret")
    service.client.get("/secret", params={"secret": "secret"})
    assert [span.name for span in service.kept.get_finished_spans()] == [
        "GET /v1/articles",
        "GET /v1/articles/{article_id}",
        "GET",
    ]
    assert "secret" not in service.told()


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_says_its_class_and_not_its_message(doubled: tuple[Traced, Doubles], stream: bool) -> None:
    service, doubles = doubled
    doubles.answerer.error = RuntimeError("secret")
    service.client.post("/v1/ask", json={"question": "x", "stream": stream})
    (request,) = service.kept.get_finished_spans()
    assert request.attributes
    assert request.attributes["dossier.unanswered"] == "RuntimeError"
    assert request.status.status_code == (StatusCode.UNSET if stream else StatusCode.ERROR)
    assert "secret" not in service.told()


def test_being_looked_after_is_not_traced(doubled: tuple[Traced, Doubles]) -> None:
    service, _ = doubled
    for path in ("/healthz", "/readyz", "/metrics"):
        assert service.client.get(path).status_code == 200
    assert service.kept.get_finished_spans() == ()
