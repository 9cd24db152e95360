"""Whether a statement is a verbatim sentence or clause of a quote, with nothing cut away that bends it."""

from __future__ import annotations

from dataclasses import dataclass

from service.facts.cues import TAKING_BACK
from service.facts.lexicon import PREPOSITIONS, word_set
from service.facts.reading import Facts, read_facts
from service.facts.tokens import Token, Tokens

_EDGE = frozenset(".,;:!?…\"'()[]{}-–—“”‘’«»`*")
_BOUNDARIES = frozenset(',;:.!?…—–()[]"“”')
_OPENERS = word_set("and but or so yet")


@dataclass(frozen=True, slots=True)
class Verbatim:
    """`found`: the words stand in the quote as they are. `whole`: they are also a whole sentence or clause.
    `cut`: what was cut away and bends them, or None."""

    found: bool
    whole: bool = False
    cut: str | None = None


def verbatim(statement: str, quote: str) -> Verbatim:
    """Marks and white space at the statement's ends do not count; inside, white space and quotation marks are equal."""
    mine, theirs = read_facts(statement).tokens, read_facts(quote).tokens
    words = _core(mine)
    if not words:
        return Verbatim(False)
    best = Verbatim(False)
    for first in _occurrences(words, theirs):
        found = _judge(first, first + len(words) - 1, read_facts(quote))
        if found.whole and not found.cut:
            return found
        best = best if best.cut else found
    return best


def _core(tokens: Tokens) -> list[str]:
    items = list(tokens)
    while items and items[-1].norm in _EDGE:
        items.pop()
    while items and items[0].norm in _EDGE:
        items.pop(0)
    return [_shape(token) for token in items]


def _shape(token: Token) -> str:
    plain = '"' if token.text in "“”«»„" else token.text
    return plain.replace("’", "'") if token.index and not token.opens else plain.replace("’", "'").casefold()


def _occurrences(words: list[str], quote: Tokens) -> list[int]:
    shapes = ['"' if token.text in "“”«»„" else token.text.replace("’", "'") for token in quote]
    head = words[0].casefold()
    return [
        index
        for index, shape in enumerate(shapes)
        if shape.casefold() == head and _equal(words, shapes[index : index + len(words)])
    ]


def _equal(words: list[str], shapes: list[str]) -> bool:
    return len(words) == len(shapes) and all(
        mine == theirs or (place == 0 and mine == theirs.casefold())
        for place, (mine, theirs) in enumerate(zip(words, shapes, strict=True))
    )


def _judge(first: int, last: int, quote: Facts) -> Verbatim:
    tokens = quote.tokens
    sentences = {tokens.items[first].sentence, tokens.items[last].sentence}
    cut = _cut_cue(first, last, quote, sentences)
    if cut:
        return Verbatim(True, False, cut)
    before = tokens.items[first - 1] if first else None
    if before is not None and before.sentence in sentences and before.norm in PREPOSITIONS:
        return Verbatim(True, False, before.text)
    return Verbatim(True, _starts_clause(first, tokens) and _ends_clause(last, tokens))


def _cut_cue(first: int, last: int, quote: Facts, sentences: set[int]) -> str | None:
    """The first cue outside the fragment that bends it, or that follows it in its sentence and may take it back."""
    for cue in quote.cues:
        index = cue.token.index
        if first <= index <= last or cue.token.sentence not in sentences:
            continue
        takes_back = index > last and cue.kind in TAKING_BACK
        if takes_back or any(first <= inside <= last for inside in cue.scope):
            return cue.token.text
    return None


def _starts_clause(first: int, tokens: Tokens) -> bool:
    if first == 0 or tokens.items[first].opens:
        return True
    before = tokens.items[first - 1]
    return before.norm in _BOUNDARIES or before.norm in _OPENERS or before.sentence != tokens.items[first].sentence


def _ends_clause(last: int, tokens: Tokens) -> bool:
    if last + 1 >= len(tokens):
        return True
    after = tokens.items[last + 1]
    return after.norm in _BOUNDARIES or after.sentence != tokens.items[last].sentence
