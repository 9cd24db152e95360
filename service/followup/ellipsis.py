"""Elliptical follow-ups: "And Kazakhstan?", "What about in 2013?", "And the price?"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.followup.clause import ASKING, Clause, without_time
from service.followup.english import AUXILIARIES, PREPOSITIONS, agreed, is_plural, listed, possessive
from service.followup.exchange import Exchange
from service.followup.mentions import Kind, Mention, is_adjective, kind_of, mentions
from service.followup.phrases import Phrase

_LEAD = re.compile(r"^(?:(?:and|but|or|so|ok|okay|well|then|yes|no)\b[,.]?\s+)*(?P<about>(?:what|how) about\s+)?", re.I)
_MONTH = r"January|February|March|April|May|June|July|August|September|October|November|December"
_TIME = re.compile(
    rf"^(?:(?P<preposition>in|on|since|by|before|after|until|during)\s+)?"
    rf"(?P<when>(?:(?:{_MONTH})\s+(?:\d{{1,2}},?\s+)?)?(?:19|20)\d\d|(?:{_MONTH})"
    rf"|(?:last|this|next)\s+(?:year|month|week)|now|today|yesterday|currently)$",
    re.I,
)
_NOW = listed("now today currently")
_ADJECTIVE_ONE = re.compile(r"^(?:the\s+)?(?P<adjective>[A-Z][a-z]+)\s+ones?$")
_AGENTS = re.compile(
    r"\b(?:government|opposition|rebels?|army|military|police|protesters?|public|parliament|court|president|minister"
    r"|ministry|leaders?|officials?|others?|people|companies|banks?|experts?|critics|analysts|members?|allies|ally"
    r"|neighbou?rs?|women|men|students|workers|farmers|residents|party|parties|states?|countries|republics)$",
    re.I,
)
_PRONOUN = re.compile(r"\b(?:it|they|them|he|him|she|her|this|that|these|those|there|i|you|me|we|us|my|your)\b", re.I)
_PLACE_LIKE = frozenset((Kind.COUNTRY, Kind.PLACE))
_AGENT_KINDS = frozenset((Kind.COUNTRY, Kind.ORGANISATION, Kind.PERSON, Kind.UNKNOWN))
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class _Remnant:
    """What is left of the follow-up. `led` says that "and", "what about" and the like came before it."""

    text: str
    preposition: str
    phrase: str
    led: bool


def elliptical(question: str, history: list[Exchange]) -> str | None:
    """The last question with the remnant in the place of its counterpart; None when this is no ellipsis."""
    remnant = _remnant(question)
    if remnant is None:
        return None
    last = history[0]
    done = _with_time(remnant, last) or _with_adjective(remnant, last) or _with_name(remnant, last)
    if done or not remnant.led:
        return done
    return _with_common_noun(remnant, last) or _with_topic(remnant, question, last)


def _remnant(question: str) -> _Remnant | None:
    text = question.strip()
    lead = _LEAD.match(text)
    rest = text[lead.end() if lead else 0 :].rstrip(" ?.!")
    words = rest.split()
    if not words or len(words) > _MOST_WORDS or re.search(r"[?.!,;:]\s", rest):
        return None
    first = words[0].lower()
    if first in ASKING | AUXILIARIES or _PRONOUN.search(rest):
        return None
    led = bool(lead and lead.end())
    if not led and not text.endswith("?"):
        return None
    preposition = first if first in PREPOSITIONS and len(words) > 1 else ""
    phrase = rest[len(preposition) :].strip()
    return _Remnant(rest, preposition, re.sub(r"['’]s$", "", phrase), led)


def _with_time(remnant: _Remnant, last: Exchange) -> str | None:
    match = _TIME.match(remnant.text)
    clause = last.clause
    if not match or not clause:
        return None
    when = match.group("when")
    preposition = remnant.preposition or ("in" if when[-4:].isdigit() or (when.isalpha() and when[0].isupper()) else "")
    auxiliary = clause.auxiliary
    if when.lower() in _NOW:
        auxiliary, preposition = _present(clause), remnant.preposition
    body = without_time(clause.body)
    return Clause(clause.ask, auxiliary, f"{body} {preposition} {when}".replace("  ", " "), "").text


def _present(clause: Clause) -> str:
    subject = clause.parts[0] if clause.parts else ""
    present = {"did": "does", "was": "is", "were": "are", "had": "has"}.get(clause.auxiliary.lower(), clause.auxiliary)
    return agreed(present, subject) if subject and present == "does" else present


def _with_adjective(remnant: _Remnant, last: Exchange) -> str | None:
    match = _ADJECTIVE_ONE.match(remnant.phrase)
    if not match:
        return None
    earlier = next((word for word in re.finditer(r"\b[A-Z][a-z]+\b", last.plain) if is_adjective(word.group())), None)
    return _spliced(last.plain, earlier.start(), earlier.end(), match.group("adjective")) if earlier else None


def _with_name(remnant: _Remnant, last: Exchange) -> str | None:
    name = _named(remnant.phrase)
    if name is None:
        return None
    kind = (
        Kind.PLACE if kind_of(name) is Kind.UNKNOWN and remnant.preposition in ("in", "near", "at") else kind_of(name)
    )
    counterpart = _counterpart(name, kind, remnant, last)
    if counterpart is not None:
        return _substituted(last, counterpart, name)
    if not remnant.led:
        return None
    if not remnant.preposition:
        return _for_adjective(name, last)
    earlier = next((phrase for phrase in last.phrases if _stands_after(phrase, remnant.preposition, last)), None)
    if earlier:
        return _spliced(last.plain, earlier.start, earlier.end, name)
    return f"{last.plain.rstrip(' ?.!')} {remnant.preposition} {name}?"


def _stands_after(phrase: Phrase, preposition: str, last: Exchange) -> bool:
    return preposition in ("at", "in", "near", "on") and last.plain[: phrase.start].endswith(f" {preposition} ")


def _named(phrase: str) -> str | None:
    """The phrase as a name, when it is nothing else; a state in lower case gets its capital."""
    found = mentions(phrase if phrase[:4].lower() == "the " else f"and {phrase}")
    plain = re.sub(r"^the ", "", phrase, flags=re.I)
    if len(found) != 1 or (found[0].bare != plain.lower() and not _coordinated(phrase)):
        return phrase if len(found) > 1 and _coordinated(phrase) else None
    if plain.islower():
        return phrase.replace(plain, plain.title())
    return phrase


def _coordinated(phrase: str) -> bool:
    return " and " in phrase and all(_named(part) for part in phrase.split(" and "))


def _counterpart(name: str, kind: Kind, remnant: _Remnant, last: Exchange) -> Mention | None:
    bare_name = re.sub(r"^the ", "", name.lower())
    names = [mention for mention in last.names if mention.end <= len(last.plain)]
    if any(mention.bare == bare_name for mention in names):
        return None
    same = [mention for mention in names if mention.kind is kind]
    alike = [mention for mention in names if _alike(mention.kind, kind)]
    if remnant.preposition:
        behind = [mention for mention in same + alike if mention.before == remnant.preposition]
        placed = (same or alike) if remnant.preposition in ("in", "at", "for") else []
        return next(iter(behind or placed), None)
    agents = [mention for mention in names[:1] if {kind, mention.kind} <= _AGENT_KINDS and remnant.led]
    return next(iter(same or alike or agents), None)


def _alike(one: Kind, other: Kind) -> bool:
    return {one, other} <= _PLACE_LIKE or (Kind.UNKNOWN in (one, other) and Kind.EVENT not in (one, other))


def _substituted(last: Exchange, counterpart: Mention, name: str) -> str:
    text, start, end = last.plain, counterpart.start, counterpart.end
    group = [mention for mention in last.names if mention.kind is counterpart.kind]
    for mention in group:
        if mention.start > end and text[end : mention.start] in (" and ", ", ") and counterpart.before != "between":
            end = mention.end
    if name.startswith("the ") and is_plural(name):
        start, end = next(
            ((around.start, around.end) for around in last.phrases if _within(start, end, around)), (start, end)
        )
    elif (
        kind_of(name) is Kind.COUNTRY and counterpart.kind is Kind.ORGANISATION and re.match(r" [a-z]+s\b", text[end:])
    ):
        name = possessive(name)
    if counterpart.before == "between" and len(group) > 1 and text[end : group[1].start] == " and ":
        start, end = group[1].start, group[1].end
    done = _spliced(text, start, end, name)
    coordinated = " and " in text[start:end]
    return _agreeing(done, text[:start], name) if coordinated or " and " in name else done


def _within(start: int, end: int, phrase: Phrase) -> bool:
    return phrase.start <= start and end < phrase.end


def _agreeing(text: str, before: str, subject: str) -> str:
    words = before.split()
    if not words or words[-1].lower() not in AUXILIARIES:
        return text
    return text.replace(f"{words[-1]} ", f"{agreed(words[-1], subject)} ", 1)


def _for_adjective(name: str, last: Exchange) -> str | None:
    """ "the Russian position" and "Kazakhstan" make "Kazakhstan's position"."""
    for match in re.finditer(r"(?:\bthe )?\b([A-Z][a-z]+)\b(?= [a-z])", last.plain):
        if is_adjective(match.group(1)) and kind_of(name) is Kind.COUNTRY:
            return _spliced(last.plain, match.start(), match.end(), possessive(name))
    return None


def _with_common_noun(remnant: _Remnant, last: Exchange) -> str | None:
    clause = last.clause
    if clause is None or remnant.preposition:
        return None
    phrase = remnant.phrase
    counted = re.match(r"^(how many|how much|which)\s+[a-z]+$", clause.ask, re.I)
    if counted and phrase.islower() and is_plural(phrase) and phrase.split()[0] != "the":
        return Clause(f"{counted.group(1)} {phrase}", clause.auxiliary, clause.body).text
    attribute = re.match(r"^the ([a-z]+(?: [a-z]+)?)$", phrase)
    earlier = re.match(r"^(?:the [a-z]+(?: [a-z]+)? of|(?P<owner>.+['’]s) [a-z]+(?: [a-z]+)?$)", clause.body)
    if attribute and earlier and clause.parts and not clause.parts[1]:
        if earlier.group("owner"):
            return Clause(clause.ask, clause.auxiliary, f"{earlier.group('owner')} {attribute.group(1)}").text
        return Clause(clause.ask, clause.auxiliary, f"{phrase} of{clause.body[earlier.end() :]}").text
    if clause.parts and clause.parts[1] and _AGENTS.search(phrase):
        return Clause(clause.ask, agreed(clause.auxiliary, phrase), f"{phrase} {clause.parts[1]}").text
    return None


def _with_topic(remnant: _Remnant, question: str, last: Exchange) -> str | None:
    named = mentions(f"and {remnant.phrase}")
    if named or not last.topic:
        return None
    return f"{question.strip().rstrip(' ?.!')}? ({last.topic})"


def _spliced(text: str, start: int, end: int, new: str) -> str:
    done = text[:start] + new + text[end:]
    return done[:1].upper() + done[1:]
