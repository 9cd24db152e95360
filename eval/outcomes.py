"""What came back for a case or a claim, as it is kept in a run's folder."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from service.answer import Answer, Closest
from service.answer import Verdict as SupportVerdict


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(NamedTuple):
    """What a system said to a question. `passages` are those it read, best first.

    `insisted` is what it would have said had it not refused, the answer itself where it did not; None where it cannot
    tell.
    """

    answer: Answer
    passages: tuple[Closest, ...] = ()
    insisted: Answer | None = None


class CaseOutcome(_Kept):
    """What became of one case: a reply, a ranking of articles (ids, best first), or the error that came instead."""

    id: str
    answer: Answer | None = None
    insisted: Answer | None = None
    passages: tuple[Closest, ...] = ()
    ranking: tuple[str, ...] | None = None
    error: str | None = None
    seconds: float = 0.0


class ClaimOutcome(_Kept):
    """What became of one claim: `support` in [0, 1] and the verdict with its reasons, or the error instead."""

    id: str
    verdict: SupportVerdict | None = None
    support: float | None = None
    reasons: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    error: str | None = None
    seconds: float = 0.0
