"""Evidence: a passage with its scores, its best sentences marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.article import Article, Passage, Sentence


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of the evidence and the probability in [0, 1] that it answers the question."""

    span: Sentence
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question.

    `retrieval` is the fused retrieval score (greater is better, comparable within one question only);
    `answers` is the reader's calibrated probability that the passage answers; `marked` are its sentences that
    answer, best first, and `fainter` those that were read and fall behind the best, best first. `story` groups
    near-duplicate articles.
    """

    article: Article
    passage: Passage
    story: str
    retrieval: float
    answers: float = 0.0
    marked: Sequence[ScoredSentence] = field(default=())
    fainter: Sequence[ScoredSentence] = field(default=())
