"""What the quotes deny must not be asserted, what they assert not denied, and no word turned into its opposite."""

from __future__ import annotations

from collections.abc import Iterator

from service.facts.cues import NEGATION, Cue
from service.facts.lexicon import AFTER, BEFORE
from service.facts.matching import Source, antonyms, synonyms
from service.facts.reading import Facts
from service.facts.tokens import Token, Tokens
from service.rules.unbent import also_unbent


def negation(statement: Facts, source: Source) -> Iterator[str]:
    """What the quotes deny must not be asserted, and what they assert must not be denied."""
    denied = statement.stems(NEGATION)
    for quote in source.quotes:
        for cue in quote.bending(NEGATION):
            for word in _flipped(cue, quote, statement.tokens.stems - denied):
                if not also_unbent(word, cue, quote, statement, source, NEGATION):
                    yield f"The quoted text negates “{word.text}” (“{cue.token.text}”); the statement does not."
                    break
    known = frozenset().union(*(quote.stems(NEGATION) for quote in source.quotes))
    for cue in statement.bending(NEGATION):
        scope = {statement.tokens.items[index].stem for index in cue.scope}
        if not (scope & known or _negated_synonym(scope, known)):
            yield f"The statement negates (“{cue.token.text}”) what the quoted text does not."


def _negated_synonym(scope: set[str], known: frozenset[str]) -> bool:
    return any(synonyms().get(word, frozenset()) & known for word in scope)


def _flipped(cue: Cue, quote: Facts, flat: frozenset[str]) -> list[Token]:
    """Words bent by the cue in the quote that the statement has unbent, also as a synonym."""
    words = [quote.tokens.items[index] for index in sorted(cue.scope)]
    return [word for word in words if word.stem in flat or synonyms().get(word.stem, frozenset()) & flat]


def opposites(statement: Facts, source: Source) -> Iterator[str]:
    """A word whose opposite stands in the quotes where the statement uses it."""
    table = antonyms()
    for token in statement.words:
        against = table.get(token.stem, frozenset()) & source.stems
        if against and _in_place_of(token, against, statement, source):
            yield f"The statement says “{token.text}” where the quoted text says the opposite."
    yield from _swapped_times(statement, source)
    for word, opposite in (("more", "less"), ("more", "fewer"), ("less", "more"), ("fewer", "more")):
        if word in statement.tokens.norms and word not in source.norms and opposite in source.norms:
            yield f"The statement says “{word}” where the quoted text says “{opposite}”."


def _in_place_of(token: Token, against: frozenset[str], statement: Facts, source: Source) -> bool:
    """Whether the opposite keeps company with the same words in the quotes, more of them than the word itself."""
    near = _company(statement.tokens, token)
    mine = theirs = 0
    for quote in source.quotes:
        for other in quote.tokens.content:
            shared = _closeness(near, _company(quote.tokens, other))
            if other.stem in against:
                theirs = max(theirs, shared)
            elif other.stem == token.stem or other.stem in synonyms().get(token.stem, frozenset()):
                mine = max(mine, shared + 1)
    return theirs > mine


def _company(tokens: Tokens, token: Token) -> list[str]:
    """Stems of the three content words before it and the three after, nearest first on each side, gaps empty."""
    content, place = tokens.content, tokens.places[token.index]
    nearby = [place + step for step in (-1, -2, -3, 1, 2, 3)]
    return [content[other].stem if 0 <= other < len(content) else "" for other in nearby]


def _closeness(one: list[str], other: list[str]) -> int:
    """Words shared, the words next to it counting four times."""
    shared = len({word for word in one if word} & set(other))
    adjacent = sum(bool(one[place]) and one[place] == other[place] for place in (0, 3))
    return shared + 3 * adjacent


def _swapped_times(statement: Facts, source: Source) -> Iterator[str]:
    for mine, other in ((AFTER, BEFORE), (BEFORE, AFTER)):
        for token in statement.tokens:
            if token.norm not in mine or not _is_temporal(statement.tokens, token):
                continue
            if token.norm in ("after", "before") and not any(word in source.norms for word in mine):
                yield f"“{token.text}” is not in the quoted text."
            elif _only_under(_object(statement.tokens, token), mine, other, source):
                yield f"The statement says “{token.text}” where the quoted text says the opposite."


def _is_temporal(tokens: Tokens, token: Token) -> bool:
    following = tokens.norm(token.index + 1)
    if token.norm in ("ahead", "prior"):
        return following in ("of", "to")
    return token.norm not in ("once", "post", "upon", "pre", "afterwards") and following != ""


def _object(tokens: Tokens, token: Token) -> str:
    following = tokens.items[token.index + 1 : token.index + 5]
    return next((other.stem for other in following if other.content or other.kind == "number"), "")


def _only_under(word: str, mine: frozenset[str], other: frozenset[str], source: Source) -> bool:
    seen = {
        group
        for quote in source.quotes
        for token in quote.tokens
        for group, words in (("mine", mine), ("other", other))
        if token.norm in words and word and _object(quote.tokens, token) == word
    }
    return seen == {"other"}
