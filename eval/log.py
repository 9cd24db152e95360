"""The log of a run: each outcome is written as it comes, so that a killed run goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import IO, Self

from filelock import FileLock, Timeout
from pydantic import ValidationError

from eval.errors import RunError
from eval.outcomes import CaseOutcome, ClaimOutcome

NAME = "outcomes.jsonl"

Outcome = CaseOutcome | ClaimOutcome


class OutcomeLog:
    """Outcomes by kind and id, in one file that begins with the key of its run. Safe to use from several threads."""

    def __init__(self, path: Path, key: str) -> None:
        """Reads what is there; a line that a kill cut short is dropped.

        Raises: RunError when the file is of another run, or cannot be read or written.
        """
        self.path = path
        self.cases: dict[str, CaseOutcome] = {}
        self.claims: dict[str, ClaimOutcome] = {}
        self._lock = Lock()
        self._owner = FileLock(path.with_name(f".{path.name}.lock"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._own()
            kept = self._read(key)
            self._file: IO[bytes] = path.open("r+b" if kept else "wb")
            self._file.truncate(kept)
            self._file.seek(kept)
            if not kept:
                self._write({"run": key})
        except OSError as error:
            raise RunError(f"{path} cannot be used ({error.strerror}).", "Give another folder as --out.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._owner.release()

    def add(self, outcome: Outcome) -> None:
        """Keeps an outcome. Raises: RunError when it cannot be written."""
        with self._lock:
            self._hold(outcome)
            try:
                self._write({"kind": type(outcome).__name__, **outcome.model_dump(mode="json")})
            except OSError as error:
                raise RunError(
                    f"{self.path} cannot be written ({error.strerror}).", "Make room and run it again: it goes on."
                ) from error

    def _own(self) -> None:
        try:
            self._owner.acquire(timeout=0)
        except Timeout as error:
            raise RunError(
                f"Another run is writing to {self.path.parent}.", "Wait for it, or give another folder as --out."
            ) from error

    def _hold(self, outcome: Outcome) -> None:
        if isinstance(outcome, CaseOutcome):
            self.cases[outcome.id] = outcome
        else:
            self.claims[outcome.id] = outcome

    def _write(self, content: dict[str, object]) -> None:
        self._file.write(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        self._file.flush()

    def _read(self, key: str) -> int:
        """How many bytes of the file are whole lines of this run."""
        if not self.path.exists() or not self.path.stat().st_size:
            return 0
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        head, *lines = content[:whole].splitlines() or [b""]
        if _key(head) != key:
            raise RunError(
                f"{self.path} is of another run: other cases, code, models or settings.",
                "Give another folder as --out, or delete this one.",
            )
        for number, line in enumerate(lines, start=2):
            self._hold(_outcome(line, f"{self.path}:{number}"))
        return whole


def _key(line: bytes) -> str | None:
    try:
        head = json.loads(line)
    except ValueError:
        return None
    return head.get("run") if isinstance(head, dict) else None


def _outcome(line: bytes, where: str) -> Outcome:
    try:
        content = json.loads(line)
        kind = content.pop("kind")
        return CaseOutcome(**content) if kind == CaseOutcome.__name__ else ClaimOutcome(**content)
    except (ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
        raise RunError(f"{where} is damaged.", "Delete the file and run it again.") from error
