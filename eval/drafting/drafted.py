"""Questions to a sentence, with their answers in its own words; and how a clause is turned into one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of
from eval.drafting.verbs import base
from service.facts.lexicon import FUNCTION_WORDS
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

FEWEST_ANSWER_WORDS, LONGEST_ANSWER_WORDS = 3, 16

_HAVE = {"has": "does", "have": "do", "had": "did"}

Kind = Literal["why", "when", "who", "how-many", "where", "what"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question to a sentence. `answers` are taken verbatim from it, the fullest first."""

    candidate: Candidate
    kind: Kind
    answers: tuple[str, ...]
    question: str


def drafted(candidate: Candidate, kind: Kind, answers: tuple[str, ...], question: str | None) -> Iterator[Drafted]:
    """The question where rules could word it."""
    if question:
        yield Drafted(candidate, kind, answers, question)


def without(clause: Clause, *cut: range) -> list[range]:
    """What follows the verb, without the ranges that are cut."""
    kept: list[range] = []
    start = clause.rest.start
    for each in sorted(cut, key=lambda indexes: indexes.start):
        kept.append(range(start, each.start))
        start = each.stop
    return [*kept, range(start, clause.end)]


def inverted(clause: Clause, opener: str, kept: list[range], vocabulary: Collection[str], late: str = "") -> str | None:
    """`opener`, auxiliary, subject, what is kept: "When was the base set up at Manas?" None where the verb is unclear.

    `late` is put at the end.
    """
    verb = clause.tokens.norm(clause.verb)
    said = clause.words(*kept)
    if clause.auxiliary:
        return asked(opener, verb, subject(clause, vocabulary), said, late)
    if verb in _HAVE:
        return asked(opener, _HAVE[verb], subject(clause, vocabulary), "have", said, late)
    plain = base(verb, vocabulary)
    return asked(opener, "did", subject(clause, vocabulary), plain, said, late) if plain else None


def subject(clause: Clause, vocabulary: Collection[str]) -> str:
    """The subject as it reads inside a sentence: "the base", "President Putin"."""
    return lowered(clause.tokens, clause.subject, vocabulary)


def lowered(tokens: Tokens, indexes: range, vocabulary: Collection[str]) -> str:
    """The text of tokens that may open a sentence, as it reads inside one."""
    text, first = text_of(tokens, indexes), tokens.items[indexes.start]
    named = len(indexes) > 1 and tokens.items[indexes.start + 1].capital
    inside = (first.norm in FUNCTION_WORDS and first.norm != "mr") or (first.norm in vocabulary and not named)
    return text[0].lower() + text[1:] if inside and not first.text[1:2].isupper() else text


def asked(*parts: str | None) -> str:
    """The parts as a question."""
    text = " ".join(part for part in parts if part)
    return " ".join(text.replace(" ,", ",").split()).strip(" ,;") + "?"


def late_lead(clause: Clause) -> str:
    """ "in February 2009" where the sentence begins with it, to be put at the end of a question."""
    if not clause.lead:
        return ""
    dates = [date for date in read_facts(clause.tokens.text).dates if date.first in clause.lead]
    if not dates:
        return ""
    text = text_of(clause.tokens, range(clause.lead.start, dates[-1].last + 1))
    return text[0].lower() + text[1:]


def literal(tokens: Tokens, indexes: range) -> tuple[str, ...]:
    """The words as an answer, none where they are too many to be asked for literally, or too few to say anything."""
    return (text_of(tokens, indexes),) if FEWEST_ANSWER_WORDS <= len(indexes) <= LONGEST_ANSWER_WORDS else ()
