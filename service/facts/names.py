"""Proper names: which tokens are names, and when two spellings name the same thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise

from service.facts.lexicon import ADVERB_OPENERS, COUNTRY_FORMS, FUNCTION_WORDS, ORDINALS, TITLES, UNITS
from service.facts.tokens import Token, Tokens

_LINKS = frozenset(("of", "the", "and", "for", "de", "al", "&", "in", "on"))
_ENDINGS = (
    ("", "n"),
    ("", "an"),
    ("", "ian"),
    ("", "i"),
    ("", "ese"),
    ("", "ish"),
    ("", "s"),
    ("", "ans"),
    ("", "stan"),
    ("", "istan"),
    ("", "stani"),
    ("", "istani"),
    ("a", "ian"),
    ("a", "ese"),
    ("y", "ian"),
    ("o", "an"),
    ("stan", "i"),
)


def is_name(tokens: Tokens, token: Token, taken: Collection[int] = ()) -> bool:
    """A capitalised word or acronym inside a sentence, or at its start when the next word is a name too."""
    if not _may_be_name(token) or token.index in taken:
        return False
    if not token.opens or (len(token.text) > 1 and token.text.isupper()):
        return True
    following = tokens.items[token.index + 1 : token.index + 2]
    return token.possessive or any(_may_be_name(after) and after.index not in taken for after in following)


def is_unknown_opener(token: Token) -> bool:
    """A capitalised first word that may or may not be a name."""
    plain = token.norm in ADVERB_OPENERS or token.norm.endswith("ly")
    return token.opens and _may_be_name(token) and not plain


def _may_be_name(token: Token) -> bool:
    if not token.capital or token.kind not in ("word", "acronym"):
        return False
    if len(token.text) > 1 and token.text.isupper():
        return True
    return token.norm not in FUNCTION_WORDS and token.norm not in ORDINALS and token.norm not in UNITS


def find_names(tokens: Tokens, taken: Collection[int] = ()) -> list[Token]:
    """The name tokens in order."""
    return [token for token in tokens if is_name(tokens, token, taken)]


@lru_cache(maxsize=8192)
def same_name(one: str, other: str) -> bool:
    """Whether two folded words name the same: equal, a plural or possessive, or a country and its people."""
    if one == other:
        return True
    forms = _country_forms()
    if one in forms and other in forms and forms[one] == forms[other]:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and any(_related(short, long, left, right) for left, right in _ENDINGS)


def _related(short: str, long: str, left: str, right: str) -> bool:
    if left and not short.endswith(left):
        return False
    root = short.removesuffix(left) if left else short
    return len(root) >= 3 and long == root + right


@lru_cache(maxsize=1)
def _country_forms() -> dict[str, int]:
    return {form: group for group, forms in enumerate(COUNTRY_FORMS) for form in forms.split()}


def acronyms(tokens: Tokens) -> dict[str, frozenset[str]]:
    """The initials of every run of two or more capitalised words, with the words that they stand for."""
    found: dict[str, frozenset[str]] = {}
    for run in _runs(tokens):
        for start in range(len(run) - 1):
            for stop in range(start + 2, min(len(run), start + 6) + 1):
                words = [token.norm for token in run[start:stop]]
                found["".join(word[0] for word in words)] = frozenset(words)
    if tokens.norms >= {"united", "states"}:
        found["usa"] = found["us"] = frozenset(("united", "states", "america"))
    return found


def _runs(tokens: Tokens) -> Iterable[list[Token]]:
    run: list[Token] = []
    for token in tokens:
        if token.capital and token.norm not in FUNCTION_WORDS:
            run.append(token)
        elif not (run and token.norm in _LINKS):
            yield run
            run = []
    yield run


def chimera(statement: Tokens, source: Tokens, names: Iterable[Token]) -> tuple[str, str] | None:
    """Two neighbouring name words that the source knows only in two other names ("Vladimir Karimov"), or None."""
    names = [token for token in names if token.norm not in TITLES]
    followers, leaders = _neighbours(source)
    for left, right in pairwise(names):
        if right.index != left.index + 1 or left.possessive:
            continue
        after, before = followers.get(left.norm, set()), leaders.get(right.norm, set())
        if after and before and right.norm not in after and left.norm not in before:
            return left.text, right.text
    return None


def _neighbours(source: Tokens) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    followers: dict[str, set[str]] = {}
    leaders: dict[str, set[str]] = {}
    for left, right in zip(source.items, source.items[1:], strict=False):
        if _in_name(left) and _in_name(right) and not left.possessive:
            followers.setdefault(left.norm, set()).add(right.norm)
            leaders.setdefault(right.norm, set()).add(left.norm)
    return followers, leaders


def _in_name(token: Token) -> bool:
    return token.capital and token.norm not in FUNCTION_WORDS and token.norm not in TITLES
