"""The words of a text: stems, names, numbers, and how two of them agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from service.lexicon import IRREGULAR, STOPWORDS, VERB_CLASSES

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:\.[^\W\d_]+)*(?:['’](?!s\b)[^\W\d_]+)*|\w+")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_SHARED_PREFIX = 4
_LONGEST_ENDING = 4
_ENGLISH = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, its stem (lower case, irregular forms mapped to the verb), and what it looks like.

    `name` says that it starts with a capital, whatever its place in the sentence.
    """

    text: str
    stem: str
    start: int
    stop: bool
    name: bool
    number: bool

    @property
    def year(self) -> bool:
        """Whether it can be a year between 1000 and 2099."""
        return self.number and _YEAR.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text in order, with the sets that features ask for again and again."""

    text: str
    all: tuple[Word, ...]
    content: tuple[Word, ...]
    stems: frozenset[str]
    meanings: frozenset[str]
    names: tuple[Word, ...]
    numbers: tuple[Word, ...]
    pairs: frozenset[tuple[str, str]]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """`left` and `leaving` both give `leav`."""
    lower = word.lower().replace("’", "'")
    stemmed: str = _ENGLISH.stemWord(IRREGULAR.get(lower, lower))
    return stemmed


@lru_cache(maxsize=16384)
def meaning(word_stem: str) -> str:
    """The class of verbs a stem belongs to, else the stem itself."""
    return _CLASS_OF.get(word_stem, word_stem)


@lru_cache(maxsize=4096)
def analyse(text: str) -> Words:
    """The words of `text`."""
    words = tuple(_word(match) for match in _WORD.finditer(text))
    content = tuple(word for word in words if not word.stop)
    names = tuple(word for word in words if word.name and not word.stop)
    stems = frozenset(word.stem for word in content)
    return Words(
        text=text,
        all=words,
        content=content,
        stems=stems,
        meanings=frozenset(meaning(each) for each in stems),
        names=names,
        numbers=tuple(word for word in words if word.number),
        pairs=frozenset((a.stem, b.stem) for a, b in pairwise(content)),
    )


def same_name(first: str, second: str) -> bool:
    """Whether two stems of names differ at most by an ending, as `uzbekistan` and `uzbekistani` do."""
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    return len(short) >= _SHARED_PREFIX and long.startswith(short) and len(long) - len(short) <= _LONGEST_ENDING


def _word(match: re.Match[str]) -> Word:
    text = match.group()
    lower = text.lower()
    number = text[0].isdigit()
    return Word(
        text=text,
        stem=text.replace(",", "") if number else stem(text),
        start=match.start(),
        stop=lower in STOPWORDS or (len(text) == 1 and not number),
        name=text[0].isupper(),
        number=number,
    )


_CLASS_OF = {stem(verb): f"~{verbs[0]}" for verbs in VERB_CLASSES for verb in reversed(verbs)}
