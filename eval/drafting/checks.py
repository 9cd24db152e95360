"""What a drafted question must be before a person is troubled with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.drafting.verbs import AUXILIARIES, looks_past
from ingest.article import Span
from ingest.sentences import sentences
from service.facts.lexicon import SPEECH, word_set
from service.facts.names import same_name
from service.facts.reading import read_facts
from service.facts.tokens import Tokens, tokenize

SHORTEST, LONGEST = 15, 220
FEWEST_CONTENT_WORDS = 5
FEWEST_SHARED = 2

_OPENERS = word_set("who whom whose what which when where why how")
_BEFORE_OPENERS = word_set("in on at by since until from to for with under of during after before")
_PRONOUNS = word_set("he she it they him her hers theirs them himself herself itself themselves")
_POSSESSIVES = word_set("his its their")
_POINTING = re.compile(
    r"\b(?:this|these|those|such|here|there|both|mine|ours?|yours?|we|us|i|you|latter|today|yesterday|tomorrow|tonight)\b"
    r"|\b(?:after|at|of|in|on|for|by|from|with|to|about|before|during|under) that\b"
    r"|\bthe (?:two|three|four|five|six|seven|eight|nine|ten|same|other|others)\b",
    re.IGNORECASE,
)
_DANGLING = word_set("a an the and or of than that just as its his her their starting beginning between")
_REPORTED = re.compile(r"\bthat\s++([^?]*+)\?$")


def fault(question: str, quote: str, answers: Sequence[str], context: str = "") -> str | None:
    """Why a question cannot be used, None where it can.

    `context` (a title, the sentence before) may lend names and numbers too.
    """
    form = _misshapen(question)
    if form:
        return form
    asked, given = tokenize(question), tokenize(f"{quote} {context}")
    if _bare(question).casefold() in quote.casefold() or quote.casefold() in question.casefold():
        return "It repeats the quote."
    if any(contains(asked, tokenize(answer)) for answer in answers):
        return "It holds the answer."
    if len(asked.stems & given.stems) < FEWEST_SHARED:
        return "It shares too few words with the quote."
    if unknown := _unknown(question, f"{quote} {context}"):
        return f"It speaks of {unknown}, which the quote does not."
    return _vague(question, asked)


def contains(text: Tokens, part: Tokens) -> bool:
    """Whether the words of `part` stand in `text` one after the other."""
    said = [token.norm for token in text if token.kind != "mark"]
    wanted = [token.norm for token in part if token.kind != "mark"]
    return bool(wanted) and any(
        said[start : start + len(wanted)] == wanted for start in range(len(said) - len(wanted) + 1)
    )


def same_question(one: str, other: str) -> bool:
    """Whether two questions ask with the same words, order and endings aside."""
    first, second = tokenize(one), tokenize(other)
    numbers = [{token.norm for token in each if token.kind == "number"} for each in (first, second)]
    return first.norm(0) == second.norm(0) and first.stems == second.stems and numbers[0] == numbers[1]


def _misshapen(question: str) -> str | None:
    if not SHORTEST <= len(question) <= LONGEST:
        return "It is too short or too long."
    if not question.endswith("?") or question.count("?") != 1 or "\n" in question:
        return "It is not one line that ends with a question mark."
    if len(sentences(question, Span(0, len(question)))) != 1:
        return "It is more than one sentence."
    tokens = tokenize(question)
    first, second = tokens.norm(0), tokens.norm(1)
    if not question[0].isupper() or not (first in _OPENERS or (first in _BEFORE_OPENERS and second in _OPENERS)):
        return "It does not begin with a question word."
    if re.search(r"[<>\[\]{}|`]|\.\.|\b(\w+) \1\b", question):
        return "It holds marks that no question has, or a word twice."
    return None


def _unknown(question: str, given: str) -> str | None:
    """A name or number of the question that nothing given knows."""
    asked, known = read_facts(question), tokenize(given)
    for token in asked.names:
        if token.norm not in _OPENERS and not any(same_name(token.norm, norm) for norm in known.norms):
            return token.text
    spoken = (token for token in asked.tokens if token.kind == "number" and token.norm not in known.norms)
    return next((token.text for token in spoken), None)


def _vague(question: str, asked: Tokens) -> str | None:
    """Whether somebody who has not just read the article would not know what is asked."""
    if pointing := _POINTING.search(question):
        return f"It points at something outside itself ({pointing.group()!r})."
    names = [token for token in read_facts(question).names if token.norm not in _OPENERS]
    first_name = min((token.index for token in names), default=len(asked))
    about_who = asked.norm(0) == "who"
    first_noun = min((token.index for token in asked.content if token.norm not in _OPENERS), default=len(asked))
    unclear = any(
        (token.norm in _PRONOUNS and token.index < first_name)
        or (token.norm in _POSSESSIVES and token.index < first_noun)
        for token in asked
    )
    if unclear and not (about_who and names):
        return "It has a pronoun for somebody it does not name."
    content = [
        token for token in asked.content if token.norm not in _OPENERS | SPEECH and token.stem not in ("say", "tell")
    ]
    if not names and not read_facts(question).measured and len(content) < FEWEST_CONTENT_WORDS:
        return "It names nothing that tells what is asked."
    return _unfinished(question)


def _unfinished(question: str) -> str | None:
    """Whether "Who warned that a rise in trade?" lacks a verb."""
    if (last := tokenize(question[:-1]).items[-1].norm) in _DANGLING:
        return f"It breaks off after {last!r}."
    reported = _REPORTED.search(question)
    if reported is None or not re.search(
        r"\b(?:said|say|told|tell|warned|argued|noted|insisted|announced) that\b", question
    ):
        return None
    tail = tokenize(reported[1])
    present = any(token.norm.endswith("s") and not token.capital for token in tail)
    spoken = any(token.norm in AUXILIARIES or looks_past(token) for token in tail)
    return None if spoken or present else "It breaks off."


def _bare(question: str) -> str:
    return question.rstrip("?").strip()
