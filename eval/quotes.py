"""Which sentences of a source a statement is judged by."""

from __future__ import annotations

from collections.abc import Sequence

from service.facts.reading import read_facts


def choose_quotes(statement: str, sentences: Sequence[str], most: int) -> list[str]:
    """Up to `most` sentences, in order, each the one that adds most of the statement's words not yet held."""
    wanted = _held(statement)
    held = [_held(sentence) & wanted for sentence in sentences]
    chosen: list[int] = []
    while len(chosen) < most and held:
        best = max(range(len(held)), key=lambda place: (len(held[place]), -place))
        if not held[best]:
            break
        chosen.append(best)
        gained = held[best]
        held = [words - gained for words in held]
    return [sentences[place] for place in sorted(chosen)]


def _held(text: str) -> frozenset[str]:
    """Stems and figures."""
    tokens = read_facts(text).tokens
    return frozenset(tokens.stems) | {token.norm for token in tokens if token.kind == "number"}
