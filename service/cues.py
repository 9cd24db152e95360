"""What a question asks for, and the cues of such an answer in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from service.lexicon import (
    COUNTS,
    DATE_HEADS,
    MONTHS,
    NUMBER_HEADS,
    NUMBER_WORDS,
    PERIODS,
    PERSON_HEADS,
    PLACE_HEADS,
    SPATIAL,
    VAGUE_COUNTS,
)
from service.words import Word, Words, analyse, stem

Kind = Literal["date", "place", "person", "number", "reason", "manner", "thing", "definition", "polar", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_REASON_ASKED = re.compile(
    r"\bwhy\b|\bhow come\b|\b(?:what|which) .{0,30}\b(?:reasons?|purpose|motives?)\b"
    r"|\bwhat .{0,12}\b(?:led|prompted|motivated|drove)\b",
    re.I,
)
_NUMBER_ASKED = re.compile(r"\bhow (?:many|much|often|long|far|old|large|big|tall|high|fast|deep|wide|few)\b", re.I)
_TIME_ASKED = re.compile(
    r"^(?:(?:and|but|since|until|by|from) )?when\b"
    r"|\bwhen (?:do|does|did|is|are|was|were|will|would|can|could|has|had)\b",
    re.I,
)
"""Not the "when" of "what happens when it rains?"."""
_COUNT_ASKED = re.compile(r"\bhow many\b|^how much\b", re.I)
_DEFINITION_ASKED = re.compile(
    r"^(?:what|who) (?:is|are|was|were) (?:an? |the )?[\w\s'-]{2,40}\??$|\bmeaning of\b", re.I
)
_POLAR_ASKED = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.I)
_HEAD = re.compile(r"\b(?:what|which|whose) (?:(?:kind|type|sort|form)s? of )?(\w+)(?: (\w+))?", re.I)

_REASON = re.compile(
    r"\bbecause\b|\bdue to\b|\bin order to\b|\bas a result\b|\btherefore\b|\b(?:and )?so (?:that|he|she|it|they|the)\b"
    r"|\bthus\b|\bhence\b|\bthanks to\b|\bowing to\b|\b(?:caus|motivat|prompt|driv)(?:e[ds]?|ing|en)\b"
    r"|\b(?:led|leads|leading) to\b|\bwant(?:ed|s|ing)? to\b|\b(?:aim|hop|intend|wish|try)(?:ed|s|ing|es)? (?:to|at)\b"
    r"|\bseek(?:s|ing)?\b|\bsought\b|\bfear(?:ed|s|ing)?\b|\breasons? (?:is|was|are|were|for .{3,60} (?:is|was))\b"
    r"|\bfor the purpose\b|\bbelie(?:ve[ds]?|ving)\b|\bto (?:avoid|prevent|ensure|protect|allow|help|make|reduce)\b",
    re.I,
)
_SINCE = re.compile(r"\b(?:since|as) (?:he|she|it|they|the|this|there|many|most)\b", re.I)
_PURPOSE = re.compile(r"\bto [a-z]{3,}\b|\bfor [a-z]+ing\b")
_META = re.compile(
    r"\b(?:explain|giv|gave|stat|cit|outlin|discuss|list|describ)\w* "
    r"(?:\w+ ){0,4}(?:reasons?|causes?|motives?|purposes?)\b",
    re.I,
)
_MAY = re.compile(r"\d(?:st|nd|rd|th)? May\b|\bMay \d")
"""The month, not the verb."""
_MANNER = re.compile(r"\bby [a-z]+ing\b|\bthrough\b|\bvia\b|\busing\b|\bby means of\b|\bby\b|\bwith\b", re.I)
_DEFINITION = re.compile(
    r"\b(?:is|are|was|were) (?:an?|the|any|one|defined|known|called)\b|\brefers? to\b|\bmeans?\b"
    r"|\bknown as\b|\bconsists?\b",
    re.I,
)
_ENUMERATION = re.compile(r"\bsuch as\b|\bincluding\b|\bincludes?\b|: |\bcalled\b|\bnamed\b|\bknown as\b", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of answer a question wants, and the stem of the noun after its `what`, `which` or `how many`."""

    kind: Kind
    head: str | None
    words: Words


def asked(question: str) -> Asked:
    """Reads the question word and the noun that follows it."""
    return Asked(_kind(question), _head(question), analyse(question))


def _kind(question: str) -> Kind:
    text = question.strip()
    head = _HEAD.search(text)
    heads = {part.lower() for part in head.groups() if part} if head else set()
    tests: tuple[tuple[Kind, bool], ...] = (
        ("reason", _REASON_ASKED.search(text) is not None),
        ("number", _NUMBER_ASKED.search(text) is not None or bool(heads & NUMBER_HEADS)),
        ("date", _TIME_ASKED.search(text) is not None or bool(heads & DATE_HEADS)),
        ("place", _has(text, "where") or bool(heads & PLACE_HEADS)),
        ("person", _has(text, "who", "whom", "whose") or bool(heads & PERSON_HEADS)),
        ("manner", _has(text, "how")),
        ("definition", _DEFINITION_ASKED.search(text) is not None),
        ("thing", _has(text, "what", "which")),
        ("polar", _POLAR_ASKED.search(text) is not None),
    )
    return next((kind for kind, found in tests if found), "other")


def _has(text: str, *words: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(words)})\b", text, re.I) is not None


def _head(question: str) -> str | None:
    match = re.search(r"\bhow (?:many|much) (\w+)", question, re.I) or _HEAD.search(question)
    content = analyse(match.group()).content if match else ()
    return content[0].stem if content else None


def cue(question: Asked, sentence: Words) -> float:
    """How clearly the sentence holds an answer of the kind asked, in [0, 1]: 0 none, 0.5 a weak sign, 1 a clear one."""
    return _CUES[question.kind](question, sentence)


def fits(question: Asked, sentence: Words) -> bool:
    """Whether the sentence can answer at all: "how many" asks for an amount that the question does not hold, and that
    is no date, nor a time unless a time is asked for."""
    if _COUNT_ASKED.search(question.words.text) is None:
        return True
    return any(_counts(question, sentence, index) for index in range(len(sentence.all)))


def _counts(question: Asked, sentence: Words, index: int) -> bool:
    """Whether the word there is an amount of what is asked for; "few", "every" and the like only right before it."""
    word, text = sentence.all[index], sentence.all[index].text.lower()
    before = sentence.all[index - 1].text.lower() if index else ""
    following = sentence.all[index + 1 : index + 4]
    after = following[0].text.lower() if following else ""
    if text in VAGUE_COUNTS:
        return question.head is not None and question.head in {each.stem for each in following}
    if not ((word.number and not word.year) or text in NUMBER_WORDS or text in COUNTS):
        return False
    asked_for = {each.stem for each in question.words.all}
    if word.stem in asked_for or before == "number" or {before, after} & MONTHS:
        return False
    return after not in PERIODS or stem(after) in asked_for


def meta_talk(sentence: Words) -> bool:
    """Whether it says that reasons were given without giving any."""
    return _META.search(sentence.text) is not None and _REASON.search(sentence.text) is None


def new(words: Sequence[Word], question: Words) -> list[Word]:
    """The words whose stem the question does not hold."""
    known = {word.stem for word in question.all}
    return [word for word in words if word.stem not in known]


def _date(question: Asked, sentence: Words) -> float:
    if any(word.year for word in new(sentence.numbers, question.words)):
        return 1.0
    lower = {word.text.lower() for word in new(sentence.all, question.words)}
    if lower & MONTHS or _MAY.search(sentence.text):
        return 1.0
    return 0.5 if lower & PERIODS or "ago" in lower else 0.0


def _place(question: Asked, sentence: Words) -> float:
    fresh = {word.start for word in new(sentence.names, question.words)}
    if not fresh:
        return 0.0
    spatial = (a.text.lower() in SPATIAL and b.start in fresh for a, b in pairwise(sentence.all))
    return 1.0 if any(spatial) else 0.5


def _person(question: Asked, sentence: Words) -> float:
    fresh = [word for word in new(sentence.names, question.words) if word.start]
    return min(1.0, len(fresh) / 2)


def _number(question: Asked, sentence: Words) -> float:
    found = [
        index
        for index, word in enumerate(sentence.all)
        if (word.number and not word.year) or word.text.lower() in NUMBER_WORDS
    ]
    fresh = [index for index in found if sentence.all[index].stem not in {word.stem for word in question.words.all}]
    if not fresh:
        return 0.25 if any(word.year for word in sentence.numbers) else 0.0
    near = {word.stem for index in fresh for word in sentence.all[max(0, index - 3) : index + 5]}
    return 1.0 if question.head is None or question.head in near else 0.6


def _reason(_: Asked, sentence: Words) -> float:
    if _REASON.search(sentence.text):
        return 1.0
    if _SINCE.search(sentence.text):
        return 0.7
    return 0.2 if _PURPOSE.search(sentence.text) else 0.0


def _manner(_: Asked, sentence: Words) -> float:
    return 1.0 if _MANNER.search(sentence.text) else 0.0


def _thing(question: Asked, sentence: Words) -> float:
    held = question.head is not None and question.head in sentence.stems
    listed = _ENUMERATION.search(sentence.text) is not None
    return 0.6 * held + 0.4 * listed


def _definition(_: Asked, sentence: Words) -> float:
    return 1.0 if _DEFINITION.search(sentence.text) else 0.0


def _none(_: Asked, __: Words) -> float:
    return 0.0


_CUES: dict[Kind, Callable[[Asked, Words], float]] = {
    "date": _date,
    "place": _place,
    "person": _person,
    "number": _number,
    "reason": _reason,
    "manner": _manner,
    "thing": _thing,
    "definition": _definition,
    "polar": _none,
    "other": _none,
}
