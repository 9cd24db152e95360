"""A word of the quotes must not be replaced by another in the same place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from service.facts.lexicon import LIGHT_WORDS, word_set
from service.facts.matching import Source, synonyms
from service.facts.names import same_name
from service.facts.reading import Facts
from service.facts.tokens import Token, stems_of

_PRONOUNS = word_set("he she it they this these")


def substitutions(statement: Facts, source: Source) -> Iterator[str]:
    """ "Foreign troops will appear" where the quote has "foreign bases will appear"."""
    words = statement.tokens.content
    for index, token in enumerate(words):
        if source.holds(token) or token.index in statement.measured or token.stem in stems_of(LIGHT_WORDS):
            continue
        if token.index in statement.name_indexes and source.knows(token, statement):
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
        if other.stem in mine or not _alike(words[index], other):
            continue
        left = _run(before, [near for near in quoted[max(0, place - 2) : place] if near.clause == other.clause], -1)
        right = _run(after, [near for near in quoted[place + 1 : place + 3] if near.clause == other.clause], 1)
        if (left and right) or left == 2 or right == 2:
            return other
    return None


def _alike(one: Token, other: Token) -> bool:
    """Whether both are names, both are not, or both own what follows ("the world's", "Asia's")."""
    return one.capital == other.capital or (one.possessive and other.possessive)


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


def splices(statement: Facts, source: Source) -> Iterator[str]:
    """Neighbouring words that the quotes hold only in different sentences, unless a pronoun there may link them."""
    kept = [token for token in statement.tokens if _anchors(token) and source.holds(token)]
    for left, right in pairwise(kept):
        if _apart(left, right, statement):
            continue
        homes = [_sentences_of(token, source) for token in (left, right)]
        if homes[0] and homes[1] and not homes[0] & homes[1] and not any(_refers(place, source) for place in homes[1]):
            yield f"The quoted text says “{left.text}” and “{right.text}” in different sentences."


def _anchors(token: Token) -> bool:
    return (token.content or token.kind == "number") and token.stem not in stems_of(LIGHT_WORDS)


def _apart(left: Token, right: Token, statement: Facts) -> bool:
    """Whether a comma or a conjunction stands between the two."""
    between = statement.tokens.items[left.index + 1 : right.index]
    return left.clause != right.clause or any(token.norm in ("and", "or", "but", "while") for token in between)


def _sentences_of(token: Token, source: Source) -> set[tuple[int, int]]:
    return {
        (place, other.sentence)
        for place, quote in enumerate(source.quotes)
        for other in quote.tokens
        if other.norm == token.norm or (other.content and _same(token, other))
    }


def _refers(place: tuple[int, int], source: Source) -> bool:
    """Whether the sentence opens with a pronoun."""
    tokens = [token for token in source.quotes[place[0]].tokens if token.sentence == place[1]]
    return any(token.norm in _PRONOUNS for token in tokens[:4])
