"""The answer contract, the same on every door. `VERSION` moves when a field's meaning changes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1

Status = Literal["answered", "abstained"]
Mode = Literal["composed", "quoted"]
Verdict = Literal["supported", "quoted", "partly", "unsupported"]


class _Contract(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Short(_Contract):
    """A short answer: `article.text[start:end] == text`, within the quote of its citation."""

    start: int = Field(ge=0)
    end: int
    text: str


class Citation(_Contract):
    """`article.text[start:end] == quote`, always, for the article version `article_id`. `short` is the part of the
    quote that answers, where a date or an amount does."""

    number: int = Field(ge=1)
    article_id: str
    title: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    start: int = Field(ge=0)
    end: int
    quote: str
    short: Short | None = None


class Statement(_Contract):
    """One sentence of an answer. `citations` are numbers of the answer's citations; `support` is in [0, 1]."""

    text: str
    citations: tuple[int, ...]
    verdict: Literal["supported", "quoted"]
    support: float

    @property
    def marks(self) -> tuple[str, ...]:
        """Its citations as a text shows them: `[1]`, `[2]`."""
        return tuple(f"[{number}]" for number in self.citations)

    @property
    def marked(self) -> str:
        """Its text with its marks behind it, as in `Answer.text`."""
        return f"{self.text} {''.join(self.marks)}"


class Closest(_Contract):
    """A passage near the question that does not answer it."""

    article_id: str
    title: str
    url: str | None = None
    source: str | None = None
    published: date | None = None
    start: int
    end: int
    quote: str


class Timings(_Contract):
    """Milliseconds of wall time a stage took."""

    retrieve: float = 0
    read: float = 0
    compose: float = 0
    verify: float = 0


class Tokens(_Contract):
    """Tokens that the LLM read and wrote for one answer, over all its calls, statements that were refused included."""

    input: int = Field(ge=0)
    output: int = Field(ge=0)


class Models(_Contract):
    """What produced the answer: names with versions or fingerprints; `prompts` is a hash over all prompt
    files of this version, whether one was used or not."""

    embedder: str
    reader: str
    verifier: str
    llm: str | None = None
    prompts: str


class Side(_Contract):
    """One source's account: the `value` as its statement writes it, and the citations that show it."""

    value: str
    citations: tuple[int, ...]
    source: str | None = None
    published: date | None = None


class Disagreement(_Contract):
    """What sources tell differently: each side is a statement of the answer, quoted; none is preferred."""

    about: Literal["date", "amount", "name"]
    sides: tuple[Side, ...]


class Clarification(_Contract):
    """A question back, with what the articles offer to choose from."""

    question: str
    options: tuple[str, ...] = ()


class Time(_Contract):
    """The time that the question named, as days of publication, seen from `asked_on`. `kept` is false where articles of
    that time do not answer, and those of any time were asked."""

    phrase: str
    since: date | None = None
    until: date | None = None
    asked_on: date
    kept: bool


class Answer(_Contract):
    """Statements, each proven, or an abstention with its reason and the nearest passages.

    `confidence` is the calibrated probability that the articles answer the question. `as_of` is the newest
    publication date among the cited articles; `time` is None where the question names none. `mode` says whether an
    LLM worded any statement. `clarification` is what to ask back where the question points at something that it does
    not name. `tokens` is None where no LLM ran, or it does not tell. `refused` counts the drafts that could not be
    proven: each was left out, or the sentences that it rested on are quoted in its place. `degraded` says that an LLM
    was to word the answer and failed, was too slow or was spared because many waited: what it had not worded yet is
    quoted.
    """

    version: int = VERSION
    id: str
    question: str
    standalone_question: str
    status: Status
    mode: Mode
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    confidence: float
    as_of: date | None = None
    time: Time | None = None
    conversation_id: str | None = None
    closest: tuple[Closest, ...] = ()
    reason: str | None = None
    clarification: Clarification | None = None
    timings_ms: Timings = Timings()
    tokens: Tokens | None = None
    refused: int = Field(default=0, ge=0)
    degraded: bool = False
    models: Models
