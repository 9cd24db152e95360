"""Questions that arrive at a rate, whatever becomes of those before them, and what came of each."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf

import numpy as np

from eval.errors import RunError

PATIENCE_SECONDS = 60.0
REFUSALS = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Plan:
    """One reader a question, `rate` of them a second. Each waits `patience` seconds. `seed` decides when they come."""

    address: str
    rate: float
    questions: Sequence[str]
    seed: int
    patience: float = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reader got after so many seconds; `status` 0 is none: the connection broke, or patience ran out."""

    seconds: float
    status: int
    retry_after: bool = False

    @property
    def answered(self) -> bool:
        """Whether it is an answer."""
        return self.status == 200

    @property
    def polite(self) -> bool:
        """Whether it is an answer, or a refusal that says when to come back."""
        return self.answered or (self.status in REFUSALS and self.retry_after)


@dataclass(frozen=True, slots=True)
class Traffic:
    """The replies to questions that arrived at `rate` a second."""

    rate: float
    replies: Sequence[Reply]

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 questions were answered; infinite where fewer were answered at all."""
        seconds = [reply.seconds if reply.answered else inf for reply in self.replies]
        return float(np.percentile(seconds, 95, method="higher"))

    @property
    def p95_answered(self) -> float | None:
        """The same over the answered ones alone, None where there is none."""
        seconds = [reply.seconds for reply in self.replies if reply.answered]
        return float(np.percentile(seconds, 95)) if seconds else None

    @property
    def statuses(self) -> Mapping[str, int]:
        """How many replies of each status."""
        counts = Counter(reply.status for reply in self.replies)
        return {str(status) if status else "none": counts[status] for status in sorted(counts)}

    def __str__(self) -> str:
        counts = ", ".join(f"{count} x {status}" for status, count in self.statuses.items())
        return f"{self.rate:.1f}/s: {counts}; p95 {self.p95:.2f} s"


def require_locust() -> None:
    """Raises: RunError when locust is not installed."""
    if importlib.util.find_spec("locust") is None:
        raise RunError("locust is not installed.", "Run: pip install locust")


def arrive(plan: Plan) -> Traffic:
    """Sends the readers, by locust in a process of its own. Raises: RunError when it cannot be run."""
    command = [sys.executable, "-m", "eval.bench.crowd"]
    done = subprocess.run(command, input=json.dumps(asdict(plan)), capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise RunError(f"locust ended with {done.returncode}: {done.stderr.strip()[-300:]}", "Install it anew.")
    return Traffic(plan.rate, tuple(Reply(**reply) for reply in json.loads(done.stdout)))
