"""One process owns a data folder: an operating-system lock that dies with its process, and a note of who holds it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import FolderBusy, StorageError
from ingest.settings import IngestSettings
from ingest.troubles import explain


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a folder. `url` is where a service answers for it, None for a command that ends by itself."""

    pid: int
    what: str
    url: str | None = None


class Ownership:
    """Ownership of `folder`, from `acquire` until `release` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The process owns the folder, whichever of its threads took it.
        self._lock = FileLock(folder / "dossier.lock", mode=0o600, thread_local=False)
        self.interrupted = False
        """Whether the owner before, as found when the folder was acquired, ended without giving it back."""

    def acquire(self, what: str, url: str | None = None, wait: float = 1.0) -> None:
        """Takes the folder, making it when it is missing; `wait` is in seconds.

        Raises: FolderBusy when another process keeps it, StorageError when the folder cannot be made or written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(timeout=wait)
            self.interrupted = self._note.exists()
            self._note.write_text(json.dumps(asdict(Owner(os.getpid(), what, url))), encoding="utf-8")
        except Timeout as error:
            raise self._busy() from error
        except OSError as error:
            self._lock.release()
            raise _unusable(self._folder, error) from error

    def release(self) -> None:
        """Gives the folder back."""
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def owner(self) -> Owner | None:
        """The process that owns the folder now, None when it is free.

        Raises: StorageError when the folder cannot be looked into.
        """
        try:
            if not (self._folder / "dossier.lock").exists():
                return None
            with FileLock(self._folder / "dossier.lock", timeout=0, mode=0o600):
                return None
        except Timeout:
            return self._noted()
        except OSError as error:
            raise _unusable(self._folder, error) from error

    @property
    def _note(self) -> Path:
        return self._folder / "owner.json"

    def _noted(self) -> Owner:
        try:
            return Owner(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Owner(0, "another process")

    def _busy(self) -> FolderBusy:
        owner = self._noted()
        what = f"{owner.what} (process {owner.pid})" if owner.pid else owner.what
        if owner.url:
            return FolderBusy(
                f"The data folder {self._folder} is in use by {what}, which answers at {owner.url}.",
                "Stop it for this command, or name another folder with --data.",
            )
        return FolderBusy(
            f"The data folder {self._folder} is in use by {what}.", "Wait for it to end, then run the command again."
        )


def owner_of(settings: IngestSettings) -> Owner | None:
    """The process that owns the data folder now; None when it is free, or servers keep everything, which nobody owns.

    Raises: StorageError when the folder cannot be looked into.
    """
    return None if settings.shared else Ownership(settings.folder).owner()


def _unusable(folder: Path, error: OSError) -> StorageError:
    return explain(folder, f"{error.strerror or error}")
