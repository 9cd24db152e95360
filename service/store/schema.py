"""The store's schema: which version a database has, and how it comes to this one."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from service.store.tables import metadata

VERSION = 4
_STEPS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (
        ("conversations", "ALTER TABLE conversations ADD COLUMN owner VARCHAR NOT NULL DEFAULT ''"),
        ("conversations", "CREATE INDEX ix_conversations_owner ON conversations (owner)"),
    ),
    3: (
        ("jobs", "ALTER TABLE jobs ADD COLUMN worker VARCHAR"),
        ("jobs", "ALTER TABLE jobs ADD COLUMN progress VARCHAR"),
        ("receipts", "ALTER TABLE receipts ADD COLUMN worker VARCHAR"),
    ),
}
"""What a table of that version lacks; whole tables are made."""
_OURS = "store_schema"
_LOCK = 0x0D055_1E7
"""Number of the advisory lock under which a PostgreSQL database is upgraded."""


def version(connection: Connection) -> int:
    """The version that the database has; 0 for an empty one."""
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if not inspect(connection).has_table(_OURS):
        return 0
    return int(connection.execute(text(f"SELECT version FROM {_OURS}")).scalar_one())  # noqa: S608 - our own name


def upgrade(connection: Connection) -> None:
    """Brings the database to `VERSION`, in the transaction of the connection; of several at once, one does it."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = version(connection)
    for step in range(found or VERSION, VERSION):
        for table, statement in _STEPS.get(step, ()):
            if inspect(connection).has_table(table):
                connection.exec_driver_sql(statement)
    metadata.create_all(connection)
    if not postgres:
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    elif found:
        connection.execute(text(f"UPDATE {_OURS} SET version = {VERSION}"))  # noqa: S608 - our own name
    else:
        connection.execute(text(f"CREATE TABLE {_OURS} (version integer NOT NULL)"))
        connection.execute(text(f"INSERT INTO {_OURS} VALUES ({VERSION})"))  # noqa: S608 - our own name
