"""Names in a question or an answer, and what kind of thing each may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from service.followup.english import is_participle, listed

LONGEST_READ = 2000
"""Characters of an answer in which names are looked for."""


class Kind(StrEnum):
    """What a name names. `COUNTRY` includes capitals, which stand for governments."""

    PERSON = "person"
    COUNTRY = "country"
    PLACE = "place"
    ORGANISATION = "organisation"
    EVENT = "event"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as written, with its article and without a possessive ending; `before` is the lower-case word before."""

    text: str
    kind: Kind
    start: int
    end: int
    before: str

    @property
    def bare(self) -> str:
        """Lower case without the article, to compare two mentions."""
        return re.sub(r"^the ", "", self.text.lower())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


_CAPITALS = _phrases(
    """abu dhabi|abuja|addis ababa|algiers|amman|ankara|ashgabat|astana|athens|baghdad|baku|bangkok|
    beijing|beirut|belgrade|berlin|bern|bishkek|brasilia|bratislava|brussels|bucharest|budapest|
    buenos aires|cairo|canberra|chisinau|copenhagen|damascus|delhi|dhaka|doha|dublin|dushanbe|hanoi|
    helsinki|islamabad|jakarta|jerusalem|kabul|kathmandu|khartoum|kiev|kyiv|lisbon|london|luanda|madrid|
    manila|minsk|moscow|nairobi|new delhi|nur-sultan|oslo|ottawa|paris|prague|pretoria|pyongyang|riga|
    riyadh|rome|sarajevo|seoul|skopje|sofia|stockholm|taipei|tallinn|tashkent|tbilisi|tehran|tirana|
    tokyo|tripoli|ulaanbaatar|vienna|vilnius|warsaw|washington|yerevan|zagreb"""
)
_STATES = _phrases(
    """america|britain|burma|czech republic|czechoslovakia|east germany|england|european union|eu|holland|
    hong kong|ivory coast|kirghizia|kremlin|northern ireland|palestine|persia|scotland|soviet union|
    swaziland|turkey|uae|uk|us|usa|ussr|wales|west germany|white house|yugoslavia|u.s.|u.k.|u.s.a."""
)
_ORGANISATION_WORDS = listed(
    """academy agency airlines alliance army association authority bank board bureau coalition commission committee
    commonwealth community company congress corporation council court department duma federation forum foundation
    front fund group guard inc institute league majlis ministry movement navy office organisation organization pact
    parliament party pentagon police senate service society supreme syndicate taliban trust union university"""
)
_PLACE_WORDS = listed(
    """airport base bay bridge canal city coast dam desert district gulf island islands lake mountain mountains oblast
    ocean pass peninsula port province region river road sea strait street valley"""
)
_EVENT_WORDS = listed(
    """accord act agreement battle championship charter exercise mission operation conference convention cup
    declaration election elections games olympics protocol revolution summit treaty war"""
)
_TITLES = listed(
    """ambassador chancellor colonel commander dr emperor general governor judge king lord major mayor minister mr mrs
    ms pope president prince princess professor queen secretary senator sheikh sir sultan tsar"""
)
_SURNAME = re.compile(r"(?:ov|ova|ev|eva|yev|yeva|sky|skiy|enko|dze|shvili|yan|ovich|evich|bayev|zoda|zade|son|putin)$")
_MONTHS = listed(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday"""
)
_NOT_NAMES = _MONTHS | listed(
    """a an the and but or so then also if in on at of for from to by with after before since while when where why how
    who whom whose what which is are was were do does did has have had will would can could shall should may might
    must not no yes i it he she they we you this that these those there here its his her their our your my all some
    many most both each every one two three four five ten please ok okay well thanks thank tell give name list show
    explain describe according however although despite during under over more other another such as am be been let
    sorry hi hello now today yesterday tomorrow last next only even still just yet about between"""
)
_JOINING = listed("of for")

_NAME = re.compile(
    r"(?P<article>\b[Tt]he\s+(?:(?:19|20)\d\d\s+)?)?"
    r"(?P<name>\b(?:[A-Z]\.){2,}|\b[A-ZÀ-ÖØ-Þ][\w-]*(?:['’][A-Z][\w-]*)?)"
    r"(?P<more>(?:\s+(?:(?:of|for)\s+(?:the\s+)?|al-|bin\s+|de\s+|and\s+(?=Herzegovina|Tobago))?[A-ZÀ-ÖØ-Þ][\w-]*)*"
    r"(?:(?<=[a-z])\s+(?:19|20)\d\d(?!\d))?)"
)
_WORD_BEFORE = re.compile(r"(?<![\w'’-])([\w'’-]++)\s++$")
_WORD_AFTER = re.compile(r"\s+([a-z]+)")
_OFFICES = (
    r"president|prime minister|minister|leader|king|queen|mayor|governor|general|chancellor|ambassador|author|director"
    r"|head|commander|chief|chairman|secretary|spokesman|spokeswoman|envoy"
)
_ROLE = re.compile(
    rf"\bthe (?:[a-z]+ )?(?:{_OFFICES})(?: (?:of|at) (?:the )?[A-ZÀ-ÖØ-Þ][\w-]*(?: [A-ZÀ-ÖØ-Þ][\w-]*)*)?"
)


def mentions(text: str) -> list[Mention]:
    """Names of the text in order; countries are found in lower case too.

    Adjectives such as "Russian" are not names.
    """
    text = text[:LONGEST_READ]
    found = list(_capitalised_names(text))
    taken = [(mention.start, mention.end) for mention in found]
    for match in _lower_case_states().finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(_mention(text, match.start(), match.end(), Kind.COUNTRY))
    return sorted(found, key=lambda mention: mention.start)


def roles(text: str) -> list[Mention]:
    """Persons known by their office: "the president of Uzbekistan"."""
    return [_mention(text, match.start(), match.end(), Kind.PERSON) for match in _ROLE.finditer(text[:LONGEST_READ])]


def kind_of(name: str) -> Kind:
    """The kind of a name standing alone, as far as its form and the world's gazetteer tell."""
    plain = re.sub(r"^the ", "", name.strip().lower())
    parts = plain.split()
    if plain in _countries():
        return Kind.COUNTRY
    if plain in _places():
        return Kind.PLACE
    if parts and parts[0] in _TITLES:
        return Kind.PERSON
    if parts and parts[0] in ("north", "south", "east", "west"):
        return Kind.PLACE
    for vocabulary, kind in (
        (_EVENT_WORDS, Kind.EVENT),
        (_ORGANISATION_WORDS, Kind.ORGANISATION),
        (_PLACE_WORDS, Kind.PLACE),
    ):
        if vocabulary.intersection(parts):
            return kind
    return _kind_by_form(re.sub(r"^[Tt]he ", "", name.strip()))


def is_adjective(word: str) -> bool:
    """Whether a capitalised word is an adjective of nation: Russian, Kazakh, Pakistani."""
    lower = word.lower()
    return lower not in _countries() and (lower in _languages() or _from_a_country(lower))


def _kind_by_form(name: str) -> Kind:
    parts = name.split()
    if len(parts) == 1 and len(name) > 1 and name.isupper():
        return Kind.ORGANISATION
    if len(parts) in (2, 3) and all(part[:1].isupper() for part in parts):
        return Kind.UNKNOWN if any(is_adjective(part) for part in parts) else Kind.PERSON
    return Kind.PERSON if _SURNAME.search(name.lower()) else Kind.UNKNOWN


def _capitalised_names(text: str) -> Iterator[Mention]:
    for match in _NAME.finditer(text):
        start, end = match.start("name"), match.end()
        parts = text[start:end].split()
        while parts and (parts[0].lower() in _NOT_NAMES or parts[0].lower() in _JOINING):
            start += len(parts[0])
            start += len(text[start:end]) - len(text[start:end].lstrip())
            parts = parts[1:]
        if (
            not parts
            or parts[0].isdigit()
            or (len(parts) == 1 and is_adjective(parts[0]))
            or _opens_only(text, start, parts)
        ):
            continue
        if start == match.start("name") and match.group("article"):
            start = match.start()
        yield _mention(text, start, end, None)


def _mention(text: str, start: int, end: int, kind: Kind | None) -> Mention:
    before = _WORD_BEFORE.search(text[:start])
    word = before.group(1).lower() if before else ""
    written = text[start:end]
    name = "the" + written[3:] if written.startswith("The ") else written
    decided = kind or kind_of(name)
    if decided is Kind.UNKNOWN and word in ("in", "near", "to", "from", "at"):
        decided = Kind.PLACE
    return Mention(name, decided, start, end, word)


def _opens_only(text: str, start: int, parts: list[str]) -> bool:
    """A single unknown capitalised word that opens a sentence is a name only when a verb or a possessive follows."""
    if len(parts) > 1 or kind_of(parts[0]) is not Kind.UNKNOWN or text[:start].rstrip()[-1:] not in ("", ".", "?", "!"):
        return False
    rest = text[start + len(parts[0]) :]
    following = _WORD_AFTER.match(rest)
    verb = following is not None and (is_participle(following.group(1)) or following.group(1) in _FINITE)
    singular = not parts[0].endswith(("s", "ly", "ing"))
    return not (singular and (verb or rest.startswith(("'s", "’s", "?"))))


_FINITE = listed("is was has had will would did went came took became began gave won ran wrote spoke flew")


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    names = {name.lower() for code, name in Locale.parse("en").territories.items() if not code.isdigit()}
    short = {re.sub(r" \(.*\)| sar china$", "", name).replace("&", "and") for name in names}
    return frozenset(short) | _CAPITALS | _STATES


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    regions = {name.lower() for code, name in Locale.parse("en").territories.items() if code.isdigit()}
    cities = {zone.split("/")[-1].replace("_", " ").lower() for zone in get_global("zone_territories") if "/" in zone}
    return frozenset(regions | cities) - {"world"} - _countries()


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(name.lower() for name in Locale.parse("en").languages.values())


@lru_cache(maxsize=1)
def _lower_case_states() -> re.Pattern[str]:
    also_words = {"turkey", "china", "chad", "jordan", "jersey", "guinea", "us", "sofia", "rome", "delhi", "bern"}
    long = sorted((name for name in _countries() - also_words if len(name) > 4 and name.isascii()), key=len)
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in reversed(long)) + r")\b")


@lru_cache(maxsize=4096)
def _from_a_country(lower: str) -> bool:
    if not lower.endswith(("an", "ian", "ish", "ese", "i", "ic", "ch", "sh")) or len(lower) < 5:
        return False
    stem = re.sub(r"(?:ian|ish|ese|an|i|ic)$", "", lower)
    return len(stem) > 3 and any(country.startswith(stem) for country in _countries())
