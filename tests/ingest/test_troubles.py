"""What engines complain of, as they word it."""

from __future__ import annotations

import pytest

from ingest.errors import ServerAway, StorageError
from ingest.troubles import explain_server

PASSING = [
    'connection failed: connection to server at "127.0.0.1", port 5432 failed: Connection refused',
    "server closed the connection unexpectedly",
    "terminating connection due to administrator command",
    "FATAL:  the database system is starting up",
    "FATAL:  the database system is in recovery mode",
    "FATAL:  sorry, too many clients already",
    "SSL SYSCALL error: EOF detected",
    "could not receive data from server: Connection timed out",
    "the connection is lost",
]
LASTING = [
    ("FATAL:  password authentication failed for user", "lets nobody in"),
    ("could not extend file: No space left on device", "is full"),
    ("cannot execute INSERT in a read-only transaction", "cannot be written"),
    ("division by zero", "cannot be used"),
]


@pytest.mark.parametrize("reason", PASSING)
def test_what_passes_by_itself_is_worth_another_try(reason: str) -> None:
    error = explain_server("The database X", "DOSSIER_DATABASE_URL", reason)
    assert isinstance(error, ServerAway)
    assert error.retryable
    assert "cannot be reached" in error.message


@pytest.mark.parametrize(("reason", "told"), LASTING)
def test_what_somebody_has_to_mend_is_not(reason: str, told: str) -> None:
    error = explain_server("The database X", "DOSSIER_DATABASE_URL", reason)
    assert type(error) is StorageError
    assert not error.retryable
    assert told in error.message
