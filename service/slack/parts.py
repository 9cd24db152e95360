"""What the bot needs of the rest of the project."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from ingest.library import Library
from service.answer import Answer, Statement
from service.answerer import DoneEvent, Event, StatementEvent
from service.jobs import Open
from service.question import Question
from service.slack.links import Links
from service.store.journal import Journal
from service.store.slack_tasks import SlackTasks
from service.store.slack_threads import Listening, SlackThreads


def conversations_of(team: str) -> str:
    """The owner of the conversations of a workspace, where the bot answers in the service's own process."""
    return f"slack:{team}"


class Asking(Protocol):
    """Answers questions, in its turn."""

    def events(self, asker: str, question: Question) -> AsyncGenerator[Event, None]:
        """The events of the answer; closing the iterator cancels the work.

        Raises: DossierError; TooBusy when too many questions are under way.
        """


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything behind the bot. What is not async is called from worker threads.

    `owner` tells whose the conversations of a workspace are (see `Journal`). `opened` reads what is to be added (see
    `service.parcels`), for the `writers`, ids of Slack users.
    """

    asking: Asking
    library: Library
    journal: Journal
    threads: SlackThreads
    tasks: SlackTasks
    owner: Callable[[str], str]
    opened: Open
    links: Links
    listening: Listening = "threads"
    writers: frozenset[str] = frozenset()
    at_once: int = 2


async def answered(
    asking: Asking, owner: str, question: Question, say: Callable[[Statement], None] = lambda _: None
) -> Answer:
    """The answer, at the end of its events; `say` is given each statement when it is proven.

    Raises: as `Asking.events`.
    """
    async with aclosing(asking.events(owner, question)) as events:
        async for last in events:
            if isinstance(last, StatementEvent):
                say(last.statement)
    assert isinstance(last, DoneEvent)
    return last.answer
