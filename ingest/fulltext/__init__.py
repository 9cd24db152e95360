"""The full-text index: bm25 over title, heading and text, in the catalog's own database and transactions.

Both engines rank alike: they take the same words for one, reduce them to the same stems, and score by the same
formula (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, with k1 = 1.2 and b = 0.75).

What a search looks at is bounded by `CANDIDATES`, however large the corpus: first the passages with the rarest words of
the question, as many words as fit, scored by all words, the rarest for twice; where these are not enough, the newest
passages with any of the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

__all__ = ["CANDIDATES", "FullText", "Hits", "Row", "full_text_of", "ranked", "rarest"]

CANDIDATES = 1000

Hits = list[tuple[str, float]]


class Row(NamedTuple):
    """What is indexed of a passage; `number` is its row in the catalog."""

    number: int
    title: str
    heading: str | None
    body: str


class FullText(Protocol):
    """The index of one catalog, over connections to it."""

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Indexes passages. A number that is there already is replaced."""

    def remove(self, connection: Connection, numbers: Iterable[int]) -> None:
        """Takes passages out of the index."""

    def purge(self, connection: Connection) -> None:
        """Sees to it that no word of passages that were taken out is kept."""

    def clear(self, connection: Connection) -> None:
        """Empties the index."""

    def numbers(self, connection: Connection) -> set[int]:
        """The passages that are indexed."""

    def differing(self, connection: Connection) -> int:
        """How many live passages are indexed with other words than their article's."""

    def search(
        self, connection: Connection, question: str, condition: str, parameters: Mapping[str, object], limit: int
    ) -> Hits:
        """The best passages as (id, score), greatest first. `condition` is SQL over `articles`, empty for none."""


def rarest(counted: Iterable[tuple[int, str]]) -> list[str]:
    """Of words with how many passages hold each, the rarest: as many as have no more candidates than are looked at."""
    found: list[str] = []
    total = 0
    for count, word in sorted(counted):
        total += count
        if total > CANDIDATES:
            break
        found.append(word)
    return found


def ranked(hits: Iterable[tuple[str, float]], rest: Iterable[tuple[str, float]], limit: int) -> Hits:
    """The hits, and after them, for they have none of the rarest words, the rest; the greatest score first."""
    best = dict(hits)
    least = min(best.values(), default=float("inf"))
    further = {passage_id: min(score, least) for passage_id, score in rest if passage_id not in best}
    order = [*sorted(best.items(), key=_order), *sorted(further.items(), key=_order)]
    return order[:limit]


def _order(hit: tuple[str, float]) -> tuple[float, str]:
    return -hit[1], hit[0]


def full_text_of(dialect: str) -> FullText:
    """The index of a catalog of that SQL dialect."""
    if dialect == "postgresql":
        from ingest.fulltext.tsvector import TsVector

        return TsVector()
    from ingest.fulltext.fts5 import Fts5

    return Fts5()
