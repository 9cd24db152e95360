"""The full-text index: bm25 over title, heading and text, in the catalog's own database and transactions.

Both engines rank alike: they take the same words for one, reduce them to the same stems, and score by the same
formula (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, with k1 = 1.2 and b = 0.75).

What a search looks at is bounded by `CANDIDATES`, however large the corpus: first the passages with the rarest words of
the question, as many words as fit; where these are not enough, the newest passages with any of the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

__all__ = ["CANDIDATES", "FullText", "Hits", "Row", "full_text_of"]

CANDIDATES = 2000
"""A question's words that more passages hold than this are of little weight where it has rarer ones."""

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


def full_text_of(dialect: str) -> FullText:
    """The index of a catalog of that SQL dialect."""
    if dialect == "postgresql":
        from ingest.fulltext.tsvector import TsVector

        return TsVector()
    from ingest.fulltext.fts5 import Fts5

    return Fts5()
