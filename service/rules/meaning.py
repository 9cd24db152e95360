"""Negations, opposites, hedges, quantifiers and causes must be the same in the statement and in its quotes."""

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
from service.facts.lexicon import (
    AFTER,
    BEFORE,
    CAUSAL,
    CAUSE_FOLLOWS,
    EFFECT_FOLLOWS,
    FUTURES,
    NOT_SUPERLATIVE,
    TOTALS,
)
from service.facts.matching import Source, antonyms, synonyms
from service.facts.reading import Facts
from service.facts.tokens import Token, Tokens, stems_of

_CAUSE_PHRASES = (("as", "a", "result"), ("so", "that"), ("in", "order", "to"), ("in", "response"), ("on", "account"))
_AMBIGUOUS_CAUSES = frozenset(("so", "result", "reason", "lead", "stem", "reflect", "mean", "view", "drive", "prompt"))
_IDLE_TOTALS = (("at", "all"), ("after", "all"), ("above", "all"), ("not", "only"), ("the", "whole"), ("not", "all"))
_WEAK_MODALS = frozenset(("might", "may", "could"))


def negation(statement: Facts, source: Source) -> Iterator[str]:
    """What the quotes deny must not be asserted, and what they assert must not be denied."""
    denied = statement.stems(NEGATION)
    for quote in source.quotes:
        for cue in _cues(quote, NEGATION):
            for word in _flipped(cue, quote, statement.tokens.stems - denied):
                if not _asserted(word, cue, quote, statement, source, NEGATION):
                    yield f"The quoted text negates “{word.text}” (“{cue.token.text}”); the statement does not."
                    break
    known = frozenset().union(*(quote.stems(NEGATION) for quote in source.quotes))
    for cue in _cues(statement, NEGATION):
        scope = {statement.tokens.items[index].stem for index in cue.scope}
        if not (scope & known or _negated_synonym(scope, known)):
            yield f"The statement negates (“{cue.token.text}”) what the quoted text does not."


def _negated_synonym(scope: set[str], known: frozenset[str]) -> bool:
    return any(synonyms().get(word, frozenset()) & known for word in scope)


def _cues(facts: Facts, *kinds: str) -> Iterator[Cue]:
    return (cue for cue in facts.cues if cue.kind in kinds)


def _flipped(cue: Cue, quote: Facts, flat: frozenset[str]) -> list[Token]:
    """Words bent by the cue in the quote that the statement has unbent, also as a synonym."""
    words = [quote.tokens.items[index] for index in sorted(cue.scope)]
    return [word for word in words if word.stem in flat or synonyms().get(word.stem, frozenset()) & flat]


def _asserted(word: Token, cue: Cue, quote: Facts, statement: Facts, source: Source, kind: str) -> bool:
    """Whether the quotes also hold the word unbent, in a segment at least as close to the statement."""
    best = _overlap(quote, word.segment, statement)
    for other in source.quotes:
        bent = {index for found in _cues(other, kind) for index in found.scope}
        for token in other.tokens.content:
            free = token.stem == word.stem and token.index not in bent and (token is not word)
            if free and _overlap(other, token.segment, statement) >= best and _elsewhere(token, word, other, quote):
                return True
    return False


def _elsewhere(token: Token, word: Token, other: Facts, quote: Facts) -> bool:
    return other is not quote or token.segment != word.segment


def _overlap(facts: Facts, segment: int, statement: Facts) -> int:
    return len({token.stem for token in facts.tokens.content if token.segment == segment} & statement.tokens.stems)


def opposites(statement: Facts, source: Source) -> Iterator[str]:
    """A word whose opposite stands in the quotes where the statement uses it."""
    table = antonyms()
    for token in statement.words:
        against = table.get(token.stem, frozenset()) & source.stems
        if against and _in_place_of(token, against, statement, source):
            yield f"The statement says “{token.text}” where the quoted text says the opposite."
    yield from _swapped_times(statement, source)
    for word, opposite in (("more", "less"), ("more", "fewer"), ("less", "more"), ("fewer", "more")):
        if word in statement.tokens.norms and word not in source.norms and opposite in source.norms:
            yield f"The statement says “{word}” where the quoted text says “{opposite}”."


def _in_place_of(token: Token, against: frozenset[str], statement: Facts, source: Source) -> bool:
    """Whether the opposite keeps company with the same words in the quotes, more of them than the word itself."""
    near = _company(statement.tokens, token)
    mine = theirs = 0
    for quote in source.quotes:
        for other in quote.tokens.content:
            shared = len(near & _company(quote.tokens, other))
            if other.stem in against:
                theirs = max(theirs, shared)
            elif other.stem == token.stem or other.stem in synonyms().get(token.stem, frozenset()):
                mine = max(mine, shared + 1)
    return theirs > mine


def _company(tokens: Tokens, token: Token) -> set[str]:
    place = tokens.content.index(token)
    return {other.stem for other in tokens.content[max(0, place - 3) : place + 4] if other is not token}


def _swapped_times(statement: Facts, source: Source) -> Iterator[str]:
    for mine, other in ((AFTER, BEFORE), (BEFORE, AFTER)):
        for token in statement.tokens:
            if token.norm not in mine or not _is_temporal(statement.tokens, token):
                continue
            if token.norm in ("after", "before") and not any(word in source.norms for word in mine):
                yield f"“{token.text}” is not in the quoted text."
            elif _only_under(_object(statement.tokens, token), mine, other, source):
                yield f"The statement says “{token.text}” where the quoted text says the opposite."


def _is_temporal(tokens: Tokens, token: Token) -> bool:
    following = tokens.norm(token.index + 1)
    if token.norm in ("ahead", "prior"):
        return following in ("of", "to")
    return token.norm not in ("once", "post", "upon", "pre", "afterwards") and following != ""


def _object(tokens: Tokens, token: Token) -> str:
    following = tokens.items[token.index + 1 : token.index + 5]
    return next((other.stem for other in following if other.content or other.kind == "number"), "")


def _only_under(word: str, mine: frozenset[str], other: frozenset[str], source: Source) -> bool:
    seen = {
        group
        for quote in source.quotes
        for token in quote.tokens
        for group, words in (("mine", mine), ("other", other))
        if token.norm in words and word and _object(quote.tokens, token) == word
    }
    return seen == {"other"}


def hedges(statement: Facts, source: Source) -> Iterator[str]:
    """What the quotes only suggest, attribute or deny must not be stated flatly."""
    soft = statement.has(*SOFTENERS)
    for quote in source.quotes:
        for cue in _cues(quote, HEDGE, SPEECH_ACT, CONDITION, DENIAL, REVERSAL):
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
    return bool(only_inside) and 3 * len(only_inside) >= len(mine) and (len(only_inside) > 1 or len(mine) < 4)


def _verbs(statement: Facts, source: Source, soft: bool) -> Iterator[str]:
    bent = {kind: statement.stems(kind) for kind in (MODAL, FUTURE, INTENT, PARTIALITY)}
    for quote in source.quotes:
        for cue in _cues(quote, MODAL, FUTURE, INTENT, PARTIALITY):
            for index in cue.scope:
                word = quote.tokens.items[index]
                plain = word.stem in statement.tokens.stems and not _as_strong(cue, word, bent, statement, soft)
                if plain and not _asserted(word, cue, quote, statement, source, cue.kind):
                    yield f"The statement drops “{cue.token.text}” before “{word.text}”."
    yield from _added_verbs(statement, source)


def _as_strong(cue: Cue, word: Token, bent: dict[str, frozenset[str]], statement: Facts, soft: bool) -> bool:
    if cue.kind == PARTIALITY:
        return word.stem in bent[PARTIALITY]
    if cue.kind == MODAL and cue.token.norm in _WEAK_MODALS:
        weak = any(
            other.token.norm in _WEAK_MODALS and word.stem in _scope_stems(other, statement)
            for other in _cues(statement, MODAL)
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
    for cue in _cues(statement, FUTURE, MODAL, INTENT):
        if _scope_stems(cue, statement) & source.stems:
            yield f"The statement adds “{cue.token.text}”."


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
