"""Numbers, dates, names and quotations of a statement must be in the text it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.facts.dates import WrittenDate
from service.facts.matching import Source
from service.facts.names import chimera, is_unknown_opener
from service.facts.numbers import Quantity
from service.facts.reading import Facts
from service.facts.tokens import flatten, fold

_QUOTATION = re.compile(r"\"([^\"]{2,}?)\"|(?<!\w)'([^']{2,300}+(?:'\w[^']{0,300}+){0,4}+)'(?!\w)")
"""In single quotation marks a bounded stretch: an apostrophe that opens nothing must not be read on from to the end."""

_SPACES = re.compile(r"\s+")
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


def names(statement: Facts, source: Source) -> Iterator[str]:
    """Every proper name, in the quotes or the context, in any form of the same name."""
    for token in statement.names:
        if not source.knows(token, statement):
            yield f"The name “{token.text}” is not in the quoted text."
    for token in statement.tokens:
        unsure = is_unknown_opener(token) and token.index not in statement.name_indexes
        if unsure and token.index not in statement.measured and not source.knows(token, statement):
            yield f"“{token.text}” is not in the quoted text."
    everything = [*source.quotes, source.context]
    mixed = [chimera(statement.tokens, text.tokens, statement.names) for text in everything]
    if mixed and all(mixed[: len(source.quotes)]) and mixed[0]:
        yield f"“{' '.join(mixed[0])}” mixes two names of the quoted text."


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
