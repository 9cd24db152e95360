"""The words of a question and of a text, as the full-text index knows them."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

STOPWORDS = frozenset(
    (
        *("a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at"),
        *("be", "because", "been", "before", "being", "between", "both", "but", "by", "can", "could", "did"),
        *("do", "does", "doing", "during", "each", "for", "from", "further", "had", "has", "have", "having"),
        *("he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is"),
        *("it", "its", "just", "many", "me", "more", "most", "much", "my", "no", "nor", "not"),
        *("now", "of", "off", "on", "once", "only", "or", "other", "our", "out", "over", "own"),
        *("same", "she", "should", "so", "some", "such", "tell", "than", "that", "the", "their", "them"),
        *("then", "there", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up"),
        *("us", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom"),
        *("whose", "why", "will", "with", "would", "you", "your"),
    )
)
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_TOKEN = re.compile(r"[^\W_]+")
MAX_LETTERS = 500
_STEMMED = range(3, 65)
"""Words of so many bytes are stemmed by FTS5; it leaves others as they are."""

_stemmer = Stemmer.Stemmer("porter", 0)
_stemming = threading.Lock()


def content_words(question: str) -> list[str]:
    """The question's words that tell what it is about, each once; all of them where there are no others."""
    words = dict.fromkeys(re.split(r"['’]", word)[0].casefold() for word in _WORD.findall(question))
    return [word for word in words if word not in STOPWORDS] or list(words)


def lexemes(text: str) -> Iterator[str]:
    """The stems of the text's words in their order, as FTS5's `porter unicode61 remove_diacritics 2` makes them."""
    return (_stem(token[:MAX_LETTERS]) for token in _TOKEN.findall(_plain(text)))


def _plain(text: str) -> str:
    """In small letters, without diacritics."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn").lower()


@lru_cache(maxsize=200_000)
def _stem(token: str) -> str:
    letters = token.encode()
    if len(letters) not in _STEMMED:
        return token
    with _stemming:  # the stemmer keeps its state between the letters
        # FTS5 takes each byte for a letter.
        stemmed: str = _stemmer.stemWord(letters.decode("latin-1"))
    return stemmed.encode("latin-1").decode()
