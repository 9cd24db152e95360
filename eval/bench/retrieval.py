"""What finding passages takes, part by part, beside the least that it could take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from ingest.filters import Filters
from service.retrieve import CANDIDATES, PASSAGES, HybridRetriever

EMBEDDING = "embedding of the question"
TEXT = "full text"
VECTORS = "vectors"
WHOLE = "whole retrieval"
BARE = "one embedding and one query of vectors"

Progress = Callable[[int], None]


def time_retrieval(
    retriever: HybridRetriever, questions: Sequence[str], progress: Progress | None = None
) -> dict[str, list[float]]:
    """Seconds each question took in each part, the parts taking turns at going first. The first question is asked
    once more beforehand, for what is loaded at first use."""
    corpus, everything = retriever.corpus, Filters()
    vectors = {question: corpus.embedder.encode_query(question) for question in questions}
    parts: Mapping[str, Callable[[str], object]] = {
        EMBEDDING: corpus.embedder.encode_query,
        TEXT: lambda question: retriever.by_words(question, everything),
        VECTORS: lambda question: corpus.search_vectors(vectors[question], everything, CANDIDATES),
        WHOLE: retriever.retrieve,
        BARE: lambda question: corpus.search_vectors(corpus.embedder.encode_query(question), everything, PASSAGES),
    }
    for part in parts.values():
        part(questions[0])
    names = list(parts)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn, question in enumerate(questions):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            began = perf_counter()
            parts[name](question)
            seconds[name].append(perf_counter() - began)
        if progress:
            progress(1)
    return seconds


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    return {"p50": float(np.median(seconds)), "p95": float(np.percentile(seconds, 95))}


def times_bare(seconds: Mapping[str, Sequence[float]]) -> float:
    """How many times what is bare the whole takes: the median over the questions."""
    return float(np.median(np.asarray(seconds[WHOLE]) / np.asarray(seconds[BARE])))


def summary(seconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """The spread of each part."""
    return {name: spread(taken) for name, taken in seconds.items()}
