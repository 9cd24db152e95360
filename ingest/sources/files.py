"""Paths to parts."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from ingest.documents import Failure
from ingest.errors import SourceError
from ingest.sources.contents import documents
from ingest.sources.kinds import BY_SUFFIX, type_of_name
from ingest.sources.parts import Part
from ingest.sources.reading import Items, Reading, guarded
from ingest.sources.sidecars import MAX_BYTES, hints_beside, is_sidecar
from ingest.sources.streams import explained, take


def from_path(text: str, reading: Reading) -> Items:
    """The documents of a file, or of a folder and all below it, in order of name."""
    path = Path(os.path.abspath(text))  # noqa: PTH100 (a symbolic link keeps the name that the user knows)
    return guarded(origin_of(path), _from_path(path, reading))


def origin_of(path: Path) -> str:
    """The path as text; bytes of its name that are not UTF-8 are shown escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _from_path(path: Path, reading: Reading) -> Items:
    if "\0" in str(path):
        raise SourceError(f"{origin_of(path)!r} is no path: it holds a NUL character.", "Check the path.")
    with explained(origin_of(path)):
        mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        yield from _from_folder(path, reading)
    elif stat.S_ISREG(mode):
        yield from _from_file(path, path.parent, reading, chosen=True)
    else:
        raise SourceError(f"{origin_of(path)} is neither a file nor a folder.", "Give a file or a folder.")


def _from_folder(folder: Path, reading: Reading) -> Items:
    empty = True
    for found in _walk(folder):
        empty = False
        if isinstance(found, Failure):
            yield found
        else:
            yield from guarded(origin_of(found), _from_file(found, folder, reading, chosen=False))
    if empty:
        raise SourceError(f"{origin_of(folder)} holds no file that is read.", f"Types read: {' '.join(BY_SUFFIX)}")


def _walk(folder: Path) -> Iterator[Path | Failure]:
    """Regular files of known types, and the sub-folders that could not be opened.

    Links to folders are not followed, and links to files only where they stay below the folder.
    """
    errors: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=errors.append):
        yield from _drained(errors)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or is_sidecar(name) or type_of_name(name) is None:
                continue
            path = Path(root, name)
            if path.is_file() or path.is_symlink():
                yield path
    yield from _drained(errors)


def _drained(errors: list[OSError]) -> Iterator[Failure]:
    while errors:
        error = errors.pop(0)
        origin = origin_of(Path(error.filename))
        try:
            with explained(origin):
                raise error
        except SourceError as explanation:
            yield Failure(origin, explanation)


def _from_file(path: Path, folder: Path, reading: Reading, chosen: bool) -> Items:
    """`folder` is what the file, unless it was chosen itself, and its sidecar must not lead out of."""
    origin = origin_of(path)
    if not chosen:
        _refuse_way_out(path, folder)
    with explained(origin):
        beside = hints_beside(str(path), partial(_bytes_of, folder))
    yield from documents(
        Part(path.name, origin, lambda: cast(BinaryIO, path.open("rb")), reading.hints.over(beside), chosen), reading
    )


def _bytes_of(folder: Path, name: str) -> bytes | None:
    path = Path(name)
    if not os.path.lexists(path):
        return None
    _refuse_way_out(path, folder)
    with path.open("rb") as stream:
        return take(stream, MAX_BYTES, name)


def _refuse_way_out(path: Path, folder: Path) -> None:
    """Whoever made the folder must not choose what else is read on this machine, nor make the reading wait for ever.

    Raises: SourceError.
    """
    with explained(origin_of(path)):
        mode = path.stat().st_mode
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(
            f"{origin_of(path)} is a link that leads out of the folder.", "Name the file itself, if it is to be read."
        )
    if not stat.S_ISREG(mode):
        raise SourceError(f"{origin_of(path)} is no file.", "Remove it, or put a file there.")
