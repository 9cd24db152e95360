"""The vector index in use, and a new one built beside it."""

from __future__ import annotations

from collections.abc import Callable

from ingest.catalog import Catalog
from ingest.embedder import Embedder, Stamp
from ingest.passages import embedding_text
from ingest.vectors import Indexes, VectorIndex
from ingest.vectors.indexes import after

IN_USE = "vectors"
ARTICLES_AT_ONCE = 64


def open_vectors(indexes: Indexes, catalog: Catalog, stamp: Stamp) -> VectorIndex:
    """The index in use; a fresh corpus gets its first one.

    Raises: IndexMismatch, StorageError (see `VectorIndex`).
    """
    return indexes.open(name_in_use(indexes, catalog), stamp)


def name_in_use(indexes: Indexes, catalog: Catalog) -> str:
    """Which index is in use."""
    return catalog.fact(IN_USE) or catalog.settle(IN_USE, indexes.first())


def rebuild(indexes: Indexes, catalog: Catalog, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    """Embeds every live passage into a new index, then switches to it and deletes the old one; counts the passages.

    Killed before the switch, the old index stays in use. `progress` is told (done, total). The full text is made
    anew too. Where a folder keeps the index, the one in use must not be open.
    """
    with catalog.alone():
        old = name_in_use(indexes, catalog)
        new = after(old)
        indexes.keep_only(old)
        vectors = indexes.open(new, embedder.stamp)
        try:
            done = _embed_all(catalog, vectors, embedder, progress)
            catalog.reindex()
            catalog.set_fact(IN_USE, new)
            indexes.keep_only(new)
            # What was removed meanwhile was taken from the old index alone.
            vectors.delete(sorted(set(vectors.ids()).difference(catalog.live_ids())))
        finally:
            vectors.close()
        return done


def _embed_all(catalog: Catalog, vectors: VectorIndex, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    articles = catalog.live_articles()
    total = catalog.passage_count("live")
    done = 0
    for start in range(0, len(articles), ARTICLES_AT_ONCE):
        batch = catalog.of_articles(articles[start : start + ARTICLES_AT_ONCE])
        encoded = embedder.encode([embedding_text(stored.article, stored.passage) for stored in batch])
        vectors.upsert([(stored.passage.id, stored.article) for stored in batch], encoded)
        done += len(batch)
        progress(done, total)
    return done
