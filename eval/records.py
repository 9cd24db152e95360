"""One case or claim with everything a report tells of it: a line of `cases.jsonl`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from service.answer import Mode, Status


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ScoreRecord(_Told):
    """A value, or None where the case is unscored; and why it is so."""

    value: float | None
    why: str


class QuoteRecord(_Told):
    """A quote in its article: `before` and `after` are the characters around it. `article` is its name on the shelf
    where it has one. `number` is that of the citation, None for a gold sentence. `gold` says whether it shares
    characters with a gold sentence."""

    number: int | None = None
    article: str
    title: str = ""
    source: str | None = None
    published: date | None = None
    start: int
    end: int
    before: str = ""
    quote: str
    after: str = ""
    gold: bool = False


class StatementRecord(_Told):
    """A statement (of an answer, or of a claim) with the numbers of its citations."""

    text: str
    citations: tuple[int, ...] = ()
    verdict: str = ""
    support: float | None = None


class Record(_Told):
    """A case with its answer, or a claim with its verdict, and all its scores by metric.

    For a claim `question` is empty, the one statement is the claim, and the quotes are the sentences it was judged by.
    `error` is set where no score could be had because something failed.
    """

    kind: Literal["case", "claim"]
    id: str
    cluster: str
    tags: tuple[str, ...] = ()
    question: str = ""
    standalone_question: str = ""
    expected: str | None = None
    status: Status | None = None
    mode: Mode | None = None
    confidence: float | None = None
    reason: str | None = None
    statements: tuple[StatementRecord, ...] = ()
    citations: tuple[QuoteRecord, ...] = ()
    gold: tuple[QuoteRecord, ...] = ()
    answers: tuple[str, ...] = ()
    reference: str | None = None
    error: str | None = None
    scores: Mapping[str, ScoreRecord] = {}
    signals: Mapping[str, float] = {}
    """Numbers that set-level metrics are computed from: `confidence`, `answerable`, `hit`, `support`, `supported`."""
