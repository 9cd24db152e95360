"""Scores of one outcome, each with its reason. A score that does not apply is None: unscored, never 0 or 1."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eval.runner import Outcome
from eval.shelf import Place
from ingest.article import Span
from service.answer import Answer, Citation, Closest

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Score:
    """A value in [0, 1], or None where the measure does not apply, and why it is so."""

    value: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Scorer:
    """A measure of single outcomes. `better` says which way is good."""

    name: str
    better: Literal["higher", "lower"]
    meaning: str
    measure: Callable[[Outcome, Answer], Score]

    def score(self, outcome: Outcome) -> Score:
        """The outcome's score; unscored when the case failed."""
        if outcome.answer is None:
            return Score(None, f"no answer: {outcome.error}")
        return self.measure(outcome, outcome.answer)

    def loss(self, score: Score) -> float:
        """How far the score is from the best one, in [0, 1]; an unscored one loses nothing."""
        if score.value is None:
            return 0.0
        return 1.0 - score.value if self.better == "higher" else score.value


def exactness(outcome: Outcome, answer: Answer) -> Score:
    """Share of the quotes, and of the statements' references to them, that hold to the character."""
    checks = [*_quote_faults(outcome, answer), *_reference_faults(answer)]
    if not checks:
        return Score(None, "nothing was quoted")
    faults = [fault for fault in checks if fault]
    return Score(1 - len(faults) / len(checks), "; ".join(faults) or f"{len(checks)} quotes and references hold")


def status(outcome: Outcome, answer: Answer) -> Score:
    """Answered or abstained, as it should be."""
    expected = outcome.case.expected
    return Score(float(answer.status == expected), _said(answer) if answer.status != expected else f"{expected}, right")


def right(outcome: Outcome, answer: Answer) -> Score:
    """Abstained where it should; answered where it should, citing a gold sentence."""
    if answer.status != outcome.case.expected or answer.status == "abstained":
        return status(outcome, answer)
    return gold_hit(outcome, answer)


def gold_hit(outcome: Outcome, answer: Answer) -> Score:
    """Any citation shares characters with a gold sentence."""
    if unscored := _not_both_answered(outcome, answer):
        return unscored
    for citation in answer.citations:
        if _is_gold(citation, outcome):
            return Score(1.0, f"[{citation.number}] is a gold sentence")
    return Score(0.0, f"no gold sentence is cited, but: {_quotes(answer)}")


def gold_first(outcome: Outcome, answer: Answer) -> Score:
    """A citation of the first statement shares characters with a gold sentence."""
    if unscored := _not_both_answered(outcome, answer):
        return unscored
    numbers = answer.statements[0].citations if answer.statements else ()
    first = [citation for citation in answer.citations if citation.number in numbers]
    if any(_is_gold(citation, outcome) for citation in first):
        return Score(1.0, "the first statement cites a gold sentence")
    return Score(0.0, f"the first statement cites: {first[0].quote if first else 'nothing'}")


def answer_recall(outcome: Outcome, answer: Answer) -> Score:
    """One of the acceptable answers stands in the statements, whatever its case and punctuation."""
    if unscored := _not_both_answered(outcome, answer):
        return unscored
    if not outcome.case.answers:
        return Score(None, "the case names no acceptable answers")
    said = f" {words(' '.join(statement.text for statement in answer.statements))} "
    for wanted in outcome.case.answers:
        if f" {words(wanted)} " in said:
            return Score(1.0, f"says {wanted!r}")
    return Score(0.0, f"says none of {', '.join(map(repr, outcome.case.answers))}")


def citation_precision(outcome: Outcome, answer: Answer) -> Score:
    """Share of the citations that share characters with a gold sentence."""
    if unscored := _not_both_answered(outcome, answer):
        return unscored
    hits = sum(_is_gold(citation, outcome) for citation in answer.citations)
    count = len(answer.citations)
    return Score(hits / count if count else 0.0, f"{hits} of {count} citations are gold sentences")


def refusal_recall(outcome: Outcome, answer: Answer) -> Score:
    """Abstained where the articles do not answer."""
    if outcome.case.expected == "answered":
        return Score(None, "the articles answer")
    return status(outcome, answer)


def wrong_refusal(outcome: Outcome, answer: Answer) -> Score:
    """Abstained although the articles answer."""
    if outcome.case.expected == "abstained":
        return Score(None, "the articles do not answer")
    refused = answer.status == "abstained"
    return Score(float(refused), _said(answer) if refused else "answered, right")


SCORERS = (
    Scorer("exactness", "higher", "quotes that are the article's characters", exactness),
    Scorer("right", "higher", "abstained rightly, or answered from a gold sentence", right),
    Scorer("status", "higher", "answered or abstained as it should", status),
    Scorer("gold_hit", "higher", "answers that cite a gold sentence", gold_hit),
    Scorer("gold_first", "higher", "first statements that cite one", gold_first),
    Scorer("answer_recall", "higher", "answers that say an acceptable answer", answer_recall),
    Scorer("citation_precision", "higher", "citations that are gold sentences", citation_precision),
    Scorer("refusal_recall", "higher", "unanswerable questions refused", refusal_recall),
    Scorer("wrong_refusal", "lower", "answerable questions refused", wrong_refusal),
)


def words(text: str) -> str:
    """Folded words parted by single spaces; figures stay whole and lose their thousands commas."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(_THOUSANDS.sub("", folded)))


def _quote_faults(outcome: Outcome, answer: Answer) -> Iterator[str]:
    pieces: tuple[Citation | Closest, ...] = (*answer.citations, *answer.closest)
    for piece in pieces:
        article = outcome.articles.get(piece.article_id)
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


def _is_gold(citation: Citation, outcome: Outcome) -> bool:
    place = Place(citation.article_id, Span(citation.start, citation.end))
    return any(place.overlaps(gold) for gold in outcome.gold)


def _not_both_answered(outcome: Outcome, answer: Answer) -> Score | None:
    if outcome.case.expected == "abstained":
        return Score(None, "the articles do not answer")
    return Score(None, "abstained") if answer.status == "abstained" else None


def _said(answer: Answer) -> str:
    if answer.status == "answered":
        return f"answered ({answer.confidence:.2f}): {_quotes(answer)}"
    return f"abstained ({answer.confidence:.2f}): {answer.reason or 'no reason given'}"


def _quotes(answer: Answer) -> str:
    return " | ".join(citation.quote for citation in answer.citations) or "nothing"
