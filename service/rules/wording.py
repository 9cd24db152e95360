"""A word of the quotes must not be replaced by another in the same place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.facts.lexicon import LIGHT_WORDS
from service.facts.matching import Source, synonyms
from service.facts.names import same_name
from service.facts.reading import Facts
from service.facts.tokens import Token, stems_of


def substitutions(statement: Facts, source: Source) -> Iterator[str]:
    """ "Foreign troops will appear" where the quote has "foreign bases will appear"."""
    words = statement.tokens.content
    for index, token in enumerate(words):
        if source.holds(token) or token.index in statement.measured or token.stem in stems_of(LIGHT_WORDS):
            continue
        for quote in source.quotes:
            instead = _instead(words, index, quote.tokens.content)
            if instead:
                yield f"The statement says “{token.text}” where the quoted text says “{instead.text}”."
                break


def _instead(words: Sequence[Token], index: int, quoted: Sequence[Token]) -> Token | None:
    """The quote's word between (or beside two of) the same neighbours."""
    before, after = words[max(0, index - 2) : index], words[index + 1 : index + 3]
    mine = {token.stem for token in words}
    for place, other in enumerate(quoted):
        if other.stem in mine or other.capital != words[index].capital:
            continue
        left = _run(before, [near for near in quoted[max(0, place - 2) : place] if near.clause == other.clause], -1)
        right = _run(after, [near for near in quoted[place + 1 : place + 3] if near.clause == other.clause], 1)
        if (left and right) or left == 2 or right == 2:
            return other
    return None


def _run(mine: Sequence[Token], theirs: Sequence[Token], direction: int) -> int:
    """How many neighbours agree, counted away from the word."""
    count = 0
    for one, other in zip(mine[::direction], theirs[::direction], strict=False):
        if not _same(one, other):
            break
        count += 1
    return count


def _same(one: Token, other: Token) -> bool:
    if one.stem == other.stem or other.stem in synonyms().get(one.stem, frozenset()):
        return True
    return one.capital and same_name(one.norm, other.norm)
