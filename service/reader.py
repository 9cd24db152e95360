"""StackedReader: a cross-encoder and features of question, sentence and passage under calibrated linear models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ingest.article import Span
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
        if not any(field.fits):
            return Reading(tuple(evidence), 0.0)
        ranking = rank(field, question, self._embedder, self._encoder, self._coefficients)
        answerable = self._answerable(field, ranking)
        scored: list[list[ScoredSentence]] = [[] for _ in evidence]
        for index, part in zip(ranking.chosen, shares(ranking.scores), strict=True):
            mark = ScoredSentence(sentence_span(field, index), float(part) * answerable)
            scored[field.candidates[index].passage].append(mark)
        limit = self._coefficients.mark * max(mark.score for own in scored for mark in own)
        items = [_marked(item, own, limit) for item, own in zip(evidence, scored, strict=True)]
        return Reading(tuple(sorted(items, key=lambda item: -item.answers)), answerable)

    def _answerable(self, field: Field, ranking: Ranking) -> float:
        known = self._coefficients
        by_features = whole(field, ranking.chosen, ranking.rows, ranking.features) @ known.question + known.bias
        odds = judged(float(by_features), ranking.cross) @ known.judge + known.judge_bias
        return float(1 / (1 + np.exp(-odds)))


def _marked(item: Evidence, scored: Sequence[ScoredSentence], limit: float) -> Evidence:
    marks = sorted(scored, key=lambda mark: -mark.score)
    near = sum(mark.score >= limit for mark in marks)
    answers = min(1.0, sum(mark.score for mark in scored))
    return replace(item, answers=answers, marked=tuple(marks[:near]), fainter=tuple(marks[near:]))


def rank(field: Field, question: str, embedder: Embedder, encoder: CrossEncoder, coefficients: Coefficients) -> Ranking:
    """Reads the sentences that the words alone rank best, and ranks those. A candidate of `field` must fit."""
    words = lexical(field)
    chosen = shortlist(words @ coefficients.first, field.fits, coefficients.keep)
    vectors = embedder.encode([sentence_text(field, index) for index in chosen])
    rows = np.hstack([words[chosen], semantic(field, chosen, embedder.encode_query(question), vectors)])
    cross = encoder.score([pair(field, question, index) for index in chosen])
    features = rows @ coefficients.sentence
    return Ranking(chosen, rows, features, cross, coefficients.share * features + coefficients.cross * cross)


def shortlist(scores: Matrix, fits: Sequence[bool], keep: int) -> list[int]:
    """The places of the `keep` best scores among those that fit, in their own order."""
    best = (int(index) for index in np.argsort(-scores, kind="stable"))
    return sorted(islice((index for index in best if fits[index]), keep))


def sentence_span(field: Field, index: int) -> Span:
    """Where a candidate is in its article."""
    candidate = field.candidates[index]
    return field.evidence[candidate.passage].passage.sentences[candidate.sentence]


def sentence_text(field: Field, index: int) -> str:
    """The exact characters of a candidate."""
    return sentence_span(field, index).of(field.evidence[field.candidates[index].passage].article.text)


def pair(field: Field, question: str, index: int) -> Pair:
    """A candidate as the cross-encoder reads it."""
    candidate = field.candidates[index]
    item = field.evidence[candidate.passage]
    before = item.passage.sentences[candidate.sentence - 1].of(item.article.text) if candidate.sentence else ""
    return Pair(question, item.article.title, before, sentence_text(field, index))
