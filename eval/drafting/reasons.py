"""Questions for a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, find_clause, until_mark
from eval.drafting.drafted import FEWEST_ANSWER_WORDS, Drafted, drafted, inverted, late_lead, literal

_CAUSES = (("because", "of"), ("because",), ("due", "to"), ("owing", "to"), ("in", "order", "to"), ("so", "that"))
_WEAKENING = frozenset(("just", "only", "not", "partly", "and"))


def find_why(candidate: Candidate, clause: Clause | None, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """Reasons that a sentence gives by "because" and the like."""
    tokens = candidate.tokens
    if tokens.norm(0) == "because":
        yield from _fronted_reason(candidate, vocabulary)
    if clause is None:
        return
    for index in range(clause.verb + 1, len(tokens)):
        cue = next((words for words in _CAUSES if tokens.matches(index, words)), None)
        if cue is None or tokens.norm(index - 1) in _WEAKENING:
            continue
        reason = until_mark(tokens, index + len(cue))
        told = find_clause(tokens, clause.lead.start if clause.lead else clause.subject.start, index)
        if told and told.end >= index - 1 and len(reason) >= FEWEST_ANSWER_WORDS:
            question = inverted(told, "Why", [told.rest], vocabulary, late_lead(told))
            yield from drafted(candidate, "why", literal(tokens, reason), question)
        return


def _fronted_reason(candidate: Candidate, vocabulary: Collection[str]) -> Iterator[Drafted]:
    tokens = candidate.tokens
    comma = next((index for index in range(1, len(tokens)) if tokens.norm(index) == ","), None)
    told = find_clause(tokens, comma + 1) if comma else None
    if comma and told:
        question = inverted(told, "Why", [told.rest], vocabulary)
        yield from drafted(candidate, "why", literal(tokens, range(1, comma)), question)
