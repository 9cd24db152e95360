"""The vector index in use, and a new one built beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from ingest.catalog import Catalog
from ingest.embedder import Embedder, Stamp
from ingest.passages import embedding_text
from ingest.vectors import VectorIndex

IN_USE = "vectors"
ARTICLES_AT_ONCE = 64


def open_vectors(folder: Path, catalog: Catalog, stamp: Stamp) -> VectorIndex:
    """The index in use; a fresh folder gets its first one.

    Raises: IndexMismatch, StorageError (see `VectorIndex`).
    """
    return VectorIndex(folder_in_use(folder, catalog), stamp)


def folder_in_use(folder: Path, catalog: Catalog) -> Path:
    """Where the index in use lies."""
    name = catalog.fact(IN_USE)
    if name is None:
        name = "vectors-1"
        catalog.set_fact(IN_USE, name)
    return folder / name


def rebuild(folder: Path, catalog: Catalog, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    """Embeds every live passage into a new index, then switches to it and deletes the old one; counts the passages.

    Killed before the switch, the old index stays in use. `progress` is told (done, total). The full text is made
    anew too. The index in use must not be open.
    """
    old = catalog.fact(IN_USE) or "vectors-0"
    new = f"vectors-{int(old.rpartition('-')[2]) + 1}"
    _delete_others(folder, keep=old)
    vectors = VectorIndex(folder / new, embedder.stamp)
    try:
        done = _embed_all(catalog, vectors, embedder, progress)
    finally:
        vectors.close()
    catalog.reindex()
    catalog.set_fact(IN_USE, new)
    _delete_others(folder, keep=new)
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


def _delete_others(folder: Path, keep: str) -> None:
    for path in folder.glob("vectors-*"):
        if path.name != keep:
            shutil.rmtree(path)
