"""All, only, most, the largest: none may be added."""

from __future__ import annotations

from collections.abc import Iterator

from service.facts.lexicon import NOT_SUPERLATIVE, TOTALS
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token, Tokens

_IDLE_TOTALS = (("at", "all"), ("after", "all"), ("above", "all"), ("not", "only"), ("the", "whole"), ("not", "all"))


def quantifiers(statement: Facts, source: Source) -> Iterator[str]:
    """All, only, most, every, the largest: none may be added."""
    for token in statement.tokens:
        if token.kind != "word" or any(_around(statement.tokens, token, idiom) for idiom in _IDLE_TOTALS):
            continue
        group = next((words for words in TOTALS if token.norm in words), None)
        if group and not group & source.norms:
            yield f"“{token.text}” is not in the quoted text."
        elif _is_superlative(token) and token.norm not in source.norms:
            yield f"The superlative “{token.text}” is not in the quoted text."


def _around(tokens: Tokens, token: Token, idiom: tuple[str, ...]) -> bool:
    return any(tokens.matches(token.index - offset, idiom) for offset, word in enumerate(idiom) if word == token.norm)


def _is_superlative(token: Token) -> bool:
    return (
        len(token.norm) > 5 and token.norm.endswith("est") and token.norm not in NOT_SUPERLATIVE and not token.capital
    )  # fmt: skip
