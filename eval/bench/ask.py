"""How long a quoted answer takes: from a warm service over HTTP, and from a command that starts anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx
import numpy as np

from eval.bench.built import build
from eval.bench.service import asked_anew, running_service
from eval.errors import RunError
from ingest.documents import Document, Failure

WARM_UP = 10
COLD_STARTS = 5
WARM_TARGET = 0.450
READ_TARGET = 0.300
COLD_TARGET = 4.0

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class AskSpeed:
    """Seconds each answer took, in the order asked; `reads` is what of it the reader took."""

    articles: int
    passages: int
    warm: Sequence[float]
    reads: Sequence[float]
    cold: Sequence[float]

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "questions": len(self.warm),
            "warm_p50": float(np.percentile(self.warm, 50)),
            "warm_p95": float(np.percentile(self.warm, 95)),
            "warm_target": WARM_TARGET,
            "read_p50": float(np.percentile(self.reads, 50)),
            "read_target": READ_TARGET,
            "cold_median": median(self.cold),
            "cold": list(self.cold),
            "cold_target": COLD_TARGET,
        }


def measure_ask(documents: Iterable[Document | Failure], count: int, progress: Progress | None = None) -> AskSpeed:
    """Builds a corpus in a folder that goes again, asks `count` questions over HTTP, then starts the command anew.

    Raises: RunError when there is nothing to ask or an answer is an error, and what `open_corpus` raises.
    """
    with TemporaryDirectory(prefix="dossier-bench-") as name:
        folder = Path(name).resolve()
        built = build(folder, documents, "dossier bench ask", count + WARM_UP)
        with running_service(folder) as address:
            warm, reads = _warm(address, built.questions, progress)
        cold = [asked_anew(folder, question) for question in built.questions[:COLD_STARTS]]
        return AskSpeed(built.articles, built.passages, warm, reads, cold)


def _warm(address: str, questions: Sequence[str], progress: Progress | None) -> tuple[list[float], list[float]]:
    """Seconds an answer, and what of it the reader took, without the first `WARM_UP`."""
    seconds, reads = [], []
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        for question in questions:
            took, read = _asked(client, question)
            seconds.append(took)
            reads.append(read)
            if progress:
                progress(1)
    return seconds[WARM_UP:], reads[WARM_UP:]


def _asked(client: httpx.Client, question: str) -> tuple[float, float]:
    began = perf_counter()
    response = client.post("/v1/ask", json={"question": question, "mode": "quoted"})
    seconds = perf_counter() - began
    if not response.is_success:
        raise RunError(f"The service answered {response.status_code}: {response.text[:300]}", "See its log.")
    return seconds, float(response.json()["timings_ms"]["read"]) / 1000
