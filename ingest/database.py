"""A SQL database, brought to this version's schema, its errors put into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from ingest.engines import Engine, engine_of
from ingest.errors import NewerFolder

BUSY_SECONDS = 30.0
CACHE_MB = 32
"""Every question reads the full text."""


class Database:
    """One database whose schema is kept by the Alembic scripts in `migrations`; one writer at a time.

    Raises on opening: NewerFolder when a newer version wrote it, StorageError when it cannot be read or written.
    """

    def __init__(self, url: URL, migrations: Path, head: str) -> None:
        self.dialect = url.get_backend_name()
        self._engine = engine_of(url, BUSY_SECONDS, serial=True, cache_mb=CACHE_MB)
        try:
            with explained(self._engine):
                self._upgrade(migrations, head)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one state of the database."""
        with explained(self._engine), self._engine.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, which alone may write: all of it is kept, or nothing."""
        with explained(self._engine), self._engine.writing() as connection:
            yield connection

    @contextmanager
    def alone(self, wait: bool = True) -> Iterator[bool]:
        """See `Engine.alone`."""
        with explained(self._engine), self._engine.alone(wait) as mine:
            yield mine

    def integrity(self) -> Sequence[str]:
        """See `Engine.integrity`."""
        with explained(self._engine):
            return self._engine.integrity()

    def empty_log(self) -> None:
        """See `Engine.empty_log`."""
        with explained(self._engine):
            self._engine.empty_log()

    def close(self) -> None:
        """Closes every connection."""
        self._engine.close()

    def _upgrade(self, migrations: Path, head: str) -> None:
        if self._revision() == head:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        with self._engine.writing() as connection:
            # Looked up again: of several that start together, the first one has made it by now.
            current = _revision(connection)
            if current is not None and current not in known:
                raise NewerFolder(
                    f"{self._engine.place} was written by a newer version of Dossier (schema {current}).",
                    "Upgrade Dossier, or name another data folder with --data.",
                )
            config.attributes["connection"] = connection
            command.upgrade(config, head)

    def _revision(self) -> str | None:
        with self._engine.reading() as connection:
            return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turns the engine's errors into a StorageError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise engine.explained(str(error.orig)) from error
