"""How far this project is from what its engines can do at best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench.built import corpus_questions
from eval.bench.generation import Generation, measure_generation
from eval.bench.ingest import ROUNDS, Documents, IngestSpeed, measure_ingest
from eval.bench.retrieval import summary, time_retrieval, times_bare
from ingest.settings import IngestSettings, read_settings
from ingest.wiring import open_corpus
from service.evidence import Evidence
from service.retrieve import HybridRetriever

RETRIEVAL_TARGET = 2.0

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Each beside its limit; `retrieval` is as `time_retrieval` tells it. Without prompts there is no generation."""

    ingest: IngestSpeed
    retrieval: Mapping[str, Sequence[float]]
    generation: Generation | None

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds."""
        return {
            "ingest": self.ingest.summary(),
            "retrieval": {
                "parts": summary(self.retrieval),
                "times_bare": times_bare(self.retrieval),
                "target": RETRIEVAL_TARGET,
            },
            "generation": self.generation.summary() if self.generation else None,
        }


def measure_limits(
    documents: Documents, questions: int, prompts: int, announce: Announce, rounds: int = ROUNDS
) -> Limits:
    """Ingests the documents again and again, asks `questions` of them, and has `prompts` sentences worded.

    Raises: RunError when there is nothing to ingest or ask, and what `measure_generation` raises.
    """
    announce("Ingesting, and the bare embedding model ...")
    ingest = measure_ingest(documents, rounds)
    announce("Retrieving, and the bare embedding and query ...")
    with (
        TemporaryDirectory(prefix="dossier-bench-") as name,
        open_corpus(read_settings(IngestSettings, data=Path(name)), "dossier bench limits") as corpus,
    ):
        corpus.ingest(documents())
        asked = corpus_questions(corpus, questions)
        retriever = HybridRetriever(corpus=corpus)
        retrieval = time_retrieval(retriever, asked)
        sentences = [_longest(found[0]) for question in asked[: prompts + 1] if (found := retriever.retrieve(question))]
    if not prompts:
        return Limits(ingest, retrieval, None)
    announce("Wording answers, and the bare llama.cpp ...")
    return Limits(ingest, retrieval, measure_generation(sentences))


def _longest(evidence: Evidence) -> str:
    """Of its sentences."""
    return max((each.of(evidence.article.text) for each in evidence.passage.sentences), key=len)
