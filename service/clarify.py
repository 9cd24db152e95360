"""The question to ask back when nobody could tell what a question is about."""

from __future__ import annotations

import re

from service.answer import Clarification
from service.evidence import Evidence
from service.reading import Reading
from service.words import analyse

MOST = 4
"""Options that are offered."""
COMPETES = 0.5
"""Share of the best passage's score from which a passage of another story could be meant as well."""

_TIMES = r"week|month|year|morning|afternoon|evening|time|day|season|decade|century|case"
_POINTING = re.compile(rf"\b(?:this|these)\s+(?!(?:{_TIMES})s?\b)(?P<thing>(?:[a-z][a-z-]+\s+){{0,2}}?[a-z][a-z-]+)\b")
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their|it|its)\b", re.IGNORECASE)
_FEW = 3
"""Content words up to which a pronoun leaves a question without a subject."""


def clarification(question: str, reading: Reading, answerable: bool) -> Clarification | None:
    """What to ask back where the question points at something that it does not name, and the articles do not settle
    what that is: they do not answer, or several stories could. `question` is the one that stands alone."""
    thing = unnamed(question)
    if thing is None:
        return None
    options = _options(reading)
    if answerable and len(options) < 2:
        return None
    asked = f"Which {thing} do you mean" if thing else "Who or what do you mean"
    return Clarification(question=f"{asked}{_offered(options)}?", options=tuple(options))


def unnamed(question: str) -> str | None:
    """What the question points at without a name: "burger" in "this burger", empty for a pronoun; None where it names
    something."""
    words = analyse(question)
    if any(word.name or word.number for word in words.content if word is not words.all[0]):
        return None
    pointing = _POINTING.search(question)
    if pointing:
        return pointing["thing"]
    if _PRONOUN.search(question) and len(words.content) <= _FEW:
        return ""
    return None


def _options(reading: Reading) -> list[str]:
    """Titles of the best article of each story that competes with the best passage."""
    best = max((item.answers for item in reading.evidence), default=0.0)
    rivals: dict[str, Evidence] = {}
    for item in reading.evidence:
        if item.article.title and item.answers >= COMPETES * best:
            rivals.setdefault(item.story, item)
    return list(dict.fromkeys(item.article.title for item in rivals.values()))[:MOST]


def _offered(options: list[str]) -> str:
    if len(options) < 2:
        return ""
    *others, last = (f"“{title}”" for title in options)
    return f": {', '.join(others)} or {last}"
