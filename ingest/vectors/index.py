"""One vector index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

import numpy as np
from chromadb.api.models.Collection import Collection

from ingest.article import Article
from ingest.embedder import Stamp, Vectors
from ingest.errors import DataFolderError, IndexMismatch, StorageError
from ingest.filters import Filters

T = TypeVar("T")


class VectorIndex(ABC):
    """Vectors of passages, by passage id.

    Raises: IndexMismatch when another embedder filled it, VectorsDamaged when it cannot be read, StorageError when it
    cannot be reached or written.
    """

    page: int
    """So many are read, written or deleted at once."""

    def upsert(self, passages: Sequence[tuple[str, Article]], vectors: Vectors) -> None:
        """Stores a vector for each (passage id, its article), replacing what is there."""
        ids = [passage_id for passage_id, _ in passages]
        metadatas: list[Any] = [_metadata(article) for _, article in passages]
        for start in range(0, len(ids), self.page):
            part = slice(start, start + self.page)
            rows = partial(Collection.upsert, ids=ids[part], embeddings=vectors[part], metadatas=metadatas[part])
            self._use(rows)

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Removes vectors; unknown ids are no error."""
        for start in range(0, len(passage_ids), self.page):
            self._use(partial(Collection.delete, ids=list(passage_ids[start : start + self.page])))

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The nearest passages as (id, cosine similarity), greatest first. `filters` are resolved."""
        found = self._use(
            lambda collection: collection.query(
                query_embeddings=[vector.tolist()], n_results=limit, where=_where(filters), include=["distances"]
            )
        )
        distances = (found["distances"] or [[]])[0]
        return [(passage_id, 1.0 - distance) for passage_id, distance in zip(found["ids"][0], distances, strict=True)]

    def ids(self) -> Iterator[str]:
        """Every passage id that has a vector."""
        offset = 0
        while True:
            page = self._use(partial(Collection.get, include=[], limit=self.page, offset=offset))["ids"]
            yield from page
            if len(page) < self.page:
                return
            offset += self.page

    def get(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those passages that have one; so many as a `page` holds at most."""
        found = self._use(lambda collection: collection.get(ids=list(passage_ids), include=["embeddings"]))
        rows = found["embeddings"]
        return {} if rows is None else dict(zip(found["ids"], np.asarray(rows, dtype=np.float32), strict=True))

    def reach(self) -> None:
        """Asks for nothing but an answer."""
        self._use(lambda collection: collection.count())

    @abstractmethod
    def close(self) -> None:
        """Releases it."""

    @abstractmethod
    def _use(self, work: Callable[[Collection], T]) -> T:
        """What the work on the collection gives, its errors explained."""


def collection_in(client: Any, name: str, stamp: Stamp) -> Collection:
    """The collection of that name, made for the embedder when it is missing.

    Raises: IndexMismatch, and whatever Chroma raises.
    """
    collection: Collection = client.get_or_create_collection(
        name,
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine"}},
        metadata=asdict(stamp),
    )
    found = collection.metadata or {}
    if found.get("fingerprint") != stamp.fingerprint:
        raise IndexMismatch(
            f"The vectors were made by the embedder {found.get('name')} {found.get('version')} "
            f"({str(found.get('fingerprint'))[:12]}), not by {stamp}.",
            "Run `dossier rebuild` to embed all passages anew, or set DOSSIER_EMBEDDER back.",
        )
    return collection


def explained(work: Callable[[], T], explanation: Callable[[Exception], StorageError]) -> T:
    """What the work gives; what Chroma raises, of many unrelated types and bare ones from its native part, becomes
    what `explanation` makes of it."""
    try:
        return work()
    except DataFolderError:
        raise
    except Exception as error:
        raise explanation(error) from error


def _metadata(article: Article) -> dict[str, str | int]:
    found: dict[str, str | int] = {"article_id": article.id}
    if article.published:
        found["published"] = article.published.toordinal()
    if article.source:
        found["source"] = article.source.casefold()
    if article.author:
        found["author"] = article.author.casefold()
    return found


def _where(filters: Filters) -> Any:
    clauses: list[dict[str, Any]] = []
    if filters.since:
        clauses.append({"published": {"$gte": filters.since.toordinal()}})
    if filters.until:
        clauses.append({"published": {"$lte": filters.until.toordinal()}})
    if filters.sources:
        clauses.append({"source": {"$in": list(filters.sources)}})
    if filters.authors:
        clauses.append({"author": {"$in": list(filters.authors)}})
    if filters.articles:
        clauses.append({"article_id": {"$in": list(filters.articles)}})
    if len(clauses) > 1:
        return {"$and": clauses}
    return clauses[0] if clauses else None
