"""Sources that answer the same question with different values."""

from __future__ import annotations

from itertools import chain

from service.reading import Reading, Selected
from service.values import Values, values
from service.words import analyse

MOST = 3
"""Sides that are shown."""
NEAR_BEST = 0.5
"""A sentence tells another side only if it scores at least this share of the best one."""
ALIKE = 0.5
"""Share of the question's words that both sides hold, of those that either does: they speak of the same thing."""


def sides(question: str, reading: Reading) -> list[tuple[Selected, Values]]:
    """The best sentence and, for each other story, its best sentence with another value than all before it.

    Empty where the sources agree, or the question asks for nothing that can be compared. Two tellings of one story
    are one source.
    """
    marked = sorted(
        chain.from_iterable(((mark, item) for mark in (*item.marked, *item.fainter)) for item in reading.evidence),
        key=lambda found: -found[0].score,
    )
    found: list[tuple[Selected, Values]] = []
    stories: set[str] = set()
    for mark, item in marked:
        if mark.score < NEAR_BEST * marked[0][0].score or len(found) == MOST:
            break
        told = values(question, mark.span.of(item.article.text))
        if told is None:
            return []
        selected = Selected(item.article, mark.span, mark.score)
        if not told or item.story in stories:
            continue
        if all(_differs(question, selected, told, other, its) for other, its in found):
            found.append((selected, told))
            stories.add(item.story)
    return found if len(found) > 1 else []


def _differs(question: str, one: Selected, told: Values, other: Selected, its: Values) -> bool:
    return not told.compatible(its) and _alike(question, one.quote, other.quote)


def _alike(question: str, one: str, other: str) -> bool:
    wanted = analyse(question).stems
    mine, theirs = (analyse(text).stems & wanted for text in (one, other))
    return len(mine & theirs) >= ALIKE * max(1, len(mine | theirs))
