"""Questions for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of, until_mark
from eval.drafting.drafted import Drafted, asked, late_lead
from eval.drafting.speech import SPOKE, reported
from eval.drafting.verbs import looks_past
from service.facts.lexicon import TITLES, word_set
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

_UNCERTAIN = word_set("could may might should must would can")
_MR = word_set("mr mrs ms dr")
_OFFICES = TITLES | word_set(
    """commander analyst head spokesman spokeswoman economist journalist leader founder envoy author expert adviser
    advisor official commissioner coach manager executive officer researcher scientist historian lawyer editor"""
)
_BODIES = word_set(
    """university agency ministry bank union department committee commission council company organization association
    center centre group office times post party institute service court parliament senate house fund press news health
    police army navy force forces authority college school club league federation"""
)


def find_who(candidate: Candidate, clause: Clause, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """Who holds an office that an apposition names, or did what the clause tells."""
    tokens = candidate.tokens
    person = _person(tokens, clause.subject)
    if person is None:
        return
    role = clause.apposition
    if role and _is_role(tokens, role):
        told = text_of(tokens, role)
        yield Drafted(candidate, "who", _called(person), asked("Who is", told))
    elif tokens.norm(clause.verb) in _UNCERTAIN:
        return
    elif _titled(tokens, clause.subject) or tokens.norm(clause.verb) in SPOKE:
        that = reported(tokens, clause) if tokens.norm(clause.verb) in SPOKE else None
        end = clause.end if that is None else until_mark(tokens, that).stop
        told = text_of(tokens, range(clause.verb, end))
        yield Drafted(candidate, "who", _called(person), asked("Who", told, late_lead(clause)))


def _person(tokens: Tokens, indexes: range) -> str | None:
    """The name in a subject that is a title and a name, or two or three names, and nothing else."""
    names = read_facts(tokens.text).name_indexes | {index for index in indexes if tokens.items[index].norm in _MR}
    rest = [
        index
        for index in indexes
        if tokens.norm(index) not in TITLES | _MR | {"."} and tokens.items[index].kind != "mark"
    ]
    if not rest or any(index not in names for index in rest) or rest != list(range(rest[0], rest[-1] + 1)):
        return None
    if len(rest) > 3 or tokens.items[rest[0]].possessive:
        return None
    if tokens.norm(rest[-1]) in _BODIES:
        return None
    alone = len(rest) == 1 and not _titled(tokens, indexes)
    return None if alone else text_of(tokens, range(rest[0], rest[-1] + 1))


def _titled(tokens: Tokens, indexes: range) -> bool:
    return tokens.norm(indexes.start) in TITLES | _MR


def _is_role(tokens: Tokens, role: range) -> bool:
    """Whether an apposition names one office: "the alliance's press secretary", not "a veteran" or "who fled"."""
    opens = tokens.items[role.start]
    if opens.norm != "the" and not opens.possessive:
        return False
    content = [index for index in role if tokens.items[index].content]
    bound = any(
        tokens.items[index].possessive or tokens.norm(index) == "of" or tokens.items[index].capital for index in role
    )
    office = any(tokens.norm(index) in _OFFICES for index in role)
    return len(content) >= 2 and bound and office and not any(looks_past(tokens.items[index]) for index in role)


def _called(person: str) -> tuple[str, ...]:
    """The whole name, then the last of it."""
    return tuple(dict.fromkeys((person, person.split()[-1])))
