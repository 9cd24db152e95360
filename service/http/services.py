"""What the HTTP door needs of the rest of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.library import Library
from service.answer import Answer
from service.answerer import Answerer


class Journal(Protocol):
    """Keeps the answers that were given."""

    def conversation(self, conversation_id: str) -> Sequence[Answer]:
        """The answers of one conversation, oldest first.

        Raises: UnknownConversation.
        """


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the door. All of it is called from worker threads, several at a time.

    `ready` lists what keeps the service from answering, one sentence each; an empty list means ready.
    """

    answerer: Answerer
    library: Library
    journal: Journal
    ready: Callable[[], Sequence[str]]
