"""A SQL database in the data folder: opened, brought to this version's schema, its errors put into words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from ingest.errors import NewerFolder, StorageError

BUSY_SECONDS = 30
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000", "secure_delete=ON")
"""secure_delete overwrites what is deleted; some builds of SQLite do so by default, most do not."""

_SIGNS = {
    "full": ("disk is full", "no space left", "quota exceeded"),
    "unwritable": ("readonly", "read-only", "permission denied", "unable to open"),
    "damaged": ("malformed", "not a database", "disk i/o", "corrupt"),
    "locked": ("is locked",),
    "no folder": ("file exists", "not a directory"),
}


class Database:
    """One SQLite file in WAL mode whose schema is kept by the Alembic scripts in `migrations`.

    Raises on opening: NewerFolder when a newer version wrote it, StorageError when it cannot be read or written.
    """

    def __init__(self, path: Path, migrations: Path, head: str) -> None:
        self._path = path
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
        event.listen(self._engine, "connect", _pragmas)
        event.listen(self._engine, "begin", _begin)
        with explained(path):
            self._upgrade(migrations, head)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one state of the database."""
        with explained(self._path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, which alone may write: all of it is kept, or nothing."""
        with explained(self._path), self._engine.connect() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                yield connection

    def integrity(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when all is well."""
        with self.reading() as connection:
            found = connection.execute(text("PRAGMA quick_check(20)")).scalars().all()
        return [line for line in found if line != "ok"]

    def empty_log(self) -> None:
        """Moves the write-ahead log into the file, so that what was deleted is in neither."""
        with explained(self._path):
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.close()

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def _upgrade(self, migrations: Path, head: str) -> None:
        current = self._revision()
        if current == head:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise NewerFolder(
                f"{self._path} was written by a newer version of Dossier (schema {current}).",
                "Upgrade Dossier, or name another data folder with --data.",
            )
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, head)

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("casefold", 1, _casefold, deterministic=True)


def _casefold(value: str | None) -> str | None:
    """SQLite's own lower() knows ASCII only."""
    return None if value is None else value.casefold()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns the database's errors into a StorageError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise explain(path, str(error.orig)) from error


def explain(path: Path, reason: str) -> StorageError:
    """A StorageError about `path` for what the storage engine or the operating system said."""
    match trouble(reason):
        case "full":
            return StorageError(f"The disk that holds {path} is full.", "Free some space and run the command again.")
        case "unwritable":
            return StorageError(
                f"{path} cannot be written ({reason}).", "Check its rights, or name another --data folder."
            )
        case "damaged":
            return StorageError(
                f"{path} is damaged ({reason}).", "Restore it from a backup, or ingest into a new --data folder."
            )
        case "locked":
            return StorageError(
                f"{path} is locked by another program.", "Wait for it to end and run the command again."
            )
        case "no folder":
            return StorageError(f"{path} is not a folder.", "Name a folder with --data.")
        case _:
            return StorageError(f"{path} cannot be used ({reason}).", "Check it, or name another --data folder.")


def trouble(reason: str) -> str | None:
    """The kind of trouble that the words of SQLite, of Chroma or of the operating system mean; None is unknown."""
    lowered = reason.lower()
    return next((kind for kind, signs in _SIGNS.items() if any(sign in lowered for sign in signs)), None)
