"""Where vector indexes are kept: in folders, or on a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.embedder import Stamp
from ingest.vectors.index import VectorIndex


class Indexes(Protocol):
    """Named vector indexes. One is in use; `rebuild` makes another one beside it."""

    def first(self) -> str:
        """A name for the first one."""

    def open(self, name: str, stamp: Stamp) -> VectorIndex:
        """The index of that name, made when it is missing.

        Raises: IndexMismatch when another embedder filled it, StorageError when it cannot be read or written.
        """

    def names(self) -> Sequence[str]:
        """The indexes that there are, also those of others who keep theirs in the same place.

        Raises: StorageError.
        """

    def keep_only(self, name: str) -> None:
        """Deletes the others of its kind.

        Raises: StorageError.
        """

    def probe(self, name: str, stamp: Stamp) -> None:
        """Reads the index through, where that can end the process, in another one.

        Raises: VectorsDamaged.
        """

    def close(self) -> None:
        """Ends what all of them share."""


def after(name: str) -> str:
    """The name of the index that comes after that one."""
    kind, _, number = name.rpartition("-")
    return f"{kind}-{int(number) + 1}"
