"""The vector index: one Chroma collection in a folder of its own, stamped with the embedder that filled it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings

from ingest.article import Article
from ingest.database import explain, trouble
from ingest.embedder import Stamp, Vectors
from ingest.errors import DataFolderError, IndexMismatch, StorageError, VectorsDamaged
from ingest.filters import Filters

COLLECTION = "passages"
PAGE = 5000


class VectorIndex:
    """Vectors of passages, by passage id. This process must own the data folder (`ingest.ownership`).

    Raises: IndexMismatch when another embedder filled it, VectorsDamaged when it cannot be read, StorageError when the
    disk is full or read-only.
    """

    def __init__(self, folder: Path, stamp: Stamp) -> None:
        self._folder = folder
        with self._explained():
            client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
            self._client = cast(Client, client)  # the declared type lacks close()
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
                metadata=asdict(stamp),
            )
        self._refuse_other(stamp)

    def upsert(self, passages: Sequence[tuple[str, Article]], vectors: Vectors) -> None:
        """Stores a vector for each (passage id, its article), replacing what is there."""
        ids = [passage_id for passage_id, _ in passages]
        metadatas: list[Any] = [_metadata(article) for _, article in passages]
        with self._explained():
            self._collection.upsert(ids=ids, embeddings=vectors, metadatas=metadatas)

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Removes vectors; unknown ids are no error."""
        with self._explained():
            for start in range(0, len(passage_ids), PAGE):
                self._collection.delete(ids=list(passage_ids[start : start + PAGE]))

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The nearest passages as (id, cosine similarity), greatest first. `filters` are resolved."""
        with self._explained():
            found = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=limit, where=_where(filters), include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(passage_id, 1.0 - distance) for passage_id, distance in zip(found["ids"][0], distances, strict=True)]

    def ids(self) -> Iterator[str]:
        """Every passage id that has a vector."""
        offset = 0
        while True:
            with self._explained():
                page = self._collection.get(include=[], limit=PAGE, offset=offset)["ids"]
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def get(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those passages that have one."""
        with self._explained():
            found = self._collection.get(ids=list(passage_ids), include=["embeddings"])
        rows = found["embeddings"]
        return {} if rows is None else dict(zip(found["ids"], np.asarray(rows, dtype=np.float32), strict=True))

    def close(self) -> None:
        """Releases the folder."""
        self._client.close()

    def _refuse_other(self, stamp: Stamp) -> None:
        found = self._collection.metadata or {}
        if found.get("fingerprint") != stamp.fingerprint:
            self.close()
            raise IndexMismatch(
                f"The vectors were made by the embedder {found.get('name')} {found.get('version')} "
                f"({str(found.get('fingerprint'))[:12]}), not by {stamp}.",
                "Run `dossier rebuild` to embed all passages anew, or set DOSSIER_EMBEDDER back.",
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DataFolderError:
            raise
        except Exception as error:
            # Chroma raises errors of many unrelated types, also bare ones from its native part.
            raise _explanation(self._folder, error) from error


def _explanation(folder: Path, error: Exception) -> StorageError:
    if trouble(str(error)) in {"full", "unwritable", "locked"}:
        return explain(folder, str(error))
    return VectorsDamaged(
        f"The vectors in {folder} cannot be read ({type(error).__name__}: {str(error)[:200]}).",
        "They can be made anew from the catalog: run `dossier rebuild`.",
    )


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
