"""Extracts risky documents in a worker process, and all others here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock

from ingest.confined.process import WorkerLost, WorkerProcess
from ingest.documents import Document, Extracted
from ingest.errors import ExtractError
from ingest.extract import extract

RISKY = frozenset({"html", "pdf", "docx"})
LONG_MARKDOWN = 100_000
"""Bytes from which on brackets and marks without end can take the parser of Markdown minutes."""
_HELP = "It may be broken, or made to do harm. Save its text alone and give that file"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one document may take: `seconds` of time, and `memory` in bytes of address space for all of its process."""

    seconds: float = 60.0
    memory: int = 1_000_000_000


USUAL_BOUNDS = Bounds()


class ConfinedExtractor:
    """`ingest.extract.extract` within bounds. Safe to use from several threads, one document at a time.

    The worker starts with the first risky document, serves those after it, and is replaced when it breaks its bounds.
    It ends with `close`, and with this process however that ends.
    """

    def __init__(self, bounds: Bounds = USUAL_BOUNDS) -> None:
        self._bounds = bounds
        self._using = Lock()
        self._worker: WorkerProcess | None = None
        self._closed = False

    def __call__(self, document: Document) -> Extracted:
        """See `ingest.extract.extract`. Raises ExtractError also for a document that takes too much."""
        if not is_risky(document):
            return extract(document)
        with self._using:
            return self._confined(document)

    def close(self) -> None:
        """Ends the worker, at once: a document that is in it fails."""
        self._closed = True
        if worker := self._worker:
            worker.kill()
        with self._using:
            self._discard()

    def _confined(self, document: Document) -> Extracted:
        while True:
            used = self._worker is not None
            try:
                return self._ready().extract(document, self._bounds.seconds)
            except TimeoutError:
                self._discard()
                raise ExtractError(
                    f"Reading it takes longer than {self._bounds.seconds:g} seconds.",
                    f"{_HELP}, or raise DOSSIER_EXTRACT_SECONDS.",
                ) from None
            except WorkerLost as lost:
                self._discard()
                # A worker that served others may have carried their burden: a fresh one tells whose fault it is.
                if not used or self._closed:
                    raise self._explained(lost) from None

    def _ready(self) -> WorkerProcess:
        if self._closed:
            raise WorkerLost("closed")
        self._worker = self._worker or WorkerProcess(self._bounds.memory)
        return self._worker

    def _discard(self) -> None:
        if self._worker:
            self._worker.close()
            self._worker = None

    def _explained(self, lost: WorkerLost) -> ExtractError:
        if self._closed:
            return ExtractError("It was not read: the run was stopped.", "Ingest it again.")
        if lost.exhausted:
            return ExtractError(
                f"Reading it takes more than {self._bounds.memory / 1e6:g} MB of memory.",
                f"{_HELP}, or raise DOSSIER_EXTRACT_MEMORY.",
            )
        return ExtractError(f"Reading it broke the process that reads such files ({lost}).", f"{_HELP}.")


def is_risky(document: Document) -> bool:
    """Whether a parser of a format that can be made to do harm will read it. A record may hold HTML."""
    if os.name != "posix":
        return False
    if document.kind == "markdown":
        return len(document.data) > LONG_MARKDOWN
    return document.kind in RISKY or (document.kind == "record" and document.data.count(b"<") > 1)
