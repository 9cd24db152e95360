"""What the bot needs of the rest of the project."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

from ingest.library import Library
from service.answerer import Event
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
