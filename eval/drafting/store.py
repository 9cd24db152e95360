"""The file that accepted cases go to, one at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from eval.casefile import load
from eval.cases import Case
from eval.errors import CaseError
from eval.shelf import Shelf


class Store:
    """A JSONL file of cases that is only ever added to. Each case is on the disk when `append` returns."""

    def __init__(self, path: Path, earlier: Sequence[Case]) -> None:
        self.path = path
        self.earlier = earlier

    @classmethod
    def open(cls, path: Path, shelf: Shelf, folder: Path) -> Store:
        """The file at `path`, which need not exist yet, for cases about the articles of `folder`.

        Raises: CaseError when the file holds anything but cases about these articles, when it would lie among them
        (and be read as one), or when it cannot be written.
        """
        path = path.expanduser().resolve()
        if path.is_relative_to(folder.expanduser().resolve()):
            raise CaseError(f"{path} lies among the articles.", "Give --out a place outside of their folder.")
        if path.exists() and not path.is_file():
            raise CaseError(f"{path} is no file that can be added to.", "Give --out the name of a file.")
        if not path.exists() or (path.is_file() and not path.stat().st_size):
            return cls(path, ())
        try:
            return cls(path, load(path, shelf))
        except CaseError as error:
            raise CaseError(
                f"{path} exists and cannot be added to: {error.message}", "Mend it, or give --out another name."
            ) from error

    def append(self, case: Case) -> None:
        """Adds a line in one write. Raises: CaseError when it cannot be written."""
        line = case.model_dump_json(exclude_defaults=True) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+", buffering=0) as file:
                file.write((self._closing(file.seek(0, os.SEEK_END)) + line).encode())
                os.fsync(file.fileno())
        except OSError as error:
            raise CaseError(f"{self.path} cannot be written ({error.strerror}).", "Choose another --out.") from error

    def _closing(self, size: int) -> str:
        """What ends the last line where it was left open."""
        return "\n" if size and not self.path.read_bytes().endswith(b"\n") else ""
