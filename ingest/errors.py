"""Errors a user can meet, each with what to do about it.

DossierError
├── SourceError        a file or address could not be read        (one article; the run goes on)
│   ├── ForbiddenAddress   a private or non-http(s) address
│   ├── Unreachable        an address that did not answer now, and may later
│   └── ExtractError       it was read, but no usable text came out
├── DataFolderError    the data folder as a whole cannot be used
│   ├── FolderBusy         another process owns it
│   ├── NewerFolder        written by a newer version
│   ├── IndexMismatch      built with another embedder
│   └── StorageError       full disk, read-only, corrupted file
│       ├── VectorsDamaged     the vector index cannot be read; it can be made anew
│       └── ServerAway         the database or Chroma server cannot be reached now
├── SettingsError      a setting of the environment or the command line that cannot be used
├── FilterError        a filter that cannot be used
├── EmbedderError      the embedding model cannot be loaded, or its server does not answer
├── ClusterError       the Ray cluster cannot be used
└── ServiceError       the service that owns the folder answered with an error (see ingest.remote)
"""

from __future__ import annotations


class DossierError(Exception):
    """Base of all errors meant for a user.

    `message` says what happened, `help` what to do, `retryable` whether the same call may work later.
    """

    retryable = False

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message} {self.help}".strip()


class SourceError(DossierError):
    """A file or address that could not be read."""


class ForbiddenAddress(SourceError):
    """An address that must not be fetched."""


class Unreachable(SourceError):
    """An address that did not answer. `retry_after` is the wait in seconds that its server asked for."""

    retryable = True
    retry_after: float | None = None


class ExtractError(SourceError):
    """A document from which no usable text came."""


class DataFolderError(DossierError):
    """The data folder cannot be used."""


class FolderBusy(DataFolderError):
    """Another process owns the data folder."""

    retryable = True


class NewerFolder(DataFolderError):
    """The data folder was written by a newer version."""


class IndexMismatch(DataFolderError):
    """The vectors were built with another embedder."""


class StorageError(DataFolderError):
    """The disk is full, read-only or holds a corrupted file."""


class VectorsDamaged(StorageError):
    """The vector index cannot be read; it can be made anew from the catalog."""


class ServerAway(StorageError):
    """A server that holds the data cannot be reached now, and may be later."""

    retryable = True


class SettingsError(DossierError):
    """A setting that cannot be used."""


class FilterError(DossierError):
    """A filter that cannot be used."""


class EmbedderError(DossierError):
    """The embedding model cannot be loaded, or the server that runs it does not answer (then `retryable`)."""


class ClusterError(DossierError):
    """The Ray cluster cannot be used."""


class ServiceError(DossierError):
    """The service that owns the data folder answered with an error."""
