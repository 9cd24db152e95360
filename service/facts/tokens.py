"""A text as tokens that know their stem, sentence, segment and clause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.facts.lexicon import CONTRASTS, FUNCTION_WORDS, word_set
from service.facts.stem import stem

_TOKEN = re.compile(
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)"
    r"|(?P<acronym>(?:[^\W\d_]\.){2,}|[^\W\d_](?:\.[^\W\d_])+(?!\w))"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<mark>\S)"
)
_FLAT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "‐": "-", "‑": "-"})
_STOPS = frozenset(".!?…")
_BREAKS = frozenset(";:—–")
_ABBREVIATIONS = word_set(
    """mr mrs ms dr prof sen rep gov gen col lt sgt st no vs jan feb mar apr jun jul aug sept sep oct nov dec"""
)
MAX_TOKENS = 4000


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark.

    `norm` is folded (lower case, no accents, no possessive); `kind` is number, acronym, word or mark.
    A segment is a stretch between strong breaks (sentence ends, semicolons, dashes, brackets, contrasts);
    a clause also ends at commas.
    """

    index: int
    text: str
    norm: str
    stem: str
    kind: str
    start: int
    end: int
    possessive: bool
    sentence: int
    segment: int
    clause: int
    opens: bool

    @property
    def capital(self) -> bool:
        """Whether it starts with a capital letter."""
        return self.kind != "mark" and self.text[0].isupper()

    @property
    def content(self) -> bool:
        """Whether it carries meaning of its own: a word that is not a function word."""
        return self.kind in ("word", "acronym") and self.norm not in FUNCTION_WORDS


@dataclass(frozen=True)
class Tokens:
    """A text and its tokens."""

    text: str
    items: tuple[Token, ...]

    def __iter__(self) -> Iterator[Token]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def norm(self, index: int) -> str:
        """The folded token at `index`, or an empty string outside the text."""
        return self.items[index].norm if 0 <= index < len(self.items) else ""

    def matches(self, index: int, phrase: tuple[str, ...]) -> bool:
        """Whether the phrase stands at `index`."""
        return all(self.norm(index + offset) == word for offset, word in enumerate(phrase))

    @cached_property
    def content(self) -> tuple[Token, ...]:
        """The tokens that carry meaning."""
        return tuple(token for token in self.items if token.content)

    @cached_property
    def places(self) -> dict[int, int]:
        """Token index to its place among the content words."""
        return {token.index: place for place, token in enumerate(self.content)}

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the content words."""
        return frozenset(token.stem for token in self.content)

    @cached_property
    def norms(self) -> frozenset[str]:
        """Every folded token."""
        return frozenset(token.norm for token in self.items)


@lru_cache(maxsize=64)
def stems_of(words: frozenset[str]) -> frozenset[str]:
    """The stems of a list of the lexicon."""
    return frozenset(stem(word) for word in words)


def fold(text: str) -> str:
    """Lower case, straight quotation marks, no accents."""
    folded = unicodedata.normalize("NFKD", text.translate(_FLAT)).casefold()
    return "".join(character for character in folded if not unicodedata.combining(character))


def flatten(text: str) -> str:
    """The same text with straight quotation marks and hyphens."""
    return text.translate(_FLAT)


@lru_cache(maxsize=1024)
def tokenize(text: str) -> Tokens:
    """Tokens of at most the first `MAX_TOKENS` words and marks."""
    return Tokens(text, tuple(_walk(text)))


def _walk(text: str) -> Iterable[Token]:
    place = _Place()
    for index, match in enumerate(_TOKEN.finditer(text)):
        if index >= MAX_TOKENS:
            return
        kind = match.lastgroup or "mark"
        raw = match.group()
        norm, possessive = _normal(raw, kind)
        place.before(norm, kind, text, match)
        yield Token(
            index, raw, norm, stem(norm) if kind == "word" else norm, kind, match.start(), match.end(), possessive,
            place.sentence, place.segment, place.clause, place.opens,
        )  # fmt: skip
        place.after(norm, kind)


def _normal(raw: str, kind: str) -> tuple[str, bool]:
    if kind in ("number", "mark") and raw.isascii():
        return raw.replace(",", "") if kind == "number" else raw, False
    folded = fold(raw) or raw
    if kind == "acronym":
        return folded.replace(".", ""), False
    if folded.endswith("'s") and len(folded) > 2:
        return folded[:-2], True
    return folded, False


class _Place:
    """Where the walk is: numbers of sentence, segment and clause, with brackets remembered."""

    def __init__(self) -> None:
        self.sentence = self.segment = self.clause = self._fresh = 0
        self.opens = True
        self._outside: list[tuple[int, int]] = []
        self._previous = ""
        self._stopped = False

    def before(self, norm: str, kind: str, text: str, match: re.Match[str]) -> None:
        if self._stopped and kind != "mark":
            self._stopped = False
            if self._ends(text, match):
                self.sentence += 1
                self._outside.clear()
                self._new_segment()
                self.opens = True
        if norm in CONTRASTS and not self.opens:
            self._new_segment()
        elif norm in ("(", "["):
            self._outside.append((self.segment, self.clause))
            self._new_segment()

    def after(self, norm: str, kind: str) -> None:
        if norm in _STOPS:
            self._stopped = True
        elif norm in _BREAKS:
            self._new_segment()
        elif norm == ",":
            self._new_clause()
        elif norm in (")", "]") and self._outside:
            self.segment, self.clause = self._outside.pop()
        if kind != "mark":
            self.opens = False
            self._previous = norm

    def _ends(self, text: str, match: re.Match[str]) -> bool:
        gap = text[max(0, match.start() - 3) : match.start()]
        if not any(character.isspace() for character in gap):
            return False
        abbreviated = self._previous in _ABBREVIATIONS or (len(self._previous) == 1 and self._previous.isalpha())
        return not (abbreviated and "." in gap)

    def _new_segment(self) -> None:
        self._fresh += 1
        self.segment = self._fresh
        self._new_clause()

    def _new_clause(self) -> None:
        self._fresh += 1
        self.clause = self._fresh
