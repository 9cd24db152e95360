"""Questions for a date."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of
from eval.drafting.drafted import Drafted, drafted, inverted, late_lead, without
from service.facts.dates import WrittenDate
from service.facts.lexicon import FUNCTION_WORDS, MONTHS, WEEKDAYS, word_set
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

_OPENERS = {
    "on": "When",
    "in": "When",
    "by": "By when",
    "since": "Since when",
    "until": "Until when",
    "till": "Until when",
}
_EVENTS = word_set("since after before until during between from")
_GOING_ON = word_set("- – / and or to of")
_HOURS = word_set("morning afternoon evening night")


def find_when(candidate: Candidate, clause: Clause, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """Dates that say when what the clause tells happened."""
    tokens = candidate.tokens
    if "not" in (tokens.norm(clause.verb + 1), tokens.norm(clause.verb + 2)):
        return
    for date in read_facts(candidate.told).dates:
        phrase = _phrase(tokens, date)
        if not phrase or not _times(clause, phrase):
            continue
        opener = _OPENERS.get(tokens.norm(phrase.start), "When")
        inside = phrase.start in clause.rest
        kept = without(clause, phrase) if inside else [clause.rest]
        question = inverted(clause, opener, kept, vocabulary, late_lead(clause) if inside else "")
        yield from drafted(candidate, "when", _dated(tokens, date), question)


def _times(clause: Clause, phrase: range) -> bool:
    """Whether the date is that of the clause, not of a noun, of words reported, or of a part of a range."""
    tokens = clause.tokens
    inside = phrase.start in clause.rest and phrase.stop <= clause.end
    if not inside and phrase.start not in clause.lead:
        return False
    if inside and any(tokens.norm(index) == "that" for index in range(clause.verb + 1, phrase.start)):
        return False
    if tokens.norm(phrase.start) == "since" and tokens.norm(clause.verb) not in ("has", "have", "had"):
        return False
    return not _ranged(tokens, phrase) and not _dates_a_noun(tokens, phrase)


def _phrase(tokens: Tokens, date: WrittenDate) -> range:
    """The tokens of "on 26 June" or "in early 2012"; empty where the date belongs to something else."""
    start, stop = date.first, date.last + 1
    if date.weekday and tokens.norm(stop) in _HOURS:
        stop += 1
    if tokens.norm(start - 1) in ("early", "late", "mid"):
        start -= 1
    if tokens.norm(start - 1) in _OPENERS:
        return range(start - 1, stop)
    free = date.weekday and not date.month and tokens.items[start - 1].kind == "word"
    own = free and start > 0 and tokens.norm(start - 1) not in FUNCTION_WORDS
    return range(start, stop) if own else range(0)


def _ranged(tokens: Tokens, phrase: range) -> bool:
    """Whether the date goes on: "in June and July", "on 3 March's vote"."""
    following = tokens.items[phrase.stop : phrase.stop + 2]
    if tokens.items[phrase[-1]].possessive or any(token.possessive for token in following[:1]):
        return True
    if len(following) < 2 or following[0].norm not in _GOING_ON:
        return False
    return following[1].kind == "number" or following[1].norm in MONTHS or following[1].norm in WEEKDAYS


def _dates_a_noun(tokens: Tokens, phrase: range) -> bool:
    """Whether the date belongs to an event that only times the clause: "since independence in 1991"."""
    if tokens.norm(phrase.start - 1).endswith("ing"):
        return True
    return any(tokens.norm(index) in _EVENTS for index in range(max(0, phrase.start - 4), phrase.start))


def _dated(tokens: Tokens, date: WrittenDate) -> tuple[str, ...]:
    """The date as written, then without its year."""
    whole = text_of(tokens, range(date.first, date.last + 1))
    last = tokens.items[date.last]
    if not (date.day and date.month and date.year) or last.norm != str(date.year):
        return (whole,)
    return whole, whole[: -len(last.text)].rstrip(" ,")
