"""Statements about a text that hold, and the same statements bent: what the verifier is tested on beside claims that
people judged.

A statement is the main clause of a sentence, alone or joined to another. It is bent in one place: a name or a number of
the passage, or of another, in place of its own, the subject of one sentence before the predicate of another, a "not",
or a clause joined to it that only another passage holds. Both sides are drawn from the same clauses, so that length
and wording tell nothing. The idea is FactCC's (arXiv 1910.12840).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.claims import Claim
from eval.drafting.clauses import Clause, find_clause
from eval.drafting.verbs import AUXILIARIES
from eval.training.examples import Shelf
from ingest.article import Article, Passage
from service.facts.reading import read_facts
from service.facts.tokens import tokenize

FEWEST = 3
"""Clauses of a passage from which it can be bent."""
JOINED = 0.3
"""Share of the statements that join two clauses."""


@dataclass(frozen=True, slots=True)
class _Told:
    """The plain clauses of a passage, and what the other passages tell."""

    sentences: Sequence[str]
    clauses: Sequence[Clause]
    elsewhere: Sequence[_Told] = ()

    def foreign(self, rng: random.Random) -> Clause | None:
        """A clause of another passage."""
        told = [each for each in self.elsewhere if each.clauses]
        return rng.choice(rng.choice(told).clauses) if told else None


def corrupted(shelf: Shelf, rng: random.Random) -> Iterator[Claim]:
    """A supported and an unsupported claim a plain clause, in turn."""
    all_told = [_told(article, passage) for article, passage in shelf.passages]
    for place_of, (article, passage) in enumerate(shelf.passages):
        told = replace(all_told[place_of], elsewhere=[each for each in all_told if each is not all_told[place_of]])
        if len(told.clauses) < FEWEST:
            continue
        for place, clause in enumerate(told.clauses):
            bent = next(filter(None, (bend(clause, told, rng) for bend in _shuffled(rng))), None)
            if bent is None:
                continue
            extra = rng.choice(told.clauses) if rng.random() < JOINED else None
            for statement, supported in ((_said(clause), True), (bent, False)):
                yield Claim(
                    id=f"{passage.id}:{place}:{supported}",
                    statement=_joined(statement, extra, clause),
                    sentences=told.sentences,
                    supported=supported,
                    group=article.id,
                    context=article.title,
                )


def _told(article: Article, passage: Passage) -> _Told:
    sentences = [" ".join(span.of(article.text).split()) for span in passage.sentences]
    found = (find_clause(tokenize(sentence)) for sentence in sentences)
    return _Told(sentences, [clause for clause in found if clause and len(clause.rest) > 1])


def _said(clause: Clause) -> str:
    return _sentence(clause.words(clause.subject, range(clause.verb, clause.end)))


def _joined(statement: str, extra: Clause | None, own: Clause) -> str:
    if extra is None or extra is own:
        return statement
    said = _said(extra)
    return f"{statement[:-1]}, and {said}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


_Bend = Callable[[Clause, _Told, random.Random], str | None]


def _other_name(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    said = _said(clause)
    mine = {token.text for token in read_facts(said).names}
    own = [token for token in read_facts(said).names if not token.opens]
    others = {token.text for sentence in told.sentences for token in read_facts(sentence).names} - mine
    if not own or not others:
        return None
    token = rng.choice(own)
    return said[: token.start] + rng.choice(sorted(others)) + said[token.end :]


def _foreign_name(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    said, foreign = _said(clause), told.foreign(rng)
    own = [token for token in read_facts(said).names if not token.opens]
    held = {token.norm for sentence in told.sentences for token in tokenize(sentence)}
    others = [token.text for token in read_facts(_said(foreign)).names if token.norm not in held] if foreign else []
    if not own or not others:
        return None
    token = rng.choice(own)
    return said[: token.start] + rng.choice(others) + said[token.end :]


def _added(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    foreign = told.foreign(rng)
    return f"{_said(clause)[:-1]}, and {_said(foreign)}" if foreign else None


def _other_number(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    said = _said(clause)
    own = [token for token in tokenize(said) if token.kind == "number"]
    if not own:
        return None
    token = rng.choice(own)
    others = {each.text for sentence in told.sentences for each in tokenize(sentence) if each.kind == "number"}
    alike = sorted(each for each in others if len(each) == len(token.text) and each not in said)
    if not alike:
        alike = [str(int(token.text) + rng.randint(2, 9))] if token.text.isdigit() else []
    return said[: token.start] + rng.choice(alike) + said[token.end :] if alike else None


def _spliced(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    subject = clause.words(clause.subject)
    others = [each for each in told.clauses if each.words(each.subject).casefold() != subject.casefold()]
    if not others:
        return None
    other = rng.choice(others)
    return _sentence(f"{subject} {other.words(range(other.verb, other.end))}")


def _negated(clause: Clause, told: _Told, rng: random.Random) -> str | None:
    verb = clause.tokens.items[clause.verb]
    if verb.norm not in AUXILIARIES or verb.norm in ("has", "have", "had"):
        return None
    following = clause.rest
    if clause.tokens.norm(following.start) == "not":
        return _sentence(f"{clause.words(clause.subject)} {verb.text} {clause.words(following[1:])}")
    return _sentence(f"{clause.words(clause.subject)} {verb.text} not {clause.words(following)}")


def _shuffled(rng: random.Random) -> list[_Bend]:
    bends: list[_Bend] = [_other_name, _foreign_name, _other_number, _spliced, _negated, _added]
    return rng.sample(bends, len(bends))
