"""Pronouns of a question that may point outside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.followup.clause import ASKING, parse
from service.followup.english import AUXILIARIES, BE, PREPOSITIONS, listed
from service.followup.mentions import Kind, mentions
from service.followup.phrases import phrases

_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|he|him|his|she|her|there|this|that)\b(?!['’-])", re.I)
_NEXT_WORD = re.compile(r"\s+([\w'’-]+)")
_SENTENCE = re.compile(r"[^.?!]*(?:[.?!](?!\s)[^.?!]*)*[.?!]*")
_TAG = re.compile(r",\s*(?:\w+n['’]t|" + "|".join(sorted(AUXILIARIES)) + r")\s+\w+\s*+(?:\?\s*+)?$", re.I)
_JUDGED = (
    r"true|possible|likely|necessary|safe|legal|ok|okay|better|worth|clear|important|hard|easy|difficult|normal|common"
)
_IDLE_IT = re.compile(
    rf"\bit\s+(?:(?:is|was|would be|will be)\s+)?(?:not\s+|still\s+)?(?:{_JUDGED})\s+(?:that|to|if|for|whether)\b"
    r"|\bit\s+\w+(?:ed|known|said)\s+that\b|\btime is it\b"
    r"|\bit\s+(?:takes?|costs?|means?|make sense|seems?|appears?|like)\b.*\b(?:to|that|if)\b",
    re.I,
)
_SUBJECT_FORMS = listed("it they he she there this that")
_CONJUNCTIONS = ASKING | listed("that if because after before while although and or but")
_LATER = listed("and or now then too again instead today anyway yet already")
_LONGEST_START = 5


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun in its question; `previous` and `following` are the words beside it, in lower case.

    `earlier` holds the sentences before its own.
    """

    word: str
    start: int
    end: int
    previous: str
    following: str
    question: str
    earlier: str

    @property
    def subject(self) -> bool:
        """Whether it is the subject of the question's first clause: "Why did it ...?"."""
        before = self.question[len(self.earlier) : self.start].split()
        opens = len(before) <= _LONGEST_START and not mentions(" ".join(before[1:-1]))
        return self.word in _SUBJECT_FORMS and self.previous in AUXILIARIES and opens

    @property
    def of_being(self) -> bool:
        """Whether it is the subject of is, are, was or were."""
        return self.subject and self.previous in BE

    @property
    def plural(self) -> bool:
        """Whether it stands for several."""
        return self.word in ("they", "them", "their")

    @property
    def personal(self) -> bool:
        """Whether it stands for one person."""
        return self.word in ("he", "him", "his", "she", "her")

    @property
    def owner(self) -> bool:
        """Whether it is a possessive."""
        noun_follows = bool(self.following) and self.following not in PREPOSITIONS | AUXILIARIES | _LATER
        return self.word in ("its", "their") or (self.word in ("his", "her") and noun_follows)

    @property
    def ends(self) -> bool:
        """Whether no noun or verb of its own follows."""
        return not self.following or self.following in PREPOSITIONS | _LATER

    @property
    def deed(self) -> bool:
        """Whether it stands for an action: "Who did that?", "How does NATO do it?"."""
        return (
            self.previous in ("do", "does", "did", "done", "doing")
            and self.ends
            and self.word in ("it", "this", "that")
        )

    @property
    def _of_the_asked(self) -> bool:
        """Whether it is the asked itself: "Which company said it ...?", "Who announced his ...?"."""
        sentence = self.question[len(self.earlier) :]
        clause = parse(sentence)
        ask = (clause.ask if clause else sentence).lower().split()[:1]
        if self.ends and not self.owner:
            return False
        asked = ask == ["which"] or (ask == ["who"] and self.personal)
        return asked and (clause is None or clause.asks_subject)

    @property
    def bound(self) -> bool:
        """Whether what it stands for is named earlier in the same question."""
        if self.subject:
            return bool(self.earlier and (mentions(self.earlier) or phrases(self.earlier)))
        if self._of_the_asked:
            return True
        before = self.question[: self.start]
        names = mentions(before)
        if before.lower().startswith(("if ", "when ")) and "," in before:
            return True
        if self.personal:
            named = any(name.kind in (Kind.PERSON, Kind.UNKNOWN) for name in names)
            return named and (self.owner or not self.ends)
        nouns = [phrase for phrase in phrases(before) if phrase.plural or not self.plural]
        if self.earlier or self.owner or self.previous in _CONJUNCTIONS | AUXILIARIES:
            return bool(names or nouns)
        return len(names) > 1 if self.ends else bool(names)


def pronouns(text: str) -> Iterator[Pronoun]:
    """The pronouns of the sentences that ask, without idle ones ("Is it possible to ...", "..., didn't they?")."""
    for sentence in _SENTENCE.finditer(text):
        if not _asks(sentence.group()):
            continue
        tag = _TAG.search(sentence.group())
        for match in _PRONOUN.finditer(
            text, sentence.start(), sentence.start() + tag.start() if tag else sentence.end()
        ):
            pronoun = _pronoun(match, text, sentence)
            if not (pronoun.word == "it" and _IDLE_IT.match(sentence.group(), match.start() - sentence.start())):
                yield pronoun


def _asks(sentence: str) -> bool:
    first = re.match(r"\s*([\w]+)", sentence)
    return sentence.rstrip().endswith("?") or (first is not None and first.group(1).lower() in ASKING | AUXILIARIES)


def _pronoun(match: re.Match[str], text: str, sentence: re.Match[str]) -> Pronoun:
    before = text[: match.start()].split()
    after = _NEXT_WORD.match(text[match.end() :])
    previous = re.sub(r"n['’]t$", "", before[-1].lower().strip("'\"")) if before else ""
    following = after.group(1).lower() if after else ""
    earlier = text[: sentence.start()]
    return Pronoun(match.group().lower(), match.start(), match.end(), previous, following, text, earlier)
