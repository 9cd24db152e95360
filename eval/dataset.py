"""A set to evaluate on: what an adapter makes of somebody's files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal, TypeVar

from eval.cases import Case
from eval.claims import Claim
from eval.shelf import EMPTY, Shelf
from ingest.article import digest

Measure = Literal[
    "retrieval", "answer", "sentences", "all-sentences", "long", "abstention", "support", "dispute", "asking back"
]
"""What a set can measure. retrieval: which articles answer. answer: short answers. sentences: which sentences answer,
any of them being enough. all-sentences: its gold sentences are all of them, and belong together.
long: answers as people wrote them. abstention: answered or not. support: statements against their sources.
dispute: articles that contradict each other. asking back: questions that nobody could understand.
Exactness, support by citation and speed need nothing of the set, and are measured wherever a question is asked."""

T = TypeVar("T", Case, Claim)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Cases and claims of one set, with the articles they speak of. `note` is what its reader must know."""

    name: str
    measures: frozenset[Measure]
    shelf: Shelf = EMPTY
    cases: Sequence[Case] = ()
    claims: Sequence[Claim] = ()
    note: str = ""

    @property
    def asks(self) -> bool:
        """Whether its questions are to be answered, not only searched for."""
        return bool(self.measures - {"retrieval", "support"})

    @property
    def fingerprint(self) -> str:
        """16 hex digits over the cases, the claims and the articles."""
        articles = ((name, article.content_hash) for name, article in sorted(self.shelf.articles.items()))
        cases = (case.model_dump_json() for case in self.cases)
        return digest(self.name, *cases, *map(repr, self.claims), *chain.from_iterable(articles))[:16]

    def limited(self, count: int | None) -> Dataset:
        """At most `count` cases and as many claims, in order: those whose ids' hashes are least, so that it is the same
        draw each time, and does not go along with how the set is ordered.

        Where each case names the articles it is asked over, the others leave the shelf.
        """
        if count is None:
            return self
        cases = _drawn(self.cases, count)
        named = frozenset().union(*(case.named for case in cases)) if all(case.over for case in cases) else None
        shelf = self.shelf if named is None else self.shelf.narrowed(named)
        return replace(self, cases=cases, claims=_drawn(self.claims, count), shelf=shelf)


def _drawn(items: Sequence[T], count: int) -> Sequence[T]:
    if len(items) <= count:
        return items
    chosen = {item.id for item in sorted(items, key=lambda item: digest(item.id))[:count]}
    return [item for item in items if item.id in chosen]
