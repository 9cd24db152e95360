"""The parts of a statement that stand by themselves: what comes before a comma, a semicolon or a dash."""

from __future__ import annotations

from collections.abc import Iterator

from service.facts.lexicon import IRREGULAR_PAST, word_set
from service.facts.reading import read_facts
from service.facts.tokens import Token, Tokens

FEWEST = 3
"""Words of a part."""
MOST = 4
"""Parts that are tried."""
_MARKS = frozenset((",", ";", "—", "–"))
_AUXILIARIES = word_set("is are was were has have had will would can could may might must should do does did")
_NO_PAST = word_set("need red bed hundred indeed seed speed feed breed weed shed sacred wicked")


def parts(statement: str) -> list[str]:
    """The longest first, each with a verb and a full stop; none where the statement has no such part."""
    tokens = read_facts(statement).tokens
    return list(_parts(tokens))[:MOST]


def _parts(tokens: Tokens) -> Iterator[str]:
    for mark in reversed(tokens.items):
        if mark.norm not in _MARKS or mark.sentence != 0:
            continue
        held = tokens.items[: mark.index]
        if len([token for token in held if token.kind != "mark"]) >= FEWEST and any(map(_is_verb, held[1:])):
            yield f"{tokens.text[: held[-1].end].strip()}."


def _is_verb(token: Token) -> bool:
    if token.kind != "word" or token.capital:
        return False
    past = token.norm.endswith("ed") and len(token.norm) > 4 and token.norm not in _NO_PAST
    return past or token.norm in _AUXILIARIES or token.norm in IRREGULAR_PAST
