"""Drafts cases from articles: questions with gold quotes, for a person to accept or edit."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from eval.casefile import DRAFT
from eval.cases import Case, Gold
from eval.drafting.candidates import Candidate, candidates
from eval.drafting.checks import same_question
from eval.drafting.drafted import Drafted, Kind
from eval.drafting.misses import Names, swapped
from eval.drafting.rules import by_rule, vocabulary_of
from eval.drafting.wording import ModelWording, kinds_of
from eval.shelf import Shelf
from service.facts.reading import read_facts
from service.facts.tokens import tokenize
from service.models import LanguageModel

NEAR_MISS = "near-miss"
EVERY = 5
"""One case in so many is a near miss."""
READ_FOR_EACH = 4
"""Articles read for each case wanted, of a larger folder those spread evenly over it."""
ALIKE = 0.6
"""Share of words from which two sentences tell the same."""
_LONGEST_ID = 60


def propose(
    shelf: Shelf, count: int, model: LanguageModel | None = None, earlier: Sequence[Case] = ()
) -> Iterator[Case]:
    """At most `count` cases tagged as drafts, each with the kind of its question; equal inputs give equal cases.

    Without a model, or with an embedded one, rules word the questions, which finds fewer: of the questions that the
    embedded model worded for the other sentences of the sample articles fewer than half could be used. Quotes,
    questions and ids of `earlier` cases are not proposed again. One case in five is a near miss: a question with a name
    or year from elsewhere, to be abstained from, as far as a program can tell.

    Raises: ModelError, PromptError.
    """
    drafting = _Drafting(shelf, count, model, earlier)
    base: list[Case] = []
    for made in range(1, count + 1):
        case = (drafting.miss(base) if made % EVERY == 0 else None) or drafting.next()
        if case is None:
            return
        if case.expected == "answered":
            base.append(case)
        yield case


class _Drafting:
    """What has been asked so far, and what may be asked next."""

    def __init__(self, shelf: Shelf, count: int, model: LanguageModel | None, earlier: Sequence[Case]) -> None:
        self._shelf = shelf
        names = _spread(sorted(shelf.articles), READ_FOR_EACH * count)
        articles = [shelf.articles[name] for name in names]
        self._vocabulary = vocabulary_of(articles)
        self._wording = ModelWording(model) if model and not model.embedded else None
        self._articles = articles
        self._names: Names | None = None
        self._missed: set[str] = set()
        self._questions = [case.question for case in earlier]
        self._ids = {case.id for case in earlier}
        self._asked: Counter[str] = Counter()
        quoted = {gold.quote for case in earlier for gold in case.gold}
        self._pool = [
            (-_worth(candidate, prospect.kind), prospect)
            for name in names
            for candidate in candidates(shelf, name)
            if candidate.quote not in quoted
            for prospect in self._prospects(candidate)
        ]

    def next(self) -> Case | None:
        """The next case that is answered: of the article, then the kind, that was asked least."""
        while self._pool:
            first = min(self._pool, key=self._rank)
            self._pool.remove(first)
            _, prospect = first
            found = self._worded(prospect)
            if found is None or any(same_question(found.question, other) for other in self._questions):
                continue
            self._pool = [each for each in self._pool if not _alike(each[1].candidate, found.candidate)]
            self._asked.update((prospect.candidate.article, prospect.kind))
            return self._case(found)
        return None

    def miss(self, base: Sequence[Case]) -> Case | None:
        """A near miss of an answered case that has none yet."""
        self._names = self._names or Names.of(self._articles)
        for case in base:
            if case.id in self._missed:
                continue
            self._missed.add(case.id)
            name = case.gold[0].article
            swap = swapped(case.question, self._shelf.articles[name], self._shelf, self._names)
            if swap and not any(same_question(swap.question, other) for other in self._questions):
                self._questions.append(swap.question)
                return Case(
                    id=self._id(name, swap.question),
                    question=swap.question,
                    expected="abstained",
                    tags=(DRAFT, "unanswerable", NEAR_MISS, *case.tags[1:]),
                    group=name,
                )
        return None

    def _prospects(self, candidate: Candidate) -> Iterator[Drafted]:
        """What may be asked of a sentence; the question is still empty where a model is to word it."""
        if self._wording:
            return (Drafted(candidate, kind, (), "") for kind in kinds_of(candidate))
        return by_rule(candidate, self._vocabulary)

    def _worded(self, prospect: Drafted) -> Drafted | None:
        if self._wording is None:
            return prospect
        ruled = (found for found in by_rule(prospect.candidate, self._vocabulary) if found.kind == prospect.kind)
        return self._wording.word(prospect.candidate, prospect.kind) or next(ruled, None)

    def _rank(self, entry: tuple[float, Drafted]) -> tuple[int, int, float, str, int]:
        worth, prospect = entry
        candidate = prospect.candidate
        asked = self._asked[candidate.article], self._asked[prospect.kind]
        return *asked, worth, candidate.article, candidate.start

    def _case(self, found: Drafted) -> Case:
        candidate = found.candidate
        self._questions.append(found.question)
        return Case(
            id=self._id(candidate.article, found.question),
            question=found.question,
            expected="answered",
            gold=self._gold(candidate),
            answers=found.answers,
            tags=(DRAFT, found.kind),
        )

    def _gold(self, candidate: Candidate) -> tuple[Gold, ...]:
        """The quote in its article, and in every other that says the same once."""
        others = (
            name
            for name, article in sorted(self._shelf.articles.items())
            if name != candidate.article and article.text.count(candidate.quote) == 1
        )
        return tuple(Gold(article=name, quote=candidate.quote) for name in (candidate.article, *others))

    def _id(self, article: str, question: str) -> str:
        stem = _kebab(PurePosixPath(article).stem)[:_LONGEST_ID]
        words = [token.text for token in tokenize(question).content]
        plain = "-".join(part for part in (stem, _kebab(" ".join(words))[:_LONGEST_ID]) if part).strip("-") or "case"
        unique, number = plain, 2
        while unique in self._ids:
            unique, number = f"{plain}-{number}", number + 1
        self._ids.add(unique)
        return unique


def _worth(candidate: Candidate, kind: Kind) -> float:
    """Names, numbers and whole dates make a question that few other articles answer; a bare weekday answers little."""
    facts = read_facts(candidate.told)
    dated = any(date.year or (date.month and date.day) for date in facts.dates)
    named = min(len({token.norm for token in facts.names}), 3)
    return named + bool(facts.quantities) + dated - (2 if kind == "when" and not dated else 0)


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences are the same or tell the same in nearly the same words."""
    first, second = one.tokens.stems, other.tokens.stems
    return one.quote == other.quote or len(first & second) >= ALIKE * len(first | second)


def _spread(names: Sequence[str], most: int) -> Sequence[str]:
    if len(names) <= most:
        return names
    return [names[place * len(names) // most] for place in range(most)]


def _kebab(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
