"""A date or number must go with the words it goes with in the quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from service.facts.lexicon import IRREGULAR_PAST
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token

Place = tuple[int, int]
_JOINERS = frozenset(("and", "or", "to", "through", "until", "-", "–", ",", "/", "from", "of", "the", "between"))
_ANOTHER_CLAUSE, _ANOTHER_SEGMENT = 12, 30


def bindings(statement: Facts, source: Source) -> Iterator[str]:
    """Within a quote, not with the words of another date or number."""
    for quote in source.quotes:
        dated = [(date.first, date.last) for date in quote.dates]
        for date in statement.dates:
            mine = [(other.first, other.last) for other in quote.dates if date.agrees(other)]
            yield from _misplaced(statement, (date.first, date.last), quote, mine, dated)
        counted = [(quantity.first, quantity.last) for quantity in quote.quantities if quantity.kind != "ordinal"]
        for quantity in statement.quantities:
            mine = [(other.first, other.last) for other in quote.quantities if quantity.same_amount(other)]
            heads = {quantity.head} if quantity.head else None
            yield from _misplaced(statement, (quantity.first, quantity.last), quote, mine, counted, heads)


def joins(statement: Facts, source: Source) -> Iterator[str]:
    """Across sentences, not with words that another sentence alone holds."""
    for date in statement.dates:
        homes = [(quote, other.first) for quote in source.quotes for other in quote.dates if date.agrees(other)]
        yield from _homeless(statement, (date.first, date.last), homes, source)
    for quantity in statement.quantities:
        homes = [
            (quote, other.first) for quote in source.quotes for other in quote.quantities if quantity.same_amount(other)
        ]
        yield from _homeless(statement, (quantity.first, quantity.last), homes, source)


def _misplaced(
    statement: Facts,
    at: Place,
    quote: Facts,
    mine: Sequence[Place],
    all_places: Sequence[Place],
    heads: set[str] | None = None,
) -> Iterator[str]:
    rivals = [place for place in all_places if not any(_coordinated(place, other, quote) for other in mine)]
    allies = [place for place in all_places if place not in rivals]
    if not mine or not allies or not rivals:
        return
    near, heads = _companions(statement, at), heads or _heads(statement, at)
    words: Counter[bool] = Counter()
    head_words: Counter[bool] = Counter()
    for token in quote.words:
        if token.stem in near:
            own = _distance(token, allies, quote) <= _distance(token, rivals, quote)
            words[own] += 1
            head_words[own] += token.stem in heads
    if (words[False] > 1 and not words[True]) or (head_words[False] and not head_words[True]):
        yield f"In the quoted text “{_written(statement, at)}” belongs to something else."


def _homeless(statement: Facts, at: Place, homes: Sequence[tuple[Facts, int]], source: Source) -> Iterator[str]:
    mine = _companions(statement, at) & source.stems
    at_home: set[str] = set()
    elsewhere: set[str] = set()
    for quote in source.quotes:
        sentences = {quote.tokens.items[index].sentence for other, index in homes if other is quote}
        for token in quote.words:
            (at_home if token.sentence in sentences else elsewhere).add(token.stem)
    if homes and mine & (elsewhere - at_home) and not mine & (at_home - elsewhere):
        yield f"In the quoted text “{_written(statement, at)}” stands in a sentence about something else."


def _companions(statement: Facts, at: Place) -> set[str]:
    """Stems of the words in the same clause, without names."""
    clause = statement.tokens.items[at[0]].clause
    return {token.stem for token in statement.words if token.clause == clause} - {name.stem for name in statement.names}


def _heads(statement: Facts, at: Place) -> set[str]:
    """Stems of the words the date or number most likely belongs to: the one before it and the verbs of its clause."""
    clause = statement.tokens.items[at[0]].clause
    words = [token for token in statement.words if token.clause == clause and not token.capital]
    before = [token.stem for token in words if token.index < at[0]]
    verbs = [token.stem for token in words if token.norm.endswith("ed") or token.norm in IRREGULAR_PAST]
    return {*before[-1:], *verbs}


def _coordinated(one: Place, other: Place, quote: Facts) -> bool:
    """Whether the two are one place or only "and", "to", a dash or a comma stands between them."""
    left, right = sorted((one, other))
    return all(quote.tokens.norm(index) in _JOINERS for index in range(left[1] + 1, right[0]))


def _distance(token: Token, places: Sequence[Place], quote: Facts) -> int:
    """Tokens between the word and the nearest of the places, more where a clause or segment ends between them."""

    def apart(place: Place) -> int:
        other = quote.tokens.items[place[0]]
        steps = max(place[0] - token.index, token.index - place[1])
        farther = _ANOTHER_SEGMENT * (other.segment != token.segment) + _ANOTHER_CLAUSE * (other.clause != token.clause)
        return steps + farther

    return min(map(apart, places))


def _written(facts: Facts, at: Place) -> str:
    items = facts.tokens.items
    return facts.tokens.text[items[at[0]].start : items[at[1]].end]
