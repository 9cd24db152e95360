"""A cause may neither be added nor turned round."""

from __future__ import annotations

from collections.abc import Iterator

from service.facts.lexicon import CAUSAL, CAUSE_FOLLOWS, EFFECT_FOLLOWS
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token, Tokens, stems_of

_CAUSE_PHRASES = (("as", "a", "result"), ("so", "that"), ("in", "order", "to"), ("in", "response"), ("on", "account"))


def causes(statement: Facts, source: Source) -> Iterator[str]:
    """A cause may neither be added nor turned round."""
    mine = _cause(statement.tokens)
    if mine is None:
        return
    if not any(_is_causal(quote.tokens) for quote in source.quotes):
        yield f"The quoted text does not give a cause (“{mine.text}”)."
        return
    for quote in source.quotes:
        theirs = _cause(quote.tokens)
        if theirs and len(source.quotes) == 1 and _turned(statement.tokens, mine, quote.tokens, theirs):
            yield f"The statement turns cause and effect round (“{mine.text}”)."


def _cause(tokens: Tokens) -> Token | None:
    """The first causal connector whose direction is plain."""
    for token in tokens:
        if token.norm == "due" and tokens.norm(token.index + 1) != "to":
            continue
        if token.norm == "owing" or token.norm in CAUSE_FOLLOWS - {"thanks"}:
            return token
        if token.norm in ("therefore", "thus", "hence", "consequently", "caused", "prompted", "triggered"):
            return token
        if token.norm in ("led", "leads", "leading", "resulted") and tokens.norm(token.index + 1) in ("to", "in"):
            return token
        if any(tokens.matches(token.index, phrase) for phrase in _CAUSE_PHRASES):
            return token
    return None


def _is_causal(tokens: Tokens) -> bool:
    return _cause(tokens) is not None or any(
        token.stem in stems_of(CAUSAL) and token.norm not in ("view",) for token in tokens
    )


def _turned(statement: Tokens, mine: Token, quote: Tokens, theirs: Token) -> bool:
    cause, effect = _sides(statement, mine)
    their_cause, their_effect = _sides(quote, theirs)
    straight = len(cause & their_cause) + len(effect & their_effect)
    turned = len(cause & their_effect) + len(effect & their_cause)
    return turned > straight


def _sides(tokens: Tokens, connector: Token) -> tuple[set[str], set[str]]:
    """Stems of the cause and of the effect in the connector's sentence."""
    inside = [token for token in tokens.content if token.sentence == connector.sentence]
    before = {token.stem for token in inside if token.index < connector.index}
    after = {token.stem for token in inside if token.index > connector.index}
    if connector.stem in stems_of(EFFECT_FOLLOWS) or connector.norm in ("caused", "as"):
        return before, after
    if connector.opens:
        comma = {token.stem for token in inside if token.clause == connector.clause}
        return comma, after - comma
    return after, before
