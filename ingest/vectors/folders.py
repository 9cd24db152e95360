"""Vector indexes in folders: Chroma within this process, which must own the data folder (`ingest.ownership`)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import chromadb
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings

from ingest.embedder import Stamp
from ingest.errors import DataFolderError, StorageError, VectorsDamaged
from ingest.probe import probe
from ingest.troubles import explain, trouble
from ingest.vectors.index import VectorIndex, collection_in, explained

COLLECTION = "passages"
FIRST = "vectors-1"

T = TypeVar("T")


class FolderIndex(VectorIndex):
    """The index in one folder; see `VectorIndex`."""

    page = 5000

    def __init__(self, folder: Path, stamp: Stamp) -> None:
        self._folder = folder
        client = self._explained(
            lambda: chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
        )
        self._client = cast(Client, client)  # the declared type lacks close()
        try:
            self._collection = self._explained(lambda: collection_in(client, COLLECTION, stamp))
        except DataFolderError:
            self.close()
            raise

    def close(self) -> None:
        """See `VectorIndex`."""
        self._client.close()

    def _use(self, work: Callable[[Collection], T]) -> T:
        return self._explained(lambda: work(self._collection))

    def _explained(self, work: Callable[[], T]) -> T:
        return explained(work, lambda error: _explanation(self._folder, error))


class Folders:
    """Indexes in folders of the data folder; see `Indexes`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def first(self) -> str:
        """See `Indexes`."""
        return FIRST

    def open(self, name: str, stamp: Stamp) -> FolderIndex:
        """See `Indexes`."""
        return FolderIndex(self._folder / name, stamp)

    def names(self) -> list[str]:
        """See `Indexes`."""
        return [path.name for path in self._folder.glob("vectors-*")]

    def keep_only(self, name: str) -> None:
        """See `Indexes`."""
        for other in self.names():
            if other != name:
                shutil.rmtree(self._folder / other)

    def probe(self, name: str, stamp: Stamp) -> None:
        """See `Indexes`."""
        probe(self._folder / name, stamp)

    def close(self) -> None:
        """See `Indexes`: each has its own."""


def _explanation(folder: Path, error: Exception) -> StorageError:
    if trouble(str(error)) in {"full", "unwritable", "locked"}:
        return explain(folder, str(error))
    return VectorsDamaged(
        f"The vectors in {folder} cannot be read ({type(error).__name__}: {str(error)[:200]}).",
        "They can be made anew from the catalog: run `dossier rebuild`.",
    )
