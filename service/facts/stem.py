"""A light English stemmer: inflections and a few spellings, never two words of different meaning on purpose."""

from __future__ import annotations

from functools import lru_cache

from service.facts.lexicon import IRREGULAR, word_set

_VOWELS = frozenset("aeiouy")
_SPELLINGS = (("isation", "ization"), ("ise", "ize"), ("ised", "ized"), ("ising", "izing"), ("yse", "yze"))
_NOT_VERBS_IN_ISE = word_set(
    """rise raise promise exercise precise otherwise likewise enterprise surprise noise wise cruise praise
    expertise advise revise supervise disguise compromise franchise premise paradise concise demise
    treatise arise devise improvise televise merchandise"""
)
_DERIVED = ("ations", "ation", "ations", "ement", "ments", "ment")


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of a lower-case word; it need not be a word itself."""
    if IRREGULAR.get(word) == word:
        return word
    word = IRREGULAR.get(word, word)
    word = _american(word)
    if len(word) <= 3:
        return word
    word = _singular(word)
    word = IRREGULAR.get(word, word)
    return _tail(_derived(_verb(word)))


def _american(word: str) -> str:
    if _base_in_ise(word) in _NOT_VERBS_IN_ISE:
        return word
    for british, american in _SPELLINGS:
        if word.endswith(british) and len(word) > len(british) + 2:
            return word[: -len(british)] + american
    if word.endswith(("tre", "tres")) and len(word) > 4:
        return word.replace("tre", "ter")
    if word.endswith(("our", "ours", "oured")) and len(word) > 5:
        return word.replace("our", "or")
    return word


def _base_in_ise(word: str) -> str:
    for ending, base in (("ised", "ise"), ("ising", "ise"), ("ises", "ise")):
        if word.endswith(ending):
            return word[: -len(ending)] + base
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _verb(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and _VOWELS & set(base):
            return _undouble(base)
    return word


def _undouble(base: str) -> str:
    doubled = len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"
    return base[:-1] if doubled else base


def _derived(word: str) -> str:
    for ending in _DERIVED:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            base = word[: -len(ending)]
            return base + "at" if ending.startswith("ation") and _is_ate(base) else base
    if word.endswith("ion") and len(word) >= 7:
        return word[:-3]
    return word


def _is_ate(base: str) -> bool:
    """Whether the noun in -ation belongs to a verb in -ate (cooperation) and not in a bare stem (expectation)."""
    return not base.endswith(("iz", "ect", "ent", "orm", "ult", "est", "ord", "ign", "est"))


def _tail(word: str) -> str:
    if len(word) > 3 and word.endswith("e"):
        return word[:-1]
    if len(word) > 3 and word.endswith("y"):
        return word[:-1] + "i"
    if len(word) > 4 and word.endswith("ll"):
        return word[:-1]
    return word
