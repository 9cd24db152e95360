"""PostgreSQL by address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect

from ingest.errors import StorageError
from ingest.patience import patiently
from ingest.troubles import explain_server, trouble

WRITER, ALONE = 0x0D055_1E5, 0x0D055_1E6
"""Numbers of our advisory locks, of no other meaning: the one writer, and the one who is alone."""
CONNECT_SECONDS = 5
IDLE_SECONDS = 60
"""A transaction whose process has been silent for so long is broken off, so that it holds nobody up."""
POOL = 8


class Postgres:
    """One PostgreSQL database; see `Engine`. `alone` holds for all processes that use the database, by an advisory
    lock, which ends with its connection."""

    def __init__(self, url: URL, busy_seconds: float, serial: bool, setting: str) -> None:
        """`setting` is what the address was given by, for errors."""
        self.place = f"The database {url.set(drivername='postgresql', password=None).render_as_string()}"
        self._setting = setting
        self._serial = serial
        milliseconds = f"-c lock_timeout={busy_seconds * 1000:.0f}"
        idle = f"-c idle_in_transaction_session_timeout={IDLE_SECONDS * 1000}"
        given = str(url.query.get("options", ""))
        self._engine = create_engine(
            url.difference_update_query(["options"]),
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "options": f"{milliseconds} {idle} {given}".strip(),
                "application_name": "dossier",
            },
            pool_size=POOL,
            max_overflow=-1,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        event.listen(self._engine, "do_connect", _connect)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Engine`."""
        with self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See `Engine`."""
        with self._engine.begin() as connection:
            if self._serial:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITER})
            yield connection

    @contextmanager
    def alone(self, wait: bool = True) -> Iterator[bool]:
        """See `Engine`."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                mine = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": ALONE})
                if wait and not mine:
                    connection.execute(text("SET lock_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ALONE})
                yield bool(wait or mine)
            finally:
                # Closed, not given back to the pool: the lock and the time-out go with it, whatever became of either.
                connection.invalidate()

    def explained(self, reason: str) -> StorageError:
        """See `Engine`."""
        return explain_server(self.place, self._setting, reason)

    def integrity(self) -> Sequence[str]:
        """See `Engine`: PostgreSQL has checksums and tools of its own for that."""
        return ()

    def empty_log(self) -> None:
        """See `Engine`: its log is the server's, which recycles it."""

    def close(self) -> None:
        """See `Engine`."""
        self._engine.dispose()


def _connect(dialect: Dialect, _record: object, arguments: Sequence[Any], named: dict[str, Any]) -> DBAPIConnection:
    connection: DBAPIConnection = patiently(lambda: dialect.connect(*arguments, **named), _away)
    return connection


def _away(error: Exception) -> bool:
    return trouble(str(error)) == "unreachable"
