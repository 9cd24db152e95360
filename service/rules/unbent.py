"""Whether the quotes hold a word both bent by a cue and free of it."""

from __future__ import annotations

from service.facts.cues import Cue
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token


def also_unbent(word: Token, cue: Cue, quote: Facts, statement: Facts, source: Source, kind: str) -> bool:
    """Whether the quotes also hold the word unbent, in a segment at least as close to the statement."""
    best = _overlap(quote, word.segment, statement)
    for other in source.quotes:
        bent = {index for found in other.bending(kind) for index in found.scope}
        for token in other.tokens.content:
            free = token.stem == word.stem and token.index not in bent and (token is not word)
            if free and _overlap(other, token.segment, statement) >= best and _elsewhere(token, word, other, quote):
                return True
    return False


def _elsewhere(token: Token, word: Token, other: Facts, quote: Facts) -> bool:
    return other is not quote or token.segment != word.segment


def _overlap(facts: Facts, segment: int, statement: Facts) -> int:
    return len({token.stem for token in facts.tokens.content if token.segment == segment} & statement.tokens.stems)
