"""A question with its pronouns replaced by what they stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.followup.antecedents import person, place, several, thing
from service.followup.clause import OPENERS, names_plural
from service.followup.english import AUXILIARIES, agreed, capitalised, joined, listed, possessive
from service.followup.exchange import Exchange
from service.followup.mentions import mentions
from service.followup.phrases import named_things
from service.followup.pronouns import Pronoun, pronouns

_TRUE = re.compile(r"^(?:is|was)\s+(?:that|this|it)\s+(?:really\s+)?(?:true|right|correct|so|certain)\s*\?*$", re.I)
_NEXT = re.compile(r"^(?P<asked>(?:and\s+)?what (?:happened|came|did \w+ do))\s+(?:then|next|afterwards)\s*\?*$", re.I)
_SAYING = re.compile(r"\b(?:say|says|said|think|thinks|claim|claims|claimed|believe|believes|deny|know|knows)$", re.I)
_GOING = listed("go goes going went travel travelled move moved fly flew flown arrive arrived come came")
_IN_ALL = re.compile(r"\s+(?:in (?:all|total)|altogether|now|then)\s*\?*$")
_IMPERSONAL = re.compile(
    r"^how (?:many|much)\s+(?:[a-z]+\s+){0,2}(?:is|are|was|were) there"
    r"(?:\s+(?:in (?:all|total)|altogether|now|then))?\s*\?*$"
    r"|^(?:how (?:long|much)|what)\s+(?:will|would|did|does)\s+it\s+(?:take|cost)\s+to\s+[a-z]+\s*\?*$",
    re.I,
)
_FROM = listed("from near around to of")


def referring(question: str, history: Sequence[Exchange]) -> str | None:
    """The question with its pronouns replaced by what they stand for; None when none points back.

    Where a common noun was put in, the names of the last question that are still missing follow in brackets.
    """
    text = _NEXT.sub(r"\g<asked> after that?", OPENERS.sub("", question.strip()))
    if _TRUE.match(text):
        return _is_it_true(history[0])
    done, common = text, False
    for pronoun in reversed(list(pronouns(text))):
        if pronoun.deed:
            return _deed(text, history[0])
        found = _meaning(pronoun, history)
        if found is not None:
            done = _agreeing(done[: pronoun.start], pronoun, found) + found + done[pronoun.end :]
            common = common or not mentions(f"and {found}")
    if done == text:
        return _impersonal(text, history)
    missing = [name for name in named_things(history[0].plain) if name not in done] if common else []
    return capitalised(done.rstrip()) + (f" ({joined(missing)})" if missing else "")


def _impersonal(text: str, history: Sequence[Exchange]) -> str | None:
    """ "How long would it take to fill?", "How many were there?": nothing in it says of what."""
    if not _IMPERSONAL.search(text) or mentions(text):
        return None
    topic = next((exchange.topic for exchange in history if exchange.names), history[0].topic)
    return f"{text.rstrip(' ?.!')}? ({topic})" if topic else None


def _deed(text: str, last: Exchange) -> str | None:
    return f"{text.rstrip(' ?.!')}? ({last.topic})" if last.topic else None


def _meaning(pronoun: Pronoun, history: Sequence[Exchange]) -> str | None:
    if pronoun.word in ("this", "that"):
        return _event(pronoun, history[0])
    if pronoun.word == "there":
        return _place(pronoun, history)
    if pronoun.bound:
        return None
    find = person if pronoun.personal else several if pronoun.plural else thing
    found = find(pronoun, history)
    return possessive(found) if found and pronoun.owner else found


def _agreeing(before: str, pronoun: Pronoun, found: str) -> str:
    """The text before the pronoun, its auxiliary in the number of what now follows."""
    last = before.split()[-1:] if before.strip() else []
    if not pronoun.subject or not last or last[0].lower() not in AUXILIARIES:
        return before
    if pronoun.plural == names_plural(found):
        return before
    number = found if names_plural(found) else "it"
    return before[: before.rindex(last[0])] + agreed(last[0], number) + " "


def _is_it_true(last: Exchange) -> str | None:
    if last.clause and not last.clause.ask:
        return last.plain
    statement = last.clause.finite() if last.clause else None
    return f"Is it true that {statement}?" if statement else None


def _event(pronoun: Pronoun, last: Exchange) -> str | None:
    """What "this" or "that" stands for, unless it is a determiner or a conjunction."""
    opens = not pronoun.question[len(pronoun.earlier) : pronoun.start].strip()
    alone = pronoun.ends or pronoun.subject or (opens and pronoun.following in AUXILIARIES)
    if not alone or pronoun.previous in ("so", "like") or (pronoun.subject and mentions(f"and {pronoun.following}")):
        return None
    if last.clause is None:
        return last.keyword
    statement = last.clause.finite()
    if statement and _SAYING.search(pronoun.question[: pronoun.start].rstrip()):
        return f"that {statement}"
    if statement and pronoun.previous in ("after", "before", "since", "until"):
        return statement
    return last.clause.event()


def _place(pronoun: Pronoun, history: Sequence[Exchange]) -> str | None:
    following = "" if _IN_ALL.match(pronoun.question[pronoun.end :]) else pronoun.following
    existential = pronoun.previous in AUXILIARIES or not pronoun.previous or pronoun.following in AUXILIARIES
    if existential and (following or mentions(pronoun.question)):
        return None
    found = place(history, named_as_such=existential)
    if found is None:
        return None
    if existential:
        return f"there in {found}"
    if pronoun.previous in _FROM:
        return found
    return f"to {found}" if pronoun.previous in _GOING else f"in {found}"
