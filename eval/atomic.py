"""Writes a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from eval.errors import RunError


def encoded(text: str) -> bytes:
    """UTF-8. Half a surrogate pair, which has none, becomes an escape that JSON reads back as it was."""
    return text.encode("utf-8", "backslashreplace")


def write_whole(path: Path, text: str) -> None:
    """Puts the text in the place of the file; on any failure the old one stays.

    Raises: RunError when it cannot be written.
    """
    scratch = path.with_name(f".{path.name}.new")
    content = encoded(text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(content)
        os.replace(scratch, path)  # noqa: PTH105 - one atomic step
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise RunError(f"{path} cannot be written ({error.strerror}).", "Give another file or make room.") from error
