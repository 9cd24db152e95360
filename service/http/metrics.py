"""Metrics for Prometheus, each app with a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version

import structlog
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_fastapi_instrumentator import Instrumentator
from prometheus_fastapi_instrumentator.metrics import Info as Exchange

from ingest.errors import DossierError
from service.answer import Answer, Models, Timings
from service.http.handlers import METHODS
from service.http.openapi import problems
from service.observing import LEFT
from service.question import Question
from service.telemetry import described

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OUTCOMES = (("answered", "composed"), ("answered", "quoted"), ("abstained", "quoted"))
UNTEMPLATED = "none"

Read = Callable[[], float | Mapping[str, float]]
log = structlog.get_logger(__name__)


class Metrics:
    """Counts requests and answers (it is a `service.observing.Observer`), and reads the rest when it is asked."""

    def __init__(self) -> None:
        # A moment of creation beside each series would double their number for nothing.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "dossier_http_requests_total",
            "Requests that ended; route is the template, not the path.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "dossier_http_request_seconds",
            "Time from a request's beginning to the end of its response, streams to their last event.",
            ("method", "route"),
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
        self._answers = Counter(
            "dossier_answers_total",
            "Answers given, abstentions among them; composed where an LLM worded any statement.",
            ("status", "mode"),
            registry=registry,
        )
        self._unanswered = Counter(
            "dossier_unanswered_total",
            "Questions that were begun and got no answer: an error's class, or left where the client had gone.",
            ("why",),
            registry=registry,
        )
        self._degraded = Counter(
            "dossier_degraded_answers_total",
            "Answers that an LLM was to word when it failed, was too slow, or too many questions waited for it.",
            registry=registry,
        )
        self._refused = Counter(
            "dossier_refused_statements_total",
            "Drafted statements that the verifier refused: left out, or replaced by quotes.",
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "dossier_stage_seconds",
            "Time a stage took of an answer; a stage that an answer did without is not counted.",
            ("stage",),
            buckets=STAGE_BUCKETS,
            registry=registry,
        )
        self._tokens = Counter(
            "dossier_llm_tokens_total",
            "Tokens that the LLM read (input) and wrote (output), where it tells them.",
            ("direction",),
            registry=registry,
        )
        self._begin_at_zero()

    def describe(self, models: Models) -> None:
        """Tells what the answers are made with."""
        info = Info("dossier_build", "The version, and the models that answer.", registry=self._registry)
        info.info(
            {
                "version": version("dossier"),
                "embedder": models.embedder,
                "reader": models.reader,
                "llm": models.llm or "none",
            }
        )

    def watch(self, name: str, documentation: str, read: Read, label: str | None = None) -> None:
        """Reads a value at each scrape: a counter where the name ends in `_total`, else a gauge. With a `label`, `read`
        gives a value for each value of it. A DossierError leaves the metric out of that scrape."""
        self._registry.register(_Watched(name, documentation, read, label))

    def count_requests(self, app: FastAPI) -> None:
        """Counts what `app` is asked, in all of its layers."""
        instrumentator = Instrumentator(should_group_status_codes=False, registry=self._registry)
        instrumentator.add(self._requested).instrument(app)

    def answered(self, question: Question, answer: Answer) -> None:
        """See `service.observing.Observer`."""
        self._answers.labels(answer.status, answer.mode).inc()
        if answer.timings_ms != Timings():  # else it is from memory, and nothing was drafted for it
            self._refused.inc(answer.refused)
        self._degraded.inc(answer.degraded)
        for stage, milliseconds in answer.timings_ms.model_dump().items():
            if milliseconds:
                self._stage_seconds.labels(stage).observe(milliseconds / 1000)
        if answer.tokens:
            for direction, number in answer.tokens.model_dump().items():
                self._tokens.labels(direction).inc(number)

    def unanswered(self, question: Question, why: str) -> None:
        """See `service.observing.Observer`."""
        self._unanswered.labels(why).inc()

    def scraped(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def _requested(self, exchange: Exchange) -> None:
        # Method and path are the client's to choose: each label takes only values that are known beforehand.
        method = exchange.method if exchange.method in (*METHODS, "OPTIONS") else "other"
        route = "unmatched" if exchange.modified_handler == UNTEMPLATED else exchange.modified_handler
        self._requests.labels(method, route, exchange.modified_status).inc()
        self._request_seconds.labels(method, route).observe(exchange.modified_duration)

    def _begin_at_zero(self) -> None:
        """A counter that appears with its first event hides it from `rate`."""
        for outcome in OUTCOMES:
            self._answers.labels(*outcome)
        for stage in Timings.model_fields:
            self._stage_seconds.labels(stage)
        self._unanswered.labels(LEFT)
        for direction in ("input", "output"):
            self._tokens.labels(direction)


def metrics_router(metrics: Metrics) -> APIRouter:
    """Shows them."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems()},
    )
    def scrape() -> Response:
        """The metrics in Prometheus's text format."""
        return Response(metrics.scraped(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


class _Watched(Collector):
    def __init__(self, name: str, documentation: str, read: Read, label: str | None) -> None:
        self._name = name
        self._documentation = documentation
        self._read = read
        self._label = label

    def describe(self) -> Iterator[Metric]:
        """The registry sees what it is without reading it."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        """See `Metrics.watch`."""
        try:
            value = self._read()
        except DossierError as error:
            log.warning("metric not read", metric=self._name, **described(error))
            return
        family = self._family()
        for label, number in value.items() if isinstance(value, Mapping) else ((None, value),):
            family.add_metric(_label(label), number)
        yield family

    def _family(self) -> CounterMetricFamily | GaugeMetricFamily:
        family = CounterMetricFamily if self._name.endswith("_total") else GaugeMetricFamily
        return family(self._name, self._documentation, labels=_label(self._label))


def _label(given: str | None) -> Sequence[str]:
    return () if given is None else (given,)
