"""Questions for a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of
from eval.drafting.drafted import Drafted, drafted, inverted, late_lead, without
from eval.drafting.verbs import looks_past
from service.facts.lexicon import MONTHS, WEEKDAYS
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

_AFTER_PLACE = frozenset(("and", "of", "-", "to"))
_BEFORE_PLACE = frozenset(("held", "born", "together", "up", "live"))


def find_where(candidate: Candidate, clause: Clause, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """Places that the verb names by "in", or by "at" where something was done there."""
    tokens = candidate.tokens
    for index in clause.rest:
        near = tokens.norm(index) == "in" or (clause.auxiliary and tokens.norm(index) == "at")
        place = _place(tokens, index + 1, clause.end) if near and _attached_to_verb(tokens, index, clause) else range(0)
        if place:
            emphatic = tokens.norm(place.stop) == "itself"
            kept = without(clause, range(index, place.stop + emphatic))
            question = inverted(clause, "Where", kept, vocabulary, late_lead(clause))
            yield from drafted(candidate, "where", (text_of(tokens, place),), question)


def _place(tokens: Tokens, start: int, stop: int) -> range:
    """The name that begins at `start` where it stands alone; else empty."""
    names = read_facts(tokens.text).name_indexes
    end = start
    while end < stop and end in names and tokens.norm(end) not in MONTHS and tokens.norm(end) not in WEEKDAYS:
        end += 1
    if end == start or tokens.items[end - 1].possessive or tokens.norm(end) in _AFTER_PLACE:
        return range(0)
    goes_on = end < stop and tokens.items[end].content and tokens.items[end].norm != "itself"
    return range(0) if goes_on else range(start, end)


def _attached_to_verb(tokens: Tokens, index: int, clause: Clause) -> bool:
    """Whether "in Sochi" says where it happened, and not which ("the largest base in Asia")."""
    before = tokens.items[index - 1]
    return index - 1 == clause.verb or looks_past(before) or before.norm in _BEFORE_PLACE
