"""StackedReader: a cross-encoder and features of question, sentence and passage under calibrated linear models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.embedder import Embedder
from service.coefficients import Coefficients, load_coefficients
from service.crossencoder import CrossEncoder
from service.evidence import Evidence, ScoredSentence
from service.features import Matrix, judged, lexical, semantic, shares, whole
from service.field import Field, survey
from service.pairing import Pair
from service.reading import Reading


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates that were read: `rows` (columns `SENTENCE`), scores by those, the cross-encoder's log-odds, and
    scores by both."""

    chosen: Sequence[int]
    rows: Matrix
    features: Matrix
    cross: Matrix
    scores: Matrix


class StackedReader:
    """Ranks sentences by words, reads the best beside the question, ranks them again, and judges whether the best one
    answers.

    Given equal questions and evidence it returns equal readings.
    """

    def __init__(self, embedder: Embedder, encoder: CrossEncoder, coefficients: Coefficients | None = None) -> None:
        """`coefficients` default to those that come with this package."""
        self._embedder = embedder
        self._encoder = encoder
        self._coefficients = coefficients or load_coefficients()

    @property
    def name(self) -> str:
        """See `Reader`."""
        return f"{self._encoder.name}+{self._coefficients.fingerprint}"

    @property
    def threshold(self) -> float:
        """See `Reader`."""
        return self._coefficients.threshold

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """See `Reader`. A sentence's score is the chance that something answers times its share among the sentences;
        a passage's is the sum over its sentences, so that passages compete.
        """
        field = survey(question, evidence, self._coefficients.common)
        if not field.candidates:
            return Reading(tuple(evidence), 0.0)
        ranking = rank(field, question, self._embedder, self._encoder, self._coefficients)
        answerable = self._answerable(field, ranking)
        parts = shares(ranking.scores)
        chances = {index: float(part) * answerable for index, part in zip(ranking.chosen, parts, strict=True)}
        read = [self._marked(field, place, chances) for place in range(len(evidence))]
        return Reading(tuple(sorted(read, key=lambda item: -item.answers)), answerable)

    def _answerable(self, field: Field, ranking: Ranking) -> float:
        known = self._coefficients
        by_features = whole(field, ranking.chosen, ranking.rows, ranking.features) @ known.question + known.bias
        odds = judged(float(by_features), ranking.cross) @ known.judge + known.judge_bias
        return float(1 / (1 + np.exp(-odds)))

    def _marked(self, field: Field, place: int, chances: dict[int, float]) -> Evidence:
        item = field.evidence[place]
        limit = self._coefficients.mark * max(chances.values())
        own = [(index, chance) for index, chance in chances.items() if field.candidates[index].passage == place]
        marks = [
            ScoredSentence(item.passage.sentences[field.candidates[index].sentence], chance)
            for index, chance in sorted(own, key=lambda found: (-found[1], found[0]))
            if chance >= limit
        ]
        return replace(item, answers=min(1.0, sum(chance for _, chance in own)), marked=tuple(marks))


def rank(field: Field, question: str, embedder: Embedder, encoder: CrossEncoder, coefficients: Coefficients) -> Ranking:
    """Reads the sentences that the words alone rank best, and ranks those. `field` must hold a candidate."""
    words = lexical(field)
    chosen = shortlist(words @ coefficients.first, coefficients.keep)
    vectors = embedder.encode([sentence_text(field, index) for index in chosen])
    rows = np.hstack([words[chosen], semantic(field, chosen, embedder.encode_query(question), vectors)])
    cross = encoder.score([pair(field, question, index) for index in chosen])
    features = rows @ coefficients.sentence
    return Ranking(chosen, rows, features, cross, coefficients.share * features + coefficients.cross * cross)


def shortlist(scores: Matrix, keep: int) -> list[int]:
    """The places of the `keep` best scores, in their own order."""
    return sorted(int(index) for index in np.argsort(-scores, kind="stable")[:keep])


def sentence_text(field: Field, index: int) -> str:
    """The exact characters of a candidate."""
    candidate = field.candidates[index]
    item = field.evidence[candidate.passage]
    return item.passage.sentences[candidate.sentence].of(item.article.text)


def pair(field: Field, question: str, index: int) -> Pair:
    """A candidate as the cross-encoder reads it."""
    candidate = field.candidates[index]
    item = field.evidence[candidate.passage]
    before = item.passage.sentences[candidate.sentence - 1].of(item.article.text) if candidate.sentence else ""
    return Pair(question, item.article.title, before, sentence_text(field, index))
