"""What SQLite, PostgreSQL, Chroma and the operating system complain of, put into words that say what to do."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import ServerAway, StorageError

_SIGNS = {
    "full": ("disk is full", "no space left", "quota exceeded", "disk full"),
    "refused": ("authentication failed", "no pg_hba.conf entry", "does not exist", "no password supplied"),
    "unreachable": (
        *("connection refused", "connection failed", "connection is bad", "server closed the connection"),
        *("terminating connection", "connection timeout", "timeout expired", "is starting up", "is shutting down"),
        *("could not translate host name", "failed to resolve host", "connection reset", "the connection is closed"),
        *("no route to host", "network is unreachable", "consuming input failed", "connection is lost"),
        *("could not receive data", "could not send data", "broken pipe", "recovery mode", "closed unexpectedly"),
        *("not yet accepting connections", "connection already closed", "eof detected"),
        *("too many clients", "remaining connection slots"),
    ),
    "unwritable": ("readonly", "read-only", "permission denied", "unable to open"),
    "damaged": ("malformed", "not a database", "disk i/o", "corrupt"),
    "locked": ("is locked", "lock timeout", "deadlock detected"),
    "no folder": ("file exists", "not a directory"),
}


def trouble(reason: str) -> str | None:
    """The kind of trouble that these words mean; None is unknown."""
    lowered = reason.lower()
    return next((kind for kind, signs in _SIGNS.items() if any(sign in lowered for sign in signs)), None)


def explain(path: Path, reason: str) -> StorageError:
    """A StorageError about the file or folder `path` for what the storage engine or the operating system said."""
    match trouble(reason):
        case "full":
            return StorageError(f"The disk that holds {path} is full.", "Free some space and run the command again.")
        case "unwritable":
            return StorageError(
                f"{path} cannot be written ({reason}).", "Check its rights, or name another --data folder."
            )
        case "damaged":
            return StorageError(
                f"{path} is damaged ({reason}).", "Restore it from a backup, or ingest into a new --data folder."
            )
        case "locked":
            return StorageError(
                f"{path} is locked by another program.", "Wait for it to end and run the command again."
            )
        case "no folder":
            return StorageError(f"{path} is not a folder.", "Name a folder with --data.")
        case _:
            return StorageError(f"{path} cannot be used ({reason}).", "Check it, or name another --data folder.")


def explain_server(place: str, setting: str, reason: str) -> StorageError:
    """A StorageError about the server at `place`, which `setting` names, for what it or the way to it said: ServerAway
    where it may pass by itself."""
    told = " ".join(reason.split())[:300]
    match trouble(reason):
        case "unreachable":
            return ServerAway(f"{place} cannot be reached ({told}).", f"Check that it runs, and {setting}.")
        case "refused":
            return StorageError(f"{place} lets nobody in ({told}).", f"Check user, password and name in {setting}.")
        case "full":
            return StorageError(f"The disk of {place} is full.", "Free some space there, then try again.")
        case "unwritable":
            return StorageError(
                f"{place} cannot be written ({told}).", f"Check the user's rights, and that {setting} names no replica."
            )
        case "locked":
            return ServerAway(f"{place} is held by another process.", "Wait for it to end, then try again.")
        case _:
            return StorageError(f"{place} cannot be used ({told}).", f"Check its log, and {setting}.")
