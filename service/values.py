"""What a sentence gives for an answer of the kind asked: its dates, its amounts, its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.cues import Kind, asked
from service.facts.dates import WrittenDate
from service.facts.names import same_name
from service.facts.numbers import Quantity
from service.facts.reading import Facts, read_facts

Sort = Literal["date", "amount", "name"]
SORTS: dict[Kind, Sort] = {"date": "date", "number": "amount", "person": "name", "place": "name", "thing": "name"}


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one sentence that the question does not hold itself; `places` are their characters in it, side by
    side ones together, `shown` is how it writes them, and `held` are all its words: at its beginning a name may not be
    told from another word."""

    sort: Sort
    dates: Sequence[WrittenDate]
    amounts: Sequence[Quantity]
    names: frozenset[str]
    held: frozenset[str]
    places: Sequence[tuple[int, int]]
    shown: str

    def __bool__(self) -> bool:
        return bool(self.dates or self.amounts or self.names)

    def compatible(self, other: Values) -> bool:
        """Whether both can be true: one value of this sentence agrees with one of the other."""
        if self.sort == "date":
            return any(one.agrees(two) or two.agrees(one) for one in self.dates for two in other.dates)
        if self.sort == "amount":
            return any(_same(one, two) for one in self.amounts for two in other.amounts)
        pairs = ((self.names, other.held), (other.names, self.held))
        return any(same_name(name, word) for names, held in pairs for name in names for word in held)


def values(question: str, sentence: str) -> Values | None:
    """None where the question asks for nothing that can be compared, such as a reason."""
    wanted = asked(question)
    sort = SORTS.get(wanted.kind)
    if sort is None:
        return None
    known, facts = read_facts(question), read_facts(sentence)
    dates = _dates(known, facts) if sort == "date" else []
    amounts = _amounts(known, facts, wanted.head) if sort == "amount" else []
    names = _names(known, facts) if sort == "name" else {}
    spans = [
        *((each.first, each.last) for each in dates),
        *((each.first, each.last) for each in amounts),
        *((at, at) for at in names.values()),
    ]
    places = _places(facts, spans)
    shown = ", ".join(sentence[start:end] for start, end in places)
    return Values(sort, dates, amounts, frozenset(names), facts.tokens.norms, places, shown)


def _dates(known: Facts, facts: Facts) -> list[WrittenDate]:
    return [date for date in facts.dates if not any(date.agrees(other) for other in known.dates)]


def _amounts(known: Facts, facts: Facts, head: str | None) -> list[Quantity]:
    """Those of what is asked for, where any are."""
    fresh = [
        each
        for each in facts.quantities
        if each.kind != "ordinal" and not any(each.same_amount(other) for other in known.quantities)
    ]
    return [each for each in fresh if each.head == head] or fresh


def _names(known: Facts, facts: Facts) -> dict[str, int]:
    asked_for = known.tokens.norms
    return {
        token.norm: token.index for token in facts.names if not any(same_name(token.norm, norm) for norm in asked_for)
    }


def _same(one: Quantity, two: Quantity) -> bool:
    """Equal, or one is a bound that the other keeps."""
    if one.same_amount(two):
        return True
    for bound, exact in ((one, two), (two, one)):
        if bound.kind == exact.kind and (
            (bound.bound == "over" and exact.value >= bound.value)
            or (bound.bound == "under" and exact.value <= bound.value)
            or ("about" in (bound.bound, exact.bound) and abs(bound.value - exact.value) <= 0.1 * abs(exact.value))
        ):
            return True
    return False


def _places(facts: Facts, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The characters of spans of tokens, side by side ones together."""
    joined: list[list[int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    items = facts.tokens.items
    return [(items[first].start, items[last].end) for first, last in joined]
