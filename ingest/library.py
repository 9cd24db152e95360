"""The seam of the article shelf: the corpus in process and the service that owns it both are a Library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.documents import Document, Failure
from ingest.records import ArticleRecord, Outcome


class Library(Protocol):
    """Lists, shows, adds and removes articles. Every method may raise a DossierError."""

    def articles(self, offset: int, limit: int, query: str | None) -> Sequence[ArticleRecord]:
        """Newest versions without text, in a stable order; `query` narrows by title, source or address."""

    def count(self) -> int:
        """How many articles there are, each counted once whatever its versions."""

    def article(self, article_id: str) -> ArticleRecord | None:
        """Any kept version, with its text."""

    def versions(self, article_id: str) -> Sequence[ArticleRecord]:
        """All kept versions of the article that `article_id` is a version of, oldest first, without text."""

    def remove(self, article_id: str) -> bool:
        """Removes every version of the article; False when there was none."""

    def add(self, documents: Sequence[Document | Failure]) -> Sequence[Outcome]:
        """One outcome a document, in the order given; a bad one, or one that could not be read, stops no other."""
