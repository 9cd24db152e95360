"""Answered or abstained, and rightly so."""

from __future__ import annotations

from eval.scorers.score import Asked, Score, said
from eval.scorers.sentences import any_gold
from eval.scorers.wording import says_any
from service.answer import Answer


def status(asked: Asked, answer: Answer) -> Score:
    """Answered or abstained, as it should be."""
    expected = asked.case.expected
    if expected is None:
        return Score(None, "both would be right")
    return Score(float(answer.status == expected), said(answer) if answer.status != expected else f"{expected}, right")


def right(asked: Asked, answer: Answer) -> Score:
    """Abstained where it should; answered where it should, and with the answer."""
    if asked.case.expected is None or answer.status != asked.case.expected or answer.status == "abstained":
        return status(asked, answer)
    return answers(asked, answer)


def answers(asked: Asked, answer: Answer) -> Score:
    """It cites a gold sentence, or, where the case names none, it says an acceptable answer."""
    return any_gold(asked, answer) if asked.gold else says_any(asked, answer)


def refusal_recall(asked: Asked, answer: Answer) -> Score:
    """Abstained where the articles do not answer."""
    if asked.case.expected != "abstained":
        return Score(None, "the articles answer")
    return status(asked, answer)


def refusal_precision(asked: Asked, answer: Answer) -> Score:
    """Of the abstentions: the articles do not answer."""
    if answer.status == "answered" or asked.case.expected is None:
        return Score(None, "answered")
    return status(asked, answer)


def asked_back(asked: Asked, answer: Answer) -> Score:
    """Asked back where nobody could tell what is meant."""
    return _back(asked, answer, wanted=True)


def wrongly_asked_back(asked: Asked, answer: Answer) -> Score:
    """Asked back although the question says what it means."""
    return _back(asked, answer, wanted=False)


def _back(asked: Asked, answer: Answer, wanted: bool) -> Score:
    if asked.case.asks_back is not wanted:
        return Score(None, "the question is clear" if wanted else "it is not known to be clear")
    back = answer.clarification
    return Score(float(back is not None), f"asked: {back.question}" if back else "did not ask back")


def wrong_refusal(asked: Asked, answer: Answer) -> Score:
    """Abstained although the articles answer."""
    if asked.case.expected != "answered":
        return Score(None, "the articles do not answer")
    refused = answer.status == "abstained"
    return Score(float(refused), said(answer) if refused else "answered, right")
