"""The seam between the harness and what it measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from eval.claims import Claim
from eval.outcomes import Reply
from ingest.article import Article
from service.question import Question
from service.reading import Judgement

Ability = Literal["answer", "rank", "judge"]
"""answer: it answers questions. rank: it tells the articles it finds. judge: it judges statements."""

DEPTH = 100
"""Articles a ranking holds at most."""


class System(Protocol):
    """Something that answers, finds or judges. Safe to use from several threads. What it cannot do is not asked of it.

    Every method may raise a DossierError.
    """

    @property
    def name(self) -> str:
        """How reports call it."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be asked for."""

    @property
    def models(self) -> Mapping[str, str]:
        """What it consists of, by role, as far as it is known before anything is asked."""

    @property
    def threshold(self) -> float | None:
        """The confidence from which it answers, where that is known."""

    def answer(self, question: Question) -> Reply:
        """What it says."""

    def rank(self, question: Question) -> list[str]:
        """Ids of the articles it finds, best first, each once, at most `DEPTH`."""

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        """Whether the source supports the statement, and the sentences of the source it was judged by."""

    def article(self, article_id: str) -> Article | None:
        """The article version of an id that it answered or ranked with."""

    def known_as(self, article: Article) -> str | None:
        """The id under which it holds an article of the set, None where it does not hold it as it is."""
