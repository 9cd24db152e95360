"""Quantities: value, kind (plain, percent, money, ordinal, decade), bound and what is counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isclose

from service.facts.lexicon import ABOUT, CURRENCIES, ORDINALS, OVER, SCALES, TENS, UNDER, UNITS
from service.facts.tokens import Token, Tokens

_PERCENT = frozenset(("%", "percent", "pct"))
_ENDINGS = frozenset(("st", "nd", "rd", "th"))
_WORDS = frozenset(UNITS) | frozenset(TENS) | frozenset(SCALES) - {"k", "m", "mn", "bn", "tn"}
_SAME_AS = {"both": 2.0, "couple": 2.0, "pair": 2.0, "twice": 2.0, "trio": 3.0}
_NOT_COUNTED = frozenset(("percentage", "point"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """`head` is the stem of the word that follows ("bases" in "two bases"), empty where there is none.
    `bound` is over, under, about or empty. `first` and `last` are the token indexes it covers."""

    value: float
    kind: str
    bound: str
    head: str
    first: int
    last: int

    def same_amount(self, other: Quantity) -> bool:
        """Equal value of a comparable kind; money must be the same money where both name it."""
        if not isclose(self.value, other.value, rel_tol=1e-13):
            return False
        return self.kind == other.kind or {self.kind, other.kind} <= {"plain", "decade"}


def find_quantities(tokens: Tokens, taken: Collection[int] = ()) -> list[Quantity]:
    """Every quantity in order. `taken` are token indexes already read as dates. The word "one" alone is no quantity."""
    found: list[Quantity] = []
    index = 0
    while index < len(tokens):
        quantity = None if index in taken else _at(tokens, index)
        if quantity:
            found.append(quantity)
        index = quantity.last + 1 if quantity else index + 1
    return found


def _at(tokens: Tokens, index: int) -> Quantity | None:
    token = tokens.items[index]
    if token.kind == "number":
        return _digits(tokens, index)
    if token.norm in ORDINALS:
        return (
            None if _is_adverb(tokens, token) else _finish(tokens, float(ORDINALS[token.norm]), "ordinal", index, index)
        )
    if token.norm in _SAME_AS:
        return Quantity(_SAME_AS[token.norm], "collective", "", "", index, index)
    if token.norm in _WORDS:
        return _spelled(tokens, index)
    return None


def _is_adverb(tokens: Tokens, token: Token) -> bool:
    """ "First, ..." and "second, ..." enumerate points; they count nothing."""
    return token.opens and tokens.norm(token.index + 1) == ","


def _digits(tokens: Tokens, index: int) -> Quantity | None:
    value = float(tokens.norm(index))
    last = index
    ending = tokens.norm(index + 1)
    if ending in _ENDINGS:
        return _finish(tokens, value, "ordinal", index, index + 1)
    if ending == "s" and _touches(tokens, index):
        return _finish(tokens, value, "decade", index, index + 1)
    while ending in SCALES and (len(ending) > 2 or _touches(tokens, last)):
        value *= SCALES[ending]
        last += 1
        ending = tokens.norm(last + 1)
    return _finish(tokens, value, "plain", index, last)


def _touches(tokens: Tokens, index: int) -> bool:
    return tokens.items[index].end == tokens.items[index + 1].start


def _spelled(tokens: Tokens, index: int) -> Quantity | None:
    if tokens.norm(index) == "one" and tokens.norm(index + 1) not in SCALES:
        return None
    total, current, last, seen_unit = 0.0, 0.0, index, False
    cursor = index
    while cursor < len(tokens):
        norm = tokens.norm(cursor)
        if norm in ("-", "and") and cursor > index and tokens.norm(cursor + 1) in _WORDS and _continues(tokens, cursor):
            cursor += 1
            continue
        if norm in UNITS and not seen_unit:
            current, seen_unit = current + UNITS[norm], True
        elif norm in TENS and not seen_unit:
            current += TENS[norm]
        elif norm in _WORDS and norm in SCALES:
            scale = SCALES[norm]
            current, total, seen_unit = _scaled(current, total, scale)
        else:
            break
        last = cursor
        cursor += 1
    return _finish(tokens, total + current, "plain", index, last)


def _scaled(current: float, total: float, scale: int) -> tuple[float, float, bool]:
    if scale in (12, 100):
        return (current or 1) * scale, total, False
    return 0.0, total + (current or 1) * scale, False


def _continues(tokens: Tokens, cursor: int) -> bool:
    """ "hundred and five" and "twenty-one" go on; "five and six" are two numbers."""
    before = tokens.norm(cursor - 1)
    if tokens.norm(cursor) == "and":
        return before in SCALES
    return before in TENS and tokens.norm(cursor + 1) in UNITS


def _finish(tokens: Tokens, value: float, kind: str, first: int, last: int) -> Quantity:
    before = tokens.norm(first - 1)
    if before in CURRENCIES and kind == "plain":
        kind = f"money:{CURRENCIES[before]}"
        first -= 1
    kind, last = _unit(tokens, kind, last)
    return Quantity(value, kind, _bound(tokens, first), _head(tokens, last), first, last)


def _unit(tokens: Tokens, kind: str, last: int) -> tuple[str, int]:
    after = tokens.norm(last + 1)
    if kind != "plain":
        return kind, last
    if after in _PERCENT:
        return "percent", last + 1
    if after == "per" and tokens.norm(last + 2) == "cent":
        return "percent", last + 2
    currency = CURRENCIES.get(after) or CURRENCIES.get(after.removesuffix("s"))
    if currency and after not in ("som",):
        return f"money:{currency}", last + 1
    return kind, last


def _bound(tokens: Tokens, first: int) -> str:
    for name, phrases in (("over", OVER), ("under", UNDER), ("about", ABOUT)):
        if any(tokens.matches(first - len(phrase), phrase) for phrase in phrases):
            return name
    return ""


def _head(tokens: Tokens, last: int) -> str:
    for token in tokens.items[last + 1 : last + 4]:
        if token.kind == "mark" and token.norm != "-":
            return ""
        if token.content and token.norm not in _NOT_COUNTED:
            return token.stem
        if token.norm in ("and", "or", "in", "to", "from", "on", "at"):
            return ""
    return ""


def covered(spans: Sequence[Quantity]) -> frozenset[int]:
    """Token indexes that belong to a quantity."""
    return frozenset(index for quantity in spans for index in range(quantity.first, quantity.last + 1))
