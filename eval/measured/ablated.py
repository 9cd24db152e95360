"""Dossier with one of its parts taken out, to see what that part is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ingest.embedder import Embedder, Vectors
from ingest.filters import Filters
from service.chain import Chain
from service.evidence import Evidence, ScoredSentence
from service.reading import Judgement, Reading
from service.retrieve import HybridRetriever
from service.wiring import House

Part = Literal["reader", "verifier", "full-text", "vectors"]


@dataclass(frozen=True, slots=True)
class NearestReader:
    """Instead of the reader: passages as they were retrieved, in each the sentence whose vector is nearest to the
    question; nothing is refused."""

    embedder: Embedder
    name: str = "nearest"
    threshold: float = 0.0

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """See `Reader`."""
        query = self.embedder.encode_query(question)
        marked = [self._marked(query, item, 1 / rank) for rank, item in enumerate(evidence, 1)]
        return Reading(marked, 1.0 if marked else 0.0)

    def _marked(self, query: Vectors, item: Evidence, score: float) -> Evidence:
        spans = item.passage.sentences
        vectors = self.embedder.encode([span.of(item.article.text) for span in spans])
        best = spans[int(np.argmax(vectors @ query))]
        return replace(item, answers=score, marked=(ScoredSentence(best, score),))


@dataclass(frozen=True, slots=True)
class Trusting:
    """Instead of the verifier: everything is supported."""

    name: str = "none"

    def judge(self, statement: str, quotes: Sequence[str], context: str = "") -> Judgement:
        """See `Verifier`."""
        return Judgement("supported", 1.0)


class WordsOnly(HybridRetriever):
    """Retrieves by full text alone."""

    def by_meaning(self, question: str, wanted: Filters) -> list[str]:
        """None."""
        return []


class MeaningOnly(HybridRetriever):
    """Retrieves by vectors alone."""

    def by_words(self, question: str, wanted: Filters) -> list[str]:
        """None."""
        return []


def without(house: House, part: Part) -> House:
    """The same house with that part taken out."""
    corpus = house.corpus
    if part == "reader":
        house = replace(house, reader=NearestReader(house.embedder))
    elif part == "verifier":
        house = replace(house, verifier=Trusting())
    elif part == "vectors":
        house = replace(house, retriever=WordsOnly(corpus=corpus))
    else:
        house = replace(house, retriever=MeaningOnly(corpus=corpus))
    return replace(house, answerer=Chain(house.retriever, house.reader, house.verifier, house.composer))
