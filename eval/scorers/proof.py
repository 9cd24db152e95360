"""Whether citations hold: to the character, and as support."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from eval.scorers.score import Asked, Score
from ingest.article import Span
from service.answer import Answer, Citation, Closest, Statement
from service.chain import CONTEXT_CHARACTERS
from service.reading import Verifier


def exactness(asked: Asked, answer: Answer) -> Score:
    """Share of the quotes, and of the statements' references to them, that hold to the character."""
    checks = [*_quote_faults(asked, answer), *_reference_faults(answer)]
    if not checks:
        return Score(None, "nothing was quoted")
    faults = [fault for fault in checks if fault]
    return Score(1 - len(faults) / len(checks), "; ".join(faults) or f"{len(checks)} quotes and references hold")


def _quote_faults(asked: Asked, answer: Answer) -> Iterator[str]:
    articles = asked.articles or {}
    pieces: tuple[Citation | Closest, ...] = (*answer.citations, *answer.closest)
    for piece in pieces:
        article = articles.get(piece.article_id)
        if article is None:
            yield f"there is no article {piece.article_id}"
        elif not piece.quote or Span(piece.start, piece.end).of(article.text) != piece.quote:
            yield f"{piece.article_id}[{piece.start}:{piece.end}] is not {piece.quote[:60]!r}"
        else:
            yield ""


def _reference_faults(answer: Answer) -> Iterator[str]:
    numbers = {citation.number for citation in answer.citations}
    if answer.status == "answered" and not answer.statements:
        yield "answered without a statement"
    for statement in answer.statements:
        if not statement.citations:
            yield f"no citation for {statement.text[:60]!r}"
        for number in statement.citations:
            yield "" if number in numbers else f"[{number}] is cited and not listed"


class Support:
    """Citation recall and precision as ALCE defines them (Gao et al., 2023), judged by a verifier.

    A statement is recalled when all its citations together support it. A citation is precise when its statement is
    recalled and either it supports the statement alone, or the others do not support it without it.
    """

    def __init__(self, verifier: Verifier, asked: Asked, answer: Answer) -> None:
        self._verifier = verifier
        self._articles = asked.articles or {}
        self._answer = answer
        self._citations = {citation.number: citation for citation in answer.citations}

    def recall(self) -> Score:
        """Share of the statements that their citations support."""
        return self._share([each for each, _, _ in self._judged], "statements are supported")

    def precision(self) -> Score:
        """Share of the citations that their statements need."""
        needed = [
            recalled and self._needed(statement, citations, one)
            for recalled, statement, citations in self._judged
            for one in citations
        ]
        return self._share(needed, "citations support or are needed")

    @cached_property
    def _judged(self) -> list[tuple[bool, Statement, list[Citation]]]:
        cited = [
            (statement, [self._citations[number] for number in statement.citations if number in self._citations])
            for statement in self._answer.statements
        ]
        return [(self._supports(statement, citations), statement, citations) for statement, citations in cited]

    def _needed(self, statement: Statement, citations: Sequence[Citation], one: Citation) -> bool:
        others = [each for each in citations if each is not one]
        return self._supports(statement, [one]) or not self._supports(statement, others)

    def _supports(self, statement: Statement, citations: Sequence[Citation]) -> bool:
        if not citations:
            return False
        context = "\n".join(f"{citation.title}\n{self._before(citation)}" for citation in citations)
        judgement = self._verifier.judge(statement.text, [citation.quote for citation in citations], context)
        return judgement.stands

    def _before(self, citation: Citation) -> str:
        article = self._articles.get(citation.article_id)
        return article.text[max(0, citation.start - CONTEXT_CHARACTERS) : citation.start] if article else ""

    @staticmethod
    def _share(held: Sequence[bool], what: str) -> Score:
        if not held:
            return Score(None, "nothing was stated")
        return Score(sum(held) / len(held), f"{sum(held)} of {len(held)} {what}")
