"""What the HTTP door needs of the rest of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.library import Library
from ingest.records import Outline
from service.answer import Models
from service.answerer import Answerer
from service.jobs import Jobs
from service.passages import Passages
from service.store.journal import Journal
from service.store.receipts import Receipts

if TYPE_CHECKING:
    from service.slack.door import Door
    from service.slack.parts import Asking


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the door. All of it is called from worker threads, several at a time.

    `outline` tells of what sources and what time the articles are; `ready` lists what keeps the service from answering,
    one sentence each, an empty list means ready. `models` and `passage_count`, how many passages there are to
    answer from, are for the metrics. `slack` opens the door for Slack, if there is one, to answer through the desk.
    """

    answerer: Answerer
    library: Library
    passages: Passages
    outline: Callable[[], Outline]
    jobs: Jobs
    journal: Journal
    receipts: Receipts
    ready: Callable[[], Sequence[str]]
    models: Models | None = None
    passage_count: Callable[[], int] | None = None
    slack: Callable[[Asking], Door] | None = None
