"""Faults on demand: what the double of Slack answers in place of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RateLimited:
    """HTTP 429 with Retry-After. Until it has passed the method is limited, and a call of it breaks a rule."""

    seconds: int


@dataclass(frozen=True, slots=True)
class ApiError:
    """An answer with ok false."""

    error: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerError:
    """An HTTP error with a body that is not JSON."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Slow:
    """The true answer, after a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is closed without an answer: before the call had its effect, or after it."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """The true answer: to let some calls through before the next fault."""


Fault = RateLimited | ApiError | ServerError | Slow | Dropped | Passed
