"""What the quotes only suggest, attribute, plan or deny must not be stated flatly."""

from __future__ import annotations

from collections.abc import Iterator

from service.facts.cues import (
    CONDITION,
    DENIAL,
    FUTURE,
    HEDGE,
    INTENT,
    MODAL,
    NEGATION,
    PARTIALITY,
    REVERSAL,
    SOFTENERS,
    SPEECH_ACT,
    Cue,
)
from service.facts.lexicon import FUTURES
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token, stems_of
from service.rules.unbent import also_unbent

_WEAK_MODALS = frozenset(("might", "may", "could"))


def hedges(statement: Facts, source: Source) -> Iterator[str]:
    """What the quotes only suggest, attribute or deny must not be stated flatly."""
    soft = statement.has(*SOFTENERS)
    for quote in source.quotes:
        for cue in quote.bending(HEDGE, SPEECH_ACT, CONDITION, DENIAL, REVERSAL):
            if not _keeps(cue, statement, soft) and _rests_on(cue, quote, statement, source):
                yield f"The quoted text does not say this flatly (“{cue.token.text}”)."
    yield from _verbs(statement, source, soft)


def _keeps(cue: Cue, statement: Facts, soft: bool) -> bool:
    if cue.kind == DENIAL:
        return statement.has(DENIAL)
    if cue.kind == REVERSAL:
        return soft or statement.has(NEGATION, DENIAL)
    if cue.kind == CONDITION:
        return soft or statement.has(CONDITION)
    return soft


def _rests_on(cue: Cue, quote: Facts, statement: Facts, source: Source) -> bool:
    """Whether a good part of the statement is found in the scope of the cue and nowhere else in the quotes."""
    inside = {quote.tokens.items[index].stem for index in cue.scope if quote.tokens.items[index].content}
    outside = {
        token.stem
        for other in source.quotes
        for token in other.tokens.content
        if other is not quote or token.index not in cue.scope
    }
    mine = statement.tokens.stems & (inside | outside)
    only_inside = (mine & inside) - outside
    said = only_inside - {name.stem for name in statement.names}
    return bool(said) and 3 * len(only_inside) >= len(mine) and (len(only_inside) > 1 or len(mine) < 4)


def _verbs(statement: Facts, source: Source, soft: bool) -> Iterator[str]:
    bent = {kind: statement.stems(kind) for kind in (MODAL, FUTURE, INTENT, PARTIALITY)}
    for quote in source.quotes:
        for cue in quote.bending(MODAL, FUTURE, INTENT, PARTIALITY):
            for index in sorted(cue.scope):
                word = quote.tokens.items[index]
                plain = word.stem in statement.tokens.stems and not _as_strong(cue, word, bent, statement, soft)
                if plain and not also_unbent(word, cue, quote, statement, source, cue.kind):
                    yield f"The statement drops “{cue.token.text}” before “{word.text}”."
    yield from _added_verbs(statement, source)


def _as_strong(cue: Cue, word: Token, bent: dict[str, frozenset[str]], statement: Facts, soft: bool) -> bool:
    if cue.kind == PARTIALITY:
        return word.stem in bent[PARTIALITY]
    if cue.kind == MODAL and cue.token.norm in _WEAK_MODALS:
        weak = any(
            other.token.norm in _WEAK_MODALS and word.stem in _scope_stems(other, statement)
            for other in statement.bending(MODAL)
        )
        return weak or (soft and word.stem not in bent[FUTURE] | bent[MODAL])
    if cue.kind == INTENT:
        return word.stem in bent[INTENT] or word.stem in bent[MODAL] or _names_the_intent(cue, statement)
    return any(word.stem in bent[kind] for kind in (FUTURE, INTENT, MODAL)) or soft


def _names_the_intent(cue: Cue, statement: Facts) -> bool:
    return cue.token.stem in statement.tokens.stems and cue.token.stem not in stems_of(FUTURES)


def _scope_stems(cue: Cue, facts: Facts) -> set[str]:
    return {facts.tokens.items[index].stem for index in cue.scope}


def _added_verbs(statement: Facts, source: Source) -> Iterator[str]:
    if any(quote.has(FUTURE, MODAL, INTENT) for quote in source.quotes):
        return
    for cue in statement.bending(FUTURE, MODAL, INTENT):
        if cue.token.stem not in source.all_stems and _scope_stems(cue, statement) & source.stems:
            yield f"The statement adds “{cue.token.text}”."
