"""Tells of retries in the log: by themselves they are printed, with the words of whoever failed."""

from __future__ import annotations

import logging

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

_log = logging.getLogger(__name__)


def log_retries() -> None:
    """From now on, in this process, each retry is a line of the log that names the kind of failure only."""
    set_on_retry_hooks([_told])


def _told(details: RetryDetails) -> None:
    extra = {
        "error": type(details.caused_by).__name__,
        "attempt": details.retry_num,
        "wait_seconds": details.wait_for,
    }
    _log.info("tried again", extra=extra)
