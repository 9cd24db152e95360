"""What is asked: Question, Filters, Turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from service.errors import QuestionError

MAX_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are of publication, both ends included; an empty tuple means any.

    An article with an unknown date is left out as soon as a date filter is set.
    """

    since: date | None = None
    until: date | None = None
    sources: Sequence[str] = ()
    authors: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise QuestionError(f"--since {self.since} is after --until {self.until}.", "Swap the two dates.")


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the user wrote it, with the turns before it (oldest first)."""

    text: str
    filters: Filters = field(default_factory=Filters)
    conversation: Sequence[Turn] = ()
    conversation_id: str | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise QuestionError("The question is empty.", "Write a question.")
        if len(self.text) > MAX_CHARACTERS:
            raise QuestionError(
                f"The question has {len(self.text)} characters; at most {MAX_CHARACTERS} are read.", "Shorten it."
            )
