"""An earlier question, made to stand alone, and its answer: where a follow-up looks for what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from service.followup.clause import ASKING, Clause, parse, without_note
from service.followup.english import AUXILIARIES, joined, listed
from service.followup.mentions import Kind, Mention, mentions, roles
from service.followup.phrases import Phrase, named_things, phrases

LONGEST_KEYWORD = 5
_NOT_KEYWORDS = (
    AUXILIARIES | ASKING | listed("i you we they it he she thanks thank please ok okay yes no not am be sorry hi hello")
)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)][.?!])\s+")


@dataclass(frozen=True)
class Exchange:
    """One earlier turn; `question` stands alone."""

    question: str
    answer: str

    @cached_property
    def clause(self) -> Clause | None:
        """The clause of the question; of several sentences, of the last that has one."""
        sentences = [self.question, *reversed(_SENTENCE_END.split(self.question))]
        return next((clause for clause in map(parse, sentences) if clause), None)

    @cached_property
    def plain(self) -> str:
        """The question without a topic in brackets at its end."""
        return without_note(self.question)

    @cached_property
    def names(self) -> list[Mention]:
        """Names in the question, in order."""
        return mentions(self.question)

    @cached_property
    def answer_names(self) -> list[Mention]:
        """Names in the answer, in order."""
        return mentions(self.answer)

    @cached_property
    def phrases(self) -> list[Phrase]:
        """Common noun phrases of the question."""
        return phrases(self.plain)

    @cached_property
    def meant(self) -> list[Phrase]:
        """The same phrases, each as the topic in brackets spells it out where it does."""
        noted = phrases(self.clause.note) if self.clause else []
        fuller = {phrase.head: phrase for phrase in noted}
        return [fuller.get(phrase.head, phrase) for phrase in self.phrases]

    @cached_property
    def persons(self) -> list[str]:
        """Who "he" or "she" may be: persons, then offices, then unknown names; the question before the answer."""
        found: list[Mention] = []
        sources = [(self.question, self.names), (self.answer, self.answer_names)]
        if self.clause and self.clause.ask.lower() == "who" and self.subject == self.clause.body:
            # "Who is the president?" is answered by a name, which says more than the office.
            sources.reverse()
        for text, names in sources:
            found += [name for name in names if name.kind is Kind.PERSON] + roles(text)
            found += [name for name in names if name.kind is Kind.UNKNOWN]
        return [mention.text for mention in found]

    @cached_property
    def subject(self) -> str:
        """The subject of the question, empty where it is not known."""
        return self.clause.parts[0] if self.clause and self.clause.parts else ""

    @cached_property
    def keyword(self) -> str | None:
        """The whole "question" where it is only a topic typed in a few words."""
        words = self.plain.strip(" ?.!").split()
        short = (
            0 < len(words) <= LONGEST_KEYWORD and self.clause is None and not self.plain.rstrip().endswith((".", "!"))
        )
        return " ".join(words) if short and not _NOT_KEYWORDS.intersection(map(str.lower, words)) else None

    @cached_property
    def topic(self) -> str:
        """What the question is about in a few words; empty where that cannot be said in few."""
        found = self.clause.topic() if self.clause else self.keyword or ""
        return found or joined(named_things(self.question))

    @property
    def carries_meaning(self) -> bool:
        """Whether a follow-up can refer to it: true of any question or name, false of a mere "Thanks!"."""
        return bool(self.clause or self.names or self.phrases or self.keyword)
