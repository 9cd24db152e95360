"""What a scorer sees, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case
from eval.outcomes import CaseOutcome
from eval.shelf import Place
from ingest.article import Article, Span
from service.answer import Answer, Citation


@dataclass(frozen=True, slots=True)
class Score:
    """A value in [0, 1], or None where the measure does not apply, and why it is so."""

    value: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with what came back for it.

    `gold` is where its gold sentences stand and `gold_articles` are the articles that answer, by the ids of the system
    that was asked; `articles` are those the answer quotes, by id, None where the system does not know them.
    """

    case: Case
    outcome: CaseOutcome
    gold: Sequence[Place] = ()
    gold_articles: frozenset[str] = frozenset()
    articles: Mapping[str, Article | None] | None = None

    def is_gold(self, citation: Citation) -> bool:
        """Whether the quote shares characters with a gold sentence."""
        return any(place.overlaps(gold) for gold in self.gold for place in (placed(citation),))


Measured = Callable[[Asked, Answer], Score]
"""A measure of one answer."""


def placed(citation: Citation) -> Place:
    """Where a citation points."""
    return Place(citation.article_id, Span(citation.start, citation.end))


def said(answer: Answer) -> str:
    """What an answer came to, in a line."""
    if answer.status == "answered":
        return f"answered ({answer.confidence:.2f}): {quotes(answer)}"
    return f"abstained ({answer.confidence:.2f}): {answer.reason or 'no reason given'}"


def quotes(answer: Answer) -> str:
    """All that an answer quotes."""
    return " | ".join(citation.quote for citation in answer.citations) or "nothing"


def text_of(answer: Answer) -> str:
    """The statements without their marks."""
    return " ".join(statement.text for statement in answer.statements)


def not_both_answered(asked: Asked, answer: Answer) -> Score | None:
    """Why measures of an answer do not apply: there should be none, or there is none."""
    if asked.case.expected == "abstained":
        return Score(None, "the articles do not answer")
    return Score(None, "abstained") if answer.status == "abstained" else None
