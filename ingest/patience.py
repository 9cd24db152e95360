"""Patience with servers that are restarted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina

from ingest.retries import log_retries

RESTART_SECONDS = 10.0
"""For so long a server that is not there is waited for: restarting takes it some seconds."""

T = TypeVar("T")


def patiently(work: Callable[[], T], away: Callable[[Exception], bool]) -> T:
    """What the work gives, tried again while `away` says of its error that it may pass.

    The work takes no arguments: what a retry logs of them could be a password.
    """
    log_retries()
    for attempt in stamina.retry_context(
        on=away, attempts=None, timeout=RESTART_SECONDS, wait_initial=0.1, wait_max=1.0
    ):
        with attempt:
            return work()
    raise AssertionError("the last attempt returns or raises")
