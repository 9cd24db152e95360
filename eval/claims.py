"""Claims: statements with the sentences they are to be judged by, and whether those support them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUOTES = 4
"""Sentences of a source that a statement is judged by: as many as an answer would cite."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, its source as sentences in order, and whether the source supports it.

    `context` may explain a pronoun or a name but supports nothing. `votes` are those of the people who judged it,
    empty where the set does not tell them. Claims of one `group` (about one page) are not independent.
    """

    id: str
    statement: str
    sentences: Sequence[str]
    supported: bool
    group: str
    context: str = ""
    votes: Sequence[bool] = ()
    tags: Sequence[str] = ()
