"""What HTTP adds to an answer: the same questions asked of one service, by a call and through its doors."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from eval.bench.built import build
from eval.bench.inside import logged, running
from eval.errors import RunError
from ingest.documents import Document, Failure
from ingest.filters import Filters
from ingest.settings import IngestSettings, read_settings
from service.answerer import Answerer
from service.question import Question
from service.serving import open_server
from service.settings import ServiceSettings

WARM_UP = 10
TARGET = 0.005
CALL = "a call in process"
JSON = "/v1/ask"

Progress = Callable[[int], None]
Ask = Callable[[str, date], None]
"""Asks a question over the articles published until a day, and waits for the whole answer."""


@dataclass(frozen=True, slots=True)
class HttpSpeed:
    """Seconds each answer took by way of asking, in the order of the questions: the same ones each way."""

    articles: int
    passages: int
    seconds: Mapping[str, Sequence[float]]

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds. `adds` is the median of the differences question by question: the two askings
        of a question met the same machine, and `adds_interval` covers it in 95 of 100 runs: on a busy machine it is too
        wide to tell anything. `medians_differ` is the difference of the medians.
        """
        call = np.asarray(self.seconds[CALL])
        ways = {
            name: {
                "p50": float(np.median(seconds)),
                "p95": float(np.percentile(seconds, 95)),
                "medians_differ": float(np.median(seconds) - np.median(call)),
                "adds": float(np.median(np.asarray(seconds) - call)),
                "adds_interval": _interval(np.asarray(seconds) - call),
            }
            for name, seconds in self.seconds.items()
        }
        return {
            "articles": self.articles,
            "passages": self.passages,
            "questions": len(call),
            "ways": ways,
            "adds": ways[JSON]["adds"],
            "target": TARGET,
        }


def measure_http(documents: Iterable[Document | Failure], count: int, progress: Progress | None = None) -> HttpSpeed:
    """Builds a corpus in a folder that goes again, serves it from this process, and asks `count` questions each way.

    The ways take turns at going first. Each asking has a last day of its own, far in the future: to the corpus it is
    the same question, to whatever keeps answers another one.
    Raises: RunError when there is nothing to ask or an answer is an error, and what `open_house` raises.
    """
    with TemporaryDirectory(prefix="dossier-bench-") as name:
        folder = Path(name).resolve()
        built = build(folder, documents, "dossier bench http", count + WARM_UP)
        with _ways(folder) as ways:
            seconds = asked(ways, built.questions, progress)
    return HttpSpeed(built.articles, built.passages, {way: taken[WARM_UP:] for way, taken in seconds.items()})


def _interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """Of their median, by order statistics: it needs no assumption about how they are distributed."""
    from scipy.stats import binom

    ordered = np.sort(differences)
    rank = max(0, int(binom.ppf(0.025, len(ordered), 0.5)) - 1)
    return float(ordered[rank]), float(ordered[-1 - rank])


def asked(
    ways: Mapping[str, Ask], questions: Sequence[str], progress: Progress | None = None
) -> dict[str, list[float]]:
    """Seconds each question took each way, the ways in turns, no two askings alike (see `measure_http`)."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    names = list(ways)
    days = (date.max - timedelta(number) for number in itertools.count())
    for turn, question in enumerate(questions):
        first = turn % len(names)
        for way in (*names[first:], *names[:first]):
            began = perf_counter()
            ways[way](question, next(days))
            seconds[way].append(perf_counter() - began)
        if progress:
            progress(1)
    return seconds


@contextmanager
def _ways(folder: Path) -> Iterator[Mapping[str, Ask]]:
    """The ways to ask a service that runs in a thread of this process, over the data folder."""
    ingest = read_settings(IngestSettings).within(folder)
    service = read_settings(ServiceSettings, llm="none", host="127.0.0.1", require_keys=False)
    with (
        logged(folder / "service.log"),
        socket.create_server((service.host, 0)) as listener,
        open_server(ingest, service, listener, lambda _: None) as (server, services),
        running(server, listener) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield {CALL: _called(services.answerer), **_doors(client)}


def _called(answerer: Answerer) -> Ask:
    def ask(question: str, until: date) -> None:
        answerer.answer(Question(question, Filters(until=until), mode="quoted"))

    return ask


def _doors(client: httpx.Client) -> dict[str, Ask]:
    def own(question: str, until: date) -> dict[str, Any]:
        return {"question": question, "filters": {"until": str(until)}, "mode": "quoted"}

    def openai(question: str, until: date) -> dict[str, Any]:
        return {
            "model": "dossier-quoted",
            "messages": [{"role": "user", "content": question}],
            "dossier": {"filters": {"until": str(until)}},
        }

    def door(path: str, body: Callable[[str, date], dict[str, Any]], last: bytes = b"}", **more: Any) -> Ask:
        def ask(question: str, until: date) -> None:
            response = client.post(path, json=body(question, until) | more)
            if not response.is_success or last not in response.content:
                raise RunError(f"The service answered {response.status_code}: {response.text[:300]}", "See its log.")

        return ask

    return {
        JSON: door("/v1/ask", own),
        "/v1/ask, streamed": door("/v1/ask", own, b"event: done", stream=True),
        "/v1/chat/completions": door("/v1/chat/completions", openai),
        "/v1/chat/completions, streamed": door("/v1/chat/completions", openai, b"data: [DONE]", stream=True),
    }
