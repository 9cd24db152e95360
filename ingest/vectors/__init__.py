"""The vector index: one Chroma collection, stamped with the embedder that filled it."""

from __future__ import annotations

from ingest.vectors.index import VectorIndex
from ingest.vectors.indexes import Indexes

__all__ = ["Indexes", "VectorIndex"]
