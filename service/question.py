"""What is asked: Question, Filters, Turn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ingest.filters import Filters
from ingest.text import is_whole
from service.errors import QuestionError

MAX_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the user wrote it, with the turns before it (oldest first).

    `mode` "quoted" asks for verbatim statements only; "auto" lets an LLM word them where one is there. `asked_on` is
    the day that "this week" and what is new are seen from, and nothing published later answers; left out, it is today.
    `asker` is the id of the key of who asks: conversations are theirs alone. `hurried` says that there is no time for
    an LLM.
    """

    text: str
    filters: Filters = field(default_factory=Filters)
    conversation: Sequence[Turn] = ()
    conversation_id: str | None = None
    mode: Literal["auto", "quoted"] = "auto"
    asked_on: date | None = None
    asker: str = ""
    hurried: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all of it: long turns need not be kept to tell whether a question is the same."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise QuestionError("The question is empty.", "Write a question.")
        if len(self.text) > MAX_CHARACTERS:
            raise QuestionError(
                f"The question has {len(self.text)} characters; at most {MAX_CHARACTERS} are read.", "Shorten it."
            )
        said = (part for turn in self.conversation for part in (turn.question, turn.answer))
        if not all(map(is_whole, (self.text, *said))):
            raise QuestionError("The question holds half a character.", "Write it in UTF-8.")
        if self.asked_on and self.filters.since and self.filters.since > self.asked_on:
            raise QuestionError(
                f"Nothing published since {self.filters.since} could be known on {self.asked_on}.",
                "Ask on a later day, or about an earlier time.",
            )
