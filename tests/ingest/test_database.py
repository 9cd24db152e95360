from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.errors import StorageError
from ingest.troubles import explain
from tests.rooms import Room


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("database or disk is full", "The disk that holds /d/full is full"),
        ("[Errno 28] No space left on device", "is full"),
        ("attempt to write a readonly database", "cannot be written"),
        ("Permission denied", "cannot be written"),
        ("database disk image is malformed", "is damaged"),
        ('fts5: corruption found reading blob 1 from table "full_text"', "is damaged"),
        ("file is not a database", "is damaged"),
        ("database is locked", "is locked by another program"),
        ("File exists", "is not a folder"),
        ("Not a directory", "is not a folder"),
        ("no such table: full_text", "cannot be used (no such table: full_text)"),
    ],
)
def test_a_reason_is_put_into_words(reason: str, message: str) -> None:
    error = explain(Path("/d/full"), reason)
    assert message in error.message
    assert error.help


def test_a_lost_table_is_not_taken_for_a_full_disk(room: Room) -> None:
    with room.catalog.database.writing() as connection:
        connection.execute(text("DROP TABLE full_text"))
    with pytest.raises(StorageError, match=r"no such table|lets nobody in"):
        room.catalog.full_text_gaps()
