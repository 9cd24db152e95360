"""Whom "he" or "she" at the head of a quoted sentence means, where the text before it leaves no doubt.

A wrong name is worse than none: the sentence before must have one person for its subject, and speak of nobody else.
Where it speaks of him by a pronoun alone, the one before it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.article import Article, Span
from ingest.sentences import sentences
from service.facts.lexicon import TITLES
from service.facts.names import is_unknown_opener
from service.facts.reading import read_facts
from service.followup.english import listed
from service.followup.mentions import Kind, Mention, mentions

FURTHEST = 3
"""Sentences before that are asked."""
LONGEST_READ = 1500
"""Characters before that are read."""

_HEAD = re.compile(
    r"^(?P<opening>(?:(?:But|And|Yet|Then|Later|However|Instead|Still|Also),? )?)(?P<word>He|She|His|he|she|his)(?=\s)"
)
_PRONOUN = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)
_OTHER_PEOPLE = re.compile(
    r"\b(?:man|woman|boy|girl|father|mother|son|daughter|brother|sister|husband|wife|colleague|counterpart|predecessor"
    r"|successor|spokesman|spokeswoman|spokesperson|official|analyst|expert|officer|lawyer|teacher|student|worker|driver"
    r"|player|coach|author|director|minister|president|leader|candidate|opponent|rival|friend|partner|witness|victim"
    r"|suspect|someone|somebody|person)\b"
)
_BEHIND = listed("at of for from in by with to on near against about between among than like unlike after")
_ENDS = frozenset('.!?…"”’)')
_ACTS = re.compile(
    r",|\s+(?:[a-z]+ed|(?!(?:as|his|its|this|thus)\b)[a-z]+s|had|will|would|can|could|may|might|did|went|came|took|became"
    r"|began|gave|won|ran|wrote|spoke|said|told|left|made|met|saw|thought|knew|got|kept|held|felt|found|lost|led|sought"
    r"|meant|brought|bought|sent|set|put|cut|hit|let|drew|grew|flew|fell|rose|chose|sold|paid|built|taught|fought|shut"
    r"|hurt|cast|quit)\b"
)
"""What follows a subject."""
_MALE, _FEMALE = re.compile(r"\b(?:Mr|Sir|King|Prince)\b"), re.compile(r"\b(?:Mrs|Ms|Miss|Queen|Princess)\b")


@dataclass(frozen=True, slots=True)
class Antecedent:
    """The place in the sentence right behind the pronoun, the name to put there, and the sentence that tells it."""

    at: int
    name: str
    told: Span


def antecedent(article: Article, sentence: Span) -> Antecedent | None:
    """None where the sentence begins with neither pronoun, or somebody else could be meant."""
    head = _HEAD.match(sentence.of(article.text))
    if head is None or (head["opening"] == "") != head["word"][0].isupper():
        return None
    pronoun = head["word"].lower()
    paragraph = article.text.rfind("\n\n", 0, sentence.start) + 1
    before = sentences(article.text, Span(max(paragraph, sentence.start - LONGEST_READ), sentence.start))
    for told in reversed(before[-FURTHEST:]):
        text, earlier = told.of(article.text), article.text[paragraph : told.start].rstrip()
        if earlier and earlier[-1] not in _ENDS:
            return None
        named = mentions(text)
        if named:
            who = _only_person(text, named, pronoun)
            return Antecedent(head.end("word"), f"{who}’s" if pronoun == "his" else who, told) if who else None
        if not _PRONOUN.search(text) or _OTHER_PEOPLE.search(text):
            return None
    return None


def _only_person(text: str, named: list[Mention], pronoun: str) -> str | None:
    persons = [each for each in named if each.kind in (Kind.PERSON, Kind.UNKNOWN)]
    if len(persons) != 1 or persons[0].kind is Kind.UNKNOWN or persons[0].before in _BEHIND:
        return None
    (who,) = persons
    before, name, after = text[: who.start], text[who.start : who.end], text[who.end :]
    wrong = _FEMALE if pronoun in ("he", "his") else _MALE
    others = before.rstrip().removesuffix(who.before) + after
    if name.lower() in TITLES or name.startswith("the ") or not _ACTS.match(after):
        return None
    if _PRONOUN.search(before) or _opens_with_another(text, who):
        return None
    return None if _OTHER_PEOPLE.search(others) or wrong.search(text) else name


def _opens_with_another(text: str, who: Mention) -> bool:
    """A capital at the head may be a name that is not told from a common word."""
    first = read_facts(text).tokens.items[0]
    return first.end <= who.start and is_unknown_opener(first)
