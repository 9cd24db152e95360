"""Which messages are for the bot: in a channel it answers what is asked of it, and keeps quiet otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.conversation import standalone
from service.question import Turn
from service.words import analyse

_ASKING = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|thanks|also|then)\b\W*)*"
    r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should|since|until)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^\W*(?:(?:hey|hi|ok|so|and|thanks)\W+)?dossier\b\W*", re.IGNORECASE)
_COURTESY = re.compile(
    r"\W*(?:(?:great|ok|okay|cool|nice|perfect|good|many|a lot|so much|very much|again|dossier|thanks|thank you|thx|"
    r"cheers)\W*)+",
    re.IGNORECASE,
)
_EMOJI = re.compile(r":[\w+-]+:")
_TO_OTHERS = re.compile(r"\b(?:you|your|yours|you're|u|y'all|we|us|our)\b", re.IGNORECASE)
"""People speak to each other; nobody asks the articles what "you" think."""


def courtesy(text: str) -> bool:
    """Whether the text says thanks, or nothing in words."""
    return _COURTESY.fullmatch(text) is not None or not any(character.isalnum() for character in _EMOJI.sub("", text))


def addressed(text: str) -> bool:
    """Whether the text calls the bot by its name."""
    return _NAMED.match(text) is not None


def unaddressed(text: str) -> str:
    """The text without the name it begins with."""
    return _NAMED.sub("", text, count=1)


def asks(text: str) -> bool:
    """Whether the text is a question, by its mark or by the word that it begins with."""
    return text.rstrip().endswith(("?", "？", "؟")) or (_ASKING.match(text) is not None and len(text.split()) > 1)


def between_people(text: str) -> bool:
    """Whether the text is said from person to person: "Did you see that?"."""
    return _TO_OTHERS.search(text) is not None


def follows_up(text: str, turns: Sequence[Turn]) -> bool:
    """Whether the text is a question about what was answered before: one that leans on it ("And when?"), or shares a
    word with it; not one from person to person."""
    if not asks(text) or between_people(text):
        return False
    if standalone(text, turns) != text:
        return True
    said = {stem for turn in turns for stem in analyse(f"{turn.question} {turn.answer}").stems}
    return not said.isdisjoint(analyse(text).stems)
