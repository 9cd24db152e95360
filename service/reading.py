"""The seams of reading and verifying: what answers, and what supports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.article import Article, Span
from service.answer import Verdict
from service.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """Evidence re-ranked, each with its answering sentences marked, and the calibrated probability in [0, 1]
    that any of it answers the question."""

    evidence: Sequence[Evidence]
    answerable: float


class Reader(Protocol):
    """Chooses the sentences that answer, and knows when there are none."""

    @property
    def name(self) -> str:
        """Name and fingerprint of the model, as shown in `Answer.models`."""

    @property
    def threshold(self) -> float:
        """Answers whose `Reading.answerable` is below it are abstentions."""

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """Evidence comes in retrieval order; it goes out best first."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A sentence chosen to answer from, and the characters of the article that are its short answer, if it has one."""

    article: Article
    span: Span
    score: float
    short: Span | None = None

    @property
    def quote(self) -> str:
        """The exact characters."""
        return self.span.of(self.article.text)


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as composed, before verification, with the sentences it rests on."""

    text: str
    sources: Sequence[Selected]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the cited text supports a statement: `support` in [0, 1], `reasons` say what failed. Where it supports a
    part alone, the verdict is `partly`, and `held` is that part."""

    verdict: Verdict
    support: float
    reasons: Sequence[str] = ()
    held: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the whole statement may be said."""
        return self.verdict in ("supported", "quoted")


class Verifier(Protocol):
    """Judges statements against the text they cite."""

    @property
    def name(self) -> str:
        """Name and fingerprint of the rules and model."""

    def judge(self, statement: str, quotes: Sequence[str], context: str = "") -> Judgement:
        """`quotes` are the cited characters; `context` (the article's title, the sentence before) may explain a
        pronoun or a name of the statement but can support nothing by itself."""
