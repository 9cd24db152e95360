"""What a pronoun may stand for: persons, things, several, places. The last question comes first, then its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.followup.clause import names_plural
from service.followup.english import listed, possessive
from service.followup.exchange import Exchange
from service.followup.mentions import Kind, Mention, mentions
from service.followup.phrases import Phrase
from service.followup.pronouns import Pronoun

_THINGS = frozenset((Kind.ORGANISATION, Kind.COUNTRY, Kind.EVENT, Kind.PLACE, Kind.UNKNOWN))
_AGENTS = frozenset((Kind.ORGANISATION, Kind.COUNTRY))
_OFFICE = re.compile(
    r"\b(?:president|minister|leader|king|queen|head|mayor|general|author|director|commander|chief"
    r"|chairman|secretary|ambassador|spokesman|spokeswoman|envoy|winner|founder|owner|coach|captain)\b"
)
_TIME_NOUNS = listed("year month week day time century decade morning spring summer autumn winter way kind sort part")
_THEIRS = listed("its their his her")
_OWNERS = _THEIRS | listed("my your our")
_BEFORE_PLACES = listed("in at to near from of visit leave reach enter")


def person(pronoun: Pronoun, history: Sequence[Exchange]) -> str | None:
    """Who he or she is."""
    said = pronoun.question.lower()
    return next((name for exchange in history for name in exchange.persons if name.lower() not in said), None)


def place(history: Sequence[Exchange], named_as_such: bool = False) -> str | None:
    """Where there is; with `named_as_such` only places that stood after "in", "at" and the like."""
    return next((name for exchange in history for name in _places(exchange, named_as_such)), None)


def thing(pronoun: Pronoun, history: Sequence[Exchange]) -> str | None:
    """What it is."""
    for exchange in history:
        found = exchange.keyword or _asked_thing(pronoun, exchange) or _answered_thing(pronoun, exchange)
        if found:
            return found
    return None


def several(pronoun: Pronoun, history: Sequence[Exchange]) -> str | None:
    """Who or what they are."""
    for exchange in history:
        found = exchange.keyword or _asked_several(pronoun, exchange)
        if found:
            return found
    return None


def _places(exchange: Exchange, named_as_such: bool) -> Iterator[str]:
    sources = [exchange.names, exchange.answer_names]
    if exchange.clause and exchange.clause.ask.lower() == "where":
        sources.reverse()
    places = [[name for name in names if name.kind in (Kind.PLACE, Kind.COUNTRY)] for names in sources]
    for names in places:
        yield from (name.text for name in reversed(names) if name.before in _BEFORE_PLACES)
    if not named_as_such:
        yield from (name.text for names in places for name in names)


def _asked_thing(pronoun: Pronoun, exchange: Exchange) -> str | None:
    common = [phrase for phrase in exchange.meant if not phrase.plural and phrase.head not in _TIME_NOUNS]
    common = [phrase for phrase in common if not _OFFICE.search(phrase.text) and _spoken_of(phrase, exchange)]
    subject = next((phrase for phrase in common if phrase.text == exchange.subject), None)
    others = [_spoken_of(phrase, exchange) for phrase in common if phrase.text not in exchange.subject]
    names = [name for name in exchange.names if not subject or name.text not in subject.text]
    if not pronoun.subject and not pronoun.owner:
        objects = [name for name in names if name.text != exchange.subject]
        found = next(iter(others), None) or _first(objects[::-1], _THINGS, pronoun)
        return found or (subject.definite if subject else _first(names, _THINGS, pronoun))
    if subject:
        return subject.definite
    acting = pronoun.subject and not pronoun.of_being
    if acting and any(name.text == exchange.subject for name in names):
        return _first(names, _THINGS, pronoun) or next(iter(others), None)
    # What a thing is or has is asked of the organisation or event sooner than of the country beside it.
    found = next(iter(others), None) or _first(names, frozenset((Kind.ORGANISATION, Kind.EVENT)), pronoun)
    return found or _first(names, _THINGS, pronoun)


def _answered_thing(pronoun: Pronoun, exchange: Exchange) -> str | None:
    if not pronoun.subject and not pronoun.owner:
        return None
    return _first(exchange.answer_names, _THINGS - {Kind.UNKNOWN}, pronoun)


def _asked_several(pronoun: Pronoun, exchange: Exchange) -> str | None:
    said = pronoun.question.lower()
    owned = exchange.subject.lower().split(" ")[0] in _OWNERS
    if exchange.subject and not owned and names_plural(exchange.subject) and exchange.subject.lower() not in said:
        return exchange.subject
    noun = next(
        (_spoken_of(phrase, exchange) for phrase in exchange.meant if _other_plural(phrase, exchange, said)), None
    )
    agent = _first(exchange.names, _AGENTS, pronoun)
    acting = pronoun.subject and not pronoun.of_being
    asked_subject = exchange.clause is not None and exchange.clause.asks_subject
    return (agent or noun) if acting and not asked_subject else (noun or agent)


def _spoken_of(phrase: Phrase, exchange: Exchange) -> str:
    """The phrase as one already spoken of; "its base" becomes the subject's, or nothing where there is none."""
    owner, _, rest = phrase.text.partition(" ")
    if owner.lower() not in _OWNERS:
        return phrase.definite
    return f"{possessive(exchange.subject)} {rest}" if exchange.subject and owner.lower() in _THEIRS else ""


def _other_plural(phrase: Phrase, exchange: Exchange, said: str) -> bool:
    return (
        phrase.plural
        and phrase.text != exchange.subject
        and phrase.head not in said
        and bool(_spoken_of(phrase, exchange))
    )


def _first(names: Sequence[Mention], kinds: frozenset[Kind], pronoun: Pronoun) -> str | None:
    said = {name.bare for name in mentions(pronoun.question)}
    return next((name.text for name in names if name.kind in kinds and name.bare not in said), None)
