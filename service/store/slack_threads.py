"""What the bot knows of Slack's threads, messages and channels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, case, select, update

from ingest.engines import took, upsert
from service.store.database import Store
from service.store.tables import slack_channels, slack_replies, slack_threads

Listening = Literal["mentions", "threads", "all"]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of Slack's: `ts` is the timestamp of its first message."""

    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message got for an answer: `task` is the key of the last task about it, `messages` are the timestamps of
    the bot's messages, in their order, the last one a stream that goes on where it is `streaming`; `answer_id` is there
    once there is an answer, and they hold all of it when it is `whole`."""

    thread: str
    task: str
    messages: tuple[str, ...] = ()
    streaming: bool = False
    answer_id: str | None = None
    whole: bool = False


class SlackThreads:
    """Threads that the bot takes part in, what it replied there, and how it listens where. Every method raises what
    `Store.transaction` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def join(self, thread: Thread, conversation_id: str) -> str:
        """Notes that the bot takes part; the conversation that the thread is: this one, or the one that it was."""
        row = {"team": thread.team, "channel": thread.channel, "thread": thread.ts, "conversation_id": conversation_id}
        with self._store.transaction() as connection:
            connection.execute(upsert(connection, slack_threads).values(row).on_conflict_do_nothing())
        return self.conversation(thread) or conversation_id

    def rejoin(self, thread: Thread, conversation_id: str) -> None:
        """Gives the thread another conversation."""
        changing = update(slack_threads).where(*_this(thread)).values(conversation_id=conversation_id)
        with self._store.transaction() as connection:
            connection.execute(changing)

    def joined(self, thread: Thread) -> bool:
        """Whether the bot takes part."""
        return self.conversation(thread) is not None

    def conversation(self, thread: Thread) -> str | None:
        """The conversation that the thread is; None where the bot takes no part."""
        with self._store.reading() as connection:
            return connection.scalar(select(slack_threads.c.conversation_id).where(*_this(thread)))

    def reply(self, team: str, channel: str, question: str) -> Reply | None:
        """What the message with that timestamp got for an answer; None where it asked nothing."""
        with self._store.reading() as connection:
            row = connection.execute(select(slack_replies).where(*_asked(team, channel, question))).first()
        if row is None:
            return None
        messages = tuple(json.loads(row.messages))
        return Reply(row.thread, row.task, messages, row.streaming, row.answer_id, row.whole)

    def replying(self, thread: Thread, question: str, task: str) -> Reply | None:
        """Notes that the task is about the message from now on; what it got before, or None where a later task is about
        it. What another task gave is not whole any more."""
        key = {"team": thread.team, "channel": thread.channel, "question": question}
        nothing = {"messages": "[]", "streaming": False, "answer_id": None, "whole": False}
        row = {**key, **nothing, "thread": thread.ts, "task": task}
        own = slack_replies.c.task == task
        changed = {
            "task": task,
            "whole": case((own, slack_replies.c.whole), else_=False),
        }
        with self._store.transaction() as connection:
            adding = upsert(connection, slack_replies).values(row)
            claiming = adding.on_conflict_do_update(
                index_elements=list(key), set_=changed, where=slack_replies.c.task <= task
            )
            if not took(connection, claiming):
                return None
        return self.reply(thread.team, thread.channel, question)

    def replied(
        self,
        thread: Thread,
        question: str,
        task: str,
        messages: Sequence[str],
        streaming: bool = False,
        answer_id: str | None = None,
        whole: bool = False,
    ) -> bool:
        """Notes what the message has got by now; False where another task is about it."""
        told = {"messages": json.dumps(messages), "streaming": streaming, "answer_id": answer_id, "whole": whole}
        this = *_asked(thread.team, thread.channel, question), slack_replies.c.task == task
        with self._store.transaction() as connection:
            return bool(connection.execute(update(slack_replies).where(*this).values(told)).rowcount)

    def listening(self, team: str, channel: str) -> Listening | None:
        """How the bot listens in the channel; None where nobody said."""
        here = slack_channels.c.team == team, slack_channels.c.channel == channel
        with self._store.reading() as connection:
            return connection.scalar(select(slack_channels.c.listening).where(*here))

    def listen(self, team: str, channel: str, listening: Listening) -> None:
        """Says how the bot is to listen in the channel."""
        row = {"team": team, "channel": channel, "listening": listening}
        with self._store.transaction() as connection:
            adding = upsert(connection, slack_channels).values(row)
            connection.execute(
                adding.on_conflict_do_update(index_elements=["team", "channel"], set_={"listening": listening})
            )


def _this(thread: Thread) -> tuple[ColumnElement[bool], ...]:
    columns = slack_threads.c
    return columns.team == thread.team, columns.channel == thread.channel, columns.thread == thread.ts


def _asked(team: str, channel: str, question: str) -> tuple[ColumnElement[bool], ...]:
    columns = slack_replies.c
    return columns.team == team, columns.channel == channel, columns.question == question
