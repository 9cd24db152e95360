"""Whether articles that contradict each other are told side by side, and only those."""

from __future__ import annotations

from collections.abc import Sequence

from eval.scorers.score import Asked, Score
from eval.scorers.wording import first_said
from service.answer import Answer, Side


def both_told(asked: Asked, answer: Answer) -> Score:
    """One side of a disagreement says an acceptable answer, another what the other articles say."""
    case = asked.case
    if not case.rivals:
        return Score(None, "the articles agree")
    for disagreement in answer.disagreements:
        told = [(_says(answer, side, case.answers), _says(answer, side, case.rivals)) for side in disagreement.sides]
        if any(right for right, _ in told) and any(rival for _, rival in told):
            return Score(1.0, "both are told")
    return Score(0.0, _sides(answer))


def false_dispute(asked: Asked, answer: Answer) -> Score:
    """A disagreement is told although the articles agree."""
    if asked.case.rivals or answer.status == "abstained":
        return Score(None, "the articles contradict each other, or nothing was answered")
    return Score(float(bool(answer.disagreements)), _sides(answer))


def _sides(answer: Answer) -> str:
    shown = " | ".join(side.value for each in answer.disagreements for side in each.sides)
    return f"sides told: {shown or 'none'}"


def _says(answer: Answer, side: Side, wanted: Sequence[str]) -> bool:
    said = " ".join(each.quote for each in answer.citations if each.number in side.citations)
    return first_said(said, wanted) is not None
