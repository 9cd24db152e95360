"""Definite noun phrases that point back: "the base", "the organisation", "that agreement"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.followup.english import joined, listed
from service.followup.exchange import Exchange
from service.followup.mentions import Kind, Mention, is_adjective, mentions
from service.followup.phrases import Phrase, named_things, phrases

_CLASSES = (
    (listed("organisation organization alliance bloc grouping body company agency"), Kind.ORGANISATION),
    (listed("country state republic nation"), Kind.COUNTRY),
    (listed("city town village region province"), Kind.PLACE),
    (listed("president minister leader politician chancellor governor commander"), Kind.PERSON),
)
_MADE_BY = (
    (listed("agreement accord treaty deal pact contract document memorandum"), r"sign|agree|ratif|negotiat|conclud"),
    (listed("meeting talks summit visit trip conversation"), r"me[e]?t|visit|discuss|talk|travel|host|go|went"),
    (listed("withdrawal exit departure"), r"leave|left|leaving|withdr|exit|quit"),
    (listed("law bill vote decision ruling"), r"pass|adopt|vote|decide|rule|approv|reject"),
    (listed("attack invasion war strike raid"), r"attack|invade|bomb|raid|occup|strike"),
    (listed("announcement statement claim remark"), r"announce|say|said|claim|declare"),
    (listed("election"), r"elect|vote"),
    (listed("decision move step"), r"did|does|do|will"),
)
_DEFINITE = listed("the this that these those")
_NOT_BACK = listed("year month week day time century way world end first last latest rest same most only")
_OWNER = re.compile(r"\b(?P<owner>(?:the|this|that|these|those)\s+(?:[a-z]+\s+)?[a-z]+)(?=['’]s?\s)", re.I)
_OWN_COMPLEMENT = re.compile(r"\s+(?:of|in|on|at|between|with|for|from|that|which|who|to|against|near|behind)\b\s+\S")


def pointing_back(question: str, history: Sequence[Exchange]) -> str | None:
    """The question with the name put for its class ("the organisation"), or with the fuller phrase in brackets.

    In a question with names that the last exchange does not share, only "this" and "that" point back.
    """
    text = question.strip()
    last = history[0]
    if text.endswith(")") or re.search(r"[a-z0-9][.?!]\s", text):
        return None
    shares = _shares_its_names(text, last)
    for phrase in _definites(text):
        if not shares and phrase.text.lower().startswith("the "):
            continue
        named = _by_class(text, phrase, last)
        if named:
            return named
        note = _fuller(phrase, last) or _made(phrase, last)
        if note and note.lower() not in text.lower():
            return f"{text.rstrip(' ?.!')}? ({note})"
    return None


def _shares_its_names(text: str, last: Exchange) -> bool:
    earlier = f"{last.question} {last.answer}".lower()
    adjectives = [word for word in re.findall(r"\b[A-Z][a-z]+\b", text) if is_adjective(word)]
    names = [mention.bare for mention in mentions(text)] + [word.lower() for word in adjectives]
    return all(name in earlier for name in names)


def _definites(text: str) -> Iterator[Phrase]:
    for match in _OWNER.finditer(text):
        owner = match.group("owner")
        yield Phrase(owner, owner, owner.split()[-1], match.start(), match.end(), plural=False)
    for phrase in phrases(text):
        first, *plain = phrase.bare.lower().split()
        complement = _OWN_COMPLEMENT.match(text[phrase.end :])
        if (
            first in _DEFINITE
            and plain
            and phrase.text == phrase.bare
            and not complement
            and not _NOT_BACK.intersection(plain)
        ):
            yield phrase


def _by_class(text: str, phrase: Phrase, last: Exchange) -> str | None:
    kind = next((kind for nouns, kind in _CLASSES if phrase.head in nouns), None)
    if kind is None or len(phrase.bare.split()) > 2 or any(name.kind is kind for name in mentions(text)):
        return None
    found = _last(last.names, kind) or _last(last.answer_names, kind)
    if found is None:
        return None
    done = text[: phrase.start] + found + text[phrase.end :]
    return done[:1].upper() + done[1:]


def _last(names: list[Mention], kind: Kind) -> str | None:
    return next((name.text for name in reversed(names) if name.kind is kind), None)


def _fuller(phrase: Phrase, last: Exchange) -> str | None:
    """The phrase of the last exchange that has the same head, the same modifiers and a name."""
    modifiers = set(phrase.bare.lower().split()[1:])
    same = [
        earlier
        for source in (last.phrases, phrases(last.answer))
        for earlier in source
        if earlier.head == phrase.head
        and earlier.text.split()[0].lower() not in ("its", "their", "his", "her")
        and modifiers <= set(earlier.bare.lower().split())
    ]
    if not same:
        return None
    named = next((earlier.text for earlier in same if mentions(f"and {earlier.text}")), None)
    return named or joined(named_things(last.plain)) or None


def _made(phrase: Phrase, last: Exchange) -> str | None:
    """The names of the last question, when what it told brought about such a thing: signing makes an agreement."""
    if len(phrase.bare.split()) > 2:
        return None
    verbs = "|".join(verbs for nouns, verbs in _MADE_BY if phrase.head in nouns)
    if not verbs or not re.search(rf"\b(?:{verbs})", last.plain, re.I):
        return None
    return joined(named_things(last.plain)) or None
