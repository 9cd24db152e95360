"""Stretches of a statement of which its quotes say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from service.facts.lexicon import LIGHT_WORDS
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import stems_of


def additions(statement: Facts, source: Source) -> Iterator[str]:
    """Between two marks there must be a word that a quote holds, or a name that the context explains."""
    light = stems_of(LIGHT_WORDS)
    words = [token for token in statement.words if token.stem not in light]
    for _, stretch in groupby(words, key=lambda token: (token.segment, token.clause)):
        told = list(stretch)
        if not any(source.holds(token) or source.knows(token, statement) for token in told):
            yield f"The quoted text says nothing of “{' '.join(token.text for token in told)}”."
