"""Patience with servers that are restarted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

RESTART_SECONDS = 10.0
"""For so long a server that is not there is waited for: restarting takes it some seconds."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


def patiently(work: Callable[[], T], away: Callable[[Exception], bool]) -> T:
    """What the work gives, tried again while `away` says of its error that it may pass.

    The work takes no arguments: what a retry logs of them could be a password.
    """
    set_on_retry_hooks([_log_retry])
    for attempt in stamina.retry_context(
        on=away, attempts=None, timeout=RESTART_SECONDS, wait_initial=0.1, wait_max=1.0
    ):
        with attempt:
            return work()
    raise AssertionError("the last attempt returns or raises")


def _log_retry(details: RetryDetails) -> None:
    _log.info("tried again", extra={"attempt": details.retry_num, "wait_seconds": details.wait_for})
