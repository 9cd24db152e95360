"""Words that bend what a sentence states, each with the tokens it bends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.facts.lexicon import (
    CONDITIONS,
    DENIALS,
    FUTURES,
    HEDGES,
    HEDGING_VERBS,
    INTENTS,
    MODALS,
    NEGATING_VERBS,
    NEGATION_IDIOMS,
    NEGATIONS,
    PARTIAL,
    SPEECH,
    word_set,
)
from service.facts.tokens import Token, Tokens, stems_of

NEGATION, MODAL, FUTURE, INTENT, PARTIALITY = "negation", "modal", "future", "intent", "part"
HEDGE, SPEECH_ACT, CONDITION, DENIAL, REVERSAL = "hedge", "attribution", "condition", "denial", "reversal"
TAKING_BACK = frozenset((NEGATION, HEDGE, SPEECH_ACT, CONDITION, DENIAL))
SOFTENERS = frozenset((MODAL, HEDGE, SPEECH_ACT))

_NEEDS_TO = frozenset(("fail", "refus", "declin", "unabl"))
_DETERMINERS = word_set("no without lack neither nor none few")
_NEEDS_THAT = word_set(
    """state maintain report write contend forecast fear estimate claim suspect assert indicate say"""
)
_IDLE_CONDITIONS = word_set("possible any not necessary so only anything")
_DENYING_PHRASES = (
    ("not", "true"),
    ("not", "the", "case"),
    ("not", "that"),
    ("no", "evidence"),
    ("no", "proof"),
    ("no", "sign"),
    ("no", "signs"),
    ("no", "indication"),
    ("no", "truth"),
    ("far", "from"),
    ("stopped", "short"),
    ("ruled", "out"),
    ("rule", "out"),
    ("rules", "out"),
    ("ruling", "out"),
)
_WHOLE_SEGMENT = word_set("perhaps maybe according likely if unless provided")
_ARTICLES = word_set("the a an its his her their our your my this that these those")
_POINTERS = word_set("this that it which neither none")


@dataclass(frozen=True, slots=True)
class Cue:
    """`scope` holds the indexes of the tokens it bends: one or two words for negations and modals,
    a stretch of the segment for hedges, attributions, conditions and denials."""

    kind: str
    token: Token
    scope: frozenset[int]


def find_cues(tokens: Tokens) -> list[Cue]:
    """Every cue in order; one word may be two cues ("denied" negates and reports)."""
    return [cue for token in tokens if token.kind == "word" for cue in _of(tokens, token)]


def _of(tokens: Tokens, token: Token) -> Iterator[Cue]:
    if _negates(tokens, token):
        yield Cue(NEGATION, token, _negated(tokens, token))
        reversed_words = _pointed_at(tokens, token)
        if reversed_words:
            yield Cue(REVERSAL, token, reversed_words)
    if _denies(tokens, token):
        yield Cue(DENIAL, token, _after(tokens, token))
    if token.stem in stems_of(FUTURES):
        yield Cue(FUTURE, token, _verb_after(tokens, token.index))
    elif token.norm in MODALS and not _is_may_the_month(tokens, token):
        yield Cue(MODAL, token, _verb_after(tokens, token.index))
    elif token.stem in stems_of(INTENTS):
        yield from _intent(tokens, token)
    if token.norm in PARTIAL and _is_part_of(tokens, token):
        yield Cue(PARTIALITY, token, _next_content(tokens, token.index, 1))
    yield from _distance(tokens, token)


def _distance(tokens: Tokens, token: Token) -> Iterator[Cue]:
    if token.norm in CONDITIONS and tokens.norm(token.index + 1) not in _IDLE_CONDITIONS:
        yield Cue(CONDITION, token, _scope(tokens, token))
    elif _speaks(tokens, token):
        yield Cue(SPEECH_ACT, token, _scope(tokens, token))
    elif _hedges(tokens, token):
        yield Cue(HEDGE, token, _scope(tokens, token))


def _negates(tokens: Tokens, token: Token) -> bool:
    if token.norm.endswith("n't"):
        return True
    if token.norm not in NEGATIONS and token.stem not in stems_of(NEGATING_VERBS):
        return False
    if any(_stands_in(tokens, token, idiom) for idiom in NEGATION_IDIOMS):
        return False
    if token.norm == "no" and (tokens.norm(token.index + 1) == "." or (token.index and _joined(tokens, token))):
        return False
    return token.stem not in _NEEDS_TO or tokens.norm(token.index + 1) in ("to", "in")


def _joined(tokens: Tokens, token: Token) -> bool:
    return tokens.norm(token.index - 1) == "-"


def _stands_in(tokens: Tokens, token: Token, idiom: tuple[str, ...]) -> bool:
    return any(tokens.matches(token.index - offset, idiom) for offset, word in enumerate(idiom) if word == token.norm)


def _negated(tokens: Tokens, token: Token) -> frozenset[int]:
    count = 2 if token.norm in _DETERMINERS or token.stem in ("lack", "cancel", "reject", "prevent", "deni") else 1
    scope = _next_content(tokens, token.index, count)
    if not scope or _is_passive(tokens, token):
        scope |= _previous_content(tokens, token.index)
    return scope


def _is_passive(tokens: Tokens, token: Token) -> bool:
    auxiliary = any(tokens.norm(token.index - step) in ("was", "were", "been", "is", "are", "be") for step in (1, 2))
    return auxiliary and token.norm.endswith("ed")


def _pointed_at(tokens: Tokens, token: Token) -> frozenset[int]:
    """ "..., this did not occur": the clause before is negated too."""
    if token.norm not in ("not", "never") and not token.norm.endswith("n't"):
        return frozenset()
    lead = [other for other in tokens.items[max(0, token.index - 3) : token.index] if other.clause == token.clause]
    if not lead or lead[0].norm not in _POINTERS:
        return frozenset()
    earlier = (other.index for other in tokens if other.sentence == token.sentence and other.index < lead[0].index)
    return frozenset(index for index in earlier if tokens.items[index].content)


def _denies(tokens: Tokens, token: Token) -> bool:
    if token.norm in ("doubt", "doubts") and tokens.norm(token.index - 1) in ("no", "without"):
        return False
    return token.stem in stems_of(DENIALS) or any(tokens.matches(token.index, phrase) for phrase in _DENYING_PHRASES)


def _intent(tokens: Tokens, token: Token) -> Iterator[Cue]:
    for other in tokens.items[token.index + 1 : token.index + 10]:
        if other.segment != token.segment:
            return
        if other.norm == "to" and _is_infinitive(tokens, other):
            yield Cue(INTENT, token, _verb_after(tokens, other.index))
            return


def _is_infinitive(tokens: Tokens, particle: Token) -> bool:
    following = tokens.items[particle.index + 1 : particle.index + 2]
    return any(token.kind == "word" and not token.capital and token.norm not in _ARTICLES for token in following)


def _is_may_the_month(tokens: Tokens, token: Token) -> bool:
    following = tokens.norm(token.index + 1)
    return token.norm == "may" and (following.isdigit() or (token.capital and not token.opens))


def _is_superlative(tokens: Tokens, token: Token) -> bool:
    return token.norm == "most" and tokens.norm(token.index - 1) in ("the", "its", "their", "his", "her")


def _is_part_of(tokens: Tokens, token: Token) -> bool:
    """ "Half of the delegates" and "most delegates", but not "by half after" nor "the most"."""
    following = tokens.items[token.index + 1 : token.index + 2]
    governs = any(other.content or other.norm in ("of", "all", "half", "the") for other in following)
    return governs and not _is_superlative(tokens, token)


def _speaks(tokens: Tokens, token: Token) -> bool:
    if token.norm == "according":
        return tokens.norm(token.index + 1) == "to"
    return token.stem in stems_of(SPEECH) and _is_used_as_verb(tokens, token)


def _hedges(tokens: Tokens, token: Token) -> bool:
    following = tokens.norm(token.index + 1)
    if token.norm in ("appear", "appears", "appeared"):
        return following in ("to", "that")
    if token.norm.startswith("think") and following in ("tank", "tanks"):
        return False
    if token.norm in HEDGES:
        return True
    return token.stem in stems_of(HEDGING_VERBS) and _is_used_as_verb(tokens, token)


def _is_used_as_verb(tokens: Tokens, token: Token) -> bool:
    """ "The state", "a report" and "the suspects" are nouns; "stated" and "reports that" are not."""
    if token.stem not in stems_of(_NEEDS_THAT) or token.norm in ("said", "says", "wrote"):
        return True
    return tokens.norm(token.index + 1) == "that" or token.norm.endswith(("ed", "ing"))


def _scope(tokens: Tokens, token: Token) -> frozenset[int]:
    """After the cue to the end of its segment; all of the segment where the cue trails, is inserted or is an adverb."""
    segment = frozenset(
        other.index for other in tokens if other.segment == token.segment and not _is_aside(tokens, other, token)
    )
    if token.norm in _WHOLE_SEGMENT or token.norm.endswith("ly"):
        return segment - {token.index}
    after = _after(tokens, token)
    inserted = tokens.norm(token.index + 1) == "," and tokens.norm(token.index + 2) not in ('"', "“")
    meaningful = sum(tokens.items[index].content for index in after)
    return segment - {token.index} if inserted or meaningful < 2 else after


def _is_aside(tokens: Tokens, other: Token, cue: Token) -> bool:
    """Whether a word stands in a relative clause (", who commands ISAF,") that a condition elsewhere does not bend."""
    if cue.norm not in CONDITIONS or other.clause == cue.clause:
        return False
    opening = next(token for token in tokens if token.clause == other.clause)
    return opening.norm in ("who", "which", "whose")


def _after(tokens: Tokens, token: Token) -> frozenset[int]:
    return frozenset(
        other.index for other in tokens.items[token.index + 1 :] if other.segment == token.segment
    )  # fmt: skip


def _verb_after(tokens: Tokens, index: int) -> frozenset[int]:
    found = _next_content(tokens, index, 1)
    return frozenset(place for place in found if tokens.items[place].clause == tokens.items[index].clause)


def _next_content(tokens: Tokens, index: int, count: int) -> frozenset[int]:
    """The next `count` content words of the sentence that are neither names nor adverbs."""
    found: list[int] = []
    origin = tokens.items[index]
    for token in tokens.items[index + 1 : index + 12]:
        if token.sentence != origin.sentence or len(found) == count:
            break
        if _bends(token):
            found.append(token.index)
    return frozenset(found)


def _previous_content(tokens: Tokens, index: int) -> frozenset[int]:
    origin = tokens.items[index]
    for token in reversed(tokens.items[max(0, index - 8) : index]):
        if token.sentence != origin.sentence:
            break
        if _bends(token):
            return frozenset((token.index,))
    return frozenset()


def _bends(token: Token) -> bool:
    return token.content and not (token.capital and not token.opens) and not token.norm.endswith("ly")
