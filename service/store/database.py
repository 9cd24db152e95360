"""The SQLite file of the store: opened, brought to this version's schema, its errors put into words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import stamina
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from ingest.database import trouble
from ingest.errors import DataFolderError, FolderBusy, NewerFolder, StorageError
from service.store.tables import metadata

BUSY_SECONDS = 10
FILE = "journal.sqlite"
STEPS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE conversations ADD COLUMN owner VARCHAR NOT NULL DEFAULT ''",
        "CREATE INDEX ix_conversations_owner ON conversations (owner)",
    )
}
"""What a file of that schema version lacks besides whole tables."""
SCHEMA_VERSION = 3


class Store:
    """One SQLite file. Safe to share between threads and between processes.

    Raises, from the constructor and from every transaction: StorageError when the file cannot be read or written,
    FolderBusy when another process held it for `BUSY_SECONDS`; from the constructor also NewerFolder.
    """

    def __init__(self, url: str) -> None:
        """`url` is `sqlite:///path`; the file is created where it is missing, its folder is not."""
        self._place = _path_of(url)
        self._engine = create_engine(
            url,
            connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
            # Threads that wait for the file must get its message, not one about a pool of connections.
            max_overflow=-1,
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", _configure)
        try:
            self._prepare()
        except DataFolderError:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it is kept, or nothing."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise self._explained(str(error.orig)) from error

    def damaged(self, reason: str) -> StorageError:
        """An error about what the file holds."""
        return StorageError(
            f"The journal {self._place} cannot be used ({reason}).",
            "Restore it from a copy, or move it away: a new one is created, without the old conversations and keys.",
        )

    def close(self) -> None:
        """Closes the file. The store must not be used after."""
        self._engine.dispose()

    def _prepare(self) -> None:
        with self.transaction() as connection:
            # The write lock comes first, so that of two processes that start together one creates the tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > SCHEMA_VERSION:
                raise NewerFolder(
                    f"The journal {self._place} has schema {version}; this version of Dossier knows {SCHEMA_VERSION}.",
                    "Use the newer Dossier that wrote it, or another data folder.",
                )
            if version < SCHEMA_VERSION:
                for step in range(version or SCHEMA_VERSION, SCHEMA_VERSION):
                    for statement in STEPS.get(step, ()):
                        connection.exec_driver_sql(statement)
                metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _explained(self, reason: str) -> DataFolderError:
        match trouble(reason):
            case "locked":
                return FolderBusy(f"The journal {self._place} is in use by another process.", "Try again in a moment.")
            case "full":
                return StorageError(f"The disk that holds the journal {self._place} is full.", "Free some space.")
            case "unwritable":
                return StorageError(
                    f"The journal {self._place} cannot be written ({reason}).",
                    "Check that its folder exists and that this user may write to it.",
                )
            case _:
                return self.damaged(reason)


def store_in(folder: Path) -> Store:
    """The store of a data folder, which must exist."""
    return Store(f"sqlite:///{folder / FILE}")


def now() -> str:
    """The instant in UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _path_of(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError("The journal's address is not a database URL.", "Write sqlite:///PATH.") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StorageError("The journal is kept in a SQLite file.", "Write its address as sqlite:///PATH.")
    return parsed.database


def _configure(connection: Any, _record: object) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


@stamina.retry(on=sqlite3.OperationalError, attempts=None, timeout=BUSY_SECONDS, wait_initial=0.01, wait_max=0.2)
def _write_ahead(connection: Any) -> None:
    """Of processes that open a new file together all but one are refused at once, whatever the time-out says."""
    connection.execute("PRAGMA journal_mode = WAL")
