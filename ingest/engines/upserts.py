"""Inserting where there may be such a row already; SQLite and PostgreSQL know the same ON CONFLICT."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's own kind, which knows ON CONFLICT."""
    return _insertion(connection.dialect.name, table)


def adding(connection: Connection, table: Table) -> Any:
    """An INSERT, its rows given as parameters, that leaves alone what has the same key."""
    return _adding(connection.dialect.name, table)


def replacing(connection: Connection, table: Table) -> Any:
    """An INSERT, its rows given whole as parameters, that replaces what has the same key."""
    return _replacing(connection.dialect.name, table)


def took(connection: Connection, insertion: Any) -> bool:
    """Whether an INSERT of one row inserted or changed one, which SQLAlchemy does not tell unless it is asked to."""
    return connection.execute(insertion, execution_options={"preserve_rowcount": True}).rowcount > 0


@cache
def _adding(dialect: str, table: Table) -> Any:
    return _insertion(dialect, table).on_conflict_do_nothing()


@cache
def _replacing(dialect: str, table: Table) -> Any:
    insertion = _insertion(dialect, table)
    given = {column.name: insertion.excluded[column.name] for column in table.c if not column.primary_key}
    return insertion.on_conflict_do_update(index_elements=list(table.primary_key), set_=given)


def _insertion(dialect: str, table: Table) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)
