"""Numbers, dates, names and quotations of a statement must be in the text it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.facts.dates import WrittenDate
from service.facts.matching import Source
from service.facts.names import chimera, is_unknown_opener, same_name
from service.facts.numbers import Quantity
from service.facts.reading import Facts
from service.facts.tokens import Token, flatten, fold

_QUOTATION = re.compile(r"\"([^\"]{2,}?)\"|(?<![\w])'([^']{2,}?(?:'\w[^']*?)*)'(?![\w])")
Place = tuple[int, int]

_SPACES = re.compile(r"\s+")
_JOINERS = frozenset(("and", "or", "to", "through", "until", "-", "–", ",", "/", "from", "of", "the", "between"))
_EDGES = " .,;:!?…"


def numbers(statement: Facts, source: Source) -> Iterator[str]:
    """Every number, with its unit and its "more than", "under" or "about"."""
    known = [quantity for quote in source.quotes for quantity in quote.quantities]
    years = {date.year for quote in source.quotes for date in quote.dates}
    for quantity in statement.quantities:
        if quantity.kind == "collective":
            continue
        written = _written(statement, quantity.first, quantity.last)
        equal = [other for other in known if quantity.same_amount(other)]
        if not equal and not (quantity.kind == "plain" and quantity.value in years):
            yield f"The number “{written}” is not in the quoted text."
        elif equal and not any(_same_bound(quantity, other) for other in equal):
            yield f"The quoted text bounds “{written}” in another way ({equal[0].bound or 'exactly'})."
        elif equal and _counts_another(quantity, equal, known):
            yield f"In the quoted text “{written}” counts something else."


def _same_bound(quantity: Quantity, other: Quantity) -> bool:
    return quantity.bound == other.bound or (quantity.bound == "about" and not other.bound)


def _counts_another(quantity: Quantity, equal: Sequence[Quantity], known: Sequence[Quantity]) -> bool:
    if not quantity.head or any(other.head == quantity.head for other in equal):
        return False
    return any(other.head == quantity.head for other in known)


def dates(statement: Facts, source: Source) -> Iterator[str]:
    """Every day, month, year and weekday, as parts of one date."""
    known = [date for quote in source.quotes for date in quote.dates]
    values = {quantity.value for quote in source.quotes for quantity in quote.quantities}
    for date in statement.dates:
        if any(date.agrees(other) for other in known):
            continue
        if not (_is_year_alone(date) and date.year in values):
            yield f"The date “{_written(statement, date.first, date.last)}” is not in the quoted text."


def _is_year_alone(date: WrittenDate) -> bool:
    return date.day is None and date.month is None and date.weekday is None


def bindings(statement: Facts, source: Source) -> Iterator[str]:
    """A date or number must go with the words it goes with in the quoted text, not with another one's words."""
    for quote in source.quotes:
        dated = [(date.first, date.last) for date in quote.dates]
        for date in statement.dates:
            mine = [(other.first, other.last) for other in quote.dates if date.agrees(other)]
            yield from _misplaced(statement, (date.first, date.last), quote, mine, dated)
        counted = [(quantity.first, quantity.last) for quantity in quote.quantities if quantity.kind != "ordinal"]
        for quantity in statement.quantities:
            mine = [(other.first, other.last) for other in quote.quantities if quantity.same_amount(other)]
            yield from _misplaced(statement, (quantity.first, quantity.last), quote, mine, counted)


def joins(statement: Facts, source: Source) -> Iterator[str]:
    """A date or number of one sentence must not be joined to the words of another alone."""
    for date in statement.dates:
        homes = [(quote, other.first) for quote in source.quotes for other in quote.dates if date.agrees(other)]
        yield from _homeless(statement, (date.first, date.last), homes, source)
    for quantity in statement.quantities:
        homes = [
            (quote, other.first)
            for quote in source.quotes
            for other in quote.quantities
            if quantity.same_amount(other)
        ]  # fmt: skip
        yield from _homeless(statement, (quantity.first, quantity.last), homes, source)


def _homeless(
    statement: Facts, at: Place, homes: Sequence[tuple[Facts, int]], source: Source
) -> Iterator[str]:
    sentence = statement.tokens.items[at[0]].sentence
    mine = {token.stem for token in statement.words if token.sentence == sentence} & source.stems
    at_home = {
        token.stem
        for quote, index in homes
        for token in quote.words
        if token.sentence == quote.tokens.items[index].sentence
    }
    if homes and len(mine) > 1 and 4 * len(mine & at_home) <= len(mine):
        yield f"In the quoted text “{_written(statement, *at)}” stands in a sentence about something else."




def _misplaced(
    statement: Facts, at: Place, quote: Facts, mine: Sequence[Place], all_places: Sequence[Place]
) -> Iterator[str]:
    rivals = [place for place in all_places if not any(_coordinated(place, other, quote) for other in mine)]
    if not mine or not rivals:
        return
    clause = statement.tokens.items[at[0]].clause
    near = {token.stem for token in statement.words if token.clause == clause} - {name.stem for name in statement.names}
    with_mine = with_rivals = 0
    for token in quote.words:
        if token.stem in near:
            own, other = _distance(token, mine, quote), _distance(token, rivals, quote)
            with_mine += own <= other
            with_rivals += other < own
    if with_rivals >= 2 and not with_mine:
        yield f"In the quoted text “{_written(statement, *at)}” belongs to something else."


def _coordinated(one: Place, other: Place, quote: Facts) -> bool:
    """Whether the two are one place or only "and", "to", a dash or a comma stands between them."""
    left, right = sorted((one, other))
    return all(quote.tokens.norm(index) in _JOINERS for index in range(left[1] + 1, right[0]))


def _distance(token: Token, places: Sequence[Place], quote: Facts) -> int:
    def apart(place: Place) -> int:
        other = quote.tokens.items[place[0]]
        steps = max(place[0] - token.index, token.index - place[1])
        return steps + 12 * (other.clause != token.clause) + 30 * (other.segment != token.segment)

    return min(map(apart, places))


def names(statement: Facts, source: Source) -> Iterator[str]:
    """Every proper name, in the quotes or the context, in any form of the same name."""
    for token in statement.names:
        if not _known(token, statement, source):
            yield f"The name “{token.text}” is not in the quoted text."
    for token in statement.tokens:
        unsure = is_unknown_opener(token) and token.index not in statement.name_indexes
        if unsure and token.index not in statement.measured and not _known(token, statement, source):
            yield f"“{token.text}” is not in the quoted text."
    everything = [*source.quotes, source.context]
    mixed = [chimera(statement.tokens, text.tokens, statement.names) for text in everything]
    if mixed and all(mixed[: len(source.quotes)]) and mixed[0]:
        yield f"“{' '.join(mixed[0])}” mixes two names of the quoted text."


def _known(token: Token, statement: Facts, source: Source) -> bool:
    texts = (*source.quotes, source.context)
    if any(token.stem == other.stem or same_name(token.norm, other.norm) for text in texts for other in text.tokens):
        return True
    if not token.opens and not token.text.isupper() and source.synonym(token.stem):
        return True
    return any(token.norm in text.acronyms for text in texts) or _expands(token, statement, texts)


def _expands(token: Token, statement: Facts, texts: Sequence[Facts]) -> bool:
    """Whether the name is part of a run whose initials the quoted text uses."""
    return any(
        token.norm in words and any(letters in text.tokens.norms for text in texts)
        for letters, words in statement.acronyms.items()
    )


def quotations(statement: Facts, source: Source) -> Iterator[str]:
    """Words in quotation marks must stand in the quoted text as they are."""
    texts = [_plain(quote.tokens.text) for quote in source.quotes]
    for match in _QUOTATION.finditer(flatten(statement.tokens.text)):
        content = _plain(match.group(1) or match.group(2))
        if content and not any(content in text for text in texts):
            yield f"The quotation “{content}” is not in the quoted text."


def _plain(text: str) -> str:
    return _SPACES.sub(" ", fold(text).replace('"', "")).strip(_EDGES)


def _written(facts: Facts, first: int, last: int) -> str:
    items = facts.tokens.items
    return facts.tokens.text[items[first].start : items[last].end]
