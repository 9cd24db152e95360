"""The store's database: opened, brought to this version's schema, its errors put into words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from ingest.engines import engine_of, file_url, server_url
from ingest.errors import DataFolderError, FolderBusy, NewerFolder, StorageError
from ingest.settings import IngestSettings
from ingest.troubles import trouble
from service.store import schema

BUSY_SECONDS = 10.0
FILE = "journal.sqlite"


class Store:
    """One SQLite file, or tables in a PostgreSQL database. Safe to share between threads and between processes.

    Raises, from the constructor and from every transaction: StorageError when it cannot be reached, read or written,
    FolderBusy when another process held it for `BUSY_SECONDS`; from the constructor also NewerFolder.
    """

    def __init__(self, url: URL) -> None:
        """A file is created where it is missing, its folder is not."""
        self._engine = engine_of(url, BUSY_SECONDS)
        self.shared = url.get_backend_name() == "postgresql"
        """Whether other processes work with it too, each of them at all times."""
        self._place = self._engine.place if self.shared else f"The journal {self._engine.place}"
        try:
            self._prepare()
        except DataFolderError:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it is kept, or nothing."""
        with self._explained(), self._engine.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one state of the store."""
        with self._explained(), self._engine.reading() as connection:
            yield connection

    def damaged(self, reason: str) -> StorageError:
        """An error about what the store holds."""
        return StorageError(
            f"{self._place} cannot be used ({reason}).",
            "Restore it from a copy, or begin a new one, without the old conversations and keys.",
        )

    def close(self) -> None:
        """Closes its connections. The store must not be used after."""
        self._engine.close()

    def _prepare(self) -> None:
        with self.reading() as connection:
            version = schema.version(connection)
        if version > schema.VERSION:
            raise NewerFolder(
                f"{self._place} has schema {version}; this version of Dossier knows {schema.VERSION}.",
                "Use the newer Dossier that wrote it, or another data folder.",
            )
        if version < schema.VERSION:
            with self.transaction() as connection:
                schema.upgrade(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._explanation(str(error.orig)) from error

    def _explanation(self, reason: str) -> DataFolderError:
        if trouble(reason) == "locked":
            return FolderBusy(f"{self._place} is in use by another process.", "Try again in a moment.")
        if self.shared:
            return self._engine.explained(reason)
        match trouble(reason):
            case "full":
                return StorageError(f"The disk that holds {_lower(self._place)} is full.", "Free some space.")
            case "unwritable":
                return StorageError(
                    f"{self._place} cannot be written ({reason}).",
                    "Check that its folder exists and that this user may write to it.",
                )
            case _:
                return self.damaged(reason)


def store_in(folder: Path) -> Store:
    """The store of a data folder, which must exist."""
    return Store(file_url(folder / FILE))


def store_of(settings: IngestSettings) -> Store:
    """The store of the data folder, which must exist, or of the database server."""
    if settings.database_url is None:
        return store_in(settings.folder)
    return Store(server_url(settings.database_url.get_secret_value()))


def now() -> str:
    """The instant in UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _lower(place: str) -> str:
    return place[0].lower() + place[1:]
