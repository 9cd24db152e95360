"""Questions for what somebody said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from eval.drafting.candidates import Candidate
from eval.drafting.clauses import Clause, text_of, until_mark
from eval.drafting.drafted import Drafted, asked, late_lead, literal, subject
from service.facts.lexicon import word_set
from service.facts.reading import read_facts
from service.facts.tokens import Tokens

SPOKE = word_set("said told warned argued announced added noted stressed insisted explained suggested claimed admitted")
_HEAD = re.compile(
    r"^(?:the|a|an)\s+\S+(?:\s+\S+){0,3}?(?=\s+(?:was|were|is|are|has|had|have|will|would|could|can|may|might|must|should)\b)",
    re.I,
)
_EARLIER = word_set("after at of in on for by from with to about before during under")
_PRONOUN = re.compile(r"\b(?:it|them|him|her|his|its|their|this|that|these|those)\b", re.IGNORECASE)


def find_said(candidate: Candidate, clause: Clause, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """What somebody is reported to have said."""
    tokens = candidate.tokens
    if tokens.norm(clause.verb) not in SPOKE:
        return
    that = reported(tokens, clause)
    if that is None or not _names_somebody(clause, vocabulary):
        return
    said = until_mark(tokens, that + 1)
    topic = _topic(tokens, said, clause.subject)
    if not topic:
        return
    who = subject(clause, vocabulary)
    question = asked("What did", who, "say about", topic, late_lead(clause))
    yield Drafted(candidate, "what", literal(tokens, said), question)


def _names_somebody(clause: Clause, vocabulary: Collection[str]) -> bool:
    """Whether the speaker has a name: "analysts" have none."""
    names = read_facts(clause.tokens.text).name_indexes
    return subject(clause, vocabulary)[0].isupper() or any(index in names for index in clause.subject)


def _topic(tokens: Tokens, said: range, speaker: range) -> str | None:
    """The subject of the words said where it is plain, else the first name in them that is not the speaker's."""
    head = _HEAD.match(text_of(tokens, said))
    if head and not _PRONOUN.search(head.group()):
        return head.group()
    known = {tokens.norm(index) for index in speaker}
    names = read_facts(tokens.text).name_indexes
    for index in said:
        if index in names and tokens.norm(index) not in known and not tokens.items[index].possessive:
            stop = index + 1
            while stop in said and stop in names and not tokens.items[stop - 1].possessive:
                stop += 1
            if stop in said and tokens.items[stop].content:
                continue
            before = "the " if tokens.norm(index - 1) == "the" else ""
            return before + text_of(tokens, range(index, stop))
    return None


def reported(tokens: Tokens, clause: Clause) -> int | None:
    """Where "that" opens the words said; in "after that meeting" it does not."""
    near = (index for index in range(clause.verb + 1, clause.verb + 7) if tokens.norm(index) == "that")
    return next((index for index in near if tokens.norm(index - 1) not in _EARLIER), None)
