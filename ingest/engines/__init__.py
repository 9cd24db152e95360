"""The SQL engines: SQLite in a file, PostgreSQL by address; the same to whoever keeps tables in them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from ingest.engines.postgres import Postgres
from ingest.engines.sqlite import Sqlite
from ingest.engines.upserts import adding, replacing, took, upsert
from ingest.errors import StorageError

__all__ = ["Engine", "adding", "engine_of", "file_url", "replacing", "server_url", "took", "upsert"]

SETTING = "DOSSIER_DATABASE_URL"


class Engine(Protocol):
    """One database. Its connections raise SQLAlchemy's DBAPIError, which `explained` puts into words."""

    place: str
    """What errors call it: a file, or a server without its password."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection whose reads see one state of the database."""

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction: all of it is kept, or nothing."""

    def alone(self, wait: bool = True) -> AbstractContextManager[bool]:
        """While it lasts, nobody else is alone, in this process or another; waits for them, or says at once that it is
        not. It holds nobody up who only writes."""

    def explained(self, reason: str) -> StorageError:
        """The error for what the database said."""

    def integrity(self) -> Sequence[str]:
        """What the engine itself finds wrong with its files; empty when all is well, or it cannot tell."""

    def empty_log(self) -> None:
        """Sees to it that what was deleted is gone from the log of changes, where the engine lets us."""

    def close(self) -> None:
        """Closes every connection."""


def engine_of(url: URL, busy_seconds: float, serial: bool = False, cache_mb: int = 2) -> Engine:
    """The engine at `url`, which waits `busy_seconds` for a lock; one that is `serial` has one writer at a time. A
    connection to a file keeps so many MB of it in memory: what is written and hardly read again needs few."""
    if url.get_backend_name() == "postgresql":
        return Postgres(url, busy_seconds, serial, SETTING)
    return Sqlite(url, busy_seconds, cache_mb)


def file_url(path: Path) -> URL:
    """The address of a SQLite file."""
    return URL.create("sqlite", database=str(path))


def server_url(address: str) -> URL:
    """The address of a PostgreSQL database, as a person writes it.

    Raises: StorageError when it is none.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is not None and "@" in str(url.host):
        url = None  # what is read as the host begins with the end of a password that holds an @
    if url is None or url.get_backend_name() not in {"postgresql", "postgres"} or not url.database:
        # The address is not repeated: it may hold a password.
        raise StorageError(
            f"{SETTING} names no PostgreSQL database.", "Write it as postgresql://USER:PASSWORD@HOST/NAME."
        )
    return url.set(drivername="postgresql+psycopg")
