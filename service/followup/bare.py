"""Bare question words: "Why?", "When was that?", "How many?" after another question."""

from __future__ import annotations

import re

from service.followup.clause import OPENERS, Clause
from service.followup.english import BE, HAVE, capitalised, is_participle, is_plural
from service.followup.exchange import Exchange

_VERBS = r"is|are|was|were|did|does|do|has|have|had|will|would"
_TIMES = r"year|month|day|date|time"
_ASK = (
    r"(?:(?:since|until|for|by|with|from|to|against|in|on|at|through|under)\s+)?"
    rf"(?:(?:how\s+(?:many|much)|which)(?:\s+(?!(?:{_VERBS})\b)[a-z]+){{0,2}}"
    rf"|how\s+(?:long|often|soon|far|fast|quickly|come|so)|what\s+(?:for|{_TIMES})|when|where|whom?|why|how)"
)
_BARE = re.compile(
    rf"^(?P<ask>{_ASK})(?P<negated>\s+not)?(?:\s+(?:exactly|precisely|so|then))?"
    rf"(?:\s+(?P<auxiliary>{_VERBS})(?P<nt>n['’]t)?\s+(?P<pronoun>that|this|it|they|he|she|these|those|there)"
    r"(?:\s+(?:happen(?:ed|ing)?|occur(?:red)?|take place|come about|be|so|do (?:that|this|it)|exactly|all))*)?"
    r"\s*[?.!]*$",
    re.I,
)
_SAME_THING = {"how come": "why", "what for": "why", "how so": "how", "why so": "why"}
_SOMEONE = re.compile(r"^(?:any|some)(?:one|body)\b|^any\s+[a-z]+", re.I)
_OBJECT = re.compile(
    r"^(?P<verb>(?:[a-z]+ly\s+)?[a-z]+)\s+(?:any\s+|some\s+)?"
    r"(?P<counted>(?:[a-z]+\s+)?(?:[a-z]+s|people|police|men|women|children))\b(?P<rest>.*)$"
)


def bare(question: str, history: list[Exchange]) -> str | None:
    """The last question asked with the new question word, or None when the question is more than that."""
    match = _BARE.match(OPENERS.sub("", question.strip()))
    if not match or _points_at_a_thing(match):
        return None
    ask = " ".join(match.group("ask").split()).lower()
    ask = _SAME_THING.get(ask, ask)
    last = history[0]
    if _asks_of_subject(match, last):
        return None
    if last.clause is None:
        return f"{capitalised(ask)}? ({last.topic})" if last.topic else None
    if ask == "why" and (match.group("negated") or match.group("nt")):
        return _why_not(last.clause)
    if ask in ("who", "whom"):
        return _who(last.clause)
    if ask.startswith(("how many", "which")) and not re.search(rf"\b(?:{_TIMES})$", ask):
        return _how_many(last.clause, ask)
    return last.clause.asked(ask)


def _points_at_a_thing(match: re.Match[str]) -> bool:
    """ "Where is it?" asks about a thing, "When was it?" about what happened."""
    auxiliary, pronoun = (match.group("auxiliary") or "").lower(), (match.group("pronoun") or "").lower()
    ask = match.group("ask").lower()
    if not auxiliary:
        return False
    if pronoun == "there":
        return not re.fullmatch(r"how\s+many", ask)
    if auxiliary in BE and ask in ("who", "where", "how", "whom"):
        return pronoun in ("it", "they", "he", "she", "these", "those") or ask == "who"
    return auxiliary in HAVE


def _asks_of_subject(match: re.Match[str], last: Exchange) -> bool:
    """ "When did it take place?" after "Was the competition open?": the competition, not its being open."""
    clause = last.clause
    if (match.group("pronoun") or "").lower() != "it" or not clause or not clause.parts:
        return False
    predicate = clause.parts[1].split()[:1]
    happening = bool(re.search(r"\b(?:happen|occur|take place)\b", match.group(), re.I))
    return happening and clause.auxiliary.lower() in BE and bool(predicate) and not is_participle(predicate[0])


def _why_not(clause: Clause) -> str:
    if clause.whole and clause.parts:
        subject, predicate = clause.parts
        return f"Why {clause.auxiliary.lower()} {subject} not {predicate}?"
    return f"{clause.text[:-1]}, and if not, why not?"


def _who(clause: Clause) -> str:
    if not clause.whole or not clause.parts:
        return clause.asked("who")
    subject = clause.parts[0]
    statement = clause.finite()
    if statement and (clause.auxiliary.lower() not in BE or _SOMEONE.match(subject)):
        return f"Who {statement[len(subject) + 1 :]}?"
    return (
        f"By whom {clause.auxiliary.lower()} {clause.body}?" if clause.auxiliary.lower() in BE else clause.asked("who")
    )


def _how_many(clause: Clause, ask: str) -> str | None:
    quantity = "which" if ask.startswith("which") else "how many"
    noun = ask[len(quantity) :].strip()
    noun = "" if noun in ("one", "ones", "of them") else noun
    if noun and quantity == "how many" and not is_plural(noun):
        return None
    counted = _counted(clause, quantity, noun)
    if counted:
        return counted
    words = " ".join(part for part in (quantity, noun or ("ones" if quantity == "which" else "")) if part)
    return clause.asked(words)


def _counted(clause: Clause, quantity: str, noun: str) -> str | None:
    asked_noun = re.sub(r"^(?:who|what|which|how many)\b\s*", "", clause.ask, flags=re.I)
    subject, predicate = clause.parts or ("", "")
    if clause.asks_subject or (clause.ask and not clause.whole and predicate):
        people = asked_noun or noun or ("" if clause.asks_subject and quantity == "how many" else "people")
        return None if clause.ask.lower() == "what" else _joined(quantity, people, clause.auxiliary, clause.body)
    if not predicate:
        plain = re.sub(r"^the ", "", subject)
        several = is_plural(re.split(r" (?:of|in|at) ", plain)[0])
        return _joined(quantity, plain, clause.auxiliary, "there") if several and quantity == "how many" else None
    if not clause.ask and (_SOMEONE.match(subject) or (is_plural(subject) and subject.islower())):
        plain = re.sub(r"^(?:any(?:one|body)?|some(?:one|body)?|the)\b\s*", "", subject, flags=re.I)
        return _joined(quantity, plain or "people", clause.auxiliary, predicate)
    found = _OBJECT.match(predicate)
    if found and is_plural(found.group("counted")) and noun in ("", found.group("counted")):
        return _joined(
            quantity, found.group("counted"), clause.auxiliary, f"{subject} {found.group('verb')}{found.group('rest')}"
        )
    return None


def _joined(quantity: str, noun: str, auxiliary: str, rest: str) -> str:
    return capitalised(" ".join(part for part in (quantity, noun, auxiliary.lower(), rest) if part)) + "?"
