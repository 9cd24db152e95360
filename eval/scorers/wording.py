"""Answers against the words a person would have used."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from eval.scorers.score import Asked, Score, not_both_answered, text_of
from service.answer import Answer

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def answer_recall(asked: Asked, answer: Answer) -> Score:
    """One of the acceptable answers stands in the statements, whatever its case and punctuation."""
    return not_both_answered(asked, answer) or says_any(asked, answer)


def says_any(asked: Asked, answer: Answer) -> Score:
    """As `answer_recall`, whatever should have been said."""
    if not asked.case.answers:
        return Score(None, "the case names no acceptable answers")
    wanted = first_said(text_of(answer), asked.case.answers)
    if wanted is not None:
        return Score(1.0, f"says {wanted!r}")
    return Score(0.0, f"says none of {', '.join(map(repr, asked.case.answers))}")


def first_said(text: str, wanted: Sequence[str]) -> str | None:
    """The first of the wanted that stands in the text, whatever its case and punctuation."""
    said = f" {words(text)} "
    return next((each for each in wanted if f" {words(each)} " in said), None)


def squad_em(asked: Asked, answer: Answer) -> Score:
    """SQuAD 2.0's exact match: the normalised statements are an acceptable answer; an abstention matches no answer."""
    return _squad(asked, answer, lambda said, wanted: float(said == wanted))


def squad_f1(asked: Asked, answer: Answer) -> Score:
    """SQuAD 2.0's F1: the best overlap of normalised words with an acceptable answer; an abstention is no answer."""
    return _squad(asked, answer, _f1)


def short_f1(asked: Asked, answer: Answer) -> Score:
    """SQuAD's F1 of the first short answer that is shown."""
    if unscored := not_both_answered(asked, answer):
        return unscored
    short = next((each.short.text for each in answer.citations if each.short), None)
    if short is None or not asked.case.answers:
        return Score(None, "no short answer is shown, or none is known")
    value = max(_f1(squad_words(short), squad_words(wanted)) for wanted in asked.case.answers)
    return Score(value, f"{short!r}")


def _squad(asked: Asked, answer: Answer, compare: Callable[[list[str], list[str]], float]) -> Score:
    if asked.case.expected != "abstained" and not asked.case.answers:
        return Score(None, "the case names no acceptable answers")
    said = squad_words(text_of(answer))
    best = max((compare(said, squad_words(wanted)), wanted) for wanted in asked.case.answers or ("",))
    return Score(best[0], f"{best[0]:.2f} against {best[1]!r}" if best[1] else f"{best[0]:.0f} against no answer")


def rouge_l(asked: Asked, answer: Answer) -> Score:
    """ROUGE-L F of the statements against the reference (Lin, 2004; the words unstemmed)."""
    if unscored := not_both_answered(asked, answer):
        return unscored
    if not asked.case.reference:
        return Score(None, "the case has no reference answer")
    found = _rouge().score(asked.case.reference, text_of(answer))["rougeL"]
    return Score(found.fmeasure, f"precision {found.precision:.2f}, recall {found.recall:.2f} of the reference's words")


def words(text: str) -> str:
    """Folded words parted by single spaces; figures stay whole and lose their thousands commas."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(_THOUSANDS.sub("", folded)))


def squad_words(text: str) -> list[str]:
    """The words of SQuAD's evaluation script: lower case, no punctuation, no articles."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return _ARTICLES.sub(" ", bare).split()


def _f1(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted))


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"])
