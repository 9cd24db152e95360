"""Questions for an amount."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of
from eval.drafting.drafted import Drafted, asked, drafted, inverted, late_lead, without
from eval.drafting.verbs import AUXILIARIES, looks_past
from service.facts.lexicon import FUNCTION_WORDS, word_set
from service.facts.numbers import Quantity
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

_LEAST = 3
_BOUNDING = word_set("about around some nearly almost roughly over only approximately exactly just")
_BOUNDS = (("more", "than"), ("less", "than"), ("fewer", "than"), ("at", "least"), ("up", "to"))
_DIMENSIONS = word_set("long high wide deep tall old")
_PEOPLE = word_set("people men women children troops police personnel staff crew")


def find_amounts(candidate: Candidate, clause: Clause, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """Amounts that the clause counts or measures."""
    tokens = candidate.tokens
    for quantity in read_facts(candidate.told).quantities:
        if quantity.value < _LEAST or _is_range(tokens, quantity):
            continue
        phrase = _bounded(tokens, quantity)
        if phrase.start == clause.subject.start:
            yield from _counted_subject(candidate, clause, quantity, vocabulary)
        elif phrase.start in clause.rest and _free(tokens, phrase, clause):
            yield from _counted_object(candidate, clause, quantity, phrase, vocabulary)


def _is_range(tokens: Tokens, quantity: Quantity) -> bool:
    around = (tokens.norm(quantity.first - 1), tokens.norm(quantity.last + 1))
    return any(mark in ("-", "–", "/") for mark in around) or around[1] in ("to", "and", "or")


def _bounded(tokens: Tokens, quantity: Quantity) -> range:
    """The tokens of the amount with "about" or "more than" before it."""
    start = quantity.first
    if tokens.norm(start - 1) in _BOUNDING:
        return range(start - 1, quantity.last + 1)
    for words in _BOUNDS:
        if tokens.matches(start - 2, words):
            return range(start - 2, quantity.last + 1)
    return range(start, quantity.last + 1)


def _free(tokens: Tokens, phrase: range, clause: Clause) -> bool:
    """Whether the amount is an object or complement of a verb, not part of "by 5 percent" or "the past 24 days"."""
    before = tokens.items[phrase.start - 1]
    infinitive = tokens.norm(phrase.start - 2) in AUXILIARIES | {"to"}
    return (
        phrase.start - 1 == clause.verb
        or before.norm in ("is", "was", "were", "are", "be", "been", "also", "currently")
        or looks_past(before)
        or (infinitive and before.content and not before.capital)
    )


def _noun(tokens: Tokens, start: int, stop: int) -> range:
    """The words that are counted: up to a function word, a mark or a verb."""
    end = start
    while end < min(stop, start + 5):
        token = tokens.items[end]
        if token.kind not in ("word", "acronym") or token.norm in FUNCTION_WORDS or (end > start and looks_past(token)):
            break
        end += 1
    return range(start, end)


def _with_of(tokens: Tokens, noun: range, stop: int) -> range:
    """The noun with what it is of: "hours of visits"."""
    if tokens.norm(noun.stop) != "of":
        return noun
    start = noun.stop + (2 if tokens.norm(noun.stop + 1) == "the" else 1)
    return range(noun.start, max(_noun(tokens, start, stop).stop, noun.stop))


def _plural(tokens: Tokens, noun: range) -> bool:
    last = tokens.norm(noun[-1]) if noun else ""
    return last.endswith("s") or last in _PEOPLE


def _numbers(tokens: Tokens, quantity: Quantity, noun: range) -> tuple[str, ...]:
    """The amount with what it counts, then alone."""
    whole = range(quantity.first, noun.stop if noun else quantity.last + 1)
    amount = range(quantity.first, quantity.last + 1)
    return tuple(dict.fromkeys((text_of(tokens, whole), text_of(tokens, amount))))


def _counted_subject(
    candidate: Candidate, clause: Clause, quantity: Quantity, vocabulary: Collection[str]
) -> Iterator[Drafted]:
    tokens = candidate.tokens
    noun = _noun(tokens, quantity.last + 1, clause.subject.stop)
    if quantity.kind == "plain" and _plural(tokens, noun):
        told = text_of(tokens, range(noun.start, clause.end))
        question = asked("How many", told, late_lead(clause))
        yield Drafted(candidate, "how-many", _numbers(tokens, quantity, noun), question)


def _counted_object(
    candidate: Candidate, clause: Clause, quantity: Quantity, phrase: range, vocabulary: Collection[str]
) -> Iterator[Drafted]:
    tokens = candidate.tokens
    noun = _noun(tokens, quantity.last + 1, clause.end)
    opener, named, cut = "", range(0), phrase
    if quantity.kind.startswith("money:"):
        opener = "" if noun or tokens.norm(phrase.stop) == "of" else "How much"
    elif quantity.kind == "plain" and len(noun) > 1 and tokens.norm(noun[-1]) in _DIMENSIONS:
        opener = "" if tokens.norm(noun.stop) == "and" else f"How {tokens.norm(noun[-1])}"
        named, cut = noun[:-1], range(phrase.start, noun.stop)
    elif quantity.kind == "plain" and _plural(tokens, noun):
        whole = _with_of(tokens, noun, clause.end)
        opener = f"How many {text_of(tokens, whole)}"
        named, cut = noun, range(phrase.start, whole.stop)
    if opener:
        question = inverted(clause, opener, without(clause, cut), vocabulary, late_lead(clause))
        yield from drafted(candidate, "how-many", _numbers(tokens, quantity, named), question)
