"""SQLite in one file, in WAL mode."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text

from ingest.errors import StorageError
from ingest.patience import patiently
from ingest.troubles import explain, trouble

PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
"""secure_delete overwrites what is deleted; some builds of SQLite do so by default, most do not."""


POOL = 2
"""How many connections are kept when nobody uses them: each has a cache of its own."""


class Sqlite:
    """One SQLite file; see `Engine`. `alone` holds for this process, which owns the folder of the file."""

    def __init__(self, url: URL, busy_seconds: float, cache_mb: int) -> None:
        self.place = str(url.database)
        # Threads that wait for the file must get its message, not one about a pool of connections; and no message
        # may carry what was written.
        options = {"timeout": busy_seconds, "check_same_thread": False}
        # The one used last is used next: its cache is warm, and the others stay small.
        self._engine = create_engine(
            url, connect_args=options, pool_size=POOL, max_overflow=-1, pool_use_lifo=True, hide_parameters=True
        )
        self._alone = threading.Lock()
        event.listen(self._engine, "connect", partial(_configure, cache_mb))
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Engine`."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See `Engine`; it alone may write."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                yield connection

    @contextmanager
    def alone(self, wait: bool = True) -> Iterator[bool]:
        """See `Engine`."""
        mine = self._alone.acquire(blocking=wait)
        try:
            yield mine
        finally:
            if mine:
                self._alone.release()

    def explained(self, reason: str) -> StorageError:
        """See `Engine`."""
        return explain(Path(self.place), reason)

    def integrity(self) -> list[str]:
        """See `Engine`."""
        with self.reading() as connection:
            found = connection.execute(text("PRAGMA quick_check(20)")).scalars().all()
        return [f"SQLite reports: {line}" for line in found if line != "ok"]

    def empty_log(self) -> None:
        """See `Engine`."""
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """See `Engine`."""
        self._engine.dispose()


def _configure(cache_mb: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    # Of processes that open a new file together all but one are refused at once, whatever the time-out says.
    patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"), _locked)
    for pragma in (*PRAGMAS, f"cache_size=-{1000 * cache_mb}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("casefold", 1, _casefold, deterministic=True)


def _locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and trouble(str(error)) == "locked"


def _casefold(value: str | None) -> str | None:
    """SQLite's own lower() knows ASCII only."""
    return None if value is None else value.casefold()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
