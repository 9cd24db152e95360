"""A follow-up question made to stand alone, by rules and without a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.followup.bare import bare
from service.followup.definites import pointing_back
from service.followup.ellipsis import elliptical
from service.followup.exchange import Exchange
from service.followup.references import referring
from service.question import MAX_CHARACTERS, Turn

LONGEST_READ = 12
"""Turns of a conversation that are read, the newest ones."""
LONGEST_TEXT = 4000
"""Characters of a question or an answer that are read."""

_Rule = Callable[[str, list[Exchange]], str | None]
_RULES: tuple[_Rule, ...] = (bare, elliptical, referring, pointing_back)


def standalone(question: str, conversation: Sequence[Turn]) -> str:
    """The question in words that need no conversation; unchanged when it already stands alone.

    `conversation` is oldest first. Earlier follow-ups are completed in turn, so that a chain keeps its subject.
    """
    history: list[Exchange] = []
    for turn in conversation[-LONGEST_READ:]:
        exchange = Exchange(_in_one_line(_completed(turn.question, history)), _in_one_line(turn.answer))
        if exchange.carries_meaning:
            history.insert(0, exchange)
    return _completed(question, history)


def _completed(question: str, history: list[Exchange]) -> str:
    if not history:
        return question
    line = _in_one_line(question)
    for rule in _RULES:
        rewritten = rule(line, history)
        if rewritten is not None and len(rewritten) <= MAX_CHARACTERS:
            return rewritten
    return question


def _in_one_line(text: str) -> str:
    return " ".join(text[:LONGEST_TEXT].split())
