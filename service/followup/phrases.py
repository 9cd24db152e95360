"""Common noun phrases: "Russia's base in Tajikistan", "the free trade zone", "foreign troops"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.followup.english import (
    AUXILIARIES,
    DETERMINERS,
    DO,
    MODALS,
    PREPOSITIONS,
    is_adverb,
    is_participle,
    is_plural,
    is_verb,
    listed,
)
from service.followup.mentions import LONGEST_READ, mentions

_TOKEN = re.compile(r"[\w'’]+(?:[.-][\w'’]+)*|[,;:?!()]")
_OWNERS = listed("my your his her its our their this that these those")
_LINKS = listed("of in on at between with near for from to against over")
_NOT_IN_PHRASES = (
    AUXILIARIES
    | PREPOSITIONS
    | listed("and or but who whom whose what which when where why how that than then there here not if as so available")
    | listed("it he she they we you i him them us me be been being more most many much next one ones else ever still")
)
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase with its complements; `head` is its last noun in lower case, `bare` the text without them."""

    text: str
    bare: str
    head: str
    start: int
    end: int
    plural: bool

    @property
    def definite(self) -> str:
        """The phrase as one already spoken of: "a base" and "bases" become "the base" and "the bases"."""
        first, _, rest = self.text.partition(" ")
        if first.lower() in ("a", "an", "any", "some", "no", "many", "more"):
            return f"the {rest}"
        if first.lower() in DETERMINERS or first.endswith(("'s", "’s", "s'")):
            return self.text
        return f"the {self.text}"


def phrases(text: str) -> list[Phrase]:
    """Phrases with a common noun at their head, in order. A phrase without a determiner must be a plural."""
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text[:LONGEST_READ])]
    found: list[Phrase] = []
    at = 0
    while at < len(tokens):
        size = _length(tokens, at)
        phrase = _phrase(text, tokens, at, size) if size else None
        if phrase:
            found.append(phrase)
        at += max(1, size)
    return found


def named_things(text: str) -> list[str]:
    """The names of the text, each with the noun it belongs to: "the Rogun dam", "Putin"."""
    around = [phrase for phrase in phrases(text) if phrase.text.split()[0].lower() not in _OWNERS]
    things = []
    for name in mentions(text):
        inside = (phrase.text for phrase in around if phrase.start <= name.start and name.end <= phrase.end)
        things.append(next(inside, name.text))
    return list(dict.fromkeys(things))


_Tokens = list[tuple[str, int, int]]


def _length(tokens: _Tokens, at: int) -> int:
    """How many tokens from `at` are determiner, modifiers and head noun; 0 where no phrase starts."""
    first = tokens[at][0]
    determined = first.lower() in DETERMINERS or first.endswith(("'s", "’s"))
    before_verb = at > 0 and tokens[at - 1][0].lower() in DO | MODALS
    size = 1 if determined else 0
    while size < _LONGEST + determined and at + size < len(tokens):
        word = tokens[at + size][0]
        if not word[0].isalnum() or word.lower() in _NOT_IN_PHRASES | DETERMINERS:
            break
        if size > determined and _ends_before(word, before_verb):
            break
        size += 1
    else:
        # Here the subject runs into a verb that no table knows: one noun is the safe reading.
        size = min(size, 1 + determined) if before_verb else size
    return size if size > determined else 0


def _ends_before(word: str, before_verb: bool) -> bool:
    # "cut" is more often a noun than a participle, and so are its like.
    verbal = (
        (is_participle(word) and not is_verb(word))
        or is_adverb(word)
        or word.endswith("ing")
        or (before_verb and is_verb(word))
    )
    return word.islower() and verbal


def _phrase(text: str, tokens: _Tokens, at: int, size: int) -> Phrase | None:
    words = [token[0] for token in tokens[at : at + size]]
    head = re.sub(r"['’]s?$", "", words[-1])
    determined = words[0].lower() in DETERMINERS or any(word.endswith(("'s", "’s")) for word in words[:-1])
    if words[0].lower() in ("a", "an") and at and tokens[at - 1][0].lower() in ("be", "as"):
        return None
    if not determined and _ends_before(words[0], before_verb=True):
        return None
    if not head[:1].islower() or (size == 1 and is_verb(head)) or not (determined or is_plural(head)):
        return None
    start, end = tokens[at][1], tokens[at + size - 1][1] + len(head)
    whole = end if words[-1] != head else _with_complements(tokens, at + size, end)
    return Phrase(text[start:whole], text[start:end], head, start, whole, is_plural(head))


def _with_complements(tokens: _Tokens, at: int, end: int) -> int:
    """Takes in "of the CSTO", "between Putin and Karimov", "in Tajikistan"."""
    while at < len(tokens) and tokens[at][0] in _LINKS:
        at += 1
        if at < len(tokens) and tokens[at][0] == "the":
            at += 1
        size = 0
        while at + size < len(tokens) and (
            tokens[at + size][0][0].isupper()
            or (size and tokens[at + size][0] == "and" and tokens[min(at + size + 1, len(tokens) - 1)][0][0].isupper())
        ):
            size += 1
        if not size:
            return end
        at += size
        if at < len(tokens) and is_plural(tokens[at][0]) and tokens[at][0].islower():
            at += 1
        end = tokens[at - 1][2]
        if tokens[at - 1][0].endswith(("'s", "’s")):
            return end - 2
    return end
