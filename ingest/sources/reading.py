"""What one call of `read` was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.documents import Document, Failure, FieldNames, Hints
from ingest.errors import ForbiddenAddress, SourceError
from ingest.fetch import Fetched, Fetcher
from ingest.sources.limits import Limits

Items = Iterator[Document | Failure]


@dataclass(frozen=True, slots=True)
class Reading:
    """The wishes that hold for every input of one call."""

    hints: Hints
    fields: FieldNames
    fetcher: Fetcher | None
    limits: Limits

    def fetch(self, address: str) -> Fetched:
        """The bytes at an address. Raises SourceError, also when no address may be fetched at all."""
        if self.fetcher is None:
            raise ForbiddenAddress(
                f"{address} was not fetched: only files are read here.", "Save it and give the file."
            )
        return self.fetcher.get(address)


def guarded(origin: str, items: Items) -> Items:
    """The items up to the first error, which becomes a Failure."""
    try:
        yield from items
    except SourceError as error:
        yield Failure(origin, error)
