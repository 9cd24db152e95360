"""The journal: what was asked and answered, so that a conversation can go on and an answer can be found again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import Connection, Select, delete, func, insert, select

from ingest.engines import upsert
from service.answer import Answer
from service.errors import UnknownAnswer, UnknownConversation
from service.question import Turn
from service.store.database import Store, now
from service.store.tables import answers, conversations, feedback

Opinion = Literal["helpful", "wrong", "wrong_source", "missing"]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as listed: `title` is its first question, `answers` counts what it holds; times are UTC instants
    in ISO 8601."""

    id: str
    title: str
    created: str
    updated: str
    answers: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thinks of an answer; `created` is a UTC instant in ISO 8601."""

    answer_id: str
    verdict: Opinion
    comment: str | None
    created: str


class Journal:
    """Conversations, answers and feedback. Safe to share between threads and between processes.

    Conversations belong to an `owner`, the id of a key, or empty where none are used: to any other owner they are
    unknown. Questions are stored, never logged. Every method raises what `Store.transaction` raises.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def new_conversation_id(self, owner: str = "") -> str:
        """Begins a conversation without answers and names it: 32 hex digits."""
        conversation_id = uuid.uuid4().hex
        with self._store.transaction() as connection:
            _begin_conversation(connection, conversation_id, owner)
        return conversation_id

    def record(self, answer: Answer, owner: str = "") -> None:
        """Keeps the answer; a second answer with the same id changes nothing. Its conversation begins if it is new."""
        with self._store.transaction() as connection:
            if answer.conversation_id is not None:
                _begin_conversation(connection, answer.conversation_id, owner)
            row = {
                "id": answer.id,
                "conversation_id": answer.conversation_id,
                "asked": now(),
                "question": answer.question,
                "answer": answer.model_dump_json(),
            }
            adding = upsert(connection, answers).values(row)
            connection.execute(adding.on_conflict_do_nothing(index_elements=["id"]))

    def conversations(self, offset: int, limit: int, owner: str = "") -> list[Talk]:
        """The owner's conversations that hold an answer, the one that went on last first."""
        first, last = func.min(answers.c.sequence), func.max(answers.c.sequence)
        counted = (
            select(answers.c.conversation_id, first.label("first"), last.label("last"), func.count().label("count"))
            .join(conversations)
            .where(conversations.c.owner == owner)
            .group_by(answers.c.conversation_id)
            .order_by(last.desc())
            .offset(offset)
            .limit(limit)
            .subquery()
        )
        opening, closing = answers.alias(), answers.alias()
        query = (
            select(counted.c.conversation_id, opening.c.question, opening.c.asked, closing.c.asked, counted.c.count)
            .join(opening, opening.c.sequence == counted.c.first)
            .join(closing, closing.c.sequence == counted.c.last)
            .order_by(counted.c.last.desc())
        )
        with self._store.reading() as connection:
            return [Talk(*row) for row in connection.execute(query)]

    def conversation(self, conversation_id: str, owner: str = "") -> list[Answer]:
        """All answers of the conversation, oldest first.

        Raises: UnknownConversation.
        """
        return self._read(conversation_id, owner, limit=None)

    def turns(self, conversation_id: str, owner: str = "", limit: int = 6) -> list[Turn]:
        """The last `limit` exchanges, oldest first, each question as it stands alone.

        A chain of follow-ups longer than `limit` thus keeps its subject.

        Raises: UnknownConversation.
        """
        kept = self._read(conversation_id, owner, limit)
        return [Turn(question=answer.standalone_question, answer=answer.text) for answer in kept]

    def forget(self, conversation_id: str, owner: str = "") -> None:
        """Deletes a conversation with its answers and what was thought of them.

        Raises: UnknownConversation.
        """
        mine = conversations.c.id == conversation_id, conversations.c.owner == owner
        held = select(answers.c.id).where(answers.c.conversation_id == conversation_id)
        with self._store.transaction() as connection:
            if connection.execute(select(conversations.c.id).where(*mine)).first() is None:
                raise _unknown_conversation()
            connection.execute(delete(feedback).where(feedback.c.answer_id.in_(held)))
            connection.execute(delete(answers).where(answers.c.conversation_id == conversation_id))
            connection.execute(delete(conversations).where(*mine))

    def answer(self, answer_id: str, owner: str = "") -> Answer:
        """An answer that the owner was given.

        Raises: UnknownAnswer.
        """
        with self._store.reading() as connection:
            row = connection.execute(_theirs(answer_id, owner)).first()
        if row is None:
            raise _unknown_answer()
        return self._load(row.answer)

    def withdraw(self, answer_id: str, owner: str = "") -> None:
        """Deletes an answer of the owner's with what was thought of it; its conversation goes on without it."""
        with self._store.transaction() as connection:
            if connection.execute(_theirs(answer_id, owner)).first() is not None:
                connection.execute(delete(feedback).where(feedback.c.answer_id == answer_id))
                connection.execute(delete(answers).where(answers.c.id == answer_id))

    def rate(
        self, answer_id: str, verdict: Opinion, comment: str | None, owner: str = "", by: str | None = None
    ) -> str:
        """Keeps what somebody thinks of an answer of the owner's, in place of what they thought before; the id of it.
        `by` tells people apart who share it; left out, it is the owner.

        Raises: UnknownAnswer.
        """
        given = uuid.uuid4().hex
        rater = owner if by is None else by
        row = {"id": given, "answer_id": answer_id, "owner": rater, "verdict": verdict, "comment": comment}
        with self._store.transaction() as connection:
            if connection.execute(_theirs(answer_id, owner)).first() is None:
                raise _unknown_answer()
            before = feedback.c.answer_id == answer_id, feedback.c.owner == rater
            connection.execute(delete(feedback).where(*before))
            connection.execute(insert(feedback).values({**row, "created": now()}))
        return given

    def feedback(self) -> Iterator[tuple[Answer, Feedback]]:
        """Every answer that someone gave feedback on, with it, in the order of the answers."""
        columns = (answers.c.answer, feedback.c.answer_id, feedback.c.verdict, feedback.c.comment, feedback.c.created)
        query = select(*columns).join(feedback, feedback.c.answer_id == answers.c.id).order_by(answers.c.sequence)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        for text, *told in rows:
            yield self._load(text), Feedback(*told)

    def _read(self, conversation_id: str, owner: str, limit: int | None) -> list[Answer]:
        newest_first = (
            select(answers.c.answer)
            .where(answers.c.conversation_id == conversation_id)
            .order_by(answers.c.sequence.desc())
            .limit(limit)
        )
        known = select(conversations.c.id).where(conversations.c.id == conversation_id, conversations.c.owner == owner)
        with self._store.reading() as connection:
            if connection.execute(known).first() is None:
                raise _unknown_conversation()
            stored = list(connection.scalars(newest_first))
        return [self._load(text) for text in reversed(stored)]

    def _load(self, text: str) -> Answer:
        try:
            return Answer.model_validate_json(text)
        except ValidationError:
            # The cause would carry the question's text into a log.
            raise self._store.damaged("an answer in it cannot be read") from None


def _unknown_conversation() -> UnknownConversation:
    return UnknownConversation(
        "There is no conversation with this id.", "Ask without a conversation id to begin a new one."
    )


def _unknown_answer() -> UnknownAnswer:
    return UnknownAnswer("There is no answer with this id.", "Use the id of an answer that you were given.")


def _theirs(answer_id: str, owner: str) -> Select[tuple[str]]:
    whose = func.coalesce(conversations.c.owner, "") == owner
    return select(answers.c.answer).outerjoin(conversations).where(answers.c.id == answer_id, whose)


def _begin_conversation(connection: Connection, conversation_id: str, owner: str) -> None:
    row = {"id": conversation_id, "created": now(), "owner": owner}
    adding = upsert(connection, conversations).values(row)
    # One that is there is held until this transaction ends: nobody deletes it before its answer is in it.
    held = adding.on_conflict_do_update(index_elements=["id"], set_={"id": conversation_id})
    connection.execute(held)
