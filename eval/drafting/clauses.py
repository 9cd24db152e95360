"""The main clause of a sentence, where its shape is plain: subject, verb, rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from eval.drafting.verbs import AUXILIARIES, is_participle, looks_past
from service.facts.lexicon import ADVERB_OPENERS, FUNCTION_WORDS, PREPOSITIONS, word_set
from service.facts.reading import read_facts
from service.facts.tokens import Token, Tokens

LONGEST_SUBJECT = 12
LONGEST_APPOSITION = 14

DETERMINERS = word_set("the a an")
_BOUNDS = word_set("about around some nearly almost roughly over more at least")
_ENDS = frozenset((";", ":", "—", "–", "(", ")", "[", ",", '"', "“", "”", "«", "»"))
_CONJUNCTIONS = word_set("but while although though because whereas when where which who whom whose so whilst")
_NOT_IN_SUBJECT = _CONJUNCTIONS | word_set(
    """that if as than since until it he she they this these those there to not no after before ago later says say
    claims its"""
)
_TEMPORAL = word_set("on in at by since until till during")


@dataclass(frozen=True, slots=True)
class Clause:
    """Half-open ranges of token indexes of one clause.

    `apposition` lies between the commas after the subject. `lead` is what came before the subject ("In May, ...").
    """

    tokens: Tokens
    lead: range
    subject: range
    apposition: range
    verb: int
    end: int

    @property
    def auxiliary(self) -> bool:
        """Whether the verb can change places with the subject as it is: "has" can in "has sent", not in "has a son"."""
        norm = self.tokens.norm(self.verb)
        if norm not in ("has", "have", "had"):
            return norm in AUXILIARIES
        following = (self.tokens.items[index] for index in self.rest if not _is_adverb(self.tokens.items[index]))
        return any(is_participle(token) for token in islice(following, 1))

    @property
    def rest(self) -> range:
        """What follows the verb."""
        return range(self.verb + 1, self.end)

    def words(self, *ranges: range) -> str:
        """The characters of ranges of tokens, one space between two ranges."""
        return " ".join(text for each in ranges if (text := text_of(self.tokens, each)))


def text_of(tokens: Tokens, indexes: range) -> str:
    """The characters from the first token of a range to its last."""
    if not indexes:
        return ""
    return tokens.text[tokens.items[indexes[0]].start : tokens.items[indexes[-1]].end]


def until_mark(tokens: Tokens, start: int) -> range:
    """From `start` to the next comma, dash, or end of the sentence."""
    for index in range(start, len(tokens)):
        norm = tokens.norm(index)
        if norm in (";", ":", "—", "–", "(", ",") or (norm in (".", "!") and index >= len(tokens) - 2):
            return range(start, index)
    return range(start, len(tokens))


def find_clause(tokens: Tokens, start: int = 0, stop: int | None = None) -> Clause | None:
    """The main clause that begins at token `start`, None where its shape is not plain.

    Reads: an optional dateline, an optional "On DATE" or adjunct with a comma, a subject without relative clauses and
    with at most one apposition, then an auxiliary or a verb in the past tense. It ends at the first comma, dash,
    bracket or conjunction after the verb.
    """
    limit = len(tokens) if stop is None else stop
    opening = _after_dateline(tokens, start)
    begin = _after_lead(tokens, opening, limit)
    if begin is None or not _may_open(tokens, begin):
        return None
    found = _subject(tokens, begin, limit)
    if found is None:
        return None
    subject, apposition, verb = found
    end = _end(tokens, verb, limit)
    if tokens.norm(verb) not in AUXILIARIES and _is_participle(tokens, verb, end):
        return None
    return Clause(tokens, range(opening, begin), subject, apposition, verb, end)


def _after_dateline(tokens: Tokens, start: int) -> int:
    """Past "BISHKEK — " or "ALMATY, Kazakhstan (Reuters) — "."""
    first = tokens.items[start] if start < len(tokens) else None
    if first is None or not (len(first.text) > 2 and first.text.isupper()):
        return start
    for index in range(start + 1, min(start + 9, len(tokens))):
        if tokens.norm(index) in ("—", "–", "-") and tokens.text[tokens.items[index].start - 1].isspace():
            return index + 1
    return start


def _after_lead(tokens: Tokens, start: int, limit: int) -> int | None:
    """Where the subject may begin: after a date in front, or after an adjunct that a comma closes."""
    if tokens.norm(start) not in _TEMPORAL | word_set("under after before with for from despite"):
        return start
    for date in read_facts(tokens.text).dates:
        if start < date.first <= start + 2 and tokens.norm(start) in _TEMPORAL:
            after = date.last + 1
            return after + 1 if tokens.norm(after) == "," else after
    for index in range(start + 1, min(start + 10, limit)):
        if tokens.norm(index) == ",":
            return index + 1
        if _opens_predicate(tokens.items[index]):
            return None
    return None


def _may_open(tokens: Tokens, index: int) -> bool:
    """Whether a subject may begin here: with an article, a number, a name, or a plain noun that opens the sentence."""
    token = tokens.items[index] if index < len(tokens) else None
    if token is None or token.kind == "mark":
        return False
    if token.norm in DETERMINERS or token.norm in _BOUNDS or token.kind == "number" or token.norm == "mr":
        return True
    if token.norm in FUNCTION_WORDS or token.norm in ADVERB_OPENERS or token.norm.endswith(("ly", "ing")):
        return False
    return (
        token.capital
        or tokens.norm(index + 1) in AUXILIARIES
        or looks_past(tokens.items[min(index + 1, len(tokens) - 1)])
    )


def _subject(tokens: Tokens, begin: int, limit: int) -> tuple[range, range, int] | None:
    """The subject, its apposition (which may be empty) and the index of the verb."""
    for index in range(begin, min(begin + LONGEST_SUBJECT, limit)):
        token = tokens.items[index]
        if index > begin and _opens_predicate(token):
            return range(begin, index), range(0), index
        if _inserted(tokens, index) or (index > begin and _lists_names(tokens, index)):
            continue
        if token.norm == "," and index > begin:
            return _after_apposition(tokens, begin, index, limit)
        twice = token.norm == "the" and index > begin and tokens.norm(index - 1) not in PREPOSITIONS | {"and"}
        if (
            twice
            or token.norm in _NOT_IN_SUBJECT
            or (token.kind == "mark" and token.text not in ("-", ".", "'", "’", "&"))
        ):
            return None
    return None


def _opens_predicate(token: Token) -> bool:
    return (token.norm in AUXILIARIES and not token.capital) or looks_past(token)


def _after_apposition(tokens: Tokens, begin: int, comma: int, limit: int) -> tuple[range, range, int] | None:
    close = _index(tokens, comma + 1, min(comma + LONGEST_APPOSITION, limit), lambda token: token.norm == ",")
    if close is None or close + 1 >= limit:
        return None
    verb, opens = tokens.items[close + 1], tokens.items[comma + 1]
    describes = opens.norm in DETERMINERS or opens.possessive or opens.norm in ("who", "whose", "which")
    told = describes and _opens_predicate(verb)
    return (range(begin, comma), range(comma + 1, close), close + 1) if told else None


def _end(tokens: Tokens, verb: int, limit: int) -> int:
    """Where the clause ends: at a strong mark, a conjunction, or an "and" that a verb follows."""
    for index in range(verb + 1, limit):
        token = tokens.items[index]
        if _inserted(tokens, index):
            continue
        inside = _lists_names(tokens, index) or _encloses_name(tokens, index)
        if token.norm in _CONJUNCTIONS or (token.norm in _ENDS and not inside):
            return index
        if token.norm in ("and", "as", "or") and _verb_follows(tokens, index, limit):
            return index
        if token.norm in (".", "!") and index >= len(tokens) - 2:
            return index
    return limit


def _lists_names(tokens: Tokens, index: int) -> bool:
    """Whether a comma stands between two names: "Armenia, Belarus and Russia"."""
    names = read_facts(tokens.text).name_indexes
    listed = index - 1 in names and index + 1 in names and not tokens.items[index + 1].possessive
    return tokens.norm(index) == "," and listed


def _encloses_name(tokens: Tokens, index: int) -> bool:
    """Whether a comma stands on either side of a name: "met his Russian counterpart, Vladimir Putin, in Moscow"."""
    names = read_facts(tokens.text).name_indexes
    if tokens.norm(index) != ",":
        return False
    after, before = index + 1, index - 1
    while after in names:
        after += 1
    while before in names:
        before -= 1
    return (after > index + 1 and tokens.norm(after) == ",") or (before < index - 1 and tokens.norm(before) == ",")


def _inserted(tokens: Tokens, index: int) -> bool:
    """Whether a bracket belongs to a short form after its name: "(CSTO)"."""
    for start in (index, index - 2):
        if tokens.norm(start) == "(" and tokens.norm(start + 2) == ")" and tokens.items[start + 1].text.isupper():
            return True
    return False


def _is_adverb(token: Token) -> bool:
    return token.norm.endswith("ly") or token.norm in (
        "not",
        "also",
        "never",
        "already",
        "now",
        "since",
        "long",
        "always",
    )


def _verb_follows(tokens: Tokens, index: int, limit: int) -> bool:
    stop = _index(tokens, index + 1, limit, lambda token: token.norm in _ENDS) or limit
    return _index(tokens, index + 1, stop, _opens_predicate) is not None


def _is_participle(tokens: Tokens, verb: int, end: int) -> bool:
    """Whether "based" in "Tankers based at Manas refuelled aircraft" is no verb of the sentence."""
    if tokens.norm(verb + 1) == "by" and not tokens.norm(verb + 2)[:1].isdigit():
        return True
    for date in read_facts(tokens.text).dates:
        if verb < date.first and date.last + 1 < end and _is_plain(tokens.items[date.last + 1]):
            return True
    reported = _index(tokens, verb + 1, end, lambda token: token.norm == "that")
    stop = reported if reported is not None else end
    later = _index(tokens, verb + 1, stop, _opens_predicate)
    return later is not None and tokens.norm(later - 1) not in ("to", "the", "a", "an", "of", "its", "and")


def _is_plain(token: Token) -> bool:
    return token.content and not token.capital and not token.norm.endswith("ly")


def _index(tokens: Tokens, start: int, stop: int, wanted: Callable[[Token], bool]) -> int | None:
    return next((index for index in range(start, stop) if wanted(tokens.items[index])), None)
