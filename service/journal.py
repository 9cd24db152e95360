"""The journal: what was asked and answered, so that a conversation can go on and an answer can be found again."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stamina
from pydantic import ValidationError
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from ingest.database import trouble
from ingest.errors import DataFolderError, FolderBusy, NewerFolder, StorageError
from service.answer import Answer
from service.errors import UnknownConversation
from service.question import Turn

SCHEMA_VERSION = 1
BUSY_SECONDS = 10

_metadata = MetaData()

_conversations = Table(
    "conversations",
    _metadata,
    Column("id", String, primary_key=True),
    Column("created", String, nullable=False),
)

_answers = Table(
    "answers",
    _metadata,
    # The clock may step back; the order of writing does not.
    Column("sequence", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("conversation_id", String, ForeignKey("conversations.id"), index=True),
    Column("asked", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
)


class Journal:
    """Conversations and answers in one SQLite file. Safe to share between threads and between processes.

    `asked` and `created` are UTC instants in ISO 8601. Questions are stored, never logged.

    Raises, from the constructor and from every method: StorageError when the file cannot be read or written,
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

    def new_conversation_id(self) -> str:
        """Begins a conversation without answers and names it: 32 hex digits."""
        conversation_id = uuid.uuid4().hex
        with self._transaction() as connection:
            _begin_conversation(connection, conversation_id)
        return conversation_id

    def record(self, answer: Answer) -> None:
        """Keeps the answer; a second answer with the same id changes nothing. Its conversation begins if it is new."""
        with self._transaction() as connection:
            if answer.conversation_id is not None:
                _begin_conversation(connection, answer.conversation_id)
            row = {
                "id": answer.id,
                "conversation_id": answer.conversation_id,
                "asked": _now(),
                "question": answer.question,
                "answer": answer.model_dump_json(),
            }
            connection.execute(insert(_answers).values(row).on_conflict_do_nothing(index_elements=["id"]))

    def conversation(self, conversation_id: str) -> list[Answer]:
        """All answers of the conversation, oldest first.

        Raises: UnknownConversation.
        """
        return self._read(conversation_id, limit=None)

    def turns(self, conversation_id: str, limit: int = 6) -> list[Turn]:
        """The last `limit` exchanges, oldest first, each question as it stands alone.

        A chain of follow-ups longer than `limit` thus keeps its subject.

        Raises: UnknownConversation.
        """
        answers = self._read(conversation_id, limit)
        return [Turn(question=answer.standalone_question, answer=answer.text) for answer in answers]

    def close(self) -> None:
        """Closes the file. The journal must not be used after."""
        self._engine.dispose()

    def _read(self, conversation_id: str, limit: int | None) -> list[Answer]:
        newest_first = (
            select(_answers.c.answer)
            .where(_answers.c.conversation_id == conversation_id)
            .order_by(_answers.c.sequence.desc())
            .limit(limit)
        )
        known = select(_conversations.c.id).where(_conversations.c.id == conversation_id)
        with self._transaction() as connection:
            if connection.execute(known).first() is None:
                raise UnknownConversation(
                    "There is no conversation with this id.", "Ask without a conversation id to begin a new one."
                )
            stored = list(connection.scalars(newest_first))
        return [self._load(text) for text in reversed(stored)]

    def _load(self, text: str) -> Answer:
        try:
            return Answer.model_validate_json(text)
        except ValidationError:
            # The cause would carry the question's text into a log.
            raise self._damaged("an answer in it cannot be read") from None

    def _prepare(self) -> None:
        with self._transaction() as connection:
            # The write lock comes first, so that of two processes that start together one creates the tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > SCHEMA_VERSION:
                raise NewerFolder(
                    f"The journal {self._place} has schema {version}; this version of Dossier knows {SCHEMA_VERSION}.",
                    "Use the newer Dossier that wrote it, or another data folder.",
                )
            if version < SCHEMA_VERSION:
                _metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise self._explained(str(error.orig)) from error

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
                return self._damaged(reason)

    def _damaged(self, reason: str) -> StorageError:
        return StorageError(
            f"The journal {self._place} cannot be used ({reason}).",
            "Restore it from a copy, or move it away: a new one is created, without the old conversations.",
        )


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


@stamina.retry(on=sqlite3.OperationalError, attempts=None, timeout=BUSY_SECONDS, wait_initial=0.01, wait_max=0.2)
def _write_ahead(connection: Any) -> None:
    """Of processes that open a new file together all but one are refused at once, whatever the time-out says."""
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_conversation(connection: Connection, conversation_id: str) -> None:
    row = {"id": conversation_id, "created": _now()}
    connection.execute(insert(_conversations).values(row).on_conflict_do_nothing(index_elements=["id"]))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
